// Reads the policy language, version 1 (`Protocol/Policy.schema.json`), strictly.
//
//     {"policy": 1, "withoutTeams": "open", "roles": {"rep": {
//       "title": {"en": "Sales representative", "zh": "普通销售"}, "directory": "all",
//       "rights": {"*": {"read": "own", "create": "own", …}, "customer": {"delete": "none"}},
//       "hidden": {"customer": ["creditCode"]}, "readOnly": {"customer": ["tier"]}}, …}}
//
// `"queues": {"team:legal": {"customer": ["name", "industry"]}}` says what may be told of a record that a task
// in that queue is about. Every role is required, and every action under `*`; the rest may be missing. What
// the language does not know is an error: a policy that is half understood would show the wrong
// people too much. Faults are reported in the order of the keys above, roles in the order of `Role`.

import Notation
import SyncCore

typealias PolicyNode = JSONNode<PolicyError>

extension Policy {
  /// Reads a policy file.
  ///
  /// - Throws: the first fault, with place and what is allowed there.
  public init(parsing bytes: [UInt8], schema: Schema) throws(PolicyError) {
    self = try PolicyNode.read(bytes) { (node) throws(PolicyError) in
      try Policy(node, schema: schema)
    }
  }

  private init(_ node: PolicyNode, schema: Schema) throws(PolicyError) {
    try node.allowOnly(["policy", "withoutTeams", "roles", "queues"])
    let version = try node.member("policy")
    guard try version.integer() == Policy.languageVersion else {
      throw version.notAllowed([String(Policy.languageVersion)])
    }
    let withoutTeams: WithoutTeams = try node.member("withoutTeams").choice()
    let roles = try node.member("roles")
    try roles.allowOnly(Role.allCases.map(\.rawValue))
    var provisions: [Role: Provision] = [:]
    for role in Role.allCases {
      let provision = try roles.member(role.rawValue)
      provisions[role] = try Provision(provision, role: role, schema: schema)
    }
    let queues =
      try node.optional("queues").map { (node) throws(PolicyError) in
        try Policy.queues(node, schema: schema)
      } ?? [:]
    self.init(withoutTeams: withoutTeams, provisions: provisions, queues: queues)
  }

  private static func queues(
    _ node: PolicyNode, schema: Schema
  ) throws(PolicyError) -> [String: [String: Set<String>]] {
    var queues: [String: [String: Set<String>]] = [:]
    for (name, entry) in try node.members() {
      guard name == everyQueue || TaskQueue(name) != nil else {
        throw entry.notAllowed([everyQueue, "team:TEAM", "role:ROLE"])
      }
      queues[name] = try FieldSets.any(entry, schema: schema)
    }
    return queues
  }
}

extension Policy.Provision {
  fileprivate init(_ node: PolicyNode, role: Role, schema: Schema) throws(PolicyError) {
    try node.allowOnly(["title", "directory", "rights", "hidden", "readOnly"])
    let title = try node.member("title")
    try title.allowOnly(["en", "zh"])
    titleEN = try Self.title(title.member("en"))
    titleZH = try Self.title(title.member("zh"))
    directory = try node.member("directory").choice()
    rights = try Self.rights(node.member("rights"), role: role, schema: schema)
    hidden =
      try node.optional("hidden").map { (node) throws(PolicyError) in
        try FieldSets.hidden(node, schema: schema)
      } ?? [:]
    readOnly =
      try node.optional("readOnly").map { (node) throws(PolicyError) in
        try FieldSets.any(node, schema: schema)
      } ?? [:]
  }

  private static func title(_ node: PolicyNode) throws(PolicyError) -> String {
    let text = try node.text()
    guard (1...Policy.titleCharactersMax).contains(text.count) else {
      throw node.notAllowed(["1 to \(Policy.titleCharactersMax) characters"])
    }
    return text
  }

