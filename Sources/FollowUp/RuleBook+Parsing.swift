// Reads the rule language (`Protocol/Rules.md`, `Protocol/Rules.schema.json`), strictly.
//
//     {"version": 2, "rules": [{"id": "high-value-silence", "version": 1, "on": "customer",
//       "trigger": {"silence": {}}, "where": "tags contains 高价值",
//       "steps": [{"after": "5d", "do": [{"remind": "owner", "cc": ["supervisor"], …}]}]}]}
//
// Whatever the language does not know is an error: a rule that is half understood would remind the wrong
// people. Of several faults the first one is reported. Version 1 of the language had one action, one
// step and two triggers; it is read as what it means in version 2.

import Notation
import SyncCore

typealias RuleNode = JSONNode<RuleError>

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
    let versionNode = try book.member("version")
    let version = try versionNode.integer()
    guard RuleBook.languageVersions.contains(version) else {
      throw versionNode.notAllowed(RuleBook.languageVersions.map(String.init))
    }
    try book.allowOnly(version == 1 ? ["version", "rules"] : ["version", "rules", "quiet"])
    let nodes = try book.member("rules").elements()
    guard nodes.count <= RuleBook.rulesMax else {
      throw try book.member("rules").error(
        .notAllowed("\(nodes.count) rules"), allowed: ["at most \(RuleBook.rulesMax)"])
    }
    var rules: [Rule] = []
    for node in nodes {
      let rule = try Rule(node, schema: schema, language: version)
      guard !rules.contains(where: { $0.id == rule.id }) else {
        throw try node.member("id").error(.duplicateRule(rule.id))
      }
      try RuleBook.check(rule, beside: rules, node)
      rules.append(rule)
    }
    let quiet = try book.optional("quiet").map { (node) throws(RuleError) in
      try node.allowOnly(["from", "to"])
      let hours = QuietHours(
        from: try node.member("from").wallTime(), to: try node.member("to").wallTime())
      guard hours.from != hours.to else {
        throw try node.member("to").notAllowed(["another time than “from”"])
      }
      return hours
    }
    self.init(rules: rules, quiet: quiet)
  }

  /// Rules of one group are alternatives: they are about the same records and wait for the same kind of thing.
  /// So a laptop, which knows some kinds of occasion and not others, finds the same one among them as the hub.
  private static func check(
    _ rule: Rule, beside others: [Rule], _ node: RuleNode
  ) throws(RuleError) {
    guard let group = rule.group, let first = others.first(where: { $0.group == group }) else {
      return
    }
    if first.collection != rule.collection {
      throw try node.member("on").notAllowed([first.collection.name])
    }
    if first.trigger.name != rule.trigger.name {
      throw try node.member("trigger").notAllowed([first.trigger.name])
    }
  }
}

extension Rule {
  fileprivate init(_ node: RuleNode, schema: Schema, language: Int64) throws(RuleError) {
    let id = try Rule.id(node.member("id"))
    do {
      let isFirst = language == 1
      self = isFirst ? try Rule(first: node, id: id, schema) : try Rule(node, id: id, schema)
    } catch {
      throw error.named(id)
    }
  }

  private init(_ node: RuleNode, id: String, _ schema: Schema) throws(RuleError) {
    self.id = id
    try node.allowOnly([
      "id", "version", "on", "group", "trigger", "where", "customer", "lastFollowUp", "repeat",
      "steps", "do",
    ])
    version = try Rule.version(node.member("version"))
    let collection = try Rule.collection(node.member("on"), schema)
    self.collection = collection
    group = try node.optional("group").map { (node) throws(RuleError) in try Rule.id(node) }
    trigger = try Trigger(node.member("trigger"), collection)
    condition = try Rule.condition(node.optional("where"), collection)
    customerCondition = try Rule.condition(node.optional("customer"), .customer)
    lastFollowUpCondition = try Rule.condition(node.optional("lastFollowUp"), .followUp)
    repetition =
      try node.optional("repeat").map { (node) throws(RuleError) in
        try node.choice()
      } ?? .perChange
    steps = try Rule.steps(node, collection)
  }

