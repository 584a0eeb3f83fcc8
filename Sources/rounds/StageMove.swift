// A deal on its way from one stage to another, on this laptop: may it go, and what has to be done there.
//
// The pure functions are FollowUp's, and the hub asks them again. What a move brings – the stage's tasks –
// goes into the move's own edit, under identities that any other device would give them, too. Without a
// process from the hub nothing is held back.

import CommandKit
import Digest
import FollowUp
import Notation
import Replica
import Storage
import SyncCore

struct StageMove {
  let replica: OpenReplica
  /// What the hub sent; nil: nobody has applied one.
  let process: SalesProcess?

  private var schema: CollectionSchema { .opportunity }
  private var stageField: FieldID { schema.id("stage") }

  init(_ replica: OpenReplica) throws {
    self.replica = replica
    process = try replica.store.process()
  }

  /// What else has to be written where a deal is made or changed so.
  ///
  /// - Parameters:
  ///   - current: as it is shown; nil: it is new.
  ///   - isOverride: somebody who may has decided against the criteria.
  func consequences(
    of deal: RecordID, from current: FieldValues?, to next: FieldValues, isOverride: Bool = false
  ) throws -> [RecordWrite] {
    guard let process, next[stageField] != current?[stageField] ?? .null,
      let target = next[stageField].text, !target.isEmpty
    else { return [] }
    let pipeline = process.pipeline(of: next)
    guard let stage = pipeline.stage(at: .text(target)) else {
      throw RepError.valueNotAllowed(
        field: "stage", text: target, allowed: pipeline.stages.map(\.id))
    }
    if let current, !isOverride { try checkIsDone(deal, current, next, stage, process) }
    let height = current.map { Ladder.stages.height(of: $0[stageField]) } ?? -1
    return height == stage.height ? [] : try tasks(of: stage, for: deal, next)
  }

  /// A manager or an admin may, and says why.
  func checkMayOverride(reason: String?) throws {
    let role = try replica.store.role(of: replica.state.user) ?? ""
    guard ["manager", "admin"].contains(role) else { throw RepError.overrideForbidden(role: role) }
    guard let reason, !reason.isEmpty else { throw RepError.overrideNeedsReason }
  }

  // MARK: Leaving

  private func checkIsDone(
    _ deal: RecordID, _ current: FieldValues, _ next: FieldValues, _ target: Stage,
    _ process: SalesProcess
  ) throws {
    let from = current[stageField]
    let pipeline = process.pipeline(of: current)
    guard let stage = pipeline.stage(at: from) ?? process.move(of: from, in: pipeline) else {
      return
    }
    let facts = DealFacts(
      deal: QueryRecord(id: deal, values: next, updatedAt: replica.today),
      tasksDone: try tasksDone(of: stage, for: deal),
      records: try records(for: stage, of: next[schema.id("customer")].reference))
    let missing = stage.unmet(goingTo: target, facts, at: replica.today, in: zone) {
      Digest.identity(at: deal.moment, $0)
    }
    guard missing.isEmpty else {
      throw RepError.stageNotDone(deal, stage: stage.name, missing: missing.map(\.says))
    }
  }

  private func tasksDone(of stage: Stage, for deal: RecordID) throws -> Set<RecordID> {
    let states = try KeyTasks(replica.store).states(of: stage, for: deal)
    return Set(states.filter(\.isDone).map(\.id))
  }

  private func records(
    for stage: Stage, of customer: RecordID?
  ) throws -> [CollectionID: [QueryRecord]] {
    guard let customer else { return [:] }
    var found: [CollectionID: [QueryRecord]] = [:]
    for collection in stage.collections {
      found[collection.id] = try replica.store.rows(of: collection, belongingTo: customer).map {
        QueryRecord(id: $0.id, values: $0.values, updatedAt: $0.updatedAt)
      }
    }
    return found
  }

  // MARK: Arriving

  private func tasks(
    of stage: Stage, for deal: RecordID, _ values: FieldValues
  ) throws -> [RecordWrite] {
    let owner = values[schema.id("owner")].text ?? replica.state.user
    let records = stage.taskRecords(
      for: QueryRecord(id: deal, values: values, updatedAt: replica.today), assignee: owner,
      enteredAt: replica.today, in: try almanac(), team: try replica.store.team(of: owner))
    let table = replica.store.table(.task)
    return try records.compactMap { record in
      let id = Digest.identity(at: deal.moment, record.identityParts)
      // It was here before: what became of the task then still counts.
      if try table.exists(id, in: replica.store.db) { return nil }
      let writes = record.values.map { FieldWrite.put(CollectionSchema.task.id($0), $1) }
      return RecordWrite(
        id, in: .task, writes.sorted { $0.field < $1.field }, isCreation: true)
    }
  }

  private func almanac() throws -> Almanac {
    try replica.store.almanac() ?? Almanac(zoneName: "", zone: replica.zone)
  }

  private var zone: LocalZone {
    // As the hub reckons, where it has said how.
    ((try? replica.store.almanac()) ?? nil)?.zone ?? replica.zone
  }
}

/// The tasks of a stage, as far as this laptop has them.
struct KeyTasks {
  struct State {
    var task: KeyTask
    var id: RecordID
    /// Nil: there is no such record here.
    var row: CollectionRow?

    var isDone: Bool {
      Ladder.isDone(task: row?.values[CollectionSchema.task.id("status")] ?? .null)
    }
  }

  private let store: ReplicaStore

  init(_ store: ReplicaStore) { self.store = store }

  func states(of stage: Stage, for deal: RecordID) throws -> [State] {
    let table = store.table(.task)
    return try stage.tasks.map { task in
      let id = Digest.identity(at: deal.moment, stage.identityParts(of: task, for: deal))
      return State(task: task, id: id, row: try table.row(id, in: store.db))
    }
  }

  /// What the process says of a task; nil: it says nothing, or not any more.
  func keyTask(
    _ id: RecordID, _ values: FieldValues, in process: SalesProcess
  ) throws -> (task: KeyTask, deal: CollectionRow)? {
    let schema = CollectionSchema.task
    guard values[schema.id("rule")].text == Stage.ruleName,
      let deal = values[schema.id("opportunity")].reference,
      let row = try store.table(.opportunity).row(deal, in: store.db),
      let stage = process.pipeline(of: row.values).stage(at: values[schema.id("stage")])
    else { return nil }
    let state = try states(of: stage, for: deal).first { $0.id == id }
    return state.map { ($0.task, row) }
  }
}
