// How a customer is best reached: what somebody there has said, and what past contacts show.
//
// Pure. A channel is judged by how often somebody was there, of how often it was tried; one try proves little, so two
// are wanted, and each rate begins half-way (Laplace's rule of succession). What people say they prefer comes before
// what is counted. It must never be read as a promise: it is a hint with its numbers.

import Notation
import SyncCore

/// One contact that took place, or was tried.
public struct PastContact: Hashable, Sendable {
  public var at: Moment
  public var channel: String
  /// They turned to us.
  public var isIncoming: Bool
  /// Somebody was there; a contact that says nothing of it took place.
  public var isReached: Bool
  public var topic: String?

  public init(
    at: Moment, channel: String, isIncoming: Bool = false, isReached: Bool = true,
    topic: String? = nil
  ) {
    self.at = at
    self.channel = channel
    self.isIncoming = isIncoming
    self.isReached = isReached
    self.topic = topic
  }

  /// Nil for a follow-up that does not say when or how.
  public init?(_ values: FieldValues) {
    let schema = CollectionSchema.followUp
    func value(_ name: String) -> Value { schema[name].map { values[$0.id] } ?? .null }
    guard let at = value("occurredAt").moment, let channel = value("channel").text else {
      return nil
    }
    self.init(
      at: at, channel: channel, isIncoming: value("direction").text == "in",
      isReached: !["missed", "refused"].contains(value("outcome").text ?? ""),
      topic: value("topic").text)
  }
}

public struct ContactHint: Hashable, Sendable {
  public var channel: String
  /// The hour at which somebody was there most often.
  public var hour: Int?
  /// Of so many tries over this channel.
  public var tried: Int
  public var reached: Int
  /// Somebody there has asked for it.
  public var isPreferred: Bool
}

public enum ContactHabits {
  /// So many tries say something of a channel, and so many contacts of an hour.
  public static let triesMin = 2
  /// What is older says little of today.
  public static let windowMilliseconds: Int64 = 365 * 86_400_000

  /// Nil where nobody has said anything and nothing can be learned.
  public static func hint(
    from contacts: [PastContact], preferred: String?, in zone: LocalZone
  ) -> ContactHint? {
    let channel = preferred.flatMap { $0.isEmpty ? nil : $0 } ?? learned(from: contacts)
    guard let channel else { return nil }
    let tries = contacts.filter { $0.channel == channel }
    let reached = tries.filter(\.isReached)
    return ContactHint(
      channel: channel, hour: hour(of: reached, in: zone), tried: tries.count,
      reached: reached.count, isPreferred: preferred == channel)
  }

  private static func learned(from contacts: [PastContact]) -> String? {
    Dictionary(grouping: contacts.filter { $0.channel != Channel.other.rawValue }, by: \.channel)
      .filter { $0.value.count >= triesMin && $0.value.contains(where: \.isReached) }
      .map { (channel: $0.key, rate: rate($0.value), tried: $0.value.count) }
      .min { left, right in
        if left.rate != right.rate { return left.rate > right.rate }
        if left.tried != right.tried { return left.tried > right.tried }
        return left.channel < right.channel
      }?.channel
  }

  /// How likely somebody is there.
  static func rate(_ tries: [PastContact]) -> Double {
    Double(tries.filter(\.isReached).count + 1) / Double(tries.count + 2)
  }

  private static func hour(of contacts: [PastContact], in zone: LocalZone) -> Int? {
    let hours = Dictionary(
      grouping: contacts, by: { zone.civilTime(atMilliseconds: $0.at.milliseconds).hour })
    let best = hours.min { left, right in
      left.value.count != right.value.count
        ? left.value.count > right.value.count : left.key < right.key
    }
    return best.flatMap { $0.value.count >= triesMin ? $0.key : nil }
  }
}
