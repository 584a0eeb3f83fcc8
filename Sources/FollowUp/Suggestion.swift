// What might be done differently for a customer – more or less often, over another channel, about something else – each
// with the numbers that speak for it.
//
// Pure. A suggestion is known by its words (`cadence:1w`), so one that was declined is not made again, on whichever
// laptop. Thresholds are one table below. It must never be applied by itself: somebody accepts it.

import Notation
import SyncCore

public struct Suggestion: Hashable, Sendable {
  public enum Kind: String, CaseIterable, Sendable { case cadence, channel, topic }

  public enum Reason: String, CaseIterable, Sendable {
    /// They keep turning to us: more often.
    case turnsToUs
    /// Nobody is there, or they refuse: less often.
    case notReached
    /// Somebody asked for the channel.
    case preferred
    /// Somebody is there more often over the channel.
    case reachedMore
    /// They are interested, and nobody has talked about it.
    case interest
  }

  public var kind: Kind
  /// What it should be: a delay, a channel, or a topic.
  public var value: String
  public var reason: Reason
  /// The evidence: so many of so many.
  public var count: Int
  public var of: Int

  public var id: String { "\(kind.rawValue):\(value)" }

  /// What is remembered of it, once somebody has decided.
  public var declined: String { "no \(id)" }

  public func accepted(at now: Moment) -> String { "yes \(id) \(now.milliseconds)" }

  /// When a cadence was accepted; nil for any other decision.
  static func acceptedCadence(_ decision: String) -> Moment? {
    guard decision.hasPrefix("yes \(Kind.cadence.rawValue):") else { return nil }
    return decision.split(separator: " ").last.flatMap { Int64($0) }
      .map { Moment(milliseconds: $0) }
  }
}

/// What suggestions are made from.
public struct ContactEvidence: Hashable, Sendable {
  /// In any order; only the window's.
  public var contacts: [PastContact]
  /// How often the customer is contacted now, as a delay; nil: nobody has said.
  public var every: String?
  /// What the plan says.
  public var channel: String?
  /// What somebody there has asked for.
  public var preferred: String?
  public var interests: [String]
  /// What became of earlier suggestions, as `Suggestion` words it.
  public var decisions: Set<String>

  public init(
    contacts: [PastContact], every: String? = nil, channel: String? = nil,
    preferred: String? = nil, interests: [String] = [], decisions: Set<String> = []
  ) {
    self.contacts = contacts.sorted { ($0.at, $0.channel) < ($1.at, $1.channel) }
    self.every = every
    self.channel = channel
    self.preferred = preferred
    self.interests = interests
    self.decisions = decisions
  }

  /// How long contacts count.
  public static let windowMilliseconds: Int64 = 180 * 86_400_000

  /// The rungs that a cadence goes up and down, from often to seldom.
  private static let cadences = ["3d", "1w", "2w", "1mo", "2mo", "3mo", "6mo"]

  /// At most one of each kind.
  public var suggestions: [Suggestion] {
    [cadence, channelSuggestion, topic].compactMap { $0 }.filter {
      !decisions.contains($0.declined)
    }
  }

  // MARK: The table

  /// Three contacts of their own accord, and at least half of all: more often. Three of the last four tries in
  /// vain: less often.
  private var cadence: Suggestion? {
    guard let every, let rung = ContactEvidence.rung(of: every) else { return nil }
    // What has led to one change is no evidence for the next.
    let changedAt = decisions.compactMap(Suggestion.acceptedCadence).max()
    let contacts = contacts.filter { contact in changedAt.map { $0 < contact.at } ?? true }
    let incoming = contacts.filter(\.isIncoming).count
    if incoming >= 3, incoming * 2 >= contacts.count, rung.below >= 0 {
      return Suggestion(
        kind: .cadence, value: ContactEvidence.cadences[rung.below], reason: .turnsToUs,
        count: incoming, of: contacts.count)
    }
    let tries = contacts.filter { !$0.isIncoming }.suffix(4)
    let vain = tries.filter { !$0.isReached }.count
    if vain >= 3, rung.above < ContactEvidence.cadences.count {
      return Suggestion(
        kind: .cadence, value: ContactEvidence.cadences[rung.above], reason: .notReached,
        count: vain, of: tries.count)
    }
    return nil
  }

  /// What was asked for and is not done in most contacts; or what reaches them clearly more often.
  private var channelSuggestion: Suggestion? {
    let tries = contacts.filter { !$0.isIncoming }
    let used = Dictionary(grouping: tries, by: \.channel)
    guard let current = channel ?? mostUsed(used) else { return nil }
    if let preferred, !preferred.isEmpty, preferred != current {
      return Suggestion(
        kind: .channel, value: preferred, reason: .preferred,
        count: used[preferred]?.count ?? 0, of: tries.count)
    }
    let now = used[current].map(ContactHabits.rate) ?? 0.5
    let better = used.filter { key, tries in
      key != current && key != Channel.other.rawValue && tries.count >= 3
        && ContactHabits.rate(tries) >= now + 0.25
    }.keys.sorted().max { ContactHabits.rate(used[$0] ?? []) < ContactHabits.rate(used[$1] ?? []) }
    guard let better, let tries = used[better] else { return nil }
    return Suggestion(
      kind: .channel, value: better, reason: .reachedMore,
      count: tries.filter(\.isReached).count, of: tries.count)
  }

  private func mostUsed(_ used: [String: [PastContact]]) -> String? {
    used.keys.sorted().max { (used[$0]?.count ?? 0) < (used[$1]?.count ?? 0) }
  }

  /// The first interest that no contact was about.
  private var topic: Suggestion? {
    let told = Set(contacts.compactMap(\.topic))
    guard let interest = interests.sorted().first(where: { !told.contains($0) }) else { return nil }
    return Suggestion(
      kind: .topic, value: interest, reason: .interest, count: 0, of: contacts.count)
  }

  /// The rungs next to a cadence: of one that is itself a rung, the ones beside it.
  private static func rung(of every: String) -> (below: Int, above: Int)? {
    let almanac = Almanac(zoneName: "", zone: .utc)
    func length(_ text: String) -> Moment? {
      Delay(text)?.after(Moment(milliseconds: 0), in: almanac, team: nil)
    }
    guard let own = length(every) else { return nil }
    let lengths = cadences.compactMap(length)
    let below = lengths.lastIndex { $0 < own } ?? -1
    return (below, lengths.firstIndex { own < $0 } ?? cadences.count)
  }
}
