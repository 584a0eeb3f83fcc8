// A laptop is revoked: what it had goes up into the hands of an administrator, and nothing stays.

import CommandKit
import Foundation
import Hub
import Notation
import SyncCore
import Testing

@testable import rounds

@Suite struct RepRevokedTests {
  let field: Field
  let token: String
  let laptop: Laptop

  init() throws {
    field = try Field()
    token = try field.closed()
    laptop = try field.laptop("thinkpad")
    let id = try laptop.id("add", "customer", "name=Kanari")
    laptop.run("sync")
    for index in 0..<40 {
      laptop.run("follow", id, "--channel", "visit", "--text", "Kanari \(index)")
    }
  }

  private func revoke() throws {
    let answer = field.routes.answer(
      HubRequest("POST", "/v1/admin/replicas/1/revoke", bearerToken: token))
    #expect(answer.status == 200)
  }

  /// Edits of which something is parked: a visit is one, with what it says of its customer.
  private func parked() throws -> Int64 {
    try field.routes.store.db.first("SELECT count(DISTINCT counter) FROM parked WHERE reason = 14")
    {
      $0.integer(0)
    } ?? 0
  }

  private func files() throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: laptop.home)
  }

  @Test func `forty unsent follow-ups are handed over, and the folder is wiped (H-09)`() throws {
    try revoke()
    let last = laptop.run("sync")
    #expect(last.exit == .refused)
    #expect(try parked() == 40)
    #expect(try files() == ["revoked"])
    #expect(try laptop.occurrences(of: "Kanari") == 0)
    #expect(laptop.run("sync") == last)
    #expect(laptop.run("today").err == last.err)
    #expect(try parked() == 40)
    #expect(last.err.contains("was revoked on 2026-11-22T09:00:"))
    #expect(last.err.contains("Unsent work (40 edits) was handed to the hub"))
    var chinese = laptop
    chinese.language = "zh"
    #expect(chinese.run("status").err.contains("未上传的内容（40 项）已交给服务器"))
    // With a new invitation it is a laptop like any other.
    let code = try field.invite("ann")
    #expect(laptop.run("join", "http://127.0.0.1:7440", "--code", code).exit == .done)
    #expect(laptop.run("status").exit == .done)
  }

  @Test func `while the last push does not get through nothing is wiped`() throws {
    try revoke()
    field.state.connect(false)
    #expect(laptop.run("sync").exit == .unreachable)
    #expect(try laptop.run("status", "--json").json["waiting"] == 40)
    field.state.connect(true)
    field.state.loseAnswers(1)
    #expect(laptop.run("sync").exit == .unreachable)
    #expect(try laptop.run("status", "--json").json["waiting"] == 40)
    #expect(laptop.run("sync").exit == .refused)
    #expect(try parked() == 40)
    #expect(try files() == ["revoked"])
  }

  @Test func `a retired laptop is turned away and keeps what it has`() throws {
    _ = field.routes.answer(
      HubRequest("POST", "/v1/admin/replicas/1/retire", bearerToken: token))
    #expect(laptop.run("sync").err.contains("This laptop has been revoked."))
    #expect(try laptop.run("status", "--json").json["waiting"] == 40)
  }
}
