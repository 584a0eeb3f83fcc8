// A field with wires: the hub behind its real server, laptops with a recorder on the line.
//
// Nothing here goes around the sockets: administrators and laptops ask as they do at work, through the
// daemon's own desk and the real client. Three people, three customers full of canaries, and the one
// question after every step: is there a byte on a wire or on a disk that its person may not see?

import CommandKit
import Foundation
import HubClient
import Notation
import SyncCore
import Testing

@testable import rounds

/// Serves a field's hub on a free port while the body runs, on a thread of its own.
func withWiredField(_ body: @escaping @Sendable (WiredField) throws -> Void) async throws {
  let field = try Field(users: [])
  try await withServedHub(of: field) { served in
    let wired = try WiredField(field, served)
    defer { for laptop in wired.laptops.values { laptop.proxy.close() } }
    try wired.begin()
    try body(wired)
  }
}

/// How much of a customer somebody may hold; who may hold nothing has none of these.
enum Holding {
  case whole
  /// Without what a pool hides.
  case veiled
  /// He may see it and does not keep it.
  case left
}

/// What each may hold, by person and customer.
typealias Sights = [String: [String: Holding]]

final class WiredField {
  /// mia leads the north, ann is in it, bob is in the south.
  static let usual: Sights = [
    "ann": ["acme": .whole], "bob": ["bolt": .whole], "mia": ["acme": .whole, "crux": .whole],
  ]
  /// Three customers, and a contact with canaries of its own.
  static let records = ["acme", "bolt", "crux", "drift"]

  let field: Field
  let admin: AdminClient
  let laptops: [String: WiredLaptop]
  private(set) var ids: [String: String] = [:]
  private(set) var sights: Sights = [:]
  /// Whose contact the one is that moves from customer to customer.
  var host = "acme"

  init(_ field: Field, _ served: ServedHub) throws {
    self.field = field
    admin = served.admin
    laptops = Dictionary(
      uniqueKeysWithValues: try ["ann", "bob", "mia"].map {
        ($0, try WiredLaptop(field, $0, to: served.port))
      })
  }

  func laptop(_ user: String) -> Laptop {
    guard let wired = laptops[user] else { preconditionFailure("nobody is called \(user)") }
    return wired.laptop
  }

  func id(_ customer: String) -> String { ids[customer] ?? customer }

  func post(_ path: String..., body: JSONValue = [:]) throws { _ = try admin.post(path, body) }

  func assign(_ customer: String, to user: String) throws {
    try set(customer, "owner=\(user)")
  }

  func set(_ record: String, _ words: String) throws {
    try post("records", id(record), "set", body: ["assignments": [.string(words)]])
  }

  // MARK: The morning

