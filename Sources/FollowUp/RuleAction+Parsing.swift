// Reads what a rule does: a list of objects, each with the one key that says what it is, and its own.
//
// Fields and placeholders are looked up while the file is read, so that a rule can never ask for a field that
// its records do not have.

import Notation
import SyncCore

extension JSONNode<RuleError> {
  func actions(for collection: CollectionSchema) throws(RuleError) -> [RuleAction] {
    let nodes = try elements()
    guard (1...RuleBook.stepsMax).contains(nodes.count) else {
      throw notAllowed(["1 to \(RuleBook.stepsMax) actions"])
    }
    var actions: [RuleAction] = []
    for node in nodes { actions.append(try node.action(for: collection)) }
    return actions
  }

  private func action(for collection: CollectionSchema) throws(RuleError) -> RuleAction {
    let keys = try members().map(\.key)
    let known = [
      "remind", "task", "ticket", "set", "raise", "tag", "untag", "assign", "pool", "message",
      "webhook",
    ]
    guard let key = known.first(where: keys.contains) else {
      throw error(.missing(key: known.joined(separator: " | ")), allowed: known)
    }
    switch key {
    case "remind": return .remind(try notice(for: collection))
    case "task": return .task(try order(key, ["unlessOpen"], for: collection))
    case "ticket":
      let severity = try optional("severity").map { (node) throws(RuleError) in try node.text() }
      return .ticket(try order(key, ["severity"], for: collection), severity: severity ?? "normal")
    case "set": return try setting(in: collection)
    case "raise":
      try allowOnly(["raise"])
      let field = try member("raise").field(of: collection) { $0.name == "priority" }
      return .raise(field.id)
    case "tag", "untag": return try tagging(in: collection)
    case "assign": return .assign(try assignment())
    case "pool":
      try allowOnly(["pool"])
      return .pool(try member("pool").text())
    case "message": return .message(try outgoing(for: collection))
    default:
      try allowOnly(["webhook"])
      let url = try member("webhook")
      let text = try url.text()
      guard text.hasPrefix("https://") || text.hasPrefix("http://") else {
        throw url.notAllowed(["https://…"])
      }
      return .webhook(url: text)
    }
  }

  // MARK: One by one

  private func notice(for collection: CollectionSchema) throws(RuleError) -> RuleAction.Notice {
    try allowOnly(["remind", "cc", "strength", "escalate", "title"])
    var recipients = [try member("remind").recipient()]
    for node in try optional("cc")?.elements() ?? [] { recipients.append(try node.recipient()) }
    let strength: Strength? = try optional("strength").map { (node) throws(RuleError) in
      try node.choice()
    }
    return RuleAction.Notice(
      recipients: recipients, strength: strength ?? .normal,
      escalation: try optional("escalate").map { (node) throws(RuleError) in
        try node.allowOnly(["after", "to"])
        return RuleAction.Escalation(
          after: try node.member("after").delay(), recipient: try node.member("to").recipient())
      },
      title: try member("title").titles(for: collection))
  }

  private func order(
    _ key: String, _ more: [String], for collection: CollectionSchema
  ) throws(RuleError) -> RuleAction.Order {
    try allowOnly([key, "title", "to", "queue", "due"] + more)
    let queue = try optional("queue").map { (node) throws(RuleError) in try node.text() }
    let isUnlessOpen = try optional("unlessOpen").map { (node) throws(RuleError) in
      try node.bool()
    }
    let assignee = try optional("to").map { (node) throws(RuleError) in try node.recipient() }
    return RuleAction.Order(
      title: try member("title").titles(for: collection), kind: try member(key).text(),
      // What a team or a role is to take is nobody's to begin with.
      assignee: assignee ?? (queue.flatMap { Recipient($0) } == nil ? .owner : nil), queue: queue,
      due: try optional("due").map { (node) throws(RuleError) in try node.delay() },
      isUnlessOpen: isUnlessOpen ?? false)
  }

  private func setting(in collection: CollectionSchema) throws(RuleError) -> RuleAction {
    try allowOnly(["set", "to"])
    let field = try member("set").field(of: collection) {
      !$0.isRequest && $0.rule != .hubOnly && $0.rule != .once && $0.type != .set
    }
    return .set(field.id, try member("to").value(of: field))
  }

  private func tagging(in collection: CollectionSchema) throws(RuleError) -> RuleAction {
    try allowOnly(["tag", "untag", "hold"])
    guard let field = collection.columns.first(where: { $0.type == .set }) else {
      throw error(.unknownKey("tag"), allowed: ["another action"])
    }
    func tags(_ key: String) throws(RuleError) -> [String] {
      try optional(key).map { (node) throws(RuleError) in try node.texts() } ?? []
    }
    let isHeld = try optional("hold").map { (node) throws(RuleError) in try node.bool() }
    return .tag(
      field.id, add: try tags("tag"), remove: try tags("untag"), isHeld: isHeld ?? false)
  }

  private func assignment() throws(RuleError) -> RuleAction.Assignment {
    try allowOnly(["assign", "by", "max"])
    var candidates: [Recipient] = []
    for node in try member("assign").elements() { candidates.append(try node.recipient()) }
    guard !candidates.isEmpty else { throw try member("assign").notAllowed(Recipient.examples) }
    let manner: RuleAction.Assignment.Manner? = try optional("by").map { (node) throws(RuleError) in
      try node.choice()
    }
    let max = try optional("max").map { (node) throws(RuleError) in
      let number = try node.integer()
      guard (1...Int64(Int32.max)).contains(number) else { throw node.notAllowed(["1, 2, 3 …"]) }
      return Int(number)
    }
    return RuleAction.Assignment(manner: manner ?? .first, candidates: candidates, max: max)
  }

  private func outgoing(for collection: CollectionSchema) throws(RuleError) -> RuleAction.Message {
    try allowOnly(["message", "title", "text", "template"])
    if let template = try optional("template") {
      for key in ["title", "text"] {
        if let other = try optional(key) {
          throw other.error(.unknownKey(key), allowed: ["template"])
        }
      }
      return RuleAction.Message(
        channel: try member("message").choice(), template: try template.text(), title: "", text: "")
    }
    for key in ["title", "text"] { try optional(key)?.checkPlaceholders(for: collection) }
    let title = try optional("title").map { (node) throws(RuleError) in try node.text() }
    return RuleAction.Message(
      channel: try member("message").choice(), title: title ?? "",
      text: try member("text").text())
  }

  // MARK: Words

  private func recipient() throws(RuleError) -> Recipient {
    guard let recipient = Recipient(try text()) else { throw notAllowed(Recipient.examples) }
    return recipient
  }

  func titles(for collection: CollectionSchema) throws(RuleError) -> Titles {
    try allowOnly(["en", "zh"])
    func text(_ key: String) throws(RuleError) -> String {
      let member = try member(key)
      let text = try member.text()
      guard (1...Titles.charactersMax).contains(text.count) else {
        throw member.notAllowed(["1 to \(Titles.charactersMax) characters"])
      }
      return text
    }
    let titles = Titles(en: try text("en"), zh: try text("zh"))
    try check(titles, for: collection)
    return titles
  }

  private func checkPlaceholders(for collection: CollectionSchema) throws(RuleError) {
    let text = try text()
    try check(Titles(en: text, zh: text), for: collection)
  }

  private func check(_ titles: Titles, for collection: CollectionSchema) throws(RuleError) {
    let suitable = collection.placeholders
    for name in titles.placeholders where !suitable.contains(name) {
      throw error(.unknownPlaceholder(name), allowed: suitable)
    }
  }
}
