// What goes along when a customer changes hands: the open deals and the work of the one who had it.
//
// Whoever gets a customer gets the work that is under way, or it would be on nobody's list. What is assigned to
// somebody else stays his, and what is won, lost or done tells who did it. A hand-over moves these by
// itself, before anybody looks here.

import FollowUp
import Storage
import SyncCore

struct OwnerChange {
  /// The field whose transitions it waits for.
  static let watched: [CollectionID: Set<FieldID>] = [
    CollectionSchema.customer.id: [.customerOwner]
  ]

  let store: HubStore
  let now: Moment

  /// After somebody gave a customer another owner.
  func settle(_ change: Touched) throws {
    guard change.collection == CollectionSchema.customer.id, !change.isCreation,
      let transition = change.change.fields[.customerOwner],
      transition.before != transition.after, let owner = transition.after.textOrNil
    else { return }
    try follow(change.record, from: transition.before.textOrNil, to: owner)
  }

  /// Gives the new owner what was the former one's, under the caller's position.
  ///
  /// - Parameter former: nil: it came out of a pool, and its last owner is meant.
  func follow(_ customer: RecordID, from former: String?, to owner: String) throws {
    let last = try former ?? store.lastOwner(of: customer)
    guard let last, last != owner else { return }
    try OpenWork(store: store, now: now, root: customer).move(from: last, to: owner)
    let deals = try store.db.all(
      "SELECT id, stage FROM opportunity WHERE root = ? AND owner = ? ORDER BY id", .id(customer),
      .text(last)
    ) { (id: try $0.id(0), stage: $0.optionalText(1).map { Value.text($0) } ?? .null) }
    for deal in deals where Ladder.isOpen(stage: deal.stage) {
      try OwnWrites(store: store, now: now).write(
        deal.id, in: .opportunity, ["owner": .text(owner)])
    }
  }
}

extension HubStore {
  /// Who had a customer before it came into a pool.
  fileprivate func lastOwner(of customer: RecordID) throws -> String? {
    try db.first("SELECT former_owner FROM releases WHERE root = ?", .id(customer)) {
      $0.optionalText(0)
    } ?? nil
  }
}
