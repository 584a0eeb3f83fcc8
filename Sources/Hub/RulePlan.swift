// What has to be written so that a customer is as the rules in force want it: the difference between
// what they ask for and what there is.
//
// Making a plan only reads. So a look at a customer for whom nothing has changed takes no position, and
// `rules test` can say what would be done.

import Digest
import FollowUp
import Storage
import SyncCore

struct RulePlan {
  /// A reminder that is on the hub.
  struct Standing {
    var id: RecordID
    var isActive: Bool
    var ruleVersion: Int64
    var anchor: Moment
    var dueAt: Moment
    var title: String
    var user: String
    var strength: String
    var step: String?
    var rule: String
    var response: String?
    var unconfirmed: Moment?
    /// Nil: the customer.
    var subject: RecordID?
    var updatedAt: Moment

    func says(_ effect: ReminderEffect) -> Bool {
      isActive && ruleVersion == Int64(effect.ruleVersion) && dueAt == effect.dueAt
        && title == effect.title.stored && user == effect.user
        && strength == effect.strength.rawValue && unconfirmed == effect.unconfirmed
    }
  }

  /// A task that a rule made and that nobody has done.
  struct OpenTask {
    var id: RecordID
    var rule: String
    var anchor: Moment
    var dueAt: Moment?
    var subject: RecordID?
  }

  let root: RecordID
  /// Nil: the customer is gone.
  let facts: CustomerFacts?
  private(set) var reminders: [(id: RecordID, effect: ReminderEffect)] = []
  private(set) var withdrawn: [Standing] = []
  /// Reminders that went on to somebody because an answer was missing, which is here now.
  private(set) var answered: Set<RecordID> = []
  /// Tasks, and what is done once, in the order of the rules.
  private(set) var doings: [(id: RecordID, effect: Effect)] = []
  private(set) var closed: [OpenTask] = []
  /// Open tickets of follow-ups that say something else now that they are corrected.
  private(set) var corrected: [RecordID] = []
  /// Tags whose reason is gone.
  private(set) var untagged: [HeldTags.Gone] = []
  /// When the customer has to be looked at again, though nothing changes; nil: never.
  private(set) var nextLook: Moment?
  /// What the pool that would take it back asks for; nil: the customer is gone.
  private(set) var recycle: RecyclePlan?
  private let dueNow: Moment?

  init(of root: RecordID, _ automation: Automation, at now: Moment) throws {
    self.root = root
    let store = automation.store
    dueNow = try store.db.first("SELECT at FROM due WHERE root = ?", .id(root)) { $0.moment(0) }
    facts = try store.facts(about: root, for: automation.rules)
    guard let facts else {
      // What is said about a customer goes with it; where it lives again, the rules ask for it again.
      withdrawn = try RulePlan.standing(for: root, in: store).values.filter(\.isActive)
        .sorted { $0.id < $1.id }
      return
    }
    let context = try automation.context
    let recurring = Recurring(
      rules: automation.rules, facts: facts, zone: context.almanac.zone, now: now)
    let effects = try recurring.begun(
      automation.rules.effects(for: facts, within: RuleBook.window(at: now), context), in: store)
    let people = try HubPeople(store.permissions().organisation)
    let standing = try RulePlan.standing(for: root, in: store)
    let recycle = try RecyclePlan(of: facts, standing, context.almanac, store, at: now)
    for moment in recycle.looks { note(moment, after: now) }
    self.recycle = recycle
    note(try store.nextContactAhead(of: root), after: now)
    let asked = effects.flatMap { $0.reminders(facts, people) }
    var escalated: [ReminderEffect] = []
    for effect in effects {
      escalated += try escalations(
        of: effect, facts, people, context, standing, store, at: now)
    }
    let (open, due) = recurring.open(asked + escalated, standing)
    for reminder in due where reminder.dueAt > now && reminder.effect.rule.trigger.isRecurring {
      // Then it is known whether the one before it is done.
      note(reminder.dueAt, after: now)
    }
    let told = try due.map { try doubted($0, facts, store, at: now) }
    compareReminders(told, with: standing, besides: recycle.asked.union(open), at: now)
    try compareDoings(recurring.latest(effects), recurring, store, at: now)
    if !facts.corrections.isEmpty { try findCorrected(facts, automation.rules, store) }
    let later = automation.rules.nextOccasion(
      for: facts, after: RuleBook.window(at: now).upperBound, context)
    note(later.map { $0.advanced(milliseconds: -RuleBook.horizonMilliseconds) }, after: now)
  }

  var isEmpty: Bool {
    reminders.isEmpty && withdrawn.isEmpty && doings.isEmpty && closed.isEmpty
      && corrected.isEmpty
      && untagged.isEmpty
      && recycle?.isEmpty ?? true
  }

