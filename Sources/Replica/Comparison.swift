// Is what this laptop holds what the hub would send it? Compared by contents, and mended.
//
// The digest of a cut says which records are here and as of when; it does not say that their values are
// the hub's. Here they are compared, range by range: sums first, then only the records of ranges that
// differ. What differs is replaced by the hub's – in one transaction, and only while nothing waits to go
// up, nothing is pending, and the cut is still the same: own words are never mended away.

import Digest
import Storage
import SyncCore
import Wire

/// What a comparison of contents came to.
public enum ContentComparison: Hashable, Sendable {
  case same
  /// These records were not what the hub has; they are now.
  case healed([RecordID])
  /// There was no common cut: edits wait, or the hub has news.
  case notComparable
}

extension Doctor {
  /// - Parameters:
  ///   - now: this machine's clock.
  ///   - ask: sends a request to the hub.
  public func compareContents(
    now: Moment, _ ask: (CompareRequest) throws -> CompareResponse
  ) throws -> ContentComparison {
    let state = try store.state()
    guard try isAtRest(), state.cursor > .start else { return .notComparable }
    var request = CompareRequest(replica: state.id, epoch: state.epoch, cursor: state.cursor)
    var sums = RangeSums()
    var isComparable = try eachPage(request, ask) { page in
      guard let part = RangeSums(bytes: page.sums) else {
        throw ReplicaError.protocolViolation("the hub's sums cannot be read")
      }
      sums += part
    }
    guard isComparable else { return .notComparable }
    request.ranges = try ownSums().ranges(differingFrom: sums)
    if request.ranges.isEmpty { return .same }
    var images: [RecordID: RecordImage] = [:]
    isComparable = try eachPage(request, ask) { page in
      for image in page.records { images[image.record] = image }
    }
    guard isComparable else { return .notComparable }
    return try store.transaction {
      guard try isAtRest(), try store.state().cursor == state.cursor else { return .notComparable }
      let healed = try heal(images, in: Set(request.ranges))
      if !healed.isEmpty { try store.note(.healed(healed.count), at: now) }
      return healed.isEmpty ? .same : .healed(healed)
    }
  }

  /// Base and view are one, and the hub has everything.
  private func isAtRest() throws -> Bool {
    try store.db.first("SELECT count(*) FROM change_log") { $0.int(0) } == 0
  }

  private func eachPage(
    _ request: CompareRequest, _ ask: (CompareRequest) throws -> CompareResponse,
    _ body: (CompareResponse) throws -> Void
  ) throws -> Bool {
    var request = request
    repeat {
      let response = try ask(request)
      if response.hasMoved { return false }
      try body(response)
      request.page = response.page
    } while !request.page.isEmpty
    return true
  }

  // MARK: What is here

  private func ownSums() throws -> RangeSums {
    var sums = RangeSums()
    try eachImage { sums.add($0.record, $0.encoded()) }
    return sums
  }

  /// Everything that the base holds; with nothing pending that is every row, and what is put aside of
  /// collections that this program does not know.
  private func eachImage(_ body: (RecordImage) throws -> Void) throws {
    for collection in store.schema.collections {
      let table = store.table(collection)
      try store.db.each(table.selectSQL) { row in
        try body(table.row(row).image(of: collection.id))
      }
    }
    try store.db.each("SELECT image FROM base") { try body(try RecordImage(decoding: $0.blob(0))) }
  }

  // MARK: Mending

  private func heal(
    _ images: [RecordID: RecordImage], in ranges: Set<UInt32>
  ) throws -> [RecordID] {
    var own: [RecordID: RecordImage] = [:]
    try eachImage { image in
      if ranges.contains(RangeSums.range(of: image.record)) { own[image.record] = image }
    }
    let differing = Set(own.keys).union(images.keys).filter { own[$0] != images[$0] }.sorted()
    for record in differing {
      if let found = own[record] { try forget(found) }
      if let image = images[record] { try keep(image) }
    }
    if !differing.isEmpty {
      try store.db.run("UPDATE replica SET digest = ?", .blob(try countedDigest().bytes))
    }
    return differing
  }

  private func forget(_ image: RecordImage) throws {
    try store.dropAside(image.record)
    if let collection = store.schema[image.collection] {
      try store.table(collection).delete(image.record, in: store.db)
    }
  }

  private func keep(_ image: RecordImage) throws {
    guard let collection = store.schema[image.collection] else { return try store.putAside(image) }
    try store.table(collection).upsert(CollectionRow(image, collection), in: store.db)
  }
}
