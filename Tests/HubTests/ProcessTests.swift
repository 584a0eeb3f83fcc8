// The sales process at the hub: what is applied and refused, moves that arrive late, and tasks that come
// about once whoever thought of them first.

import Digest
import FollowUp
import Notation
import SyncCore
import Testing
import Wire

@testable import Hub

/// Stages, the first of which asks for a background and has a task.
private func process(_ stages: [String], _ moves: JSONValue = [:]) -> JSONValue {
  let says: JSONValue = ["en": "Background", "zh": "背景调研"]
  let documents = stages.enumerated().map { index, id -> JSONValue in
    let kind = id == "won" || id == "lost" ? id : "open"
    var stage: JSONValue = [
      "id": .string(id), "name": ["en": .string(id), "zh": .string(id)], "kind": .string(kind),
    ]
    if index == 0 {
      stage["tasks"] = [["id": "call", "title": ["en": "Call", "zh": "首次通话"], "due": "2d"]]
      stage["leave"] = [["where": "background is not empty", "says": says]]
    }
    return stage
  }
  return [
    "version": 1, "moves": moves,
    "pipelines": [["id": "p", "name": ["en": "P", "zh": "P"], "stages": .array(documents)]],
  ]
}

@Suite struct ProcessTests {
  let world: World
  let ann: Laptop
  let acme: RecordID

  init() throws {
    world = try World()
    ann = try world.laptop("ann")
    acme = ann.customer("Acme")
    try ann.sync()
  }

  private func apply(_ process: JSONValue, _ query: [String: String] = [:]) throws {
    try world.ask("PUT", "process", query, body: process)
  }

  private let plain = process(["contacted", "proposal", "won", "lost"])

  private func deal(_ laptop: Laptop, _ values: [String: Value]) -> RecordID {
    let id = world.identity()
    laptop.write(
      id, in: .opportunity,
      values.merging(["customer": .reference(acme), "name": .text("Deal")]) { first, _ in first })
    return id
  }

  private func move(_ laptop: Laptop, _ deal: RecordID, _ values: [String: Value]) {
    laptop.write(deal, in: .opportunity, values)
  }

  private func tasks() throws -> [JSONValue] {
    try #require(try world.ask("GET", "records", ["collection": "task"])["records"]?.array)
  }

  private func stage(_ deal: RecordID) throws -> JSONValue? {
    try world.fields(of: deal)["stage"]
  }

  // MARK: By an administrator

  @Test func `an administrator is asked for what a stage wants, and may force it on record`() throws
  {
    try apply(plain)
    let deal = deal(ann, ["stage": .text("contacted"), "owner": .text("ann")])
    try ann.sync()
    let path = "records/\(deal)/set"
    let refused = try world.admin("POST", path, body: ["assignments": ["stage=proposal"]])
    #expect(refused.status == 403)
    #expect(refused.json["error"]?["message"]?.string?.contains("背景调研 / Background") == true)
    #expect(try stage(deal) == "contacted")
    let unknown = try world.admin(
      "POST", path, body: ["assignments": ["stage=visit"], "force": true])
    #expect(unknown.status == 403)
    try world.ask("POST", path, body: ["assignments": ["stage=proposal"], "force": true])
    #expect(try stage(deal) == "proposal")
    let entries = try world.ask("GET", "audit", ["action": "stage forced"])["entries"]?.array ?? []
    #expect(entries.map { $0["subject"] } == [.string(deal.description)])
    #expect(entries.first?["details"]?["missing"]?.string?.contains("Background") == true)
    #expect(entries.first?["user"] == "root")
  }

