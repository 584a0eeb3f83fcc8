// What an administrator's request does, in the words of the audit log.
//
// The words are made from the path: `POST users` is "user add", `POST conflicts/ID/resolve` is
// "conflict resolve". So a new route is in the log without anybody having to think of it. Of the body
// only names, numbers and choices are kept, by a list of keys: what it says about customers stands in
// the history, and codes and tokens stand nowhere.

import Notation

extension AuditEvent {
  /// Keys of a request's body that say who, whom or which, and nothing about a customer.
  private static let keysKept: Set<String> = [
    "name", "user", "role", "team", "parent", "from", "until", "to", "toPool", "pool", "device",
    "collection",
    "take",
    "keep", "version", "expiresInSeconds", "mayWrite", "field", "at", "reason", "note", "zone",
    "hours", "year",
  ]

  /// Nil for a request that only reads or tries; but taking out a whole list is told.
  init?(of request: HubRequest, by user: String) {
    let path = Array(request.segments.dropFirst(2))
    guard let noun = path.first else { return nil }
    if request.method == "GET" {
      guard path == ["records"] else { return nil }
      self.init(user: user, action: "record list", subject: request.query["collection"] ?? "")
      return
    }
    let body = (try? JSONValue(parsing: request.body))?.object ?? [:]
    if request.query["check"] == "true" || body["preview"]?.bool == true { return nil }
    // A policy, the rules and the process are documents: they are kept whole where they are kept.
    let isDocument = ["policy", "rules", "process", "leads", "templates"].contains(noun)
    let details = isDocument ? [:] : body.filter { AuditEvent.isKept($0.key, $0.value) }
    // Of a lead, even the name is what the history is for.
    let isCustomer = noun == "leads"
    let subject =
      path.count > 1
      ? path[1] : isCustomer ? "" : body["name"]?.string ?? body["user"]?.string ?? ""
    self.init(
      user: user, action: "\(AuditEvent.singular(noun)) \(AuditEvent.verb(path, request.method))",
      subject: subject, details: details)
  }

  private static func isKept(_ key: String, _ value: JSONValue) -> Bool {
    guard keysKept.contains(key) else { return false }
    return switch value {
    case .object, .array: false
    default: true
    }
  }

  private static func singular(_ noun: String) -> String {
    let isSingular = noun == "rules" || noun == "process"
    return noun.hasSuffix("s") && !isSingular ? String(noun.dropLast()) : noun
  }

  private static func verb(_ path: [String], _ method: String) -> String {
    if path.count > 2 { return path[2] }
    return switch (method, path.count) {
    case ("POST", 1): "add"
    case ("PUT", 1): "apply"
    case ("DELETE", _): "remove"
    default: "change"
    }
  }
}
