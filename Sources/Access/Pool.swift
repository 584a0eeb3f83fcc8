// A pool (公海): customers that nobody owns, who may claim them, and within which limits.
//
//     {"name": "华东公海", "members": ["*" | "team:north" | "ann" …], "admins": ["mei"],
//      "claimable": true, "claimsPerDay": 10, "holdMax": 200, "coolDownDays": 7,
//      "newDataDelayHours": 0, "hidden": {"customer": ["phone"], "contact": ["mobile"]},
//      "recycle": {"after": {"A": 15, "*": 30}}}
//
// Only the name is required: a pool is everybody's, has no admin and hides nothing unless it says
// so; the other defaults are those above. `"members": []` leaves it to its admins. What it decides is
// in `Claim.swift` and `Release.swift`, what it takes back in `RecycleTerms.swift`; what it hides is hidden from whoever could not see the
// customer but for the pool.

import Notation
import SyncCore

public struct Pool: Hashable, Sendable {
  /// Somebody who may claim, as a pool names him.
  public enum Membership: Hashable, Sendable {
    /// Everybody who works here, but no service account.
    case everybody
    /// A team and the teams below it.
    case team(String)
    case user(String)
  }

  /// The longest name of a pool, a team or a user.
  public static let nameBytesMax = 256
  /// The most members, and the most admins, that a pool names.
  public static let membersMax = 1000
  public static let numberMax = 100_000

  public let name: String
  /// In the order written.
  public let members: [Membership]
  /// They claim whatever they like, without limits, and release what others hold.
  public let admins: [String]
  /// Whether members claim for themselves; if not, the customers are handed out to them.
  public let isClaimable: Bool
  /// How many claims one user is granted from this pool in a day of the hub's calendar.
  public let claimsPerDay: Int
  /// How many open customers somebody may own and still claim another.
  public let holdMax: Int
  /// How long the last owner waits before he claims a customer back; days of 24 hours.
  public let coolDownDays: Int
  /// How long a customer lies in the pool before anybody claims it.
  public let newDataDelayHours: Int
  /// Fields by collection that are not shown while the customer is in the pool.
  public let hidden: [String: Set<String>]
  /// When customers that nobody follows up come back; nil: never.
  public let recycle: RecycleTerms?

  /// Reads a pool file.
  ///
  /// - Throws: the first fault, with place and what is allowed there.
  public init(parsing bytes: [UInt8], schema: Schema) throws(PolicyError) {
    self = try PolicyNode.read(bytes) { (node) throws(PolicyError) in
      try Pool(node, schema: schema)
    }
  }

  /// Reads a pool out of a larger document; faults have a path in the pool, and no line.
  public init(json: JSONValue, schema: Schema) throws(PolicyError) {
    try self.init(PolicyNode(json), schema: schema)
  }

  // MARK: Who

  /// Whether the user belongs to the pool, as a member or an admin. Nobody does who does not get in.
  public func isMember(_ user: String, _ organisation: Organisation) -> Bool {
    guard let person = organisation[user], !person.isDisabled else { return false }
    return isAdmin(user) || Pool.names(members, user, organisation)
  }

  /// Whether a list of members means somebody who gets in.
  static func names(
    _ members: [Membership], _ user: String, _ organisation: Organisation
  ) -> Bool {
    guard let person = organisation[user], !person.isDisabled else { return false }
    return members.contains { member in
      switch member {
      case .everybody: person.role != .service
      case .team(let team): person.team.map { organisation.isTeam($0, at: team) } ?? false
      case .user(let name): name == user
      }
    }
  }

  public func isAdmin(_ user: String) -> Bool { admins.contains(user) }
}

// MARK: As JSON

extension Pool {
  private static let keys = [
    "name", "members", "admins", "claimable", "claimsPerDay", "holdMax", "coolDownDays",
    "newDataDelayHours", "hidden", "recycle",
  ]

