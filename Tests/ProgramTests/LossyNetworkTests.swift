// Syncs over lines that break all the time: they finish, lose nothing, and go on where they were.
//
// Real commands, the real client, a real server; between them a line that is cut at bytes drawn from
// a seed. A command may be typed again and again, as a person does, and a command alone must bear a
// line that still carries something. Bytes are counted on the line, cut ones too.

import CommandKit
import HubClient
import Notation
import SyncCore
import Synchronization
import Testing

@testable import rounds

@Suite struct LossyNetworkTests {
  private static let customers = 3_000
  private static let edits = 100

  private static let weathers = [
    // One of five connections is swallowed, and the others carry a part of a page.
    CuttingProxy.Weather(bytesMean: 150_000, lostPercent: 20),
    CuttingProxy.Weather(bytesMean: 40_000, pieceMilliseconds: 1),
    // A good line with a cut now and then.
    CuttingProxy.Weather(bytesMean: 1_000_000, lostPercent: 1, pieceMilliseconds: 1),
  ]

  @Test func `a sync over a line that breaks goes on where it was`() async throws {
    try await withServedField { served in
      let desk = try served.join("desk", to: served.port)
      let imported = desk.importing(Self.table(), "--into", "customer", "--key", "externalKey")
      #expect(imported.exit == .done, "\(imported.err)")
      #expect(desk.run("sync").exit == .done)
      // What it costs on a line that never breaks.
      let plain = try CuttingProxy(to: served.port, seed: 0, CuttingProxy.Weather())
      defer { plain.close() }
      _ = try served.join("plain", to: plain.port)
      let whole = plain.traffic.down
      for (seed, weather) in zip(1..., Self.weathers) {
        let line = try CuttingProxy(to: served.port, seed: UInt64(seed), weather)
        defer { line.close() }
        let road = try served.join("road\(seed)", to: line.port)
        #expect(try road.fingerprint() == desk.fingerprint())
        let down = line.traffic
        #expect(down.cuts > 0)
        // What is lost is the piece that was on its way, and never what came before.
        #expect(down.down < whole * 5 / 2, "\(down) for \(whole)")
        try Self.pushEdits(from: road, named: "Edit \(seed)")
        #expect(desk.run("sync").exit == .done)
        #expect(try desk.count(contactsLike: "Edit \(seed)%") == [[100, 100]])
        #expect(try road.fingerprint() == desk.fingerprint())
      }
    }
  }

  /// What goes up arrives once, however often it was sent.
  private static func pushEdits(from road: Laptop, named name: String) throws {
    for number in 0..<edits {
      let customer = "customer=customer:Customer \(number)"
      let run = road.run("add", "contact", customer, "name=\(name) \(number)")
      #expect(run.exit == .done, "\(run.err)")
    }
    try road.syncUntilDone()
  }

  @Test func `a line that carries nothing is given up, and nothing is lost`() async throws {
    try await withServedField { served in
      let port = served.port
      let laptop = try served.join("desk", to: port)
      laptop.run("add", "customer", "name=Acme")
      let dead = try CuttingProxy(
        to: port, seed: 1, CuttingProxy.Weather(bytesMean: 100, lostPercent: 50))
      defer { dead.close() }
      var cut = laptop
      cut.line = { call in
        let address = HubAddress("http://127.0.0.1:\(dead.port)")
        return HTTPHubLink(address ?? call.address, token: call.token)
      }
      let run = cut.run("sync")
      #expect(run.exit == .unreachable)
      #expect(dead.traffic.connections <= 10)
      #expect(try laptop.run("status", "--json").json["waiting"] == 1)
      #expect(laptop.run("sync").exit == .done)
      #expect(try laptop.run("status", "--json").json["waiting"] == 0)
    }
  }

  /// Six hundred bytes of what nobody can pack, so that a page is worth cutting.
  private static func table() -> String {
    var random = FieldRandom(state: FieldState())
    let rows = (0..<customers).map { number in
      let notes = (0..<40).map { _ in String(random.next(), radix: 36) }.joined()
      return "Customer \(number),key\(number),\(notes)"
    }
    return (["name,externalKey,notes"] + rows).joined(separator: "\n") + "\n"
  }
}

/// A hub behind its real server, and a field that only lends clock and folder.
private struct ServedField {
  let field: Field
  let port: UInt16
  let admin: AdminClient

  /// A laptop of ann's whose line goes through this port, in sync.
  func join(_ device: String, to port: UInt16) throws -> Laptop {
    var laptop = Laptop(field, device)
    laptop.line = Outside.process.line
    let code = try admin.post(["invites"], ["user": "ann"])["code"]?.string ?? ""
    let url = "http://127.0.0.1:\(port)"
    for _ in 0..<100 {
      let run = laptop.run("join", url, "--code", code, "--device", device)
      if run.exit == .done { return laptop }
      // It has joined, and the download broke off.
      if run.exit == .refused || run.err.contains("has joined") { break }
    }
    try laptop.syncUntilDone()
    return laptop
  }
}

private func withServedField(
  _ body: @escaping @Sendable (ServedField) throws -> Void
) async throws {
  let field = try Field(users: ["ann"])
  try await withServedHub(of: field) { served in
    try body(ServedField(field: field, port: served.port, admin: served.admin))
  }
}

extension Laptop {
  fileprivate func importing(_ table: String, _ words: String...) -> RepRun {
    let (state, home) = (field.state, home)
    let console = Console(
      environment: ["ROUNDS_HOME": home, "ROUNDS_LANG": "en"], now: { state.now() },
      readFile: { _ in Array(table.utf8) })
    let exit = commandTable(outside).run(["import", "table.csv"] + words, console: console)
    return RepRun(exit: exit, out: console.output.text, err: console.errors.text)
  }

  fileprivate func count(contactsLike pattern: String) throws -> JSONValue? {
    let query = "SELECT count(*), count(DISTINCT name) FROM contact WHERE name LIKE '\(pattern)'"
    return try run("sql", query, "--json").json["rows"]
  }

  fileprivate func syncUntilDone() throws {
    for _ in 0..<100 {
      let sync = run("sync")
      if sync.exit == .done { return }
      try #require(sync.exit == .unreachable, "\(sync.err)")
    }
    Issue.record("A hundred syncs brought \(home) nowhere.")
  }

  /// Of a laptop that is in sync.
  fileprivate func fingerprint() throws -> String? {
    for _ in 0..<100 {
      let sync = run("sync", "--json")
      if sync.exit == .done { return try sync.json["fingerprint"]?.string }
    }
    return nil
  }
}
