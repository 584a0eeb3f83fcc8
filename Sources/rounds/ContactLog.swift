// What follows from a follow-up besides itself: the customer's contact times, and the next step.
//
// The hub derives first and last contact from the follow-ups, too; they are written here as well so
// that reminders fall silent at once, offline. All of it goes into the follow-up's own edit.

import Digest
import FollowUp
import Notation
import Replica
import SyncCore

struct ContactLog {
  /// Milliseconds that a follow-up may be dated ahead and still count at once.
  private static let tolerance: Int64 = 5 * 60_000

  private let replica: OpenReplica

  init(_ replica: OpenReplica) { self.replica = replica }

  /// The writes that belong to a follow-up with these values.
  func consequences(of values: FieldValues, followUp: RecordID) throws -> [RecordWrite] {
    let schema = CollectionSchema.followUp
    guard let customer = values[schema.id("customer")].reference,
      let occurredAt = values[schema.id("occurredAt")].moment
    else { return [] }
    let nextAt = values[schema.id("nextAt")].moment
    var writes: [RecordWrite] = []
    // One that is dated ahead has not taken place: what it means for the customer, the hub notes on its day.
    let isTaken = occurredAt <= replica.today.advanced(milliseconds: ContactLog.tolerance)
    if isTaken, let row = try replica.store.table(.customer).row(customer, in: replica.store.db) {
      let corrected = values[schema.id("corrects")].reference
      let times = try corrected.map {
        try ContactReading(replica.store).contactTimes(of: customer, correcting: $0)
      }
      let changes = contactTimes(
        row.values, occurredAt: occurredAt, nextAt: nextAt, besides: times)
      if !changes.isEmpty { writes.append(RecordWrite(customer, in: .customer, changes)) }
    }
    writes += try replica.endedSequences(by: followUp, in: schema, values)
    if let next = values[schema.id("next")].text, !next.isEmpty {
      writes.append(task(next, at: nextAt, for: customer, after: followUp))
    }
    return writes
  }

  private func contactTimes(
    _ shown: FieldValues, occurredAt: Moment, nextAt: Moment?,
    besides others: ContactReading.Times? = nil
  ) -> [FieldWrite] {
    let schema = CollectionSchema.customer
    let (last, first, next) = (
      schema.id("lastFollowAt"), schema.id("firstFollowAt"), schema.id("nextFollowAt")
    )
    var writes: [FieldWrite] = []
    // What it corrects counts no more: of the others the last, and the first, are as they are.
    let isLast = others.map { shown[last].moment == $0.corrected } ?? false
    let isFirst = others.map { shown[first].moment == $0.corrected } ?? false
    let latest = isLast ? max(occurredAt, others?.last ?? occurredAt) : occurredAt
    let earliest = isFirst ? min(occurredAt, others?.first ?? occurredAt) : occurredAt
    if shown[last].moment.map({ isLast ? $0 != latest : $0 < latest }) ?? true {
      writes.append(.put(last, .moment(latest)))
    }
    if shown[first].moment.map({ isFirst ? $0 != earliest : earliest < $0 }) ?? true {
      writes.append(.put(first, .moment(earliest)))
    }
    if let nextAt {
      writes.append(.put(next, .moment(nextAt)))
    } else if let plan = shown[next].moment, plan < endOfDay(of: occurredAt) {
      // The plan was for this day or earlier: this is what was planned. A later plan stands.
      writes.append(.put(next, .null))
    }
    return writes
  }

  private func endOfDay(of moment: Moment) -> Moment {
    DayBounds(at: moment, in: replica.zone).end
  }

  /// The task has an identity that follows from the follow-up's, as its link does.
  private func task(
    _ title: String, at due: Moment?, for customer: RecordID, after followUp: RecordID
  ) -> RecordWrite {
    let schema = CollectionSchema.task
    var writes: [FieldWrite] = [
      .put(schema.id("customer"), .reference(customer)), .put(schema.id("title"), .text(title)),
      .put(schema.id("kind"), .text("next")),
      .put(schema.id("assignee"), .text(replica.state.user)),
      .put(schema.id("status"), .text("open")),
      .put(schema.id("followUp"), .reference(followUp)),
    ]
    if let due { writes.append(.put(schema.id("dueAt"), .moment(due))) }
    return RecordWrite(
      ContactLog.task(after: followUp), in: schema, writes.sorted { $0.field < $1.field },
      isCreation: true)
  }

  /// The identity of the task that a follow-up leaves behind.
  static func task(after followUp: RecordID) -> RecordID {
    Digest.identity(at: followUp.moment, ["next", followUp.description])
  }
}
