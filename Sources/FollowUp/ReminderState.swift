// What a reminder's row means at a given moment: whether it is listed, and whether it calls.
//
// The hub writes whether the reminder is asked for at all, the rep writes his answer; only the
// clock turns `scheduled` into `due` and ends a snooze, so this is computed and never stored.

import SyncCore

/// A reminder as one moment sees it.
public enum ReminderState: Hashable, Sendable {
  /// Not due yet; not listed.
  case scheduled(due: Moment)
  /// Listed, and notified once.
  case due
  /// Put off by the rep; not listed until then, and due again from then on.
  case snoozed(until: Moment)
  /// Due and seen: listed, and never notified again.
  case acknowledged
  /// Done; not listed.
  case handled
  /// Its rule no longer asks for it; not listed, whatever the rep answered.
  case withdrawn

  public var isListed: Bool { self == .due || self == .acknowledged }
  public var isNotified: Bool { self == .due }
}

/// The stored part: a reminder's row.
public struct ReminderRow: Hashable, Sendable {
  /// Whether the rule asks for it; the hub writes this.
  public enum Status: String, CaseIterable, Hashable, Sendable {
    case active, withdrawn
  }

  /// What the rep said, each beating the ones before it where two devices disagree. `shown` is no answer: one of his
  /// laptops has called him, and no other has to.
  public enum Response: String, CaseIterable, Hashable, Sendable {
    case shown, snoozed, acknowledged, done
  }

  public var status: Status
  public var response: Response?
  public var snoozedUntil: Moment?
  public var dueAt: Moment

  public init(status: Status, response: Response?, snoozedUntil: Moment?, dueAt: Moment) {
    self.status = status
    self.response = response
    self.snoozedUntil = snoozedUntil
    self.dueAt = dueAt
  }

  /// Reads a record of the collection `reminder`. A status from a newer program counts as active
  /// and an answer from one as none, so that nothing is hidden; nil without a due time.
  public init?(_ values: FieldValues) {
    let schema = CollectionSchema.reminder
    func value(_ name: String) -> Value { schema[name].map { values[$0.id] } ?? .null }
    guard let dueAt = value("dueAt").moment else { return nil }
    self.init(
      status: value("status").text.flatMap { Status(rawValue: $0) } ?? .active,
      response: value("response").text.flatMap { Response(rawValue: $0) },
      snoozedUntil: value("snoozedUntil").moment, dueAt: dueAt)
  }

  /// Whether the rep has said anything.
  public var isAnswered: Bool { response != nil && response != .shown }

  /// In order of precedence: withdrawn, done, not due yet, snoozed, acknowledged, due.
  public func state(at now: Moment) -> ReminderState {
    if status == .withdrawn { return .withdrawn }
    if response == .done { return .handled }
    if now < dueAt { return .scheduled(due: dueAt) }
    if response == .snoozed, let snoozedUntil, now < snoozedUntil {
      return .snoozed(until: snoozedUntil)
    }
    return response == .acknowledged ? .acknowledged : .due
  }
}
