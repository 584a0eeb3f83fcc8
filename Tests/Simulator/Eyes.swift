// Who may see what, worked out from the hub's tables by other means than the hub's own (I8).
//
// The policy and the pools are read as the documents that administrators wrote, people and teams as
// rows. Nothing here asks the hub's scopes or subscriptions – but for what belongs to no customer:
// whose that is no two kinds of record tell alike, so there the feed is believed.

import Access
import FollowUp
import Notation
import Storage
import SyncCore
import Wire

/// What one person may see.
struct Eyes {
  /// Nil: everything.
  var roots: Set<RecordID>?
  /// By collection: fields that his role does not see.
  var hidden: [CollectionID: Set<FieldID>] = [:]
  /// Collections of which his role sees nothing.
  var hiddenCollections: Set<CollectionID> = []
  /// By root: what a pool hides, where he sees it only there.
  var pooled: [RecordID: [CollectionID: Set<FieldID>]] = [:]

  /// Whose names he reads; nil: everybody's.
  var names: Set<String>?

  var isVeiled: Bool {
    !hidden.isEmpty || !hiddenCollections.isEmpty || !pooled.isEmpty || names != nil
  }

  func sees(root: RecordID) -> Bool { roots?.contains(root) ?? true }

  /// Fields of a record that are not shown, by the root that it belongs to.
  func hidden(in collection: CollectionID, of root: RecordID) -> Set<FieldID> {
    (hidden[collection] ?? []).union(pooled[root]?[collection] ?? [])
  }

  /// The record as it is to be shown; nil: not at all.
  func image(_ image: RecordImage, of root: RecordID, _ schema: Schema) -> RecordImage? {
    guard sees(root: root), !hiddenCollections.contains(image.collection) else { return nil }
    var image = image
    for field in hidden(in: image.collection, of: root) { image.values[field] = .null }
    guard image.collection == CollectionSchema.conflict.id else { return image }
    coverNames(in: &image.values)
    if isAboutHidden(image.values, of: root, schema) {
      for name in ["base", "values", "shown", "note"] {
        if let field = CollectionSchema.conflict[name] { image.values[field.id] = .null }
      }
    }
    return image
  }

  private func coverNames(in values: inout FieldValues) {
    guard let names else { return }
    func cover(_ name: String, _ body: (Value) -> Value) {
      guard let field = CollectionSchema.conflict[name]?.id else { return }
      values[field] = body(values[field])
    }
    cover("values") { stored in
      guard case .text(let text) = stored,
        let branches = (try? JSONValue(parsing: text))?.array
      else { return stored }
      let covered = branches.map { branch -> JSONValue in
        guard let author = branch["author"]?.string, !names.contains(author) else { return branch }
        var branch = branch
        (branch["author"], branch["device"]) = ("other", "other")
        return branch
      }
      return .text(JSONValue.array(covered).text())
    }
    cover("authors") { stored in
      guard case .set(let authors) = stored else { return stored }
      return .set(Set(authors.map { names.contains($0) ? $0 : "other" }).sorted())
    }
    cover("resolvedBy") { stored in
      guard case .text(let author) = stored, !names.contains(author) else { return stored }
      return .text("other")
    }
  }

  private func isAboutHidden(_ values: FieldValues, of root: RecordID, _ schema: Schema) -> Bool {
    func text(_ name: String) -> String? {
      guard let field = CollectionSchema.conflict[name], case .text(let text) = values[field.id]
      else { return nil }
      return text
    }
    guard let collection = text("collection").flatMap({ schema[$0] }) else { return false }
    if hiddenCollections.contains(collection.id) { return true }
    let names = hidden(in: collection.id, of: root).map { collection.displayName(of: $0) }
    return text("field").map { names.contains($0) } ?? false
  }
}

extension HubNode {
  private struct Person {
    var name: String
    var role: String
    var team: String?
  }

  func eyes(of user: String, _ schema: Schema) throws -> Eyes {
    let people = try people()
    guard let me = people.first(where: { $0.name == user }) else { return Eyes(roots: []) }
    let policy = try policy()
    let role = policy["roles"]?[me.role]
    func level(_ collection: String) -> String {
      let rights = role?["rights"]
      return (rights?[collection]?["read"] ?? rights?["*"]?["read"])?.string ?? "none"
    }
    let hasTeams = try store.db.count("SELECT count(*) FROM teams") > 0
    let isOpen = !hasTeams && policy["withoutTeams"] == "open"
    var eyes = Eyes(hidden: Eyes.fields(role?["hidden"], schema))
    let directory = role?["directory"]?.string ?? "all"
    if directory != "all" {
      eyes.names = try owners(at: directory, me, people, hasTeams: hasTeams)
    }
    if isOpen { return eyes }
    for collection in schema.collections where level(collection.name) == "none" {
      eyes.hiddenCollections.insert(collection.id)
    }
    if level("customer") == "all" { return eyes }
    let owners = try owners(at: level("customer"), me, people, hasTeams: hasTeams)
    eyes.roots = try roots(of: owners)
    try addPools(to: &eyes, schema)
    try addShared(with: user, to: &eyes)
    return eyes
  }

