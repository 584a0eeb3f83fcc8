// When a customer was first and last heard of, as its follow-ups tell it, whatever else was written.
//
// A clock that is wrong dates a contact when it cannot have been: such a one counts as of when it was made, as far as the
// hub can tell (`MakingTimes`), and keeps what was written. A follow-up
// that was dated ahead of its own making has not taken place yet: it counts from its date on, and until then it
// neither quiets a rule nor keeps a customer from being recycled. One that was corrected, or voided, counts no
// more; but what somebody imported, of which there is no follow-up, is never taken back.

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

  /// When a follow-up took place.
  static let at =
    "coalesce((SELECT j.at FROM contacts_judged j WHERE j.record = followUp.id), occurredAt)"

  /// Of the follow-ups of root ?1: no other stands in its place.
  static let isCounted =
    "id NOT IN (SELECT corrects FROM followUp WHERE root = ?1 AND corrects IS NOT NULL)"

  /// Notes when a new follow-up took place, where the clock that told its time was wrong.
  func judge(_ change: Touched) throws {
    guard change.isCreation else { return }
    let told = try store.db.first(
      "SELECT occurredAt FROM followUp WHERE id = ? AND occurredAt IS NOT NULL", .id(change.record)
    ) { $0.moment(0) }
    guard let told else { return }
    let at = try store.contacted(
      told, in: change.record, from: change.replica, drift: change.drift, at: now)
    guard at != told else { return }
    try store.db.run(
      "INSERT OR REPLACE INTO contacts_judged VALUES (?, ?, ?)", .id(change.record),
      .id(change.root), .moment(at))
  }

  /// Keeps the customer's fields in step with its follow-ups, under the caller's position.
  ///
  /// - Parameter written: the follow-up that gives reason to; it may be gone.
  /// - Returns: whether anything changed.
  @discardableResult
  func settle(_ root: RecordID, written: RecordID? = nil) throws -> Bool {
    guard let customer = try store.load(root, in: .customer), customer.isAlive else { return false }
    let all = try store.db.first(
      "SELECT min(\(ContactTimes.at)), max(\(ContactTimes.at)), count(corrects) FROM followUp WHERE root = ?",
      .id(root)
    ) { (span: Span($0), hasCorrections: $0.int(2) > 0) }
    guard let all else { return false }
    let discounted = try discounted(of: root, written, hasCorrections: all.hasCorrections)
    guard all.span != nil || !discounted.isEmpty else { return false }
    let counted = all.hasCorrections ? try counted(root) : all.span
    let isAhead = counted.map { now < $0.last } ?? false
    let taken = isAhead ? try takenPlace(root) : counted
    let shown = customer.shown
    let (first, last) = (shown[ContactTimes.firstFollowAt], shown[ContactTimes.lastFollowAt])
    var values: [String: Value] = [:]
    if last < .moment(taken?.last) || .moment(now) < last || discounted.contains(last) {
      values["lastFollowAt"] = .moment(taken?.last)
    }
    if first.isNull || .moment(taken?.first) < first || discounted.contains(first) {
      values["firstFollowAt"] = .moment(taken?.first)
    }
    guard !values.isEmpty, values != ["lastFollowAt": last, "firstFollowAt": first] else {
      return false
    }
    try OwnWrites(store: store, now: now).write(root, in: .customer, values)
    return true
  }

  /// The first and the last of some follow-ups.
  private struct Span {
    var first: Moment
    var last: Moment

    init(first: Moment, last: Moment) { (self.first, self.last) = (first, last) }

    init?(_ row: Statement) {
      guard !row.isNull(0) else { return nil }
      self.init(first: row.moment(0), last: row.moment(1))
    }
  }

  /// Those that count, up to a moment.
  private func counted(_ root: RecordID, upTo last: Moment = RulePlan.never) throws -> Span? {
    try store.db.first(
      """
      SELECT min(\(ContactTimes.at)), max(\(ContactTimes.at)) FROM followUp
      WHERE root = ?1 AND \(ContactTimes.at) <= ?2 AND \(ContactTimes.isCounted)
      """, .id(root), .moment(last), body: Span.init) ?? nil
  }

  /// What was written of those that count no more, or took place at another time.
  private func discounted(
    of root: RecordID, _ written: RecordID?, hasCorrections: Bool
  ) throws -> Set<Value> {
    var times = Set(
      try store.db.all(
        """
        SELECT f.occurredAt FROM contacts_judged j JOIN followUp f ON f.id = j.record
        WHERE j.root = ?
        """, .id(root)
      ) { $0.isNull(0) ? .null : Value.moment($0.moment(0)) })
    if hasCorrections {
      times.formUnion(
        try store.db.all(
          "SELECT \(ContactTimes.at) FROM followUp WHERE root = ?1 AND NOT (\(ContactTimes.isCounted))",
          .id(root)
        ) { $0.isNull(0) ? .null : .moment($0.moment(0)) })
    }
    if let written, try store.load(written, in: .followUp)?.isAlive != true,
      let made = try store.firstChange(of: written)
    {
      // An administrator has voided it: its row is gone, and its history tells.
      for write in made.writes where write.field == CollectionSchema.followUp["occurredAt"]?.id {
        if case .put(let value, _) = write.action { times.insert(value) }
      }
    }
    return times.subtracting([.null])
  }

  /// The first and the last that took place, where some are dated ahead; nil: none did. What is still to come
  /// is noted: on its date it counts.
  private func takenPlace(_ root: RecordID) throws -> Span? {
    let ahead = try store.db.all(
      """
      SELECT id, \(ContactTimes.at) FROM followUp
      WHERE root = ?1 AND \(ContactTimes.at) > ?2 AND \(ContactTimes.isCounted)
      """, .id(root), .moment(now)
    ) { (id: try $0.id(0), at: $0.moment(1)) }
    let coming = ahead.filter { isComing($0.at, madeAt: $0.id.moment) }.map(\.at)
    try store.db.run("DELETE FROM contacts_ahead WHERE root = ?", .id(root))
    if let next = coming.min() {
      try store.db.run("INSERT INTO contacts_ahead VALUES (?, ?)", .id(root), .moment(next))
    }
    let past = try counted(root, upTo: now)
    guard coming.count < ahead.count else { return past }
    return Span(first: past?.first ?? now, last: now)
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
  /// What a record was made with; nil where that is in an archive.
  fileprivate func firstChange(of id: RecordID) throws -> Change? {
    try db.first("SELECT change FROM history WHERE record = ? ORDER BY position LIMIT 1", .id(id)) {
      try Change(decoding: $0.blob(0))
    }
  }

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
