// May a deal go from one stage to another, what is missing, and what has to be done where it arrives.
//
// Pure: records, the present and the almanac are arguments. Laptop and hub ask the same functions, the
// one when the deal is moved, the other when the move arrives. Whoever goes back, or gives a deal up as
// lost, is asked for nothing.

import Notation
import SyncCore

/// What criteria look at.
public struct DealFacts: Sendable {
  public var deal: QueryRecord
  /// Ids of this deal's tasks that are done.
  public var tasksDone: Set<RecordID>
  /// What belongs to the deal's customer, of `Stage.collections` at least.
  public var records: [CollectionID: [QueryRecord]]

  public init(
    deal: QueryRecord, tasksDone: Set<RecordID>, records: [CollectionID: [QueryRecord]]
  ) {
    self.deal = deal
    self.tasksDone = tasksDone
    self.records = records
  }
}

/// A task that comes with a stage, as the record it becomes.
public struct KeyTaskRecord: Hashable, Sendable {
  public var task: KeyTask
  /// What it is the same task by: the caller hashes it, at the time the deal was made.
  public var identityParts: [String]
  /// Fields of the task, by name.
  public var values: [String: Value]
}

extension Stage {
  /// The rule that a key task names as its maker.
  public static let ruleName = "process"

  /// Collections whose records its criteria count.
  public var collections: [CollectionSchema] {
    criteria.compactMap { criterion in
      if case .records(let collection, _, _) = criterion.test { collection } else { nil }
    }
  }

  /// What makes a key task this one and no other, whoever makes it.
  public func identityParts(of task: KeyTask, for deal: RecordID) -> [String] {
    [Stage.ruleName, deal.description, id, task.id]
  }

  /// The tasks that entering this stage brings.
  ///
  /// - Parameter assignee: the deal's owner.
  public func taskRecords(
    for deal: QueryRecord, assignee: String?, enteredAt: Moment, in almanac: Almanac, team: String?
  ) -> [KeyTaskRecord] {
    tasks.map { task in
      var values: [String: Value] = [
        "title": .text(task.title.zh), "kind": .text("key"), "status": .text("open"),
        "opportunity": .reference(deal.id), "rule": .text(Stage.ruleName), "stage": .text(id),
        "isRequired": .boolean(task.isRequired),
      ]
      let customer = deal.values[.deal("customer")]
      if !customer.isNull { values["customer"] = customer }
      if let assignee { values["assignee"] = .text(assignee) }
      if let due = task.due {
        values["dueAt"] = .moment(due.after(enteredAt, in: almanac, team: team))
      }
      return KeyTaskRecord(
        task: task, identityParts: identityParts(of: task, for: deal.id), values: values)
    }
  }

  /// What keeps a deal from going on from here to another stage.
  ///
  /// - Parameter identity: of a task of this stage, made from its parts.
  public func unmet(
    goingTo target: Stage, _ facts: DealFacts, at now: Moment, in zone: LocalZone,
    identity: ([String]) -> RecordID
  ) -> [Criterion] {
    guard target.kind != .lost, target.height > height else { return [] }
    return criteria.filter { criterion in
      switch criterion.test {
      case .deal(let query): return !query.matches(facts.deal, at: now, in: zone)
      case .task(let id):
        guard let task = tasks.first(where: { $0.id == id }) else { return false }
        return !facts.tasksDone.contains(identity(identityParts(of: task, for: facts.deal.id)))
      case .records(let collection, let query, let count):
        let found = (facts.records[collection.id] ?? []).filter { record in
          record.belongs(to: facts.deal.id, in: collection)
            && query?.matches(record, at: now, in: zone) ?? true
        }
        return found.count < count
      }
    }
  }
}

extension QueryRecord {
  /// A record that could name a deal and names another one is that one's.
  fileprivate func belongs(to deal: RecordID, in collection: CollectionSchema) -> Bool {
    guard let field = collection["opportunity"] else { return true }
    return values[field.id] == .reference(deal)
  }
}
