// When a customer was first and last heard of, as its follow-ups tell it, whatever else was written.
//
// A clock that runs ahead dates a contact later than it can have been: such a one counts as of now. A follow-up
// that was dated ahead of its own making has not taken place yet: it counts from its date on, and until then it
// neither quiets a rule nor keeps a customer from being recycled.

import FollowUp
import Storage
import SyncCore

struct ContactTimes {
  /// How far ahead a follow-up may be dated and still count at once.
  static let toleranceMilliseconds: Int64 = 5 * 60_000

  let store: HubStore
  let now: Moment

  private static let lastFollowAt = id("lastFollowAt")
  private static let firstFollowAt = id("firstFollowAt")

  /// Keeps the customer's fields in step with its follow-ups, under the caller's position.
  ///
  /// - Returns: whether anything changed.
  @discardableResult
  func settle(_ root: RecordID) throws -> Bool {
    guard let customer = try store.load(root, in: .customer), customer.isAlive,
      let (first, last) = try store.db.first(
        "SELECT min(occurredAt), max(occurredAt) FROM followUp WHERE root = ?", .id(root),
        body: { ($0.isNull(0) ? nil : $0.moment(0), $0.isNull(1) ? nil : $0.moment(1)) }),
      let first, let last
    else { return false }
    let taken = now < last ? try takenPlace(root) : (first: first, last: last)
    let shown = customer.shown
    var values: [String: Value] = [:]
    if shown[ContactTimes.lastFollowAt] < .moment(taken?.last)
      || .moment(now) < shown[ContactTimes.lastFollowAt]
    {
      values["lastFollowAt"] = .moment(taken?.last)
    }
    let firstShown = shown[ContactTimes.firstFollowAt]
    if firstShown.isNull || .moment(taken?.first) < firstShown {
      values["firstFollowAt"] = .moment(taken?.first)
    }
    guard !values.isEmpty else { return false }
    try OwnWrites(store: store, now: now).write(root, in: .customer, values)
    return true
  }

  /// The first and the last that took place, where some are dated ahead; nil: none did. What is still to come
  /// is noted: on its date it counts.
  private func takenPlace(_ root: RecordID) throws -> (first: Moment, last: Moment)? {
    let ahead = try store.db.all(
      "SELECT id, occurredAt FROM followUp WHERE root = ? AND occurredAt > ?", .id(root),
      .moment(now)
    ) { (id: try $0.id(0), at: $0.moment(1)) }
    let coming = ahead.filter { isComing($0.at, madeAt: $0.id.moment) }.map(\.at)
    try store.db.run("DELETE FROM contacts_ahead WHERE root = ?", .id(root))
    if let next = coming.min() {
      try store.db.run("INSERT INTO contacts_ahead VALUES (?, ?)", .id(root), .moment(next))
    }
    let past =
      try store.db.first(
        "SELECT min(occurredAt), max(occurredAt) FROM followUp WHERE root = ? AND occurredAt <= ?",
        .id(root), .moment(now)
      ) { $0.isNull(0) ? nil : (first: $0.moment(0), last: $0.moment(1)) } ?? nil
    guard coming.count < ahead.count else { return past }
    return (first: past?.first ?? now, last: now)
  }

  /// Whether it was dated ahead of when it was made, by the same clock.
  private func isComing(_ at: Moment, madeAt: Moment) -> Bool {
    let latest = max(now, madeAt)
    return latest.advanced(milliseconds: ContactTimes.toleranceMilliseconds) < at
  }

  private static func id(_ name: String) -> FieldID {
    guard let field = CollectionSchema.customer[name] else {
      preconditionFailure("customers have no \(name)")
    }
    return field.id
  }
}

extension HubStore {
  /// When the next follow-up that was dated ahead takes place; it may be past and not yet noticed.
  func nextContactAhead(of root: RecordID) throws -> Moment? {
    try db.first("SELECT at FROM contacts_ahead WHERE root = ?", .id(root)) { $0.moment(0) }
  }
}

extension Value {
  fileprivate static func moment(_ moment: Moment?) -> Value {
    if let moment { .moment(moment) } else { .null }
  }
}
