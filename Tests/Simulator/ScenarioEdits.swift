// What people type in a scenario: on laptops through the store, at the hub through its routes.

import FollowUp
import Hub
import Notation
import Replica
import Storage
import SyncCore

extension ScenarioRunner {
  func act(_ name: String, _ words: [String]) throws {
    if name == "S", words[0] == "try" {
      do { return try administer(Array(words.dropFirst())) } catch let error as Violation {
        if error.invariant != "admin" { throw error }
        return
      }
    }
    if name == "S" { return try administer(words) }
    let laptop = try laptop(name)
    let rest = Array(words.dropFirst())
    switch words[0] {
    case "try":
      // Where the order of things has it that he cannot: he is told, and that is all.
      do { try act(name, rest) } catch is ReplicaError {
        declined.append(rest.joined(separator: " "))
      }
    case "claim", "release":
      let (id, collection) = try record(rest[0])
      let text = words[0] == "claim" ? laptop.user : "\(rest[1]) reason"
      let put = FieldWrite.put(cluster.field(words[0], of: collection), .text(text))
      try write([RecordWrite(id, in: collection, [put])], on: laptop)
    case "add": try add(rest, on: laptop)
    case "set", "settle": try write([try put(rest[0], Array(rest.dropFirst()))], on: laptop)
    case "atomic": try writeAtomically(rest, on: laptop)
    case "tag": try write([try tags(rest)], on: laptop)
    case "follow": try follow(rest, on: laptop)
    case "delete": try write([try life(rest[0], .deleted)], on: laptop)
    case "revive": try write([try life(rest[0], .alive)], on: laptop)
    case "move":
      let (id, collection) = try record(rest[0])
      guard let root = collection.rootField else { throw Violation("script", "roots stay") }
      let put = FieldWrite.put(root, .reference(try record(rest[2]).id))
      try write([RecordWrite(id, in: collection, [put])], on: laptop)
    case "keep": try keep(rest, on: laptop)
    case "retry", "refer":
      guard let draft = try laptop.store.drafts().first else {
        throw Violation("script", "there is no draft to try again")
      }
      try cluster.retry(draft, isReferred: words[0] == "refer", on: laptop)
    default: throw Violation("script", "unknown command \(words[0])")
    }
  }

  func record(_ name: String) throws -> (id: RecordID, collection: CollectionSchema) {
    guard let record = records[name] else { throw Violation("script", "nothing is called \(name)") }
    return record
  }

  private func write(
    _ writes: [RecordWrite], isAtomic: Bool = false, on laptop: Laptop
  ) throws {
    try cluster.write(writes, isAtomic: isAtomic, on: laptop)
  }

  /// `customer X name=Acme`, `contact C of X name=Li`.
  private func add(_ words: [String], on laptop: Laptop) throws {
    guard let collection = cluster.schema[words[0]] else {
      throw Violation("script", "no collection \(words[0])")
    }
    var assignments = Array(words.dropFirst(2))
    var fields: [FieldWrite] = []
    if assignments.first == "of", let root = collection.rootField {
      fields.append(.put(root, .reference(try record(assignments[1]).id)))
      assignments.removeFirst(2)
    }
    fields += try assignments.map { try field($0, of: collection) }
    let id = try laptop.store.mint(at: cluster.now(on: laptop))
    records[words[1]] = (id, collection)
    try write([RecordWrite(id, in: collection, fields, isCreation: true)], on: laptop)
  }

  private func put(_ name: String, _ assignments: [String]) throws -> RecordWrite {
    let (id, collection) = try record(name)
    return RecordWrite(id, in: collection, try assignments.map { try field($0, of: collection) })
  }

  private func field(_ assignment: String, of collection: CollectionSchema) throws -> FieldWrite {
    let parts = assignment.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2, let field = collection[String(parts[0])] else {
      throw Violation("script", "\(assignment) is no assignment")
    }
    if parts[1].isEmpty { return .put(field.id, .null) }
    return .put(
      field.id,
      try FieldText.parse(String(parts[1]), as: field.type, at: cluster.clock.now, in: .utc))
  }

