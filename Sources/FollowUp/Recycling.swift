// When a customer that nobody follows up goes back into the pool (公海自动回收): the terms in force,
// and what they mean for one customer.
//
// Pure, and the same on both sides: the hub takes the customer at the deadline, a laptop counts down
// to it from the terms it holds and its own follow-ups. Days are calendar days of the company, counted
// from the later of assignment and last follow-up; more than the limit must have passed, so with a
// limit of 30 a customer last seen on 10-01 goes on 11-01, at the hour of the job. One that nobody ever
// followed up counts from its assignment, never from nothing.
//
// It must never ask for the time, and never let a customer go for an empty field.

import Notation
import SyncCore

/// The terms on which customers of some owners go to a pool.
public struct Recycling: Hashable, Sendable {
  /// The rule that warnings and notices of recycling name.
  public static let rule = "pool-recycle"
  /// The hour of the company's day at which customers go, and at which owners are warned.
  public static let jobHour = 2
  public static let warningHour = 9
  /// The tier that stands for every other.
  public static let otherTiers = "*"

  public let pool: String
  public let after: [String: Int]
  public let warn: [Int]
  public let protectDays: Int
  public let withoutDealDays: Int?
  public let holdDays: Int?
  public let maxWaitDays: Int
  public let graceDays: Int
  public let exclude: Query?
  /// Since when these terms hold: nobody loses anything before he could have been warned.
  public let since: Moment?

  /// Reads the terms as the hub hands them out: those of the pool's settings, with its name and the
  /// moment of their coming into force. Nil where this program does not understand them.
  public init?(_ json: JSONValue) {
    func days(_ key: String) -> Int? { json[key]?.integer.flatMap { Int(exactly: $0) } }
    guard let pool = json["pool"]?.string, let after = json["after"]?.object else { return nil }
    self.pool = pool
    self.after = after.compactMapValues { $0.integer.flatMap { Int(exactly: $0) } }
    warn = (json["warn"]?.array ?? []).compactMap { $0.integer.flatMap { Int(exactly: $0) } }
    protectDays = days("protectDays") ?? 0
    withoutDealDays = days("withoutDealDays")
    holdDays = days("holdDays")
    maxWaitDays = days("maxWaitDays") ?? 0
    graceDays = days("graceDays") ?? 0
    since = json["since"]?.integer.map { Moment(milliseconds: $0) }
    guard let text = json["exclude"]?.string, !text.isEmpty else {
      exclude = nil
      return
    }
    guard let query = try? Query(parsing: text, for: .customer) else { return nil }
    exclude = query
  }

  // MARK: One customer

  /// What is known of a customer.
  public struct Facts: Hashable, Sendable {
    public var id: RecordID
    public var values: FieldValues
    /// Whether a deal was ever begun.
    public var hasOpportunity: Bool

    public init(id: RecordID, values: FieldValues, hasOpportunity: Bool) {
      self.id = id
      self.values = values
      self.hasOpportunity = hasOpportunity
    }
  }

  /// When the customer goes, if nothing happens; nil: never.
  public func term(for facts: Facts, in almanac: Almanac) -> RecycleTerm? {
    guard facts.owner != nil, !isExcluded(facts) else { return nil }
    let earliest = candidates(for: facts, in: almanac)
      .min { ($0.lastDay, $0.rank) < ($1.lastDay, $1.rank) }
    guard let earliest else { return nil }
    let warned = since.map { almanac.day(of: $0).advanced(by: warn.max() ?? 0) }
    let day = max(earliest.lastDay, warned ?? earliest.lastDay).advanced(by: 1)
    guard let deadline = almanac.moment(on: day, hour: Recycling.jobHour) else { return nil }
    let warnings = warn.compactMap { days in
      almanac.moment(on: day.advanced(by: -days), hour: Recycling.warningHour)
        .map { RecycleTerm.Warning(days: days, at: $0) }
    }
    return RecycleTerm(
      reason: earliest.reason, days: earliest.days, tier: facts.text("tier"),
      anchor: earliest.anchor, deadline: deadline,
      warnings: warnings.filter { $0.at > earliest.anchor })
  }

