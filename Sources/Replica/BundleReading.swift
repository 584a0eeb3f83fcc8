// Reading the answer to a bundle: days later, perhaps twice, perhaps after a sync that was faster.
//
// Only an answer that the hub signed, for this laptop, to a bundle that it wrote is read at all. Each
// of its messages is taken in one transaction and only where it still fits: verdicts of edits that
// have none yet, as long as the log is the one the bundle showed; pages only on the very cut they
// follow; a detour only where nothing was heard since. What does not fit is left alone and loses
// nothing: the next sync or bundle asks from where this laptop is then. An interrupted reading is
// begun again, and finds done what was done.

import Digest
import Storage
import SyncCore
import Wire

/// What came of an answer.
public struct BundleOutcome: Hashable, Sendable {
  /// It had been taken in before: nothing was done.
  public var isRepeated = false
  /// Messages of the answer that did not fit any more.
  public var lateCount = 0
  public var messageCount = 0
  public var report = SyncReport()

  /// Nothing of it was of use any more.
  public var isLate: Bool { messageCount > 0 && lateCount == messageCount }
}

/// A bundle that this laptop wrote.
public struct WrittenBundle: Hashable, Sendable {
  public var id: ULID
  public var at: Moment
  public var edits: Int
  public var answeredAt: Moment?
}

/// A bundle that is whole, and from whom it says – as far as that can be told here.
public struct CheckedBundle: Hashable, Sendable {
  public enum Kind: Hashable, Sendable {
    /// Of another laptop, for our hub: to be carried.
    case request
    /// For this laptop.
    case answer
  }
  public var kind: Kind
  public var body: BundleBody
}

extension ReplicaStore {
  /// Bundles of this laptop, newest first.
  public func writtenBundles() throws -> [WrittenBundle] {
    try db.all("SELECT id, at, edits, answered_at FROM bundles ORDER BY id DESC") { row in
      ULID(bytes: row.blob(0)).map {
        WrittenBundle(
          id: $0, at: row.moment(1), edits: row.int(2),
          answeredAt: row.isNull(3) ? nil : row.moment(3))
      }
    }.compactMap(\.self)
  }

  /// What somebody gave to this laptop. Whether another laptop's bundle is genuine only the hub knows;
  /// here one sees that it is whole.
  public func check(bundle file: [UInt8]) throws -> CheckedBundle {
    let (bundle, body) = try ReplicaStore.parse(file)
    guard body.version == protocolVersion else { throw BundleError.otherProtocol }
    guard let own = try deviceKey(), let hub = try hubKey() else { throw BundleError.noKey }
    guard body.hub == hub.digest else { throw BundleError.otherHub }
    let author = body.isAnswer ? hub : PublicKey(bytes: body.key)
    guard let author, author.verifies(bundle.signature, of: bundle.body, for: .bundle) else {
      throw BundleError.forged
    }
    let isOwn = body.key == own.publicKey.bytes
    if body.isAnswer && !isOwn { throw BundleError.otherLaptop }
    if !body.isAnswer && isOwn { throw BundleError.ownRequest }
    return CheckedBundle(kind: body.isAnswer ? .answer : .request, body: body)
  }

  /// Whether this is the hub's answer to that bundle, for its author.
  public func isAnswer(_ file: [UInt8], to request: BundleBody) throws -> Bool {
    guard let (bundle, body) = try? ReplicaStore.parse(file), let hub = try hubKey() else {
      return false
    }
    return body.isAnswer && body.id == request.id && body.key == request.key
      && hub.verifies(bundle.signature, of: bundle.body, for: .bundle)
  }

  /// The two outer layers of a bundle's file, believed by nobody yet.
  public static func parse(
    _ file: [UInt8]
  ) throws(BundleError) -> (bundle: Bundle, body: BundleBody) {
    do {
      let bundle = try Bundle(file: file)
      return (bundle, try BundleBody(decoding: bundle.body))
    } catch {
      throw .unreadable
    }
  }
}

/// Takes one answer in.
public struct BundleReading {
  private let store: ReplicaStore
  private let now: () -> Moment

  /// - Parameter now: this machine's own, uncorrected clock.
  public init(_ store: ReplicaStore, now: @escaping () -> Moment) {
    self.store = store
    self.now = now
  }

