// Carries out a plan, under the caller's position: reminders and tasks written and taken back, everything
// else done once.
//
// What fails is noted with its reason and tried again later, alone: the other actions of its step stand,
// and none of them happens twice.

import Access
import Digest
import FollowUp
import Notation
import Storage
import SyncCore

struct RuleRun {
  /// The step of a line that tells somebody that what he was told is settled.
  static let takenBack = "takenBack"
  /// What is noted where a person did nothing wrong and nothing at all.
  static let reasonGone = "its reason is gone"

  let automation: Automation
  let now: Moment

  var store: HubStore { automation.store }
  var writes: OwnWrites { OwnWrites(store: store, now: now) }

  init(_ automation: Automation, now: Moment) {
    self.automation = automation
    self.now = now
  }

  func carryOut(_ plan: RulePlan) throws {
    if plan.givesAway, store.newcomers.made.contains(plan.root) {
      // The rest of what its maker wrote about it comes with it, and is taken while it is his.
      store.newcomers.waiting.insert(plan.root)
      return
    }
    var isChanged = false
    for reminder in plan.withdrawn { try withdraw(reminder, plan) }
    if let facts = plan.facts {
      for (id, effect) in plan.reminders { try give(effect, id) }
      for task in plan.closed { try close(task, facts) }
      for ticket in plan.corrected { try takeBack(ticket) }
      for gone in plan.untagged {
        try HeldTags(store: store, now: now).takeBack(gone)
        isChanged = true
      }
      var isAssigned = false
      for (id, effect) in plan.doings {
        let state = try perform(effect, id, facts, isAssigned: &isAssigned)
        if state == .done { isChanged = true }
      }
    }
    // Without an owner, whatever was asked of him is taken back at once.
    if let recycle = plan.recycle, try carryOut(recycle) { isChanged = true }
    if isChanged {
      // What was done is a fact now, and rules may ask for something else. It ends: nothing is done twice.
      return try carryOut(RulePlan(of: plan.root, automation, at: now))
    }
    let hasFailed = try !plan.doings.isEmpty && RuleRuns(store: store).hasFailed(plan.root)
    try plan.saveDue(in: store, atLatest: hasFailed ? now.advanced(milliseconds: 60_000) : nil)
  }

  private func carryOut(_ recycle: RecyclePlan) throws -> Bool {
    try RecycleRun(store: store, now: now, zone: automation.zone)
      .carryOut(recycle, almanac: automation.context.almanac)
  }

  // MARK: Reminders

  /// What something that happened brings is one run, reminders included; what a state asks for is there while it lasts.
  private func give(_ reminder: ReminderEffect, _ id: RecordID) throws {
    try writes.write(id, in: .reminder, fields(of: reminder))
    let (effect, runs) = (reminder.effect, RuleRuns(store: store))
    guard effect.rule.trigger.isEvent, try runs.traces(of: effect.root)[id] == nil else { return }
    try note(effect, id, .done, "to \(reminder.user)")
  }

  private func note(
    _ effect: Effect, _ id: RecordID, _ state: RuleRuns.State, _ detail: String
  ) throws {
    let run = Digest.identity(at: effect.anchor, effect.runParts)
    try RuleRuns(store: store).note(effect, id: id, run: run, state, detail, at: now)
  }

  private func fields(of reminder: ReminderEffect) -> [String: Value] {
    [
      "customer": .reference(reminder.effect.root),
      "rule": .text(reminder.rule),
      "ruleVersion": .integer(Int64(reminder.ruleVersion)),
      "anchor": .moment(reminder.anchor),
      "title": .text(reminder.title.stored),
      "dueAt": .moment(reminder.dueAt),
      "user": .text(reminder.user),
      "strength": .text(reminder.strength.rawValue),
      "status": .text(ReminderRow.Status.active.rawValue),
      "subject": reminder.subject == reminder.effect.root
        ? .null : .text(reminder.subject.description),
      "step": reminder.isCopy ? .text(reminder.place) : .null,
      "reason": .text(reminder.effect.rule.trigger.name),
      "unconfirmed": reminder.unconfirmed.map { .moment($0) } ?? .null,
    ]
  }

