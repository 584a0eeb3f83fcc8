// Reads what a rule waits for: an object with exactly one key.
//
// A trigger that makes no sense for the rule's collection is refused here, and never silently asked for
// nothing.

import Notation
import SyncCore

extension Trigger {
  private static let known = [
    "created", "assigned", "silence", "enters", "changed", "tagged", "followUp", "date",
    "anniversary", "every",
  ]

  init(_ node: RuleNode, _ collection: CollectionSchema) throws(RuleError) {
    let members = try node.members()
    guard members.count == 1, let (key, value) = members.first else {
      let keys = Trigger.known
      guard let second = members.dropFirst().first else {
        throw node.error(.missing(key: keys.joined(separator: " | ")), allowed: keys)
      }
      // One rule waits for one thing; two triggers are two rules.
      throw node.error(.unknownKey(second.key), allowed: [members[0].key])
    }
    switch key {
    case "created", "assigned", "silence": self = try .plain(key, value, node, collection)
    case "enters": self = try .entering(value, collection)
    case "changed": self = try .changing(value, collection)
    case "tagged": self = try .tagging(value, node, collection)
    case "followUp": self = try .following(value, node, collection)
    case "date", "anniversary": self = try .dated(key, value, collection)
    case "every": self = try .repeating(value)
    default: throw node.error(.unknownKey(key), allowed: Trigger.known)
    }
  }

  /// The triggers of version 1, and how long they waited.
  static func first(_ node: RuleNode) throws(RuleError) -> (Trigger, Delay) {
    let known = ["assigned", "silence"]
    try node.allowOnly(known)
    if let assigned = try node.optional("assigned") {
      if try node.optional("silence") != nil {
        throw node.error(.unknownKey("silence"), allowed: ["assigned"])
      }
      try assigned.allowOnly(["within"])
      return (.assigned, try assigned.member("within").plainDelay())
    }
    guard let silence = try node.optional("silence") else {
      throw node.error(.missing(key: known.joined(separator: " | ")), allowed: known)
    }
    try silence.allowOnly(["longerThan"])
    return (.silence, try silence.member("longerThan").plainDelay())
  }

  private static func plain(
    _ key: String, _ value: RuleNode, _ node: RuleNode, _ collection: CollectionSchema
  ) throws(RuleError) -> Trigger {
    try value.allowOnly([])
    if key == "created" { return .created }
    try require(collection, .customer, for: key, node)
    return key == "assigned" ? .assigned : .silence
  }

  private static func require(
    _ collection: CollectionSchema, _ wanted: CollectionSchema, for key: String, _ node: RuleNode
  ) throws(RuleError) {
    guard collection != wanted else { return }
    throw node.error(.unsuitableTrigger(key, collection: wanted.name), allowed: [wanted.name])
  }

  /// `{"enters": {"stage": "proposal"}}`: a field that the hub keeps the moment of, in `…Since`.
  private static func entering(
    _ node: RuleNode, _ collection: CollectionSchema
  ) throws(RuleError) -> Trigger {
    let candidates = collection.columns.filter { collection[$0.name + "Since"] != nil }
    let members = try node.members()
    guard members.count == 1, let (name, value) = members.first,
      let field = candidates.first(where: { $0.name == name }),
      let since = collection[name + "Since"]
    else {
      throw node.error(
        .missing(key: candidates.map(\.name).joined(separator: " | ")),
        allowed: candidates.map(\.name))
    }
    return .holds(field.id, try value.value(of: field), since: since.id)
  }

  private static func changing(
    _ node: RuleNode, _ collection: CollectionSchema
  ) throws(RuleError) -> Trigger {
    try node.allowOnly(["field", "from", "to"])
    let field = try node.member("field").field(of: collection) { !$0.isRequest }
    func value(_ key: String) throws(RuleError) -> Value? {
      try node.optional(key).map { (node) throws(RuleError) in try node.value(of: field) }
    }
    return .changed(field.id, from: try value("from"), to: try value("to"))
  }

  private static func tagging(
    _ node: RuleNode, _ whole: RuleNode, _ collection: CollectionSchema
  ) throws(RuleError) -> Trigger {
    guard let field = collection.columns.first(where: { $0.type == .set }) else {
      throw whole.error(
        .unsuitableTrigger("tagged", collection: "customer"), allowed: ["customer"])
    }
    let tag = try node.text()
    guard !tag.isEmpty else { throw node.notAllowed(["a word"]) }
    return .tagged(field.id, tag)
  }

  private static func following(
    _ node: RuleNode, _ whole: RuleNode, _ collection: CollectionSchema
  ) throws(RuleError) -> Trigger {
    try require(collection, .followUp, for: "followUp", whole)
    try node.allowOnly(["contains", "except"])
    guard let words = try node.optional("contains") else { return .followedUp(nil) }
    let exceptions = try node.optional("except").map { (node) throws(RuleError) in
      try node.texts()
    }
    return .followedUp(Keywords(words: try words.texts(), exceptions: exceptions ?? []))
  }

  private static func dated(
    _ key: String, _ node: RuleNode, _ collection: CollectionSchema
  ) throws(RuleError) -> Trigger {
    try node.allowOnly(["field"])
    let isDate = key == "date"
    let field = try node.member("field").field(of: collection) {
      $0.isDate || (isDate && $0.type == .moment)
    }
    return isDate ? .date(field.id) : .anniversary(field.id)
  }

  private static let weekdays = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]

  /// `{"every": {"at": "09:00", "days": "working"}}`: all, working, `mon,thu`, `month 1`, `month -1`.
  private static func repeating(_ node: RuleNode) throws(RuleError) -> Trigger {
    try node.allowOnly(["at", "days"])
    let time = try node.member("at").wallTime()
    guard let days = try node.optional("days") else { return .every(.all, time) }
    let text = try days.text()
    switch text {
    case "all": return .every(.all, time)
    case "working": return .every(.working, time)
    default: break
    }
    if text.hasPrefix("month "), let day = Int(text.dropFirst(6)),
      (1...31).contains(day) || day == -1
    {
      return .every(.month(day), time)
    }
    let numbers = text.split(separator: ",").map { weekdays.firstIndex(of: String($0)) }
    guard !numbers.isEmpty, numbers.allSatisfy({ $0 != nil }) else {
      throw days.notAllowed(["all", "working", "mon,thu", "month 1", "month -1"])
    }
    return .every(.week(Set(numbers.compactMap(\.self))), time)
  }
}

extension JSONNode<RuleError> {
  /// A delay of version 1: plain time only.
  fileprivate func plainDelay() throws(RuleError) -> Delay {
    let text = try text()
    guard TimeSpan(text) != nil, let delay = Delay(text) else {
      throw error(.badTimeSpan(text), allowed: TimeSpan.examples)
    }
    return delay
  }

  func texts() throws(RuleError) -> [String] {
    var texts: [String] = []
    for node in try elements() {
      let text = try node.text()
      guard !text.isEmpty else { throw node.notAllowed(["a word"]) }
      texts.append(text)
    }
    guard !texts.isEmpty else { throw notAllowed(["one word or more"]) }
    return texts
  }

  /// A value as `rounds set` would take it; no times that depend on the present.
  func value(of field: FieldSchema) throws(RuleError) -> Value {
    let text = try text()
    if case .furthest(let ladder) = field.rule, ladder.height(of: .text(text)) < 0 {
      throw notAllowed(ladder.rungs.compactMap(\.first))
    }
    guard let value = FieldText.constant(text, as: field.type) else {
      throw notAllowed(["a value of \(field.name)"])
    }
    return value
  }
}
