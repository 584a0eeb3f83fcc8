// The change log, decoded once and found by record: for whoever looks at many records at a time.
//
// One edit may change hundreds of records (an import), so asking the log record by record would
// decode it hundreds of times. Built inside one transaction and thrown away with it.

import SyncCore
import Wire

public struct PendingIndex {
  /// One own change that no cut contains yet.
  public struct Item {
    public var change: Change
    /// When its edit was written.
    public var at: Moment
    /// Where the hub committed its edit; nil while it has not said, or where nothing was accepted.
    public var position: Position?
    var sequence: Int64
  }

  /// The log in order.
  let entries: [(log: LogEntry, edit: Edit)]
  private var items: [RecordID: [Item]] = [:]

  public init(_ store: ReplicaStore) throws {
    entries = try store.pendingEntries().map { ($0, try $0.edit()) }
    for (log, edit) in entries {
      for change in edit.changes {
        items[change.record, default: []].append(
          Item(
            change: change, at: edit.stamp.moment, position: log.receipt?.position,
            sequence: log.sequence))
      }
    }
  }

  /// The pending changes of a record, in order.
  public func changes(of record: RecordID) -> [Item] { items[record] ?? [] }

  public func hasChanges(of record: RecordID) -> Bool { items[record] != nil }

  /// The edit has left the log.
  mutating func remove(_ log: LogEntry, _ edit: Edit) {
    for change in edit.changes {
      items[change.record]?.removeAll { $0.sequence == log.sequence }
      if items[change.record]?.isEmpty == true { items[change.record] = nil }
    }
  }
}
