// Takes a customer back into its pool, and gives it back where a late follow-up proves that wrong –
// under the caller's position.
//
// What the hub takes by itself it accounts for: the history says by which rule, the former owner is
// told, and a row keeps what was known at that time, so that evidence which arrives later meets the
// facts it is about. The undoing is as whole as the doing: owner, pool and the work that was closed.

import Digest
import FollowUp
import Notation
import Storage
import SyncCore
import Wire

struct RecycleRun {
  /// The line that tells a former owner that a customer went.
  private static let taken = "taken"

  let store: HubStore
  let now: Moment
  let zone: LocalZone

  private var writes: OwnWrites { OwnWrites(store: store, now: now) }

  // MARK: Taking

  /// Writes what the plan asks for.
  ///
  /// - Returns: whether the customer went.
  func carryOut(_ plan: RecyclePlan, almanac: Almanac) throws -> Bool {
    guard let terms = plan.terms, let term = plan.term else { return false }
    if case .goes(let isConfirmed) = plan.fate {
      return try take(plan, terms, term, isConfirmed: isConfirmed, almanac)
    }
    for warning in plan.warnings {
      try remind(
        warning.id, of: plan.root, plan.owner, warning.title, at: warning.dueAt,
        anchor: term.anchor, warning.strength)
    }
    return false
  }

  private func take(
    _ plan: RecyclePlan, _ terms: Recycling, _ term: RecycleTerm, isConfirmed: Bool,
    _ almanac: Almanac
  ) throws -> Bool {
    guard let record = try store.load(plan.root, in: .customer), record.isAlive,
      // A rule may have assigned it a moment ago.
      record.shown[.customerOwner] == .text(plan.owner)
    else { return false }
    try Pooling(store: store, now: now, zone: zone).put(record, into: terms.pool, by: "")
    let day = almanac.day(of: term.anchor)
    try writes.noteRequest(
      .release, "\(terms.pool) \(term.account(since: day, isConfirmed: isConfirmed))",
      on: plan.root)
    try store.db.run(
      """
      INSERT INTO recycled VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, 'stands',
        NULL, NULL, NULL, NULL, NULL, NULL)
      """, .id(plan.root), .position(store.head), .text(plan.owner), .text(terms.pool),
      .text(term.reason.rawValue), .count(term.days), .moment(term.anchor),
      .moment(term.deadline), .moment(now), .count(terms.graceDays),
      .integer(isConfirmed ? 1 : 0))
    let name = record.shown[CollectionSchema.customer.titleField].textOrNil ?? "–"
    // It is about a customer that he may not see any more, so it belongs to no customer.
    try tell(
      plan.owner, about: nil, at: term.deadline, [plan.root.description, RecycleRun.taken],
      Titles(
        en: "\(name) went to the pool \(terms.pool): \(term.words.en)",
        zh: "\(name) 已自动回收到公海 \(terms.pool)：\(term.words.zh)"))
    return true
  }

  // MARK: Giving back

  /// Gives a customer back to the one it was taken from, with what was closed for it.
  ///
  /// - Parameter user: who decided it; empty: the evidence did.
  func giveBack(_ row: RecycledRow, because reason: String, for user: String = "") throws {
    var values: [String: Value] = ["owner": .text(row.facts.formerOwner), "pool": .null]
    // Somebody else had it meanwhile: it is assigned anew. Otherwise it is as if nothing had been.
    if !user.isEmpty { values["assignedAt"] = .moment(now) }
    try writes.write(row.root, in: .customer, values, for: user)
    try writes.noteRequest(.claim, "\(row.facts.formerOwner) \(reason)", on: row.root)
    try OpenWork(store: store, now: now, root: row.root).reopen(closedAt: row.position)
    let name =
      try store.load(row.root, in: .customer)?
      .shown[CollectionSchema.customer.titleField].textOrNil ?? "–"
    // That it went is not so any more.
    try writes.write(
      Digest.identity(
        at: row.facts.deadline, [Recycling.rule, row.root.description, RecycleRun.taken]),
      in: .reminder, ["status": .text(ReminderRow.Status.withdrawn.rawValue)])
    try tell(
      row.facts.formerOwner, about: row.root, at: now, [row.root.description, "returned"],
      Titles(
        en: "\(name) is yours again: your follow-up arrived after it was taken back",
        zh: "\(name) 已归还给您：您的跟进记录在自动回收之后到达"))
  }

  // MARK: Words

  private func remind(
    _ id: RecordID, of root: RecordID?, _ user: String, _ title: Titles, at due: Moment,
    anchor: Moment, _ strength: Strength, step: String? = nil
  ) throws {
    var values: [String: Value] = [
      "rule": .text(Recycling.rule), "ruleVersion": .integer(1), "anchor": .moment(anchor),
      "title": .text(title.stored), "dueAt": .moment(due), "user": .text(user),
      "strength": .text(strength.rawValue),
      "status": .text(ReminderRow.Status.active.rawValue), "reason": .text("silence"),
    ]
    if let root { values["customer"] = .reference(root) }
    if let step { values["step"] = .text(step) }
    try writes.write(id, in: .reminder, values)
  }

  /// A quiet line that stands whatever the rules ask for later.
  private func tell(
    _ user: String, about root: RecordID?, at moment: Moment, _ parts: [String], _ title: Titles
  ) throws {
    let id = Digest.identity(at: moment, [Recycling.rule] + parts)
    try remind(
      id, of: root, user, title, at: now, anchor: moment, .quiet, step: RuleRun.takenBack)
  }
}

extension RecycleTerm {
  /// Why it went, for its history: in both languages, for nobody translates a history.
  fileprivate func account(since day: CivilDay, isConfirmed: Bool) -> String {
    let tier = tier.map { " (tier \($0))" } ?? ""
    let doubt = isConfirmed ? "" : ", unconfirmed 未确认"
    return "自动回收 recycled: \(words.en) since \(day)\(tier)\(doubt)"
  }

  /// What its days were counted by.
  var words: Titles {
    switch reason {
    case .silence:
      Titles(en: "no follow-up for more than \(days) days", zh: "超过 \(days) 天未跟进")
    case .withoutDeal:
      Titles(en: "no deal within \(days) days", zh: "\(days) 天内未成交")
    case .held:
      Titles(en: "held for \(days) days", zh: "已持有 \(days) 天")
    }
  }
}

extension OwnWrites {
  /// Keeps in the history why the hub itself did what a request would have asked for. The record never
  /// holds it.
  func noteRequest(_ field: FieldID, _ words: String, on record: RecordID) throws {
    let change = try store.db.first(
      "SELECT change FROM history WHERE record = ? AND position = ? AND replica = 0", .id(record),
      .position(store.head)
    ) { try Change(decoding: $0.blob(0)) }
    guard var change else { return }
    change.writes.removeAll { $0.field == field }
    change.writes.append(.put(field, .text(words)))
    change.writes.sort { $0.field < $1.field }
    try store.db.run(
      "UPDATE history SET change = ? WHERE record = ? AND position = ? AND replica = 0",
      .blob(change.encoded()), .id(record), .position(store.head))
    store.noteRewritten(record)
  }
}