  private init(_ node: PolicyNode, schema: Schema) throws(PolicyError) {
    try node.allowOnly(Pool.keys)
    name = try Pool.name(node.member("name"))
    members = try Pool.list("members", of: node) ?? [.everybody]
    admins = try Pool.admins(node)
    isClaimable = try node.optional("claimable")?.bool() ?? true
    claimsPerDay = try Pool.number("claimsPerDay", of: node) ?? 10
    holdMax = try Pool.number("holdMax", of: node) ?? 200
    coolDownDays = try Pool.number("coolDownDays", of: node) ?? 7
    newDataDelayHours = try Pool.number("newDataDelayHours", of: node) ?? 0
    if let fields = try node.optional("hidden") {
      hidden = try FieldSets.hidden(fields, schema: schema)
    } else {
      hidden = [:]
    }
    let terms = try node.optional("recycle")
    recycle = if let terms, !terms.isNull { try RecycleTerms(terms) } else { nil }
  }

  private static func name(
    _ node: PolicyNode, bytesMax: Int = nameBytesMax
  ) throws(PolicyError) -> String {
    let name = try node.text()
    let isFine =
      (1...bytesMax).contains(name.utf8.count)
      && name.unicodeScalars.allSatisfy { $0.value > 32 && $0 != "\u{7F}" }
    guard isFine else {
      throw node.notAllowed(["1 to \(bytesMax) bytes, no spaces or control characters"])
    }
    return name
  }

  static func list(
    _ key: String, of node: PolicyNode
  ) throws(PolicyError) -> [Membership]? {
    guard let list = try node.optional(key) else { return nil }
    let elements = try list.elements()
    guard elements.count <= membersMax else {
      throw list.error(.notAllowed("\(elements.count) names"), allowed: ["at most \(membersMax)"])
    }
    var members: [Membership] = []
    for element in elements {
      let bytesMax = nameBytesMax + Membership.teamPrefix.utf8.count
      guard let member = Membership(try name(element, bytesMax: bytesMax)) else {
        throw element.notAllowed(["*", "team:NAME", "NAME"])
      }
      members.append(member)
    }
    return members
  }

  /// Users by name: an admin answers for the pool, and a team answers for nothing.
  private static func admins(_ node: PolicyNode) throws(PolicyError) -> [String] {
    let list = try list("admins", of: node) ?? []
    var names: [String] = []
    for (index, admin) in list.enumerated() {
      guard case .user(let name) = admin else {
        throw try node.member("admins").elements()[index].notAllowed(["the name of a user"])
      }
      names.append(name)
    }
    return names
  }

  private static func number(_ key: String, of node: PolicyNode) throws(PolicyError) -> Int? {
    guard let entry = try node.optional(key) else { return nil }
    let number = try entry.integer()
    guard (0...Int64(numberMax)).contains(number) else {
      throw entry.notAllowed(["0 to \(numberMax)"])
    }
    return Int(number)
  }

  /// The pool as a document with every key, which reads as the same pool.
  public var json: JSONValue {
    var json: JSONValue = [
      "name": .string(name),
      "members": .array(members.map { .string($0.text) }),
      "admins": .array(admins.map { .string($0) }),
      "claimable": .bool(isClaimable),
      "claimsPerDay": .integer(Int64(claimsPerDay)),
      "holdMax": .integer(Int64(holdMax)),
      "coolDownDays": .integer(Int64(coolDownDays)),
      "newDataDelayHours": .integer(Int64(newDataDelayHours)),
      "hidden": .object(hidden.mapValues { .array($0.sorted().map { .string($0) }) }),
    ]
    if let recycle { json["recycle"] = recycle.json }
    return json
  }
}

extension Pool.Membership {
  fileprivate static let teamPrefix = "team:"

  fileprivate init?(_ text: String) {
    if text == "*" {
      self = .everybody
    } else if text.hasPrefix(Self.teamPrefix) {
      let team = String(text.dropFirst(Self.teamPrefix.count))
      if team.isEmpty { return nil }
      self = .team(team)
    } else {
      self = .user(text)
    }
  }

  var text: String {
    switch self {
    case .everybody: "*"
    case .team(let team): Self.teamPrefix + team
    case .user(let name): name
    }
  }
}
