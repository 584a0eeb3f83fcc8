// Rights in scenarios: who sees what, who gives it to whom, and what may have been heard of it.

import Access
import Hub
import Notation
import Replica
import Storage
import SyncCore
import Wire

extension ScenarioRunner {
  // MARK: What an administrator does

  /// - Returns: whether it was a verb about rights.
  func changeRights(_ words: [String]) throws -> Bool {
    let rest = Array(words.dropFirst())
    switch words[0] {
    case "assign": try set(rest[0], "owner=\(rest[1])")
    case "share":
      try post(
        "records/\(try record(rest[0]).id)/share",
        ["with": .string(rest[1]), "mayWrite": .bool(rest.last == "write")])
    case "unshare":
      try post("records/\(try record(rest[0]).id)/unshare", ["with": .string(rest[1])])
    case "role": try post("users/\(rest[0])", ["role": .string(rest[1])])
    case "place": try post("users/\(rest[0])", ["team": .string(rest[1])])
    case "put":
      let parent: JSONValue = rest[2] == "top" ? .null : .string(rest[2])
      try post("teams/\(rest[0])", ["parent": parent])
    case "disable": try post("users/\(rest[0])/disable", [:])
    case "revoke":
      let replica = try laptop(rest[0]).store.state().id
      try post("replicas/\(replica.rawValue)/revoke", [:])
    case "pool":
      var settings: JSONValue = ["name": .string(rest[0])]
      if rest.count > 2 { settings["hidden"] = ["customer": .array([.string(rest[2])])] }
      try post("pools", settings)
    case "policy": try applyPolicy(rest)
    case "accept", "discard":
      let waiting = try cluster.hub.store.db.all(
        "SELECT id FROM parked WHERE status = 'waiting' AND record = ? ORDER BY arrived_at, replica, counter, id",
        .id(try record(rest[0]).id)
      ) { $0.text(0) }
      for id in waiting { try post("parked/\(id)/\(words[0])", [:]) }
    default: return false
    }
    return true
  }

  private func set(_ name: String, _ assignment: String) throws {
    try post(
      "records/\(try record(name).id)/set", ["assignments": .array([.string(assignment)])])
  }

  /// `north=ann,mia south=bob`
  func makeTeams(_ words: [String]) throws {
    for word in words {
      let halves = word.split(separator: "=").map(String.init)
      try post("teams", ["name": .string(halves[0])])
      for user in halves[1].split(separator: ",") {
        try post("users/\(user)", ["team": .string(halves[0])])
      }
    }
  }

  /// `rep read=team`, `rep hide=customer.phone`, `rep update=none`: the standard policy with one change.
  private func applyPolicy(_ words: [String]) throws {
    var policy = try JSONValue(parsing: Array(Policy.standardText.utf8))
    var role = policy["roles"]?[words[0]] ?? .null
    for word in words.dropFirst() {
      let halves = word.split(separator: "=", maxSplits: 1).map(String.init)
      if halves[0] == "directory" {
        role["directory"] = .string(halves[1])
      } else if halves[0] == "hide" {
        let place = halves[1].split(separator: ".").map(String.init)
        role["hidden"] = .object([place[0]: .array([.string(place[1])])])
      } else {
        var rights = role["rights"] ?? [:]
        var all = rights["*"] ?? [:]
        all[halves[0]] = .string(halves[1])
        rights["*"] = all
        role["rights"] = rights
      }
    }
    var roles = policy["roles"] ?? [:]
    roles[words[0]] = role
    policy["roles"] = roles
    let answer = cluster.hub.routes.answer(
      HubRequest(
        "PUT", "/v1/admin/policy", bearerToken: cluster.hub.adminToken, body: policy.bytes()))
    guard (200..<300).contains(answer.status) else {
      throw Violation("admin", String(decoding: answer.body, as: UTF8.self))
    }
  }

  // MARK: What must hold

  /// - Returns: what was found instead; nil: all is well.
  func checkRights(_ words: [String]) throws -> String? {
    switch words[0] {
    case "holds":
      let wanted = words[2] == "nothing" ? [] : Set(words[2...])
      let shown = try names(on: laptop(words[1]))
      return shown == wanted ? nil : shown.sorted().joined(separator: " ")
    case "parked":
      let found = try cluster.hub.store.db.count(
        "SELECT count(*) FROM parked WHERE status = 'waiting'")
      return "\(found)" == words[3] ? nil : "\(found)"
    case "wire":
      let heard = cluster.heard?[try laptop(words[1]).index] ?? []
      return heard.contains { holds($0, words[3]) } ? "it in an answer" : nil
    case "disk":
      let laptop = try laptop(words[1])
      return try dump(laptop.store.db).first { holds($0, words[3]) }
        .map { "it on the disk: " + String(decoding: $0, as: UTF8.self) }
    case "kept":
      return try isKept(words[1]) ? nil : "it nowhere"
    default: throw Violation("script", "unknown expectation \(words[0])")
    }
  }

  /// The records that a laptop shows, by their names in the script.
  private func names(on laptop: Laptop) throws -> Set<String> {
    let named = try records.filter { _, place in
      try laptop.store.table(place.collection).exists(place.id, in: laptop.store.db)
    }
    return Set(named.keys)
  }

  private func holds(_ bytes: [UInt8], _ text: String) -> Bool {
    let wanted = Array(text.utf8)
    guard bytes.count >= wanted.count else { return false }
    return (0...bytes.count - wanted.count).contains { start in
      bytes[start..<start + wanted.count].elementsEqual(wanted)
    }
  }

  /// Every text and blob of every table.
  private func dump(_ db: Connection) throws -> [[UInt8]] {
    var found: [[UInt8]] = []
    let tables = try db.all(
      "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
    ) { $0.text(0) }
    for table in tables {
      let columns = try db.all("SELECT name FROM pragma_table_info(?)", .text(table)) { $0.text(0) }
      let joined = columns.map { "coalesce(CAST(\"\($0)\" AS BLOB), x'')" }
      for column in joined {
        try db.each("SELECT \(column) FROM \"\(table)\"") {
          found.append(Array("\(table): ".utf8) + $0.blob(0))
        }
      }
    }
    return found
  }

  /// I3, by name: a value that somebody wrote is in the history, a draft of his, or parked – or he was
  /// told at once that it is not written.
  private func isKept(_ text: String) throws -> Bool {
    if declined.contains(where: { $0.contains(text) }) { return true }
    var found = try cluster.hub.store.db.all("SELECT change FROM parked") { $0.blob(0) }
    found += try cluster.hub.store.db.all("SELECT change FROM history") { $0.blob(0) }
    for laptop in cluster.living {
      found += try laptop.store.db.all("SELECT change FROM drafts") { $0.blob(0) }
      found += try laptop.store.db.all("SELECT payload FROM change_log") { $0.blob(0) }
    }
    return found.contains { holds($0, text) }
  }
}
