// When customers that nobody follows up go back into a pool: the `recycle` key of a pool's settings.
//
//     {"after": {"A": 15, "B": 30, "C": 60, "*": 30}, "warn": [3, 1], "protectDays": 0,
//      "withoutDealDays": 90, "holdDays": 180, "maxWaitDays": 3, "graceDays": 1,
//      "exclude": "stage = won", "from": ["team:north"]}
//
// Only `after` is required: days by the customer's tier, `*` for every other. A pool without the key
// takes nothing back. Here are the settings alone; what they mean for a customer `FollowUp.Recycling`
// decides, and whether `exclude` is a query the hub asks, for queries are not known on this floor.

import Notation

/// The terms on which a pool takes customers back.
public struct RecycleTerms: Hashable, Sendable {
  /// The most tiers that have days of their own.
  public static let tiersMax = 100
  /// The longest time of any kind: ten years.
  public static let daysMax = 3650
  public static let warningsMax = 8

  /// Calendar days without a follow-up, by tier; `*` for the others.
  public let after: [String: Int]
  /// How many days before its owner is warned, the longest first, each once.
  public let warn: [Int]
  /// So many days after it was assigned a customer stays, whatever happens.
  public let protectDays: Int
  /// Calendar days after it was assigned by which there is a deal, or it goes.
  public let withoutDealDays: Int?
  /// Calendar days after it was assigned at which it goes unless it was dealt, however busy its owner.
  public let holdDays: Int?
  /// How long laptops that may hold a follow-up are waited for.
  public let maxWaitDays: Int
  /// How long after the deadline a follow-up may be entered and still count by itself.
  public let graceDays: Int
  /// Customers that never go, as a query of `list --where`; empty: there are none.
  public let exclude: String
  /// Whose customers go to this pool; nil: its members'.
  public let from: [Pool.Membership]?

  private static let keys = [
    "after", "warn", "protectDays", "withoutDealDays", "holdDays", "maxWaitDays", "graceDays",
    "exclude", "from",
  ]

  init(_ node: PolicyNode) throws(PolicyError) {
    try node.allowOnly(RecycleTerms.keys)
    after = try RecycleTerms.after(node.member("after"))
    warn = try RecycleTerms.warnings(node.optional("warn"))
    protectDays = try RecycleTerms.days("protectDays", of: node, from: 0) ?? 0
    withoutDealDays = try RecycleTerms.days("withoutDealDays", of: node, from: 1)
    holdDays = try RecycleTerms.days("holdDays", of: node, from: 1)
    maxWaitDays = try RecycleTerms.days("maxWaitDays", of: node, from: 0) ?? 3
    graceDays = try RecycleTerms.days("graceDays", of: node, from: 0) ?? 1
    exclude = try node.optional("exclude")?.text() ?? ""
    from = try Pool.list("from", of: node)
  }

  private static func after(_ node: PolicyNode) throws(PolicyError) -> [String: Int] {
    let members = try node.members()
    guard (1...tiersMax).contains(members.count) else {
      throw node.error(
        .notAllowed("\(members.count) tiers"), allowed: ["1 to \(tiersMax) tiers, such as A or *"])
    }
    var after: [String: Int] = [:]
    for (tier, node) in members { after[tier] = try days(node, from: 1) }
    return after
  }

  private static func warnings(_ node: PolicyNode?) throws(PolicyError) -> [Int] {
    guard let node else { return [3, 1] }
    let elements = try node.elements()
    guard elements.count <= warningsMax else {
      throw node.error(
        .notAllowed("\(elements.count) warnings"), allowed: ["at most \(warningsMax)"])
    }
    var warnings: Set<Int> = []
    for element in elements { warnings.insert(try days(element, from: 1)) }
    return warnings.sorted(by: >)
  }

  private static func days(
    _ key: String, of node: PolicyNode, from least: Int
  ) throws(PolicyError) -> Int? {
    guard let entry = try node.optional(key) else { return nil }
    return try days(entry, from: least)
  }

  private static func days(_ node: PolicyNode, from least: Int) throws(PolicyError) -> Int {
    let days = try node.integer()
    guard (Int64(least)...Int64(daysMax)).contains(days) else {
      throw node.notAllowed(["\(least) to \(daysMax)"])
    }
    return Int(days)
  }

  /// The terms as a document, which reads as the same terms.
  public var json: JSONValue {
    func number(_ days: Int) -> JSONValue { .integer(Int64(days)) }
    var json: JSONValue = [
      "after": .object(after.mapValues(number)), "warn": .array(warn.map(number)),
      "protectDays": number(protectDays), "maxWaitDays": number(maxWaitDays),
      "graceDays": number(graceDays), "exclude": .string(exclude),
    ]
    if let withoutDealDays { json["withoutDealDays"] = number(withoutDealDays) }
    if let holdDays { json["holdDays"] = number(holdDays) }
    if let from { json["from"] = .array(from.map { .string($0.text) }) }
    return json
  }
}

extension Pool {
  /// Whether customers of this owner go to this pool when their time is up. Of several pools that say
  /// so the first by name takes them.
  public func recycles(from owner: String, _ organisation: Organisation) -> Bool {
    guard let recycle else { return false }
    return Pool.names(recycle.from ?? members, owner, organisation)
  }
}