  /// The first moment at which more than these days have passed since another one.
  public static func deadline(
    _ days: Int, after moment: Moment, in almanac: Almanac
  ) -> Moment? {
    almanac.moment(on: almanac.day(of: moment).advanced(by: days + 1), hour: jobHour)
  }

  private struct Candidate {
    var reason: RecycleTerm.Reason
    var days: Int
    var anchor: Moment
    var lastDay: CivilDay
    var rank: Int { RecycleTerm.Reason.allCases.firstIndex(of: reason) ?? 0 }
  }

  private func candidates(for facts: Facts, in almanac: Almanac) -> [Candidate] {
    let assigned = facts.moment("assignedAt") ?? facts.id.moment
    let protected = almanac.day(of: assigned).advanced(by: protectDays)
    func candidate(
      _ reason: RecycleTerm.Reason, _ days: Int, from anchor: Moment, isProtected: Bool
    ) -> Candidate {
      let last = almanac.day(of: anchor).advanced(by: days)
      return Candidate(
        reason: reason, days: days, anchor: anchor,
        lastDay: isProtected ? max(last, protected) : last)
    }
    var found: [Candidate] = []
    if let days = facts.text("tier").flatMap({ after[$0] }) ?? after[Recycling.otherTiers] {
      let sign = max(assigned, facts.moment("lastFollowAt") ?? assigned)
      found.append(candidate(.silence, days, from: sign, isProtected: true))
    }
    guard !facts.isDealt else { return found }
    if let days = withoutDealDays, !facts.hasOpportunity {
      found.append(candidate(.withoutDeal, days, from: assigned, isProtected: true))
    }
    if let days = holdDays {
      found.append(candidate(.held, days, from: assigned, isProtected: false))
    }
    return found
  }

  private func isExcluded(_ facts: Facts) -> Bool {
    // No query that depends on the time is accepted as a term, so any time will do.
    exclude?.matches(
      QueryRecord(id: facts.id, values: facts.values, updatedAt: facts.id.moment),
      at: facts.id.moment, in: .utc) ?? false
  }
}

/// When one customer goes, and why.
public struct RecycleTerm: Hashable, Sendable {
  public enum Reason: String, CaseIterable, Sendable {
    /// Nobody followed it up.
    case silence
    /// There is no deal.
    case withoutDeal
    /// It was held for as long as anybody may.
    case held
  }

  public struct Warning: Hashable, Sendable {
    /// How many days before it goes.
    public var days: Int
    public var at: Moment
  }

  public var reason: Reason
  public var days: Int
  public var tier: String?
  /// What the days are counted from: the evidence that somebody cares.
  public var anchor: Moment
  /// From now on it goes.
  public var deadline: Moment
  /// Those that lie after the anchor.
  public var warnings: [Warning]

  /// What a list says of a customer that goes in so many days.
  public static func title(of name: String, into pool: String, days: Int) -> Titles {
    let when = days == 0 ? "now: its time is up" : "in \(days) \(days == 1 ? "day" : "days")"
    return Titles(
      en: "\(name) goes to the pool \(pool) \(when)", zh: "\(name)：公海倒计时 \(days) 天（\(pool)）")
  }

  /// Days of the company's calendar until it goes; 0 when its time is up.
  public func daysLeft(at now: Moment, in almanac: Almanac) -> Int {
    max(0, almanac.day(of: deadline).number - almanac.day(of: now).number)
  }
}

extension Recycling.Facts {
  var owner: String? { text("owner") }

  /// Past `won` a customer is nobody's to be taken for want of a deal.
  fileprivate var isDealt: Bool {
    let stage = CollectionSchema.customer["stage"].map { values[$0.id] } ?? .null
    return Ladder.stages.height(of: stage) >= Ladder.stages.height(of: .text("won"))
  }

  fileprivate func text(_ name: String) -> String? {
    CollectionSchema.customer[name].flatMap { values[$0.id].text }.flatMap { $0.isEmpty ? nil : $0 }
  }

  fileprivate func moment(_ name: String) -> Moment? {
    CollectionSchema.customer[name].flatMap { values[$0.id].moment }
  }
}

extension Almanac {
  /// An hour of one of the company's days; nil beyond the years there are.
  fileprivate func moment(on day: CivilDay, hour: Int) -> Moment? {
    var civil = day.midnight
    civil.hour = hour
    return zone.moment(of: civil)
  }
}
