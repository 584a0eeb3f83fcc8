// Values that did not know of each other, as a rep meets them: shown, settled, kept, restored.
//
// Two laptops of two reps write the same fields offline: a legal name, which somebody has to decide
// on, and a phone number, where the later value wins and the other is kept.

import CommandKit
import Notation
import Testing

@testable import rounds

/// Two laptops that have written different legal names and phones, and know it.
private struct Dispute {
  let field: Field
  let ann: Laptop
  let bob: Laptop
  let id: String

  init() throws {
    field = try Field()
    (ann, bob) = (try field.laptop("thinkpad"), try field.laptop("macbook", of: "bob"))
    id = try ann.id("add", "customer", "name=Acme", "legalName=Acme Co", "phone=1")
    ann.run("sync")
    bob.run("sync")
    ann.run("set", "customer:Acme", "legalName=Acme A", "phone=11")
    bob.run("set", "customer:Acme", "legalName=Acme B", "phone=22")
    for laptop in [ann, bob, ann] { laptop.run("sync") }
  }

  func value(_ name: String, on laptop: Laptop) throws -> JSONValue? {
    try laptop.run("show", id, "--json").json["fields"]?[name]
  }

  func conflict(_ status: String, on laptop: Laptop) throws -> String {
    let run = laptop.run("conflicts", "--status", status, "--json")
    guard let id = try run.json["conflicts"]?[0]?["id"]?.string else { throw MissingID(run: run) }
    return id
  }
}

@Suite struct RepConflictTests {
  @Test func `both values of a disputed field are shown to both`() throws {
    let dispute = try Dispute()
    let expected: JSONValue = [
      [
        "value": "Acme A", "author": "ann", "device": "thinkpad",
        "at": "2026-11-22T09:00:06+00:00",
      ],
      [
        "value": "Acme B", "author": "bob", "device": "macbook",
        "at": "2026-11-22T09:00:07+00:00",
      ],
    ]
    for laptop in [dispute.ann, dispute.bob] {
      let shown = try laptop.run("show", dispute.id, "--json").json
      #expect(shown["disputed"]?["legalName"] == expected)
      #expect(shown["disputed"]?["phone"] == nil)
      #expect(shown["fields"]?["legalName"] == "Acme B")
      #expect(shown["fields"]?["phone"] == "22")
    }
  }