  /// What a laptop keeps of that: nothing is ever old in the simulator.
  func narrow(_ eyes: inout Eyes, of user: String, to narrowing: Narrowing) throws {
    let people = try people()
    guard let me = people.first(where: { $0.name == user }) else { return }
    let hasTeams = try store.db.count("SELECT count(*) FROM teams") > 0
    let near = try owners(
      at: narrowing.reach == .mine ? "own" : "team", me, people, hasTeams: hasTeams)
    let isNear = { (owner: String?) in
      narrowing.reach == .all || owner.map { near.contains($0) } ?? false
    }
    let shared = Set(
      try store.db.all("SELECT root FROM guests WHERE user = ?", .text(user)) { try $0.id(0) })
    var kept: Set<RecordID> = shared
    try store.db.each("SELECT id, owner, pool, tags FROM customer") { row in
      let (id, owner) = (try row.id(0), row.optionalText(1))
      guard eyes.sees(root: id) else { return }
      let isPooled = owner == nil && row.optionalText(2) != nil
      let tags = try document(row.optionalText(3) ?? "[]").array ?? []
      let isTagged =
        narrowing.tags.isEmpty || narrowing.tags.contains { tags.contains(.string($0)) }
      // Who sees everything picks out of everything; a pool of one's own is kept whole.
      let isWhole = isPooled && eyes.roots != nil
      if isNear(owner) && (isTagged || isWhole) { kept.insert(id) }
    }
    try store.db.each(
      """
      SELECT f.root, iif(s.kind = 'user', s.name, NULL) FROM feed f JOIN scopes s ON s.scope = f.scope
      WHERE f.is_home = 1 AND f.root NOT IN (SELECT id FROM customer)
      """
    ) { row in
      let root = try row.id(0)
      if eyes.sees(root: root) && isNear(row.optionalText(1)) { kept.insert(root) }
    }
    eyes.roots = kept
  }

  private func people() throws -> [Person] {
    try store.db.all("SELECT name, role, team FROM users ORDER BY name") {
      Person(name: $0.text(0), role: $0.text(1), team: $0.optionalText(2))
    }
  }

  /// The policy in force, as it was written.
  private func policy() throws -> JSONValue {
    let text = try store.db.first("SELECT text FROM policies ORDER BY version DESC LIMIT 1") {
      $0.text(0)
    }
    return try document(text ?? Policy.standardText)
  }

  /// A document that was stored, parsed once.
  private func document(_ text: String) throws -> JSONValue {
    if let known = documents[text] { return known }
    let document = try JSONValue(parsing: text)
    documents[text] = document
    return document
  }

  /// Whose customers somebody sees.
  private func owners(
    at level: String, _ me: Person, _ people: [Person], hasTeams: Bool
  ) throws -> Set<String> {
    if level == "none" { return [] }
    var teams: Set<String> = []
    if level != "own", let team = me.team { teams = [team] }
    let parents = try store.db.all("SELECT name, parent FROM teams") {
      ($0.text(0), $0.optionalText(1))
    }
    if level == "below" {
      // As often as there are teams is enough for any depth.
      for _ in parents {
        for (name, parent) in parents where teams.contains(parent ?? "") { teams.insert(name) }
      }
    }
    let others = people.filter { person in
      hasTeams ? person.team.map { teams.contains($0) } ?? false : level != "own"
    }
    return Set(others.map(\.name)).union([me.name])
  }

  private func roots(of owners: Set<String>) throws -> Set<RecordID> {
    let customers = try store.db.all("SELECT id, owner FROM customer") {
      (try $0.id(0), $0.optionalText(1) ?? "")
    }
    let others = try store.db.all(
      """
      SELECT f.root, s.name FROM feed f JOIN scopes s ON s.scope = f.scope
      WHERE f.is_home = 1 AND s.kind = 'user' AND f.root NOT IN (SELECT id FROM customer)
      """
    ) { (try $0.id(0), $0.text(1)) }
    return Set((customers + others).filter { owners.contains($0.1) }.map(\.0))
  }

  /// What lies in pools: in the simulator everybody is a member of each, and nobody its admin.
  private func addPools(to eyes: inout Eyes, _ schema: Schema) throws {
    let pools = try store.db.all("SELECT name, settings FROM pools ORDER BY name") {
      ($0.text(0), try document($0.text(1)))
    }
    for (name, settings) in pools {
      let hidden = Eyes.fields(settings["hidden"], schema)
      let customers = try store.db.all(
        "SELECT id FROM customer WHERE pool = ? AND owner IS NULL", .text(name)
      ) { try $0.id(0) }
      for id in customers {
        eyes.roots?.insert(id)
        if !hidden.isEmpty { eyes.pooled[id] = hidden }
      }
    }
  }
}

extension HubNode {
  /// What was shared with him he sees whole, also what lies in a pool.
  private func addShared(with user: String, to eyes: inout Eyes) throws {
    let shared = try store.db.all("SELECT root FROM guests WHERE user = ?", .text(user)) {
      try $0.id(0)
    }
    for root in shared {
      eyes.roots?.insert(root)
      eyes.pooled[root] = nil
    }
  }
}

extension Eyes {
  /// Names of fields by collection, as a document has them; each with what it merges with.
  static func fields(
    _ names: JSONValue?, _ schema: Schema
  ) -> [CollectionID: Set<FieldID>] {
    var found: [CollectionID: Set<FieldID>] = [:]
    for (name, list) in names?.object ?? [:] {
      guard let collection = schema[name] else { continue }
      for field in (list.array ?? []).compactMap({ $0.string.flatMap { collection[$0] } }) {
        let unit = collection.unit(of: field.id)
        let merged = collection.fields.map(\.id).filter { collection.unit(of: $0) == unit }
        found[collection.id, default: []].formUnion(merged)
        found[collection.id, default: []].insert(unit)
      }
    }
    return found
  }
}
