// What a program notes on a customer beside a follow-up: when it was first and last heard of.
//
// It is part of the same edit and says nothing that the follow-up does not say. So where only that is refused,
// because the customer went to somebody else meanwhile, nobody has lost a word; somebody who types or
// imports such a time himself has.

import SyncCore

extension Edit {
  private static let times = Set(
    ["firstFollowAt", "lastFollowAt"].compactMap { CollectionSchema.customer[$0]?.id })

  /// The writes of a change that say something by themselves.
  public func words(of change: Change) -> [FieldWrite] {
    guard change.collection == CollectionSchema.customer.id, notesFollowUp(on: change.record) else {
      return change.writes
    }
    return change.writes.filter { !Edit.times.contains($0.field) }
  }

  private func notesFollowUp(on customer: RecordID) -> Bool {
    changes.contains { change in
      change.collection == CollectionSchema.followUp.id
        && change.writes.contains { write in
          if case .put(.reference(customer), _) = write.action {
            return write.field == CollectionSchema.followUp.rootField
          }
          return false
        }
    }
  }
}
