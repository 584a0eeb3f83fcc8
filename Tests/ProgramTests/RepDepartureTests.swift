// A customer leaves a laptop: its rows, its words and the bytes of both – and what stays the author's.
//
// Every byte of the replica's files is read: what is not to be found there must have been there before.

import CommandKit
import Foundation
import Hub
import Notation
import Replica
import Storage
import SyncCore
import Testing

@testable import rounds

extension Field {
  /// A call of the administrators' interface.
  @discardableResult
  func admin(_ path: String, _ body: JSONValue, token: String) throws -> JSONValue {
    let answer = routes.answer(
      HubRequest("POST", "/v1/admin/\(path)", bearerToken: token, body: body.bytes()))
    let text = String(decoding: answer.body, as: UTF8.self)
    try #require((200..<300).contains(answer.status), "\(text)")
    return try JSONValue(parsing: answer.body)
  }

  /// Somebody who may do anything; and a team, so that everybody sees his own customers only.
  func closed() throws -> String {
    let token = try #require(
      try routes.store.addUser(
        "root", role: .admin, team: nil, now: Moment(milliseconds: state.now())))
    try admin("teams", ["name": "north"], token: token)
    return token
  }

  func assign(_ record: String, to user: String, token: String) throws {
    try admin(
      "records/\(record)/set", ["assignments": .array([.string("owner=\(user)")])], token: token)
  }
}

extension Laptop {
  /// How often the word stands anywhere in the replica's files.
  func occurrences(of word: String) throws -> Int {
    var count = 0
    for name in try FileManager.default.contentsOfDirectory(atPath: home) {
      let bytes = try Data(contentsOf: URL(fileURLWithPath: home + "/" + name))
      var from = bytes.startIndex
      while let found = bytes.range(of: Data(word.utf8), in: from..<bytes.endIndex) {
        count += 1
        from = found.upperBound
      }
    }
    return count
  }
}

@Suite struct RepDepartureTests {
  let field: Field
  let token: String
  let laptop: Laptop

  init() throws {
    field = try Field()
    token = try field.closed()
    laptop = try field.laptop("thinkpad")
  }

  /// A customer full of canaries, with children, among others; synced.
  private func customer() throws -> String {
    let id = try laptop.id("add", "customer", "name=Kanari Acme", "notes=Kanari notes")
    for index in 0..<60 {
      laptop.run("add", "customer", "name=Other \(index)")
      laptop.run("add", "contact", "customer=\(id)", "name=Kanari \(index)")
    }
    laptop.run("follow", id, "--channel", "visit", "--text", "Kanari visit")
    laptop.run("sync")
    laptop.run("set", id, "phone=Kanari phone")
    laptop.run("sync")
    return id
  }

  @Test func `no byte of a customer that left is on the disk`() throws {
    let id = try customer()
    #expect(try laptop.occurrences(of: "Kanari") > 60)
    try field.assign(id, to: "bob", token: token)
    let report = try laptop.run("sync", "--json").json
    #expect(report["pulled"]?["departed"] == 1)
    #expect(try laptop.occurrences(of: "Kanari") == 0)
    #expect(try laptop.occurrences(of: "Other") > 60)
    #expect(laptop.run("doctor", "--deep").exit == .done)
    #expect(laptop.run("show", id).exit == .notFound)
    // And it comes back whole.
    try field.assign(id, to: "ann", token: token)
    laptop.run("sync")
    #expect(try laptop.occurrences(of: "Kanari") > 60)
  }

  @Test func `a purge that a reader holds back is owed, told to the hub, and made up for`() throws {
    let id = try customer()
    try field.assign(id, to: "bob", token: token)
    let reader = try Connection(path: laptop.home + "/replica.sqlite", access: .readOnly)
    try reader.reading {
      _ = try reader.first("SELECT count(*) FROM customer") { $0.integer(0) }
      #expect(laptop.run("sync").exit == .done)
      // What it asked with was purged; the cut it got is not.
      let before = try purged()
      #expect(laptop.run("sync").exit == .done)
      #expect(try laptop.occurrences(of: "Kanari") > 0)
      #expect(try purged() == before && before < confirmed())
    }
    #expect(laptop.run("status").exit == .done)
    #expect(try laptop.occurrences(of: "Kanari") == 0)
    laptop.run("sync")
    #expect(try purged() == confirmed())
  }

  private func purged() throws -> Int64 { try column("purged") }
  private func confirmed() throws -> Int64 { try column("confirmed") }

  private func column(_ name: String) throws -> Int64 {
    try field.routes.store.db.first("SELECT \(name) FROM replicas WHERE replica = 1") {
      $0.integer(0)
    } ?? 0
  }

  @Test func `what was written before it left is kept and goes up, and nothing is added`() throws {
    let id = try customer()
    try field.assign(id, to: "bob", token: token)
    // The push is on its way when she writes: the answer to it is what takes the customer away.
    let lost = try OpenReplica(
      ReplicaFolder(laptop.home), Console(environment: [:], now: field.state.now), outside)
    let run = SyncRun(lost.store) { Moment(milliseconds: field.state.now()) }
    let answer = try lost.line().sync(try run.nextRequest())
    #expect(laptop.run("set", id, "phone=hers").exit == .done)
    try run.receive(answer)
    let refused = laptop.run("set", id, "phone=more")
    #expect(
      refused
        == RepRun(
          exit: .refused, out: "",
          err: """
            rounds: The record \(id) has left your scope and cannot be written any more.
            Hint: What you wrote before is kept and goes up with the next sync.

            """))
    #expect(laptop.run("follow", id, "--channel", "visit", "--text", "again").exit == .refused)
    #expect(laptop.run("add", "contact", "customer=\(id)", "name=x").exit == .refused)
    #expect(try laptop.run("status", "--json").json["waiting"] == 1)
    #expect(try laptop.run("sync", "--json").json["pushed"]?["parked"] == 1)
    #expect(laptop.run("set", id, "phone=more").exit == .notFound)
    // It is there again: it can be written again.
    try field.assign(id, to: "ann", token: token)
    laptop.run("sync")
    #expect(laptop.run("set", id, "phone=more").exit == .done)
  }

  private var outside: Outside {
    let (state, routes) = (field.state, Unchecked(field.routes))
    return Outside(
      line: { FieldLine(routes.value, state, token: $0.token) },
      random: { FieldRandom(state: state) }, deviceName: { "laptop" },
      runHook: { _, _ in }, interruption: Interruption(takesSignals: false))
  }
}