  /// Whether the customer is somebody else's afterwards.
  var givesAway: Bool {
    doings.contains { doing in
      switch doing.effect.action {
      case .assign, .pool: true
      default: false
      }
    }
  }

  // MARK: Reminders

  private mutating func compareReminders(
    _ asked: [ReminderEffect], with standing: [RecordID: Standing],
    besides others: Set<RecordID>, at now: Moment
  ) {
    let horizon = now.advanced(milliseconds: RuleBook.horizonMilliseconds)
    var wanted = others
    for effect in asked {
      guard effect.dueAt <= horizon else {
        note(effect.dueAt.advanced(milliseconds: -RuleBook.horizonMilliseconds), after: now)
        continue
      }
      let id = effect.identity
      guard wanted.insert(id).inserted else { continue }
      if standing[id].map({ !$0.says(effect) }) ?? true { reminders.append((id, effect)) }
    }
    withdrawn = standing.values.filter { $0.isActive && !wanted.contains($0.id) }
      .sorted { $0.id < $1.id }
  }

  /// Nobody's silence is certain while a laptop of his that has not been heard of since its deadline may hold the
  /// visit. He himself knows; others are told.
  private mutating func doubted(
    _ reminder: ReminderEffect, _ facts: CustomerFacts, _ store: HubStore, at now: Moment
  ) throws -> ReminderEffect {
    guard reminder.effect.rule.trigger.endsWithContact,
      let owner = facts.values[.customerOwner].textOrNil, owner != reminder.user
    else { return reminder }
    guard reminder.dueAt <= now else {
      note(reminder.dueAt, after: now)
      return reminder
    }
    let late = try store.lateLaptops(of: owner, root, until: reminder.effect.dueAt)
    guard !late.isEmpty else { return reminder }
    note(now.advanced(milliseconds: RecyclePlan.lookMilliseconds), after: now)
    var doubted = reminder
    doubted.unconfirmed = late.map { $0.syncedAt ?? Moment(milliseconds: 0) }.min()
    return doubted
  }

  /// What goes on to somebody else, because no answer to the effect's own reminder has arrived in time. An
  /// answer that arrives late takes it back, like everything whose reason is gone.
  private mutating func escalations(
    of effect: Effect, _ facts: CustomerFacts, _ people: HubPeople, _ context: RuleContext,
    _ standing: [RecordID: Standing], _ store: HubStore, at now: Moment
  ) throws -> [ReminderEffect] {
    guard let own = effect.reminders(facts, people).first,
      let earliest = effect.escalation(told: effect.dueAt, facts, context)
    else { return [] }
    let id = own.identity
    if earliest > now {
      note(earliest, after: now)
      return []
    }
    guard let reminder = standing[id], reminder.isActive, let given = try store.firstWritten(id)
    else {
      // It is given only now: it is looked at again when there has been time to answer.
      note(now.advanced(milliseconds: 60_000), after: now)
      return []
    }
    let answers = [ReminderRow.Response.acknowledged, .done].map(\.rawValue)
    guard !answers.contains(reminder.response ?? "") else {
      answered.formUnion(effect.escalations(facts, people, at: now).map(\.identity))
      return []
    }
    guard let moment = effect.escalation(told: given, facts, context) else { return [] }
    guard moment <= now else {
      note(moment, after: now)
      return []
    }
    return effect.escalations(facts, people, at: moment)
  }

  private static func standing(
    for root: RecordID, in store: HubStore
  ) throws -> [RecordID: Standing] {
    let rows = try store.db.all(
      """
      SELECT id, status, ruleVersion, dueAt, title, "user", strength, step, anchor, rule, response,
        unconfirmed, subject, updatedAt
      FROM reminder WHERE root = ? AND step IS NOT '\(RuleRun.takenBack)'
      """, .id(root)
    ) {
      Standing(
        id: try $0.id(0), isActive: $0.text(1) == ReminderRow.Status.active.rawValue,
        ruleVersion: $0.integer(2), anchor: $0.moment(8), dueAt: $0.moment(3), title: $0.text(4),
        user: $0.text(5), strength: $0.text(6), step: $0.optionalText(7), rule: $0.text(9),
        response: $0.optionalText(10), unconfirmed: $0.isNull(11) ? nil : $0.moment(11),
        subject: $0.optionalText(12).flatMap { ULID($0) }, updatedAt: $0.moment(13))
    }
    return Dictionary(uniqueKeysWithValues: rows.map { ($0.id, $0) })
  }

  // MARK: Tasks, and what is done once

