// Writing a bundle: what a sync would send, boxed for the hub and signed by this laptop.
//
// The first request in the box is, byte for byte, the one that a sync would send now; where a push is
// full others follow, as they would after its verdicts. Nothing is taken out of the log for it: until
// verdicts come the same edits go into the next bundle, and with the next sync, and the hub takes each
// once. Of a bundle its laptop remembers what is needed to read the answer, and no value of an edit.

import Digest
import Storage
import SyncCore
import Wire

public enum BundleError: Error, Hashable, Sendable {
  /// The bytes are no bundle.
  case unreadable
  /// It was written by, or for, a program that speaks another protocol.
  case otherProtocol
  /// It was altered, or is not from whom it says.
  case forged
  /// It is for another hub, or from one.
  case otherHub
  /// The answer to another laptop's bundle.
  case otherLaptop
  /// A bundle that this very laptop wrote: it is for the hub.
  case ownRequest
  /// The answer to a bundle that this laptop does not remember.
  case unknown
  /// This laptop, or the hub as far as it knows, has no key.
  case noKey
}

/// What was packed.
public struct PackedBundle: Hashable, Sendable {
  public var id: ULID
  public var file: [UInt8]
  public var edits: Int
  /// Whether nothing is left for another bundle.
  public var isAll: Bool
}

extension ReplicaStore {
  /// Bundles that are remembered; of older ones the answer is not taken any more.
  static let bundlesMax = 100

  /// Packs what there is to tell the hub.
  ///
  /// - Parameter now: this machine's own, uncorrected clock.
  public func writeBundle(at now: Moment) throws -> PackedBundle {
    try transaction {
      guard let key = try deviceKey(), let hub = try hubKey() else { throw BundleError.noKey }
      try seal()
      let (requests, end, isAll) = try bundleRequests(clock: now)
      let content = BundleContent(messages: requests.map { $0.encoded() })
      guard let box = hub.box(content.encoded(), using: &random) else { throw BundleError.noKey }
      let at = try corrected(now)
      let id = ULID(moment: at, using: &random)
      let body = BundleBody(
        isAnswer: false, id: id, hub: hub.digest, key: key.publicKey.bytes,
        replica: requests[0].replica, at: at, box: box
      ).encoded()
      let edits = requests.reduce(0) { $0 + $1.edits.count }
      try remember(id, requests, edits: edits, until: end, at: now)
      let file = Bundle(body: body, signature: key.sign(body, for: .bundle)).file
      return PackedBundle(id: id, file: file, edits: edits, isAll: isAll)
    }
  }

  /// The requests of a sync, as far as they go into one bundle; where the log ends in them.
  private func bundleRequests(
    clock: Moment
  ) throws -> (requests: [SyncRequest], end: LogHead, isAll: Bool) {
    var facts = try facts(clock: clock)
    var rest = facts.isAll ? [] : try waiting(after: facts.edits.count, in: facts.epoch)
    let number = UInt32(truncatingIfNeeded: random.next())
    var requests: [SyncRequest] = []
    var bytes = 0
    while true {
      let request = SyncSession.request(facts, number: number &+ UInt32(requests.count))
      requests.append(request)
      bytes += ReplicaStore.byteCount(of: facts.edits)
      facts.acknowledged = try end(of: request)
      if facts.isAll { return (requests, facts.acknowledged, true) }
      (facts.edits, rest) = ReplicaStore.firstPush(of: rest)
      facts.isAll = rest.isEmpty
      // What goes over a line in many requests comes here as one, and a hub takes only so much.
      if bytes + ReplicaStore.byteCount(of: facts.edits) > Limits.bundleBytesMax
        || requests.count >= Limits.bundleMessagesMax
      {
        return (requests, facts.acknowledged, false)
      }
    }
  }

  private static func byteCount(of edits: [PushedEdit]) -> Int {
    edits.reduce(0) { $0 + $1.edit.count }
  }

  /// Sealed edits without a verdict behind the first so many.
  private func waiting(after count: Int, in epoch: UInt32) throws -> [PushedEdit] {
    try db.all(
      """
      SELECT payload, epoch, digest IS NOT NULL FROM change_log
      WHERE counter IS NOT NULL AND receipt IS NULL ORDER BY counter LIMIT -1 OFFSET ?
      """, .integer(Int64(count))
    ) { row in
      let written = row.epoch(1)
      return PushedEdit(
        edit: row.blob(0), epoch: written == epoch ? nil : written, isBoxed: row.bool(2))
    }
  }

  /// As many as one push carries, and the others.
  private static func firstPush(
    of edits: [PushedEdit]
  ) -> (first: [PushedEdit], rest: [PushedEdit]) {
    var bytes = 0
    let count =
      edits.prefix(Limits.editsPerPushMax).prefix { edit in
        bytes += edit.edit.count
        return bytes <= Limits.pushBytesMax
      }.count
    return (Array(edits.prefix(max(count, 1))), Array(edits.dropFirst(max(count, 1))))
  }

  /// Where the log ends in a request.
  private func end(of request: SyncRequest) throws -> LogHead {
    guard !request.edits.isEmpty else { return request.head }
    let counter = Counter(request.head.counter.rawValue + UInt64(request.edits.count))
    let hash = try db.first("SELECT hash FROM change_log WHERE counter = ?", .counter(counter)) {
      ChainHash(bytes: $0.blob(0))
    }
    guard case let hash?? = hash else {
      throw StorageError.corrupt(reason: "the chain hash of edit \(counter.rawValue) is missing")
    }
    return LogHead(counter: counter, hash: hash)
  }

  private func remember(
    _ id: ULID, _ requests: [SyncRequest], edits: Int, until end: LogHead, at now: Moment
  ) throws {
    let asked = requests.map { request in
      var asked = request
      asked.edits = request.edits.map { _ in PushedEdit(edit: []) }
      return asked.encoded()
    }
    try db.run(
      "INSERT INTO bundles VALUES (?, ?, ?, ?, ?, ?, NULL)", .blob(id.bytes), .moment(now),
      .blob(BundleContent(messages: asked).encoded()), .integer(Int64(edits)),
      .counter(end.counter), .blob(end.hash.bytes))
    try db.run(
      "DELETE FROM bundles WHERE id IN (SELECT id FROM bundles ORDER BY id DESC LIMIT -1 OFFSET ?)",
      .integer(Int64(ReplicaStore.bundlesMax)))
  }
}
