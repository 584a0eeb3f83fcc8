// What one person may see of the hub when he asks for it, rather than being sent it.
//
// The same as what his laptops hold (I8): the roots of his scopes, without what is hidden from him. A
// record outside is one that does not exist: the answer must not tell the difference.

import Storage
import SyncCore

struct Sight {
  let store: HubStore
  let reach: Reach
  private let veil: Veil

  init(of user: String, in store: HubStore) throws {
    self.store = store
    reach = try store.reach(of: user)
    veil = try store.veil(of: user)
  }

  /// Whether there is nothing that he does not see.
  var isClear: Bool { reach.isEverything && veil.isClear }

  func shows(root: RecordID) throws -> Bool {
    try store.standing(of: reach, to: root) == .holds
  }

  /// Whether the name is in his directory.
  func knows(_ user: String) -> Bool { veil.name(user) == user }

  func shows(_ record: HubRecord) throws -> Bool {
    try !veil.hiddenCollections.contains(record.schema.id) && shows(root: record.root)
  }

  /// What is hidden of the records of a root: also what a pool hides, where he sees it only there.
  func veil(of root: RecordID) throws -> Veil {
    if reach.isEverything { return veil }
    let scopes = Set(try store.rootFeed(root).scopes)
    let ways = reach.held.filter { scopes.contains($0.scope) }
    if ways.contains(where: { $0.veil == nil }) { return veil }
    return ways.first?.veil.map { veil.union($0) } ?? veil
  }
}
