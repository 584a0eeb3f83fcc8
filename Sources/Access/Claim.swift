// May somebody take this customer out of a pool? Facts in, refusal out; no clock, no disk.
//
// The checks in order of precedence: that it is there at all (two may have claimed it offline, and the
// first to reach the hub has it), who asks, and then the limits. Admins of the pool have no limits.
// The last owner alone waits out a cool-down, so that nobody keeps a customer for ever by releasing
// and claiming it in turn; and grants of a day are counted, not what is left of them, so releasing
// gives no new quota.

import Notation

/// What the hub knows when somebody asks for a customer.
public struct ClaimFacts: Hashable, Sendable {
  public var user: String
  /// Whether the customer is in this pool now.
  public var isInPool: Bool
  /// Who has it now; nil: nobody.
  public var owner: String?
  /// Since when; milliseconds since 1970.
  public var ownerSince: Int64?
  /// How many claims on this pool he was granted today, by the hub's calendar.
  public var grantsToday: Int
  /// How many open customers he owns; dealt and lost ones are not counted.
  public var held: Int
  /// The last owner before it came into the pool.
  public var formerOwner: String?
  /// When the last owner lost it; milliseconds since 1970.
  public var releasedAt: Int64?
  /// When it came into the pool; milliseconds since 1970.
  public var enteredAt: Int64?
  /// Milliseconds since 1970.
  public var now: Int64

  public init(
    user: String, isInPool: Bool, owner: String? = nil, ownerSince: Int64? = nil,
    grantsToday: Int = 0, held: Int = 0, formerOwner: String? = nil, releasedAt: Int64? = nil,
    enteredAt: Int64? = nil, now: Int64
  ) {
    self.user = user
    self.isInPool = isInPool
    self.owner = owner
    self.ownerSince = ownerSince
    self.grantsToday = grantsToday
    self.held = held
    self.formerOwner = formerOwner
    self.releasedAt = releasedAt
    self.enteredAt = enteredAt
    self.now = now
  }
}

/// Why a customer is not somebody's for the asking, by precedence. Moments are milliseconds since
/// 1970.
public enum ClaimRefusal: Hashable, Sendable {
  /// Somebody else has it, or it was never here.
  case notInPool(owner: String?, since: Int64?)
  case notMember
  case notClaimable
  case dailyLimit(max: Int)
  case holdMax(max: Int)
  case coolDown(until: Int64, days: Int)
  case newDataDelay(until: Int64, hours: Int)
}

extension Pool {
  /// Why the user does not get the customer; nil: it is his.
  public func decide(_ facts: ClaimFacts, _ organisation: Organisation) -> ClaimRefusal? {
    if !facts.isInPool { return .notInPool(owner: facts.owner, since: facts.ownerSince) }
    if !isMember(facts.user, organisation) { return .notMember }
    if isAdmin(facts.user) { return nil }
    if !isClaimable { return .notClaimable }
    if facts.grantsToday >= claimsPerDay { return .dailyLimit(max: claimsPerDay) }
    if facts.held >= holdMax { return .holdMax(max: holdMax) }
    if facts.formerOwner == facts.user, let releasedAt = facts.releasedAt {
      let until = Pool.moment(releasedAt, hoursLater: coolDownDays * 24)
      if facts.now < until { return .coolDown(until: until, days: coolDownDays) }
    }
    if let enteredAt = facts.enteredAt {
      let until = Pool.moment(enteredAt, hoursLater: newDataDelayHours)
      if facts.now < until { return .newDataDelay(until: until, hours: newDataDelayHours) }
    }
    return nil
  }

  private static func moment(_ milliseconds: Int64, hoursLater hours: Int) -> Int64 {
    // The hours have a limit, the moment is whatever a table said.
    let (moment, isOverflow) = milliseconds.addingReportingOverflow(Int64(hours) * 3_600_000)
    return isOverflow ? .max : moment
  }
}

extension ClaimRefusal {
  /// The key of the pool's rule; `inPool` where it is not a rule of the pool that stands against it.
  public var rule: String {
    switch self {
    case .notInPool: "inPool"
    case .notMember: "members"
    case .notClaimable: "claimable"
    case .dailyLimit: "claimsPerDay"
    case .holdMax: "holdMax"
    case .coolDown: "coolDownDays"
    case .newDataDelay: "newDataDelayHours"
    }
  }

  /// English sentences: the rule, its number, and until when or what to do. Times are in UTC.
  public var text: String { text(in: .utc) }

  /// `text`, with times in this zone.
  public func text(in zone: LocalZone) -> String {
    func time(_ milliseconds: Int64) -> String {
      ISO8601.string(milliseconds: milliseconds, in: zone)
    }
    switch self {
    case .notInPool(let owner?, let since):
      let since = since.map { " since \(time($0))" } ?? ""
      return "The customer is not in the pool: \(owner) has it\(since). Ask \(owner)."
    case .notInPool(nil, _):
      return "The customer is not in the pool. Ask a manager whose it is to be."
    case .notMember:
      return "You are not among the members of this pool. Ask one of its admins."
    case .notClaimable:
      return "Customers of this pool are handed out, not claimed. Ask one of its admins."
    case .dailyLimit(let max):
      return "Nobody claims more than \(max) customers a day from this pool. Claim again tomorrow."
    case .holdMax(let max):
      return "Whoever has \(max) open customers claims no more. Close or release one first."
    case .coolDown(let until, let days):
      return "You had this customer last, and its last owner waits \(days) days of 24 hours. "
        + "Claim it after \(time(until))."
    case .newDataDelay(let until, let hours):
      return "A customer lies in this pool for \(hours) hours before it is claimed. "
        + "Claim it after \(time(until))."
    }
  }

  /// The rule, the text and the facts, for answers of the hub.
  public var json: JSONValue {
    var json: JSONValue = ["rule": .string(rule), "text": .string(text)]
    switch self {
    case .notInPool(let owner, let since):
      json["owner"] = owner.map { .string($0) } ?? .null
      json["since"] = since.map { .integer($0) } ?? .null
    case .notMember, .notClaimable: break
    case .dailyLimit(let max), .holdMax(let max): json["max"] = .integer(Int64(max))
    case .coolDown(let until, _), .newDataDelay(let until, _): json["until"] = .integer(until)
    }
    return json
  }
}
