// What a scenario demands: of one laptop, of the hub, of all together.

import FollowUp
import Notation
import Replica
import Storage
import SyncCore

extension ScenarioRunner {
  func expect(_ words: [String], _ line: Scenario.Line) throws {
    func demand(_ isSo: Bool, _ found: String) throws {
      if !isSo {
        throw ScenarioFailure(scenario: scenario.name, line: line, text: "found \(found)")
      }
    }
    switch words[0] {
    case "holds", "parked", "wire", "disk", "kept":
      if let found = try checkRights(words) { try demand(false, found) }
    case "converged":
      try cluster.comeToRest()
      try cluster.checkEnd()
    case "view":
      for laptop in try laptops(words[1]) {
        let shown = try shown(words[2], on: laptop)
        try demand(shown == words[4], "\(shown) on \(laptop.name)")
      }
    case "gone":
      let (id, collection) = try record(words[2])
      for laptop in try laptops(words[1]) {
        let row = try laptop.store.table(collection).row(id, in: laptop.store.db)
        try demand(row == nil, "it on \(laptop.name)")
      }
    case "conflicts":
      let found = try openConflicts()
      let wanted = words[3] == "none" ? [] : Array(words[3...]).sorted()
      try demand(found == wanted, found.isEmpty ? "none" : found.joined(separator: " "))
    case "drafts": try demand(try drafts(words), "\(try laptop(words[1]).store.drafts())")
    case "history":
      let found = try history(words[2])
      try demand(found.contains(words[4]), found.joined(separator: ", "))
    case "reminders":
      let found = try reminders(on: try laptop(words[1]))
      let wanted = words[3] == "none" ? [] : Array(words[3...]).sorted()
      try demand(found == wanted, found.isEmpty ? "none" : found.joined(separator: " "))
    case "pages":
      let found = pages[words[1], default: 0]
      try demand(found > (Int(words[3]) ?? 0), "\(found)")
    case "waiting":
      let found = try laptop(words[1]).store.waitingCount()
      try demand("\(found)" == words[3], "\(found)")
    case "count":
      let found = try cluster.hub.store.db.count(
        "SELECT count(*) FROM \"\(words[2])\"")
      try demand("\(found)" == words[4], "\(found)")
    default: throw Violation("script", "unknown expectation \(words[0])")
    }
  }

  private func laptops(_ name: String) throws -> [Laptop] {
    name == "*" ? cluster.living : [try laptop(name)]
  }

  private func shown(_ text: String, on laptop: Laptop) throws -> String {
    let (id, collection, field) = try place(text)
    guard let row = try laptop.store.table(collection).row(id, in: laptop.store.db) else {
      return "gone"
    }
    return Schema.describe(row.values[field.id])
  }

  /// `X.legalName:[a,m]`, sorted.
  private func openConflicts() throws -> [String] {
    try cluster.hub.store.db.all(
      #"SELECT record, field, "values" FROM conflict WHERE status = 'open'"#
    ) { row in
      let name = records.first { $0.value.id.description == row.text(0) }?.key ?? row.text(0)
      guard case .array(let values) = try JSONValue(parsing: row.text(2)) else { return name }
      let texts = values.map { value in
        switch value.object?["value"] ?? .null {
        case .string(let text): text
        case .null: "∅"
        case let other: other.text()
        }
      }
      return "\(name).\(row.text(1)):[\(texts.sorted().joined(separator: ","))]"
    }.sorted()
  }

  /// `drafts A == 1`, `drafts A ~ owner`.
  private func drafts(_ words: [String]) throws -> Bool {
    let drafts = try laptop(words[1]).store.drafts()
    if words[2] == "==" { return "\(drafts.count)" == words[3] }
    return drafts.contains { draft in
      let collection = cluster.schema[draft.collection]
      return draft.change.writes.contains { collection?.displayName(of: $0.field) == words[3] }
    }
  }

  /// Every value that was ever accepted in a field.
  private func history(_ text: String) throws -> [String] {
    let (id, collection, field) = try place(text)
    let unit = collection.unit(of: field.id)
    return try cluster.hub.acceptedChanges().filter { $0.record == id }.flatMap(\.writes)
      .filter { $0.field == unit }
      .map { write in
        switch write.action {
        case .put(let value, _): Schema.describe(value)
        case .alter(let adding, let removing):
          (adding.map { "+\($0)" } + removing.map { "-\($0)" }).joined(separator: " ")
        }
      }
  }

  /// `rule:X` of those that are active, sorted.
  private func reminders(on laptop: Laptop) throws -> [String] {
    try laptop.store.db.all("SELECT rule, customer FROM reminder WHERE status = 'active'") { row in
      let name = records.first { $0.value.id.description == row.text(1) }?.key ?? row.text(1)
      return "\(row.text(0)):\(name)"
    }.sorted()
  }
}