  private static func rights(
    _ node: PolicyNode, role: Role, schema: Schema
  ) throws(PolicyError) -> [String: [Action: Level]] {
    let every = Policy.everyCollection
    try node.allowOnly([every] + schema.collections.map(\.name))
    let needed = try node.member(every)
    for action in Action.allCases { _ = try needed.member(action.rawValue) }
    var rights: [String: [Action: Level]] = [:]
    for (collection, entry) in try node.members() {
      rights[collection] = try levels(entry, role: role)
    }
    try checkReading(node, rights)
    return rights
  }

  /// A laptop holds customers whole: whatever belongs to one is seen with it, or never.
  private static func checkReading(
    _ node: PolicyNode, _ rights: [String: [Action: Level]]
  ) throws(PolicyError) {
    let every = rights[Policy.everyCollection]?[.read] ?? .none
    let customer = rights[Policy.leadingCollection]?[.read] ?? every
    let allowed: Set<Level> = [.none, customer]
    for (collection, entry) in try node.members() where collection != Policy.leadingCollection {
      guard let read = rights[collection]?[.read], !allowed.contains(read) else { continue }
      throw try entry.member(Action.read.rawValue)
        .error(.readsApart(customer: customer), allowed: allowed.sorted().map(\.rawValue))
    }
  }

  private static func levels(
    _ node: PolicyNode, role: Role
  ) throws(PolicyError) -> [Action: Level] {
    try node.allowOnly(Action.allCases.map(\.rawValue))
    var levels: [Action: Level] = [:]
    for action in Action.allCases {
      guard let entry = try node.optional(action.rawValue) else { continue }
      let level: Level = try entry.choice()
      if role == .admin, adminNeeds.contains(action), level != .all {
        throw entry.error(.adminNeedsAll(action), allowed: [Level.all.rawValue])
      }
      levels[action] = level
    }
    return levels
  }

  /// Without these nobody could mend what a policy, or a person, has spoilt.
  private static let adminNeeds: Set<Action> = [.read, .update, .assign]
}

/// Reads lists of fields by collection. Each name brings the group it merges with.
enum FieldSets {
  static func any(
    _ node: PolicyNode, schema: Schema
  ) throws(PolicyError) -> [String: Set<String>] {
    try read(node, schema: schema) { _, _ in nil }
  }

  /// - Throws: also where a field cannot be hidden.
  static func hidden(
    _ node: PolicyNode, schema: Schema
  ) throws(PolicyError) -> [String: Set<String>] {
    try read(node, schema: schema, need)
  }

  private static func read(
    _ node: PolicyNode, schema: Schema,
    _ need: (FieldSchema, CollectionSchema) -> PolicyError.Need?
  ) throws(PolicyError) -> [String: Set<String>] {
    try node.allowOnly(schema.collections.map(\.name))
    var sets: [String: Set<String>] = [:]
    for (name, list) in try node.members() {
      guard let collection = schema[name] else { continue }
      var fields: Set<String> = []
      for entry in try list.elements() {
        let field = try entry.text()
        let merged = group(of: field, in: collection)
        guard !merged.isEmpty else { throw entry.notAllowed(collection.fields.map(\.name)) }
        for member in merged {
          guard let need = need(member, collection) else { continue }
          throw entry.error(.cannotHide(field: member.name, collection: name, need))
        }
        fields.formUnion(merged.map(\.name))
      }
      if !fields.isEmpty { sets[name] = fields }
    }
    return sets
  }

  /// The field and all that merges with it; empty where there is no such field.
  private static func group(of name: String, in collection: CollectionSchema) -> [FieldSchema] {
    guard let field = collection[name] else { return [] }
    let unit = collection.unit(of: field.id)
    return collection.fields.filter { collection.unit(of: $0.id) == unit }
  }

  private static func need(
    _ field: FieldSchema, _ collection: CollectionSchema
  ) -> PolicyError.Need? {
    if field.id == collection.titleField { return .title }
    if field.id == collection.rootField { return .root }
    // Of a root only: whose a deal is may be nobody's business, whose a customer is decides scope.
    return collection.rootField == nil && field.name == "owner" ? .owner : nil
  }
}
