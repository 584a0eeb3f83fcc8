// Whose a root is: the one scope that it belongs to by itself.
//
// A customer is its owner's, its pool's, or nobody's; a task without a customer is whose it is to do, or lies in its queue.
// Everything that has a root is where its root is, and has no home of its own.

import Access
import FollowUp
import Storage
import SyncCore

extension HubStore {
  /// The home of a root as its fields tell it; nil for what is no root, and where they tell nothing
  /// and it stays where it is.
  func home(of record: HubRecord) throws -> ScopeName? {
    guard record.isRoot else { return nil }
    let shown = record.shown
    // Whose it is where no field of it says so. (A customer that nobody gave an owner has its author: see
    // `Automation.completions`.)
    let maker = record.maker.isEmpty ? ScopeName.nobody : .user(record.maker)
    func text(_ name: String) -> String? {
      guard let field = record.schema[name], case .text(let text) = shown[field.id] else {
        return nil
      }
      return text
    }
    if record.schema.id == CollectionSchema.customer.id {
      if let owner = text("owner") { return .user(owner) }
      if let pool = text("pool") { return .pool(pool) }
      return .nobody
    }
    if record.schema.id == CollectionSchema.conflict.id {
      // That two customers share a code is told to nobody who may not see all there are.
      if text("rule") == Duplicates.rule { return .nobody }
      // It is told to those who see what it is about.
      guard let about = text("record").flatMap({ ULID($0) }),
        let home = try rootFeed(about).home
      else { return .nobody }
      return try scopeName(home.scope)
    }
    let person = text("assignee") ?? text("owner") ?? text("user")
    if let person { return .user(person) }
    // By its words alone: whether there is such a team now is no matter.
    if let queue = text("queue").flatMap({ TaskQueue($0) }) { return .queue(queue.words) }
    // Until now it was under another root, or nowhere.
    return record.presence == .absent || record.storedRoot != record.id ? maker : nil
  }

  /// Gives a root another home: where it was it leaves a row behind, and its records are not touched.
  func moveHome(of root: RecordID, to home: ScopeName, at position: Position) throws {
    let scope = try scope(home)
    try changeFeed(of: root) { feed in
      guard feed.home?.scope != scope else { return }
      if let old = feed.home { feed.leave(old.scope, at: position) }
      feed.enter(scope, at: position, isHome: true)
    }
    try moveCases(about: root, to: home, at: position)
  }

  /// Conflicts about what has no customer are at home where that is.
  func moveCases(about record: RecordID, to home: ScopeName, at position: Position) throws {
    let cases = try db.all(
      """
      SELECT DISTINCT c.id FROM ledger l JOIN conflict c ON c.id = l.conflict
      WHERE l.record = ? AND c.root = c.id ORDER BY c.id
      """, .id(record)
    ) { try $0.id(0) }
    for id in cases { try moveHome(of: id, to: home, at: position) }
  }
}