  @Test func `the list of conflicts is the documented one`() throws {
    let dispute = try Dispute()
    let run = dispute.ann.run("conflicts", "--status", "open", "--json")
    #expect(
      readable(run.out) == """
        {"conflicts":[{"base":"Acme Co","collection":"customer","field":"legalName","id":"#1",\
        "note":null,"record":"#2","resolvedAt":null,"resolvedBy":null,"rule":"review",\
        "ruleVersion":5,"shown":"Acme B","status":"open","values":[\
        {"at":"2026-11-22T09:00:06+00:00","author":"ann","device":"thinkpad","dot":"1:2",\
        "skew":null,"value":"Acme A"},\
        {"at":"2026-11-22T09:00:07+00:00","author":"bob","device":"macbook","dot":"2:1",\
        "skew":null,"value":"Acme B"}]}]}

        """)
  }

  @Test func `a plain write to a disputed field is refused with its values`() throws {
    let dispute = try Dispute()
    let run = dispute.ann.run("set", dispute.id, "legalName=C")
    #expect(run.exit == .refused)
    #expect(
      readable(run.err) == """
        rounds: The field legalName is disputed: 1 “Acme A” (ann, thinkpad) · 2 “Acme B” (bob, macbook)
        Hint: Settle it with rounds set #1 legalName=… --settle , or change only value N with --keep N .

        """)
    #expect(dispute.ann.run("set", dispute.id, "phone=33").exit == .done)
    #expect(dispute.ann.run("set", dispute.id, "legalName=C", "--keep", "3").exit == .usage)
    #expect(
      dispute.ann.run("set", dispute.id, "legalName=C", "--keep", "1", "--settle").exit == .usage)
  }

  @Test func `settling replaces every value, here at once and everywhere after a sync`() throws {
    let dispute = try Dispute()
    #expect(dispute.ann.run("set", dispute.id, "legalName=C", "--settle").exit == .done)
    #expect(try dispute.ann.run("show", dispute.id, "--json").json["disputed"] == [:])
    // Settled here already: the next write needs no word.
    #expect(dispute.ann.run("set", dispute.id, "legalName=D").exit == .done)
    dispute.ann.run("sync")
    dispute.bob.run("sync")
    #expect(try dispute.value("legalName", on: dispute.bob) == "D")
    let told = try dispute.bob.run("conflicts", "--status", "resolved", "--json").json
    #expect(told["conflicts"]?[0]?["resolvedBy"] == "ann")
    #expect(try dispute.bob.run("sync", "--json").json["conflicts"] == 0)
  }

  @Test func `keeping changes one value and leaves the other standing`() throws {
    let dispute = try Dispute()
    #expect(dispute.ann.run("set", dispute.id, "legalName=A2", "--keep", "1").exit == .done)
    dispute.ann.run("sync")
    dispute.bob.run("sync")
    let values = try dispute.bob.run("show", dispute.id, "--json").json["disputed"]?["legalName"]
    #expect(values?.array?.compactMap { $0["value"]?.string } == ["A2", "Acme B"])
  }

  @Test func `a conflict is settled by taking a value, or with another one`() throws {
    let dispute = try Dispute()
    let conflict = try dispute.conflict("open", on: dispute.ann)
    let ann = dispute.ann
    #expect(ann.run("conflicts", "settle", conflict).exit == .usage)
    #expect(ann.run("conflicts", "settle", conflict, "--take", "1", "--value", "x").exit == .usage)
    #expect(ann.run("conflicts", "settle", conflict, "--take", "3").exit == .usage)
    #expect(ann.run("conflicts", "restore", conflict).exit == .refused)
    let run = ann.run("conflicts", "settle", conflict, "--take", "1")
    #expect(readable(run.out) == "Saved legalName=Acme A #1 (1 waiting to go up)\n")
    ann.run("sync")
    dispute.bob.run("sync")
    #expect(try dispute.value("legalName", on: dispute.bob) == "Acme A")
    #expect(ann.run("conflicts", "settle", conflict, "--value", "x").exit == .refused)
  }

  @Test func `a value that lost is restored in one step`() throws {
    let dispute = try Dispute()
    let conflict = try dispute.conflict("settled", on: dispute.ann)
    #expect(dispute.bob.run("conflicts", "restore", conflict).exit == .refused)
    #expect(dispute.ann.run("conflicts", "restore", conflict).exit == .done)
    #expect(try dispute.value("phone", on: dispute.ann) == "11")
    dispute.ann.run("sync")
    dispute.bob.run("sync")
    #expect(try dispute.value("phone", on: dispute.bob) == "11")
  }

  @Test func `only conflicts that touch my edits are listed, unless I ask for all`() throws {
    let dispute = try Dispute()
    let other = try dispute.field.laptop("desk", of: "bob")
    let carl = Laptop(dispute.field, "desk")
    _ = other
    #expect(try carl.run("conflicts", "--json").json["conflicts"]?.array?.count == 2)
    let code = try dispute.field.inviteNew("carl")
    let third = Laptop(dispute.field, "carl")
    third.run("join", "http://127.0.0.1:7440", "--code", code)
    #expect(third.run("conflicts", "--json").out == "{\"conflicts\":[]}\n")
    #expect(try third.run("conflicts", "--all", "--json").json["conflicts"]?.array?.count == 2)
    #expect(third.run("conflicts").out == "No conflicts.\n")
  }

  @Test func `an amount and its currency are one value in a dispute`() throws {
    let field = try Field()
    let (ann, bob) = (try field.laptop("a"), try field.laptop("b", of: "bob"))
    ann.run("add", "customer", "name=Acme")
    let deal = try ann.id("add", "opportunity", "name=Deal", "customer=customer:Acme", "amount=1")
    ann.run("sync")
    bob.run("sync")
    ann.run("set", deal, "amount=100", "currency=CNY")
    bob.run("set", deal, "amount=200", "currency=USD")
    for laptop in [ann, bob, ann] { laptop.run("sync") }
    let values = try ann.run("show", deal, "--json").json["disputed"]?["amount"]?.array
    #expect(
      values?.map { $0["value"] } == [
        ["amount": "100", "currency": "CNY"], ["amount": "200", "currency": "USD"],
      ])
    #expect(ann.run("set", deal, "currency=EUR").exit == .refused)
    let conflict = try ann.run("conflicts", "--status", "open", "--json").json["conflicts"]?[0]?[
      "id"]
    #expect(ann.run("conflicts", "settle", conflict?.string ?? "", "--take", "1").exit == .done)
    ann.run("sync")
    bob.run("sync")
    let fields = try bob.run("show", deal, "--json").json["fields"]
    #expect(fields?["amount"] == "100")
    #expect(fields?["currency"] == "CNY")
  }
}
