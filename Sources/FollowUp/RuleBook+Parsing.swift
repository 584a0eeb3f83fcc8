// Reads the rule language, version 1 (`Protocol/Rules.schema.json`), strictly.
//
//     {"version": 1, "rules": [{"id": "first-contact", "version": 1, "on": "customer",
//       "trigger": {"assigned": {"within": "24h"}}, "where": "tags contains 高价值",
//       "remind": "owner", "strength": "normal",
//       "title": {"en": "First contact with {name}", "zh": "首次联系 {name}"}}]}
//
// Everything but `where` is required, and whatever the language does not know is an error: a rule
// that is half understood would remind the wrong people. Faults are reported in the order of the
// keys above, the first one only.

import Notation
import SyncCore

private typealias RuleNode = JSONNode<RuleError>

extension RuleBook {
  /// Reads a rule file.
  ///
  /// - Throws: the first fault, with rule, place and what is allowed there.
  public init(parsing bytes: [UInt8], schema: Schema) throws(RuleError) {
    self = try RuleNode.read(bytes) { (book) throws(RuleError) in
      try RuleBook(book, schema: schema)
    }
  }

  private init(_ book: RuleNode, schema: Schema) throws(RuleError) {
    try book.allowOnly(["version", "rules"])
    let version = try book.member("version")
    guard try version.integer() == RuleBook.languageVersion else {
      throw version.notAllowed([String(RuleBook.languageVersion)])
    }
    let nodes = try book.member("rules").elements()
    guard nodes.count <= RuleBook.rulesMax else {
      throw try book.member("rules").error(
        .notAllowed("\(nodes.count) rules"), allowed: ["at most \(RuleBook.rulesMax)"])
    }
    var rules: [Rule] = []
    for node in nodes {
      let rule = try Rule(node, schema: schema)
      guard !rules.contains(where: { $0.id == rule.id }) else {
        throw try node.member("id").error(.duplicateRule(rule.id))
      }
      rules.append(rule)
    }
    self.init(rules: rules)
  }
}

extension Rule {
  fileprivate static let keys = [
    "id", "version", "on", "trigger", "where", "remind", "strength", "title",
  ]

  fileprivate init(_ node: RuleNode, schema: Schema) throws(RuleError) {
    let id = try Rule.id(node.member("id"))
    do {
      try self.init(node, id: id, schema: schema)
    } catch {
      throw error.named(id)
    }
  }

  private init(_ node: RuleNode, id: String, schema: Schema) throws(RuleError) {
    self.id = id
    try node.allowOnly(Rule.keys)
    version = try Rule.version(node.member("version"))
    let collection = try Rule.collection(node.member("on"), schema)
    self.collection = collection.schema.id
    sources = collection.sources
    trigger = try Trigger(node.member("trigger"))
    condition = try node.optional("where").map { (node) throws(RuleError) in
      try Rule.condition(node, collection.schema)
    }
    recipient = try node.member("remind").choice()
    strength = try node.member("strength").choice()
    title = try Rule.title(node.member("title"))
    placeholders = try Rule.placeholders(title, node.member("title"), collection.schema)
  }

  private static func id(_ node: RuleNode) throws(RuleError) -> String {
    let id = try node.text()
    let isPlain = id.utf8.allSatisfy {
      (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == UInt8(ascii: "-")
    }
    guard isPlain, (1...RuleBook.idCharactersMax).contains(id.utf8.count) else {
      throw node.notAllowed([
        "1 to \(RuleBook.idCharactersMax) small letters, digits and hyphens"
      ])
    }
    return id
  }

  private static func version(_ node: RuleNode) throws(RuleError) -> Int {
    let version = try node.integer()
    guard (1...Int64(Int32.max)).contains(version) else { throw node.notAllowed(["1, 2, 3 …"]) }
    return Int(version)
  }

  /// Reminders go to owners, so only a root collection whose records have one may have rules.
  private static func collection(
    _ node: RuleNode, _ schema: Schema
  ) throws(RuleError) -> (schema: CollectionSchema, sources: Sources) {
    let candidates = schema.collections.filter { $0.rootField == nil && Sources($0) != nil }
    let name = try node.text()
    guard let collection = candidates.first(where: { $0.name == name }),
      let sources = Sources(collection)
    else { throw node.notAllowed(candidates.map(\.name)) }
    return (collection, sources)
  }

  private static func condition(
    _ node: RuleNode, _ schema: CollectionSchema
  ) throws(RuleError) -> Query {
    let text = try node.text()
    let query: Query
    do {
      query = try Query(parsing: text, for: schema)
    } catch {
      throw node.error(.badCondition(error), allowed: error.expected)
    }
    guard !query.isTimeRelative, !query.readsUpdatedAt else {
      throw node.error(
        .conditionDependsOnTime, allowed: ["a silence trigger", "a time with date and offset"])
    }
    return query
  }

  private static func title(_ node: RuleNode) throws(RuleError) -> Titles {
    try node.allowOnly(["en", "zh"])
    func text(_ key: String) throws(RuleError) -> String {
      let member = try node.member(key)
      let text = try member.text()
      guard (1...Titles.charactersMax).contains(text.count) else {
        throw member.notAllowed(["1 to \(Titles.charactersMax) characters"])
      }
      return text
    }
    return Titles(en: try text("en"), zh: try text("zh"))
  }

  private static func placeholders(
    _ title: Titles, _ node: RuleNode, _ schema: CollectionSchema
  ) throws(RuleError) -> [String: FieldID] {
    let suitable = schema.columns.filter { $0.type != .moment }
    var placeholders: [String: FieldID] = [:]
    for name in title.placeholders {
      guard let field = suitable.first(where: { $0.name == name }) else {
        throw node.error(.unknownPlaceholder(name), allowed: suitable.map(\.name))
      }
      placeholders[name] = field.id
    }
    return placeholders
  }
}

extension Rule.Trigger {
  fileprivate init(_ node: RuleNode) throws(RuleError) {
    let known = ["assigned", "silence"]
    try node.allowOnly(known)
    if let assigned = try node.optional("assigned") {
      // One rule waits for one thing; two triggers are two rules.
      if try node.optional("silence") != nil {
        throw node.error(.unknownKey("silence"), allowed: ["assigned"])
      }
      try assigned.allowOnly(["within"])
      self = .assigned(within: try assigned.member("within").timeSpan())
    } else if let silence = try node.optional("silence") {
      try silence.allowOnly(["longerThan"])
      self = .silence(longerThan: try silence.member("longerThan").timeSpan())
    } else {
      throw node.error(.missing(key: known.joined(separator: " | ")), allowed: known)
    }
  }
}

extension JSONNode<RuleError> {
  fileprivate func timeSpan() throws(RuleError) -> TimeSpan {
    let text = try text()
    guard let span = TimeSpan(text) else {
      throw error(.badTimeSpan(text), allowed: TimeSpan.examples)
    }
    return span
  }
}