  /// bob brings two customers and mia one; one of bob's is given to ann.
  fileprivate func begin() throws {
    for team in ["north", "south"] { try post("teams", body: ["name": .string(team)]) }
    for (user, role, team) in [
      ("ann", "rep", "north"), ("bob", "rep", "south"), ("mia", "manager", "north"),
    ] {
      try post(
        "users", body: ["name": .string(user), "role": .string(role), "team": .string(team)])
      let code = try admin.post(["invites"], ["user": .string(user)])["code"]?.string
      let url = "http://127.0.0.1:\(laptops[user]?.proxy.port ?? 0)"
      let joined = laptop(user).run("join", url, "--code", try #require(code), "--device", user)
      #expect(joined.exit == .done, "\(joined.err)")
      try laptops[user]?.openBeside()
    }
    let hidden: JSONValue = [
      "customer": ["phone", "legalName"], "contact": ["mobile"],
    ]
    try post("pools", body: ["name": "east", "members": ["team:north"], "hidden": hidden])
    for (user, customer) in [("bob", "acme"), ("bob", "bolt"), ("mia", "crux")] {
      try add(customer, on: laptop(user))
    }
    ids["drift"] = try laptop("bob").id(
      "add", "contact", "customer=\(id("acme"))", "name=driftkanariname", "mobile=driftkanarimobile"
    )
    for user in ["bob", "mia"] { laptop(user).run("sync") }
    // What they wrote themselves nobody has to send them.
    expect(["bob": ["acme": .whole, "bolt": .whole], "mia": ["crux": .whole]])
    for user in laptops.keys { try look(at: user) }
    try assign("acme", to: "ann")
    try settle(WiredField.usual)
    try disagree()
  }

  /// A conflict about acme, with what each of the two wrote.
  private func disagree() throws {
    for user in ["ann", "mia"] {
      laptop(user).run("set", id("acme"), "legalName=acmekanari\(user)")
    }
    for user in ["ann", "mia", "ann"] { laptop(user).run("sync") }
    for user in ["ann", "mia"] {
      #expect(try laptop(user).occurrences(of: "acmekanariann") > 0)
      #expect(try laptop(user).occurrences(of: "acmekanarimia") > 0)
      try look(at: user)
    }
  }

  private func add(_ customer: String, on laptop: Laptop) throws {
    func word(_ part: String) -> String { "\(customer)kanari\(part)" }
    let id = try laptop.id(
      "add", "customer", "name=\(word("name"))", "notes=\(word("notes"))", "phone=\(word("phone"))")
    ids[customer] = id
    for words in [
      ["add", "contact", "customer=\(id)", "name=\(word("person"))", "mobile=\(word("mobile"))"],
      ["add", "opportunity", "customer=\(id)", "name=\(word("deal"))"],
      ["follow", id, "--channel", "visit", "--text", word("visit"), "--next", word("next")]
        + ["--next-at", "+3d"],
    ] {
      let run = laptop.run(words)
      #expect(run.exit == .done, "\(run.err)")
    }
  }

  // MARK: Looking

  /// Says what each may hold from now on.
  func expect(_ sights: Sights) {
    self.sights = sights.mapValues { held in
      held.merging(["drift": held[host]].compactMapValues(\.self), uniquingKeysWith: { $1 })
    }
  }

  /// Everybody syncs, then asks for whatever he could: nothing that he may not see may come or be there,
  /// and what he may hold must be there.
  func settle(_ sights: Sights) throws {
    let before = self.sights
    expect(sights)
    for user in sights.keys.sorted() {
      let run = laptop(user).run("sync")
      #expect(run.exit == .done, "\(user): \(run.err)")
    }
    for user in sights.keys.sorted() {
      let news = try look(at: user)
      for (record, holding) in self.sights[user] ?? [:]
      where holding != .left && before[user]?[record] != holding {
        let words = WiredField.words(of: record, holding)
        #expect(words.allSatisfy { hears($0, in: news) }, "\(record) has to come to \(user)")
      }
      let missing = try missing(on: user)
      #expect(missing == [])
      try ask(user)
      try look(at: user)
    }
  }

  /// Holds what came since the last look, and what is there, against what he may see.
  @discardableResult
  func look(at user: String) throws -> [Data] {
    let news = laptops[user]?.news() ?? []
    let leaks = try leaks(of: user, sent: news)
    #expect(leaks == [])
    return news
  }

  /// What else a laptop asks of its hub: histories, also of what it does not hold, waits, estimates.
  private func ask(_ user: String) throws {
    for record in WiredField.records {
      let holding = sights[user]?[record]
      if holding == .left { continue }
      let run = laptop(user).run("history", id(record))
      #expect(run.exit == (holding == nil ? .notFound : .done), "\(user), \(record): \(run.err)")
      #expect(run.out.contains("\(record)kanariname") == (holding != nil))
    }
    #expect(laptop(user).run("scope", "set", "mine", "--dry-run").exit == .done)
    try laptops[user]?.wait()
  }

  /// Canaries that are where their person may not see them: on the wire, or in the folder.
  func leaks(of user: String, sent: [Data]) throws -> [String] {
    try WiredField.records.flatMap { record in
      try WiredField.forbidden(of: record, sights[user]?[record]).flatMap { word in
        (hears(word, in: sent) ? ["\(user) was sent \(word)"] : [])
          + (try laptop(user).occurrences(of: word) > 0 ? ["\(user) keeps \(word)"] : [])
      }
    }
  }

  private func missing(on user: String) throws -> [String] {
    try (sights[user] ?? [:]).filter { $0.value != .left }
      .flatMap { WiredField.words(of: $0.key, $0.value) }
      .filter { try laptop(user).occurrences(of: $0) == 0 }
  }

  func hears(_ word: String, in sent: [Data]) -> Bool {
    sent.contains { $0.range(of: Data(word.utf8)) != nil }
  }

  private static func words(of record: String, _ holding: Holding) -> [String] {
    let shown = record == "drift" ? ["name"] : ["name", "notes", "person", "deal", "visit", "next"]
    let hidden = record == "drift" ? ["mobile"] : ["phone", "mobile"]
    return (holding == .veiled ? shown : shown + hidden).map { "\(record)kanari\($0)" }
  }

  /// Words begin with their record, so that also half a word betrays it.
  private static func forbidden(of record: String, _ holding: Holding?) -> [String] {
    switch holding {
    case .whole: []
    case .veiled: ["phone", "mobile", "ann", "mia"].map { "\(record)kanari\($0)" }
    case .left, nil: ["\(record)kanari"]
    }
  }
}