  @Test func `an administrator's own reason needs no force, and back and lost are free`() throws {
    try apply(plain)
    let deal = deal(ann, ["stage": .text("contacted"), "owner": .text("ann")])
    try ann.sync()
    let path = "records/\(deal)/set"
    try world.ask(
      "POST", path, body: ["assignments": ["stage=proposal", "stageReason=signed on paper"]])
    for stage in ["contacted", "lost"] {
      try world.ask("POST", path, body: ["assignments": [.string("stage=\(stage)")]])
    }
    #expect(try stage(deal) == "lost")
    #expect(try world.ask("GET", "audit", ["action": "stage"])["entries"]?.array == [])
  }

  // MARK: Applying

  @Test func `a hub without a process shows the shipped one, and holds nothing back`() throws {
    let shown = try world.ask("GET", "process")
    #expect(shown["applied"] == false)
    #expect(shown["process"]?["pipelines"]?[0]?["id"] == "标准-5")
    #expect(try world.store.settings(for: "ann", Veil()).process == [])
    let deal = deal(ann, ["stage": .text("visit")])
    try ann.sync()
    move(ann, deal, ["stage": .text("won")])
    #expect(try ann.sync()[0].receipts.allSatisfy { $0.refusals.isEmpty })
    #expect(try tasks() == [])
  }

  @Test func `a process is kept, sent to laptops and told in the audit log`() throws {
    let before = world.store.settingsVersion
    try apply(plain, ["check": "true"])
    #expect(world.store.settingsVersion == before)
    try apply(plain)
    #expect(world.store.settingsVersion == before + 1)
    let bytes = try world.store.settings(for: "ann", Veil()).process
    #expect(try SalesProcess(parsing: bytes) == world.store.process())
    let entries = try world.ask("GET", "audit", ["action": "process"])["entries"]?.array ?? []
    #expect(entries.map { $0["action"] } == ["process apply"])
    let bad = try world.admin("PUT", "process", body: process(["打招呼"]))
    #expect(bad.status == 400 && bad.json["error"]?["code"] == "badProcess")
    #expect(bad.json["error"]?["path"] == "$.pipelines[0].stages[0].id")
    #expect(try SalesProcess(parsing: bytes) == world.store.process())
  }

