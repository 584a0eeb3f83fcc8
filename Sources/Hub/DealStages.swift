// Deals and the process in force at the merge: may this move be made, where does it lead now, and which
// tasks come with it.
//
// The laptop has asked the same pure functions (`StageMove.swift`) with what it knew; here they are asked
// again with what everybody wrote, under the definition of today. A stage that is gone is mapped, or the
// move is refused by name; it is never dropped. Without a definition that somebody applied, nothing is
// held back and nothing is made.

import Access
import Digest
import FollowUp
import Notation
import Storage
import SyncCore
import Wire

/// Why a deal may not go there.
struct StageRefusal: Hashable {
  var field: FieldID
  var reason: RefusalReason
  var text: String
}

struct DealStages {
  let store: HubStore
  let now: Moment
  let zone: LocalZone

  private var schema: CollectionSchema { .opportunity }
  private var stageField: FieldID { id("stage") }

  // MARK: Judging

  /// Nil: the change moves no deal, or it may.
  ///
  /// - Parameter record: as it is here; nil: the change makes it.
  func refusal(
    of change: Change, over record: HubRecord?, by role: Role
  ) throws -> StageRefusal? {
    guard change.collection == schema.id, let process = try store.process(),
      let target = change.writes.first(where: { $0.field == stageField })?.value, !target.isNull
    else { return nil }
    let before = record?.isAlive == true ? record?.shown : nil
    var view = RecordView(values: before ?? FieldValues())
    view.apply(change, in: schema)
    guard let after = view.values else { return nil }
    let pipeline = process.pipeline(of: after)
    guard let stage = pipeline.stage(at: target) ?? process.move(of: target, in: pipeline) else {
      let known = pipeline.stages.map(\.id).joined(separator: ", ")
      return StageRefusal(
        field: stageField, reason: .missingReference,
        text: "The pipeline \(pipeline.id) has no stage \(FieldText.display(target, in: zone)) "
          + "any more. It has: \(known).")
    }
    guard let before, !isOverride(change, by: role) else { return nil }
    return try unmet(before, after, to: stage, process, change.record, record?.root)
  }

  /// Who may decide against a criterion, and says why.
  private func isOverride(_ change: Change, by role: Role) -> Bool {
    guard role == .manager || role == .admin,
      case .text(let reason)? = change.writes.first(where: { $0.field == id("stageReason") })?.value
    else { return false }
    return !reason.isEmpty
  }

  private func unmet(
    _ before: FieldValues, _ after: FieldValues, to target: Stage, _ process: SalesProcess,
    _ deal: RecordID, _ root: RecordID?
  ) throws -> StageRefusal? {
    let pipeline = process.pipeline(of: before)
    let current = before[stageField]
    guard
      let stage = pipeline.stage(at: current) ?? process.move(of: current, in: pipeline),
      !stage.criteria.isEmpty
    else { return nil }
    let facts = DealFacts(
      deal: QueryRecord(id: deal, values: after, updatedAt: now),
      tasksDone: try tasksDone(of: stage, deal), records: try records(for: stage, of: root ?? deal))
    let missing = stage.unmet(goingTo: target, facts, at: now, in: zone) {
      Digest.identity(at: deal.moment, $0)
    }
    guard !missing.isEmpty else { return nil }
    let list = missing.map { "\($0.says.zh) / \($0.says.en)" }.joined(separator: "; ")
    return StageRefusal(
      field: stageField, reason: .missingRequired,
      text: "The deal cannot leave \(stage.id) yet. Missing: \(list).")
  }

  private func tasksDone(of stage: Stage, _ deal: RecordID) throws -> Set<RecordID> {
    let ids = stage.tasks.map {
      Digest.identity(at: deal.moment, stage.identityParts(of: $0, for: deal))
    }
    let done = try ids.filter { id in
      guard let task = try store.load(id, in: .task), task.isAlive else { return false }
      return Ladder.isDone(task: task.shown[CollectionSchema.task.field("status")])
    }
    return Set(done)
  }