  /// `{ X.phone=5; X.owner=x }`: assignments to one record make one change.
  private func writeAtomically(_ words: [String], on laptop: Laptop) throws {
    let parts = words.filter { $0 != "{" && $0 != "}" }.map { $0.filter { $0 != ";" } }
    var order: [String] = []
    var assignments: [String: [String]] = [:]
    for part in parts {
      let halves = part.split(separator: ".", maxSplits: 1).map(String.init)
      if assignments[halves[0]] == nil { order.append(halves[0]) }
      assignments[halves[0], default: []].append(halves[1])
    }
    let writes = try order.map { try put($0, assignments[$0] ?? []) }
    try write(writes, isAtomic: true, on: laptop)
  }

  private func tags(_ words: [String]) throws -> RecordWrite {
    let (id, collection) = try record(words[0])
    func named(_ sign: Character) -> [String] {
      words.dropFirst().filter { $0.first == sign }.map { String($0.dropFirst()) }
    }
    let alter = FieldWrite.Action.alter(adding: named("+"), removing: named("-"))
    return RecordWrite(
      id, in: collection, [FieldWrite(cluster.field("tags", of: collection), alter)])
  }

  private func follow(_ words: [String], on laptop: Laptop) throws {
    let now = cluster.now(on: laptop)
    let at = now.advanced(milliseconds: try words.count > 1 ? span(words[1]) : 0)
    let fields: [FieldWrite] = [
      .put(cluster.field("customer", of: .followUp), .reference(try record(words[0]).id)),
      .put(cluster.field("occurredAt", of: .followUp), .moment(at)),
      .put(cluster.field("text", of: .followUp), .text("visit")),
    ]
    let id = try laptop.store.mint(at: now)
    try write([RecordWrite(id, in: .followUp, fields, isCreation: true)], on: laptop)
  }

  private func life(_ name: String, _ lifecycle: Lifecycle) throws -> RecordWrite {
    let (id, collection) = try record(name)
    return RecordWrite(id, in: collection, [.put(.lifecycle, lifecycle.value)])
  }

  /// `X.legalName a = a2`.
  private func keep(_ words: [String], on laptop: Laptop) throws {
    let (id, collection, field) = try place(words[0])
    let branches = try cluster.branches(of: id, field.name, on: laptop)
    let kept = branches.filter { $0.value == .string(words[1]) }.map(\.dot)
    if kept.isEmpty { throw Violation("script", "\(words[0]) has no branch \(words[1])") }
    let put = FieldWrite.Action.put(.text(words[3]), keeping: kept)
    try write([RecordWrite(id, in: collection, [FieldWrite(field.id, put)])], on: laptop)
  }

  /// `X.legalName`
  func place(_ text: String) throws -> (RecordID, CollectionSchema, FieldSchema) {
    let halves = text.split(separator: ".", maxSplits: 1).map(String.init)
    let (id, collection) = try record(halves[0])
    guard let field = collection[halves[1]] else { throw Violation("script", "no field \(text)") }
    return (id, collection, field)
  }

  // MARK: At the hub

  private func administer(_ words: [String]) throws {
    if try changeRights(words) { return }
    let rest = Array(words.dropFirst())
    switch words[0] {
    case "set":
      let id = try record(rest[0]).id
      try post(
        "records/\(id)/set", ["assignments": .array(rest.dropFirst().map { .string($0) })])
    case "delete": try post("records/\(try record(rest[0]).id)/delete", [:])
    case "restore":
      let at = cluster.clock.now.advanced(milliseconds: try span(rest[1]))
      try post(
        "records/\(try record(rest[0]).id)/restore",
        ["at": .string(ISO8601.string(milliseconds: at.milliseconds, in: .utc))])
    case "resolve":
      let (id, _, field) = try place(rest[0])
      let conflict = try cluster.hub.store.db.first(
        "SELECT id FROM conflict WHERE record = ? AND field = ? ORDER BY since DESC",
        .text(id.description), .text(field.name)
      ) { $0.text(0) }
      guard let conflict else { throw Violation("script", "no conflict of \(rest[0])") }
      let verdict: JSONValue =
        rest[1] == "take"
        ? ["take": .integer(Int64(rest[2]) ?? 0)] : ["value": .string(rest[2])]
      try post("conflicts/\(conflict)/resolve", verdict)
    default: throw Violation("script", "the hub cannot \(words[0])")
    }
  }

  func post(_ path: String, _ body: JSONValue) throws {
    let answer = cluster.hub.routes.answer(
      HubRequest(
        "POST", "/v1/admin/\(path)", bearerToken: cluster.hub.adminToken, body: body.bytes()))
    guard (200..<300).contains(answer.status) else {
      throw Violation("admin", String(decoding: answer.body, as: UTF8.self))
    }
  }
}