  @Test func `only an admin applies one`() throws {
    let token = try #require(
      try world.store.addUser("max", role: .manager, team: nil, now: world.now))
    #expect(try world.admin("GET", "process", token: token).status == 200)
    #expect(try world.admin("PUT", "process", body: plain, token: token).status == 403)
  }

  @Test func `a stage that deals are in goes only with a place for them`() throws {
    try apply(plain)
    let deal = deal(ann, ["stage": .text("方案报价")])
    try ann.sync()
    let next = process(["contacted", "won"])
    let refused = try world.admin("PUT", "process", body: next)
    #expect(refused.status == 409 && refused.json["error"]?["code"] == "stageInUse")
    #expect(refused.json["error"]?["stages"]?[0] == ["stage": "方案报价", "deals": 1])
    #expect(try stage(deal) == "方案报价")
    let moved = try world.ask("PUT", "process", ["moveTo": "proposal=contacted"], body: next)
    #expect(moved["dealsMoved"] == 1)
    #expect(try stage(deal) == "contacted")
    #expect(try world.fields(of: deal)["stageSince"] != .null)
    #expect(try tasks().count == 1)
    try ann.sync()
    #expect(ann.value("stage", of: deal, in: .opportunity) == .text("contacted"))
  }

  // MARK: Criteria

  @Test func `a move without what the stage asks for goes back with the reason`() throws {
    try apply(plain)
    let deal = deal(ann, ["stage": .text("contacted")])
    try ann.sync()
    move(ann, deal, ["stage": .text("proposal"), "nextStep": .text("call")])
    let refusals = try ann.sync()[0].receipts.flatMap(\.refusals)
    #expect(refusals.map(\.reason) == [.missingRequired])
    #expect(refusals.first?.field == field("stage", in: .opportunity))
    #expect(refusals.first?.text.contains("背景调研 / Background") == true)
    #expect(try stage(deal) == "contacted")
    #expect(try world.fields(of: deal)["nextStep"] == "call")
    // With what was missing in the same edit it goes, and giving up was always possible.
    move(ann, deal, ["stage": .text("proposal"), "background": .text("steel")])
    #expect(try ann.sync()[0].receipts.flatMap(\.refusals) == [])
    #expect(try stage(deal) == "proposal")
    let other = self.deal(ann, ["stage": .text("contacted")])
    try ann.sync()
    move(ann, other, ["stage": .text("lost")])
    #expect(try ann.sync()[0].receipts.flatMap(\.refusals) == [])
  }

  @Test func `a manager goes on with a reason, and a rep does not`() throws {
    try apply(plain)
    try world.ask("POST", "teams", body: ["name": "north"])
    try world.ask("POST", "users", body: ["name": "max", "role": "manager", "team": "north"])
    try world.ask("POST", "users/ann", body: ["team": "north"])
    let max = try world.laptop("max")
    let deal = deal(ann, ["stage": .text("contacted")])
    try ann.sync()
    let override: [String: Value] = ["stage": .text("proposal"), "stageReason": .text("known")]
    move(ann, deal, override)
    let refused = try ann.sync()[0].receipts.flatMap(\.refusals)
    #expect(refused.map(\.reason) == [.missingRequired])
    try max.sync()
    try #require(max.base[deal] != nil, "the manager sees his team's deals")
    move(max, deal, override)
    #expect(try max.sync()[0].receipts.flatMap(\.refusals) == [])
    #expect(try stage(deal) == "proposal")
  }

  // MARK: Tasks

  private func created(
    _ laptop: Laptop, _ deal: RecordID, _ stage: String, title: String = "首次通话"
  ) -> Change {
    let id = Digest.identity(at: deal.moment, ["process", deal.description, stage, "call"])
    return laptop.change(
      id, in: .task,
      [
        "customer": .reference(acme), "title": .text(title), "kind": .text("key"),
        "status": .text("open"), "opportunity": .reference(deal), "rule": .text("process"),
        "stage": .text(stage), "isRequired": .boolean(false),
      ])
  }

  @Test func `entering a stage makes its tasks, for laptops that do not know how to`() throws {
    try apply(plain)
    let deal = deal(ann, ["stage": .text("初步接洽")])
    try ann.sync()
    let fields = try tasks().map { $0["fields"] }
    #expect(fields.map { $0?["title"] } == ["首次通话"])
    #expect(fields[0]?["assignee"] == "ann" && fields[0]?["opportunity"] == .string("\(deal)"))
    // Another spelling is no other stage, and going forth and back brings no second task.
    move(ann, deal, ["stage": .text("contacted"), "background": .text("steel")])
    move(ann, deal, ["stage": .text("proposal")])
    move(ann, deal, ["stage": .text("contacted")])
    try ann.sync()
    #expect(try tasks().count == 1)
  }

  @Test func `two devices that enter the same stage make each task once`() throws {
    try apply(process(["proposal", "won"]))
    let twin = try world.laptop("ann")
    let deal = deal(ann, [:])
    try ann.sync()
    try twin.sync()
    for laptop in [ann, twin] {
      laptop.edit([
        laptop.change(deal, in: .opportunity, ["stage": .text("proposal")]),
        created(laptop, deal, "proposal"),
      ])
      #expect(try laptop.sync()[0].receipts.flatMap(\.refusals) == [])
    }
    #expect(try tasks().count == 1)
    #expect(try world.openConflicts() == [])
  }

  @Test func `a second creation is an edit: what was done stays done, other kinds are refused`()
    throws
  {
    try apply(process(["proposal", "won"]))
    let twin = try world.laptop("ann")
    let deal = deal(ann, ["stage": .text("proposal")])
    try ann.sync()
    try twin.sync()
    let id = created(ann, deal, "proposal").record
    ann.write(id, in: .task, ["status": .text("done")])
    try ann.sync()
    var second = created(twin, deal, "proposal", title: "Call them")
    second.seen = VectorClock(hub: .start)
    twin.edit([second])
    #expect(try twin.sync()[0].receipts.flatMap(\.refusals) == [])
    let fields = try tasks().map { $0["fields"] }
    #expect(fields.count == 1 && fields[0]?["status"] == "done")
    #expect(fields[0]?["title"] == "Call them")
    twin.write(id, in: .task, ["kind": .text("other")])
    #expect(try twin.sync()[0].receipts.flatMap(\.refusals).map(\.reason) == [.setOnce])
  }

  @Test func `the tasks of a stage that was not entered go back with the move`() throws {
    try apply(plain)
    let deal = deal(ann, ["stage": .text("contacted")])
    try ann.sync()
    ann.edit([
      ann.change(deal, in: .opportunity, ["stage": .text("proposal")]),
      created(ann, deal, "proposal"),
    ])
    let refusals = try ann.sync()[0].receipts.flatMap(\.refusals)
    #expect(refusals.map(\.reason) == [.missingRequired, .atomic])
    #expect(refusals.last?.field == nil)
    #expect(try tasks().count == 1)
  }

  // MARK: Definitions that changed meanwhile (H-10)

  @Test func `a move to a stage that is gone is mapped, and the history tells both`() throws {
    try apply(process(["contacted", "negotiation", "won"]))
    let deal = deal(ann, ["stage": .text("contacted"), "background": .text("steel")])
    try ann.sync()
    move(ann, deal, ["stage": .text("商务谈判")])
    try apply(process(["contacted", "proposal", "won"], ["negotiation": "proposal"]))
    #expect(try ann.sync()[0].receipts.flatMap(\.refusals) == [])
    #expect(try stage(deal) == "proposal")
    #expect(ann.value("stage", of: deal, in: .opportunity) == .text("proposal"))
    let history = try world.ask("GET", "records/\(deal)/history")["history"]?.array ?? []
    let told = history.compactMap { $0["changes"]?["stage"]?.string }
    #expect(Set(told).isSuperset(of: ["proposal", "商务谈判", "contacted"]))
  }

  @Test func `a move to a stage that is gone without a move is refused by name`() throws {
    try apply(process(["contacted", "negotiation", "won"]))
    let deal = deal(ann, ["stage": .text("contacted"), "background": .text("steel")])
    try ann.sync()
    move(ann, deal, ["stage": .text("商务谈判")])
    try apply(process(["contacted", "proposal", "won"]))
    let refusals = try ann.sync()[0].receipts.flatMap(\.refusals)
    #expect(refusals.map(\.reason) == [.missingReference])
    #expect(
      refusals.first?.text
        == "The pipeline p has no stage 商务谈判 any more. It has: contacted, proposal, won.")
    #expect(try stage(deal) == "contacted")
  }

  @Test func `moves go on through a second change of the definition`() throws {
    try apply(process(["contacted", "negotiation", "won"]))
    let deal = deal(ann, ["stage": .text("contacted"), "background": .text("steel")])
    try ann.sync()
    move(ann, deal, ["stage": .text("negotiation")])
    try apply(process(["contacted", "proposal", "won"], ["negotiation": "proposal"]))
    try apply(process(["contacted", "qualified", "won"], ["proposal": "qualified"]))
    #expect(try ann.sync()[0].receipts.flatMap(\.refusals) == [])
    #expect(try stage(deal) == "qualified")
  }

  @Test func `a criterion that came meanwhile holds a move that was free when it was made`() throws
  {
    try apply(process(["lead", "contacted", "won"]))
    let deal = deal(ann, ["stage": .text("contacted")])
    try ann.sync()
    move(ann, deal, ["stage": .text("won")])
    try apply(process(["contacted", "won"]))
    #expect(try ann.sync()[0].receipts.flatMap(\.refusals).map(\.reason) == [.missingRequired])
    #expect(try stage(deal) == "contacted")
  }
}
