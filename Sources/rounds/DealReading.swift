// A deal as the sales process sees it: its stage, since when, its tasks, and how well it stands.
//
// What only this laptop knows yet counts: a move that waits to go up began its stage when it was made,
// not when the hub hears of it. Where nobody has applied a process, the shipped one says what stages are.

import FollowUp
import Notation
import Replica
import Storage
import SyncCore

struct DealReading {
  let replica: OpenReplica
  let process: SalesProcess
  /// When own moves were made that the hub has not told of yet.
  private let moved: [RecordID: Moment]
  private let schema = CollectionSchema.opportunity

  init(_ replica: OpenReplica) throws {
    self.replica = replica
    process = try replica.store.process() ?? .standard
    let stage = schema.id("stage")
    var moved: [RecordID: Moment] = [:]
    for entry in try replica.store.pendingEntries() {
      let edit = try entry.edit()
      for change in edit.changes where change.collection == schema.id {
        guard change.writes.contains(where: { $0.field == stage }) else { continue }
        moved[change.record] = max(moved[change.record] ?? edit.stamp.moment, edit.stamp.moment)
      }
    }
    self.moved = moved
  }

  /// The deal that REF means.
  func deal(_ reference: String) throws -> CollectionRow {
    let found = try replica.record(reference)
    guard found.collection == schema else {
      throw RepError.unsuitable(found, suitable: [schema.name])
    }
    return try replica.row(found)
  }

  func stage(of deal: CollectionRow) -> Stage? { process.stage(of: deal.values) }

  /// Since when it is where it is.
  func since(_ deal: CollectionRow) -> Moment {
    max(deal.values[schema.id("stageSince")].moment ?? deal.id.moment, moved[deal.id] ?? .zero)
  }

  func tasks(of deal: CollectionRow) throws -> [KeyTasks.State] {
    guard let stage = stage(of: deal) else { return [] }
    return try KeyTasks(replica.store).states(of: stage, for: deal.id)
  }

  func condition(of deal: CollectionRow) throws -> DealCondition {
    let customer = deal.values[schema.id("customer")].reference
    return DealCondition(
      stage: stage(of: deal), since: since(deal), lastContactAt: try lastContact(customer),
      madeAt: deal.id.moment,
      tasksMissing: try tasks(of: deal).filter { $0.task.isRequired && !$0.isDone }.count,
      closeAt: deal.values[schema.id("closeAt")].moment,
      knowsDecisionMaker: try knowsDecisionMaker(customer))
  }

  private func lastContact(_ customer: RecordID?) throws -> Moment? {
    guard let customer else { return nil }
    let row = try replica.store.table(.customer).row(customer, in: replica.store.db)
    return row?.values[CollectionSchema.customer.id("lastFollowAt")].moment
  }

  private func knowsDecisionMaker(_ customer: RecordID?) throws -> Bool {
    guard let customer else { return false }
    let role = CollectionSchema.contact.id("role")
    return try replica.store.rows(of: .contact, belongingTo: customer).contains { contact in
      DealCondition.decides(role: contact.values[role].text ?? "")
    }
  }
}

extension Moment {
  fileprivate static let zero = Moment(milliseconds: 0)
}
