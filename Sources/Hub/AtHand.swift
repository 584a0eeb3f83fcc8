// What the open transaction has read or written, as it is now, so that it is read once.
//
// A record that is judged, merged, completed and asked about by rules, the place of its root in the feed, and
// what its author's laptops hold are each asked for many times by one edit. They live no longer than the
// transaction, and a part of it that is undone takes all of them along.

import SyncCore

struct AtHand {
  /// Beyond this, all are let go, and read again where they are needed.
  private static let countMax = 4_096

  struct Known {
    fileprivate var collection: CollectionID
    /// Nil: the hub has never had it.
    var record: HubRecord?
  }

  private var records: [RecordID: Known] = [:]
  private var feeds: [RecordID: RootFeed] = [:]
  private var subscriptions: [Holder: [Subscription]] = [:]

  // MARK: Records

  /// Nil: it has to be read.
  subscript(id: RecordID, collection: CollectionID) -> Known? {
    records[id].flatMap { $0.collection == collection ? $0 : nil }
  }

  mutating func keep(_ record: HubRecord?, as id: RecordID, in collection: CollectionID) {
    if records.count >= AtHand.countMax { records.removeAll() }
    var record = record
    // What a change said of its author is over with it.
    record?.maker = ""
    records[id] = Known(collection: collection, record: record)
  }

  // MARK: Where roots stand

  /// As on the disk; nil: it has to be read.
  func feed(of root: RecordID) -> RootFeed? { feeds[root] }

  mutating func keep(_ feed: RootFeed) {
    if feeds.count >= AtHand.countMax { feeds.removeAll() }
    feeds[feed.root] = feed
  }

  /// Rows of the feed were written in another way.
  mutating func forgetFeeds() { feeds.removeAll() }

  // MARK: Who holds what

  /// Nil: they have to be read.
  func subscriptions(of holder: Holder) -> [Subscription]? { subscriptions[holder] }

  mutating func keep(_ found: [Subscription], of holder: Holder) {
    if subscriptions.count >= AtHand.countMax { subscriptions.removeAll() }
    subscriptions[holder] = found
  }

  /// Rights changed, or what somebody wishes to hold.
  mutating func forgetSubscriptions() { subscriptions.removeAll() }
}