  private func records(
    for stage: Stage, of root: RecordID
  ) throws -> [CollectionID: [QueryRecord]] {
    var found: [CollectionID: [QueryRecord]] = [:]
    for collection in stage.collections where found[collection.id] == nil {
      guard let table = store.table(collection.id) else { continue }
      found[collection.id] = try store.db.all(table.selectSQL + " WHERE root = ?", .id(root)) {
        let row = try table.row($0)
        return QueryRecord(id: row.id, values: row.values, updatedAt: row.updatedAt)
      }
    }
    return found
  }

  /// The tasks of a stage that was not entered are not to be done: they go back with the move.
  static func withoutOrphans(_ judgements: [Judgement], of changes: [Change]) -> [Judgement] {
    let deals = Set(
      judgements.flatMap(\.refusals).filter {
        $0.field == CollectionSchema.opportunity.field("stage")
      }.map(\.record))
    guard !deals.isEmpty else { return judgements }
    return zip(judgements, changes).map { judgement, change in
      guard let deal = change.dealOfKeyTask, deals.contains(deal) else { return judgement }
      let refusal = Refusal(
        record: change.record, field: nil, reason: .atomic,
        text: "It is a task of a stage that the deal could not enter.")
      return Judgement(writes: [], refusals: [refusal])
    }
  }

  // MARK: After the merge

  /// Maps a stage that is gone, and makes the tasks of one that was entered.
  func settle(_ touched: Touched) throws {
    guard touched.collection == schema.id, let process = try store.process(),
      let transition = touched.change.fields[stageField],
      let record = try store.load(touched.record, in: schema), record.isAlive
    else { return }
    var deal = record.shown
    let pipeline = process.pipeline(of: deal)
    let arrived = deal[stageField]
    if pipeline.stage(at: arrived) == nil, let moved = process.move(of: arrived, in: pipeline) {
      try write(touched.record, ["stage": .text(moved.id)])
      deal[stageField] = .text(moved.id)
    }
    guard let stage = pipeline.stage(at: deal[stageField]),
      Ladder.stages.height(of: transition.before) != stage.height
    else { return }
    try makeTasks(
      of: stage, for: touched.record, deal, enteredAt: touched.change.at, by: touched.author)
  }

  /// Each task once, whoever thought of it first; what was done or deleted stays so.
  func makeTasks(
    of stage: Stage, for record: RecordID, _ deal: FieldValues, enteredAt: Moment,
    by author: String
  ) throws {
    guard !stage.tasks.isEmpty else { return }
    let owner = deal[id("owner")].ownText ?? author
    let team = try store.permissions().organisation[owner]?.team
    let almanac = try store.almanac() ?? Almanac(zoneName: "", zone: zone)
    let tasks = stage.taskRecords(
      for: QueryRecord(id: record, values: deal, updatedAt: now), assignee: owner,
      enteredAt: enteredAt, in: almanac, team: team)
    for task in tasks {
      let id = Digest.identity(at: record.moment, task.identityParts)
      guard try store.load(id, in: .task) == nil else { continue }
      try OwnWrites(store: store, now: now).write(id, in: .task, task.values)
    }
  }

  func write(_ record: RecordID, _ values: [String: Value]) throws {
    try OwnWrites(store: store, now: now).write(record, in: schema, values)
  }

  private func id(_ name: String) -> FieldID { schema.field(name) }
}

extension CollectionSchema {
  /// A field that the schema is known to have.
  fileprivate func field(_ name: String) -> FieldID {
    guard let field = self[name] else { preconditionFailure("\(self.name) has no \(name)") }
    return field.id
  }
}

extension FieldWrite {
  fileprivate var value: Value? {
    if case .put(let value, _) = action { value } else { nil }
  }
}

extension Change {
  /// The deal for which this makes a key task; nil: it does something else.
  fileprivate var dealOfKeyTask: RecordID? {
    let schema = CollectionSchema.task
    guard collection == schema.id,
      writes.first(where: { $0.field == schema.field("rule") })?.value == .text(Stage.ruleName),
      case .reference(let deal)? =
        writes.first(where: { $0.field == schema.field("opportunity") })?.value
    else { return nil }
    return deal
  }
}

extension Value {
  fileprivate var ownText: String? {
    if case .text(let text) = self, !text.isEmpty { text } else { nil }
  }
}