  /// A rule of version 1: one reminder for the owner, some time after an assignment or a last contact.
  private init(first node: RuleNode, id: String, _ schema: Schema) throws(RuleError) {
    self.id = id
    try node.allowOnly([
      "id", "version", "on", "trigger", "where", "remind", "strength", "title",
    ])
    version = try Rule.version(node.member("version"))
    let collection = try Rule.collection(node.member("on"), schema)
    guard collection.id == CollectionSchema.customer.id else {
      throw try node.member("on").notAllowed([CollectionSchema.customer.name])
    }
    self.collection = collection
    let (trigger, delay) = try Trigger.first(node.member("trigger"))
    self.trigger = trigger
    condition = try Rule.condition(node.optional("where"), collection, isFirst: true)
    (customerCondition, lastFollowUpCondition, repetition, group) = (nil, nil, .perChange, nil)
    let recipient = try node.member("remind")
    guard try recipient.text() == "owner" else { throw recipient.notAllowed(["owner"]) }
    let strength = try node.member("strength")
    let known = [Strength.normal, .strong]
    guard let strength = known.first(where: { (try? strength.text()) == $0.rawValue }) else {
      throw strength.notAllowed(known.map(\.rawValue))
    }
    let notice = RuleAction.Notice(
      recipients: [.owner], strength: strength, escalation: nil,
      title: try node.member("title").titles(for: collection))
    steps = [
      Step(
        timing: Timing(shift: .after(delay), at: nil, isWorkingTime: false),
        actions: [.remind(notice)])
    ]
  }

  // MARK: Parts

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

  /// Rules are about customers and what is theirs; never about what rules make themselves.
  private static func collection(
    _ node: RuleNode, _ schema: Schema
  ) throws(RuleError) -> CollectionSchema {
    let made: Set<CollectionID> = [
      CollectionSchema.reminder.id, CollectionSchema.conflict.id, CollectionSchema.message.id,
    ]
    let candidates = schema.collections.filter { !made.contains($0.id) }
    let name = try node.text()
    guard let collection = candidates.first(where: { $0.name == name }) else {
      throw node.notAllowed(candidates.map(\.name))
    }
    return collection
  }

  private static func condition(
    _ node: RuleNode?, _ schema: CollectionSchema, isFirst: Bool = false
  ) throws(RuleError) -> Query? {
    guard let node else { return nil }
    let text = try node.text()
    let query: Query
    do {
      query = try Query(parsing: text, for: schema)
    } catch {
      throw node.error(.badCondition(error), allowed: error.expected)
    }
    guard !query.readsUpdatedAt, !isFirst || !query.isTimeRelative else {
      throw node.error(
        .conditionDependsOnTime, allowed: ["a silence trigger", "a time with date and offset"])
    }
    return query
  }

  private static func steps(
    _ node: RuleNode, _ collection: CollectionSchema
  ) throws(RuleError) -> [Step] {
    guard let list = try node.optional("steps") else {
      let actions = try node.member("do").actions(for: collection)
      return [Step(timing: .atOnce, actions: actions)]
    }
    if let other = try node.optional("do") {
      throw other.error(.unknownKey("do"), allowed: ["steps"])
    }
    let nodes = try list.elements()
    guard (1...RuleBook.stepsMax).contains(nodes.count) else {
      throw list.notAllowed(["1 to \(RuleBook.stepsMax) steps"])
    }
    var steps: [Step] = []
    for node in nodes {
      try node.allowOnly(["after", "before", "at", "working", "do"])
      steps.append(
        Step(
          timing: try Timing(node), actions: try node.member("do").actions(for: collection)))
    }
    return steps
  }
}

extension Timing {
  fileprivate init(_ node: RuleNode) throws(RuleError) {
    let after = try node.optional("after")
    let before = try node.optional("before")
    if let before, after != nil { throw before.error(.unknownKey("before"), allowed: ["after"]) }
    shift =
      if let after { .after(try after.delay()) } else if let before {
        .before(try before.delay())
      } else { .none }
    at = try node.optional("at").map { (node) throws(RuleError) in try node.wallTime() }
    isWorkingTime =
      try node.optional("working").map { (node) throws(RuleError) in try node.bool() } ?? false
  }
}

extension JSONNode<RuleError> {
  func delay() throws(RuleError) -> Delay {
    let text = try text()
    guard let delay = Delay(text) else { throw error(.badTimeSpan(text), allowed: Delay.examples) }
    return delay
  }

  func wallTime() throws(RuleError) -> Timing.WallTime {
    let parts = try text().split(separator: ":").map { Int($0) }
    guard parts.count == 2, let hour = parts[0], let minute = parts[1],
      (0..<24).contains(hour), (0..<60).contains(minute)
    else { throw notAllowed(["09:00", "17:30"]) }
    return Timing.WallTime(hour: hour, minute: minute)
  }

  /// A field of a collection that has one of these types.
  func field(
    of collection: CollectionSchema, where isSuitable: (FieldSchema) -> Bool
  ) throws(RuleError) -> FieldSchema {
    let candidates = collection.columns.filter(isSuitable)
    let name = try text()
    guard let field = candidates.first(where: { $0.name == name }) else {
      throw notAllowed(candidates.map(\.name))
    }
    return field
  }
}