  /// - Throws: `BundleError` for what is no answer to this laptop, `ReplicaError` as a sync does.
  public func take(_ file: [UInt8]) throws -> BundleOutcome {
    let body = try store.check(bundle: file).body
    guard body.isAnswer, let bytes = try store.deviceKey()?.open(body.box),
      let content = try? BundleContent(decoding: bytes)
    else { throw BundleError.forged }
    var outcome = BundleOutcome()
    guard let asked = try asked(body.id) else { throw BundleError.unknown }
    if asked.isAnswered {
      outcome.isRepeated = true
      return outcome
    }
    let run = SyncRun(store, now: now)
    for pair in try pairs(content, asked) {
      outcome.messageCount += 1
      let isFitting = try store.transaction { try take(pair, asked.end, run) }
      if !isFitting { outcome.lateCount += 1 }
    }
    try store.transaction {
      try store.db.run(
        "UPDATE bundles SET answered_at = ? WHERE id = ?", .moment(now()), .blob(body.id.bytes))
    }
    if try store.revocation() != nil { try run.wipe() }
    if run.report.isUpToDate {
      try store.purgeIfOwed()
      try store.shrinkIfWorthwhile()
    }
    outcome.report = run.report
    return outcome
  }

  // MARK: What was asked

  private struct Asked {
    var requests: [SyncRequest]
    /// Where the log ended.
    var end: LogHead
    var isAnswered: Bool
  }

  private struct Pair {
    var request: SyncRequest
    var response: SyncResponse
  }

  private func asked(_ id: ULID) throws -> Asked? {
    try store.db.first(
      "SELECT content, counter, hash, answered_at IS NOT NULL FROM bundles WHERE id = ?",
      .blob(id.bytes)
    ) { row in
      Asked(
        requests: try BundleContent(decoding: row.blob(0)).messages.map {
          try SyncRequest(decoding: $0)
        },
        end: LogHead(counter: row.counter(1), hash: ChainHash(bytes: row.blob(2)) ?? .none),
        isAnswered: row.bool(3))
    }
  }

  /// Each answer with its request. After the last one come pages: their requests were never sent, but
  /// follow from it.
  private func pairs(_ content: BundleContent, _ asked: Asked) throws -> [Pair] {
    var pairs: [Pair] = []
    for message in content.messages {
      let response: SyncResponse
      do {
        response = try SyncResponse(decoding: message)
      } catch {
        throw ReplicaError.protocolViolation("the answer cannot be read: \(error)")
      }
      if pairs.count < asked.requests.count {
        pairs.append(Pair(request: asked.requests[pairs.count], response: response))
      } else if let last = pairs.last {
        let request = last.request.following(last.response.page, after: asked.end)
        pairs.append(Pair(request: request, response: response))
      }
    }
    return pairs
  }

  // MARK: What still fits

  /// Takes in what fits of one answer; false where nothing does. The caller has opened a transaction.
  private func take(_ pair: Pair, _ end: LogHead, _ run: SyncRun) throws -> Bool {
    var (request, response) = (pair.request, pair.response)
    let state = try store.state()
    guard state.id == request.replica, state.epoch == request.epoch, try holds(end, state) else {
      return false
    }
    if response.detour != nil, state.acknowledged != request.head { return false }
    // Without a position and without a page to come it has verdicts only.
    let isVerdictsOnly = response.position == .start && response.page.isEmpty
    let isNext = state.cursor == request.cursor && state.page == request.page
    if response.detour == nil, isVerdictsOnly || !isNext { request.isPushOnly = true }
    let isKnown = BundleReading.leaveOut(upTo: state.acknowledged, &request, &response)
    if isKnown && request.isPushOnly && response.detour == nil { return false }
    try run.takeCarried(response, to: request)
    return true
  }

  /// Leaves out edits whose verdict is known.
  ///
  /// - Returns: whether those are all.
  private static func leaveOut(
    upTo head: LogHead, _ request: inout SyncRequest, _ response: inout SyncResponse
  ) -> Bool {
    guard response.receipts.count == request.edits.count,
      head.counter > request.head.counter
    else { return request.edits.isEmpty }
    let known = head.counter.rawValue - request.head.counter.rawValue
    let count = Int(clamping: min(known, UInt64(request.edits.count)))
    request.edits.removeFirst(count)
    response.receipts.removeFirst(count)
    (request.head, request.signature) = (head, [])
    return request.edits.isEmpty
  }

  /// Whether the log still has the point up to which the bundle showed it.
  private func holds(_ end: LogHead, _ state: ReplicaState) throws -> Bool {
    if end.counter == .none { return true }
    if end.counter == state.acknowledged.counter { return end.hash == state.acknowledged.hash }
    let found = try store.db.first(
      """
      SELECT hash FROM change_log WHERE counter = ?2
      UNION ALL SELECT hash FROM retained WHERE replica = ?1 AND counter = ?2
      """, .replica(state.id), .counter(end.counter)
    ) { ChainHash(bytes: $0.blob(0)) }
    return found == end.hash
  }
}