  private mutating func compareDoings(
    _ effects: [Effect], _ recurring: Recurring, _ store: HubStore, at now: Moment
  ) throws {
    let tasks = try store.db.all(
      """
      SELECT id, rule, anchor, dueAt, status, subject FROM task
      WHERE root = ?1 AND rule IS NOT NULL AND rule <> ?2
      UNION ALL
      SELECT id, rule, anchor, dueAt, status, subject FROM task
      WHERE about = ?1 AND rule IS NOT NULL AND rule <> ?2
      """, .id(root), .text(Stage.ruleName)
    ) {
      (
        OpenTask(
          id: try $0.id(0), rule: $0.text(1), anchor: $0.moment(2),
          dueAt: $0.isNull(3) ? nil : $0.moment(3),
          subject: $0.optionalText(5).flatMap { ULID($0) }),
        isOpen: Ladder.isOpen(task: $0.optionalText(4).map { .text($0) } ?? .null)
      )
    }
    var asked: Set<RecordID> = []
    var runs: [RecordID: RuleRuns.Trace]?
    for effect in effects where effect.isDoing {
      let id = effect.identity
      guard asked.insert(id).inserted else { continue }
      guard effect.dueAt <= now else {
        note(effect.dueAt, after: now)
        continue
      }
      let known = try runs ?? RuleRuns(store: store).traces(of: root)
      runs = known
      if let trace = known[id], trace.state != .takenBack {
        if try !recurring.isWaiting(effect, trace, in: store) {
          guard let next = trace.nextTry else { continue }
          guard next <= now else {
            note(next, after: now)
            continue
          }
        }
      } else if try !effect.isTimely(in: store) {
        continue
      }
      doings.append((id, effect))
    }
    untagged = try HeldTags(store: store, now: now).gone(from: root, asked: asked)
    closed = tasks.filter { $0.isOpen && !asked.contains($0.0.id) }.map(\.0)
      .filter { !recurring.stands($0.rule, $0.subject) }
      .sorted { $0.id < $1.id }
  }

  /// A ticket stays whatever becomes of its rule: it is somebody's work. Only who takes back what he said
  /// takes it back.
  private mutating func findCorrected(
    _ facts: CustomerFacts, _ rules: RuleBook, _ store: HubStore
  ) throws {
    let tickets = try store.db.all(
      "SELECT id, rule, subject, status FROM ticket WHERE root = ? AND rule IS NOT NULL ORDER BY id",
      .id(root)
    ) {
      (
        id: try $0.id(0), rule: $0.text(1), subject: $0.optionalText(2).flatMap { RecordID($0) },
        status: $0.optionalText(3).map { Value.text($0) } ?? .null
      )
    }
    for ticket in tickets where Ladder.isOpen(ticket: ticket.status) {
      guard let rule = rules[ticket.rule], let subject = ticket.subject,
        facts.isCorrectedAway(subject, for: rule)
      else { continue }
      corrected.append(ticket.id)
    }
  }

  private mutating func note(_ moment: Moment?, after now: Moment) {
    guard let moment else { return }
    nextLook = min(nextLook ?? moment, max(moment, now.advanced(milliseconds: 1)))
  }

  // MARK: Due

  /// Notes when the customer is to be looked at again.
  ///
  /// - Parameter latest: something failed, and is tried again by then.
  func saveDue(in store: HubStore, atLatest latest: Moment? = nil) throws {
    guard facts != nil else {
      if dueNow != nil { try store.db.run("DELETE FROM due WHERE root = ?", .id(root)) }
      return try store.db.run("DELETE FROM recycling WHERE root = ?", .id(root))
    }
    try recycle?.saveWait(in: store)
    let next = min(nextLook ?? RulePlan.never, latest ?? RulePlan.never)
    if dueNow != next {
      try store.db.run("INSERT OR REPLACE INTO due VALUES (?, ?)", .id(root), .moment(next))
    }
  }

  /// Until something changes.
  static let never = Moment(milliseconds: .max)
}

extension HubStore {
  /// When the hub first wrote a record.
  fileprivate func firstWritten(_ id: RecordID) throws -> Moment? {
    try db.first("SELECT min(time) FROM history WHERE record = ?", .id(id)) {
      $0.isNull(0) ? nil : HybridTimestamp(rawValue: UInt64(bitPattern: $0.integer(0))).moment
    } ?? nil
  }
}

extension Effect {
  /// Whether it is written by itself, and not as a reminder.
  var isDoing: Bool { if case .remind = action { false } else { true } }

  /// A new rule does not do now what would have been done before it was in force. A task is there as long as
  /// its reason is, whenever that began.
  fileprivate func isTimely(in store: HubStore) throws -> Bool {
    if action.isStanding || rule.trigger.isEvent { return true }
    let since = try store.db.first("SELECT since FROM rules WHERE id = ?", .text(rule.id)) {
      $0.moment(0)
    }
    return since.map { dueAt >= $0 } ?? true
  }
}