  private func withdraw(_ reminder: RulePlan.Standing, _ plan: RulePlan) throws {
    try writes.write(
      reminder.id, in: .reminder, ["status": .text(ReminderRow.Status.withdrawn.rawValue)])
    guard reminder.step != nil, reminder.dueAt <= now, reminder.response != "done",
      plan.answered.contains(reminder.id) || isContacted(reminder, plan.facts)
    else { return }
    // Whoever was told of a neglect is told that there was none, or is none any more.
    let title = Titles(stored: reminder.title)
    try writes.write(
      Digest.identity(at: reminder.anchor, [reminder.id.description, RuleRun.takenBack]),
      in: .reminder,
      [
        "customer": .reference(plan.root), "rule": .text(reminder.rule),
        "ruleVersion": .integer(reminder.ruleVersion), "anchor": .moment(reminder.anchor),
        "title": .text(
          Titles(en: "Settled: \(title.en)", zh: "已解除：\(title.zh)").stored),
        "dueAt": .moment(now), "user": .text(reminder.user),
        "strength": .text(Strength.quiet.rawValue),
        "status": .text(ReminderRow.Status.active.rawValue), "step": .text(RuleRun.takenBack),
      ])
  }

  /// Whether the follow-up that the reminder asked for has taken place.
  private func isContacted(_ reminder: RulePlan.Standing, _ facts: CustomerFacts?) -> Bool {
    guard automation.rules[reminder.rule]?.trigger.endsWithContact == true,
      let contact = facts?.lastContact
    else { return false }
    return contact >= reminder.anchor
  }

  // MARK: Tasks

  /// The reason of a task is gone: it is met where that was the contact it asked for.
  private func close(_ task: RulePlan.OpenTask, _ facts: CustomerFacts) throws {
    let endsWithContact = automation.rules[task.rule]?.trigger.endsWithContact ?? false
    guard endsWithContact, let contact = facts.lastContact, contact >= task.anchor else {
      return try writes.write(
        task.id, in: .task, ["status": .text("cancelled"), "note": .text(RuleRun.reasonGone)])
    }
    let zone = try automation.context.almanac.zone
    let isLate = task.dueAt.map { DueTime($0, in: [zone]).isOverdue(at: contact) } ?? false
    try writes.write(
      task.id, in: .task,
      [
        "status": .text("done"), "doneAt": .moment(contact),
        "note": .text(isLate ? "late" : "met"),
      ])
  }

  /// What the ticket is about was not so. Said once more, it is opened once more.
  private func takeBack(_ ticket: RecordID) throws {
    try writes.write(
      ticket, in: .ticket, ["status": .text("closed"), "resolution": .text(RuleRun.reasonGone)])
    try store.db.run(
      "UPDATE runs SET state = ?, at = ? WHERE id = ?", .text(RuleRuns.State.takenBack.rawValue),
      .moment(now), .id(ticket))
  }

  // MARK: Doing

  private func perform(
    _ effect: Effect, _ id: RecordID, _ facts: CustomerFacts, isAssigned: inout Bool
  ) throws -> RuleRuns.State {
    func noteFailed(_ reason: String) throws -> RuleRuns.State {
      try note(effect, id, .failed, reason)
      return .failed
    }
    if case .assign = effect.action, isAssigned {
      try note(effect, id, .skipped, "an earlier rule assigned it")
      return .skipped
    }
    do {
      let outcome = try store.transaction {
        try Doing(store: store, now: now, zone: automation.zone, effect: effect, facts: facts)
          .perform(as: id, try automation.context)
      }
      if case .assign = effect.action, outcome.state == .done { isAssigned = true }
      try note(effect, id, outcome.state, outcome.detail)
      return outcome.state
    } catch let failure as RuleFailure {
      return try noteFailed(failure.reason)
    } catch StorageError.constraint(let reason) {
      return try noteFailed(reason)
    } catch let error as HubError {
      // One customer for whom an action does not work must not keep the rules from all others.
      return try noteFailed("\(error)")
    }
  }
}

/// Why an action could not be carried out; it is tried again.
struct RuleFailure: Error {
  var reason: String
}

extension CustomerFacts {
  /// When the customer was last contacted.
  var lastContact: Moment? {
    guard let field = CollectionSchema.customer["lastFollowAt"],
      case .moment(let moment) = values[field.id]
    else { return nil }
    return moment
  }
}
