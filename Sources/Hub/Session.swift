// One sync request, answered: push and pull in one round trip, in one transaction.
//
// In order: is the caller welcome, does he speak our protocol, is he of our epoch, does his log
// contain ours? Only then are edits taken and a page of the feed is read. Whatever the answer, it is
// given only after the transaction is on the disk. A request that is repeated, in whole or in part,
// gets the same receipts; one that arrives late harms nothing.

import Digest
import FollowUp
import Storage
import SyncCore
import Wire

public struct Session {
  /// The last sync is written down at most this often, so that an idle sync costs no write.
  static let seenIntervalMilliseconds: Int64 = 60_000

  let store: HubStore
  let automation: Automation
  let now: Moment
  /// When a request that came in a bundle was written; nil: it was sent just now.
  var written: Moment?

  /// When the laptop was as the request says.
  private var heard: Moment { written ?? now }

  /// Answers a request of `replica`. The caller has opened a transaction.
  func answer(_ request: SyncRequest, from replica: ReplicaRow) throws -> SyncResponse {
    var response = SyncResponse(request: request.request, epoch: store.epoch, hubTime: now)
    if let detour = try detour(for: request, from: replica) {
      response.detour = detour
      return response
    }
    var request = request
    for index in request.edits.indices {
      request.edits[index].edit = store.sealedBytes(of: request.edits[index])
    }
    // Verdicts only: a page would hold edits of its own that this bundle does not know of.
    if try isOutrun(request, by: replica) { request.isPushOnly = true }
    if let detour = try push(request, from: replica, into: &response) {
      response.detour = detour
      return response
    }
    if replica.isShutOut {
      try note(replica, request)
      // All that it had has arrived: the position says so, and that it is to wipe itself.
      if !request.isPushOnly { (response.detour, response.position) = (.revoked, store.head) }
      return response
    }
    try noteProofs(in: request, from: replica)
    if !request.isPushOnly {
      if !isOld(replica) { try store.narrow(replica, to: request.narrowing, now: now) }
      try pull(request, for: replica, into: &response)
    }
    try note(replica, request, sent: response.position)
    return response
  }

  // MARK: Before anything else

  private func detour(for request: SyncRequest, from replica: ReplicaRow) throws -> Detour? {
    if request.version != protocolVersion { return .unsupported(protocolNeeded: protocolVersion) }
    if replica.status == .retired { return .revoked }
    if request.epoch != store.epoch {
      let position = try store.branchPosition(after: request.epoch) ?? .start
      try noteSent(min(request.cursor, position), to: replica)
      return .branched(epoch: store.epoch, at: position)
    }
    if request.cursor > store.head { return .branched(epoch: store.epoch, at: .start) }
    if request.replica != replica.id {
      // This hub was restored to before that identity was issued: the device gets another one, and
      // not by chance the same, or its request, heard twice, would pass for one of its log. Numbers
      // far beyond are nobody's: they are not believed.
      try store.db.run(
        "UPDATE hub SET replicas = max(replicas, min(?, replicas + 1000))",
        .replica(request.replica))
      return .forked(try store.fork(replica, at: .empty, now: now), common: .empty)
    }
    return nil
  }

  // MARK: Push

  /// Takes the edits, or says why the log they belong to is not the one the hub knows.
  private func push(
    _ request: SyncRequest, from replica: ReplicaRow, into response: inout SyncResponse
  ) throws -> Detour? {
    let known = replica.head
    if request.head.counter > known.counter { return .gap(known) }
    let hash =
      try request.head.counter == known.counter
      ? known.hash : store.logHash(replica.id, at: request.head.counter)
    guard hash == request.head.hash else {
      return .forked(try store.fork(replica, at: .empty, now: now), common: .empty)
    }
    let chain = self.chain(request)
    var common = request.head
    for head in chain.prefix(while: { $0.counter <= known.counter }) {
      guard try store.logHash(replica.id, at: head.counter) == head.hash else { break }
      common = head
    }
    let shown = chain.last?.counter ?? request.head.counter
    let isShort = try shown < known.counter && !isOutrun(request, by: replica)
    if common.counter < min(known.counter, shown) || isShort {
      return .forked(try store.fork(replica, at: common, now: now), common: common)
    }
    try take(request.edits, chain, from: replica, request, into: &response)
    return nil
  }

  /// The chain hashes that the pushed edits lead to.
  func chain(_ request: SyncRequest) -> [LogHead] {
    var head = request.head
    return request.edits.map { pushed in
      head = head.appending(pushed.edit)
      return head
    }
  }

  private func take(
    _ edits: [PushedEdit], _ chain: [LogHead], from replica: ReplicaRow, _ request: SyncRequest,
    into response: inout SyncResponse
  ) throws {
    guard !edits.isEmpty else { return }
    let skew = request.clock.milliseconds(since: heard)
    func notable(_ skew: Int64) -> Int64? {
      skew.magnitude > Intake.skewNotedMilliseconds.magnitude ? skew : nil
    }
    var author = Author(
      replica: replica.id, user: replica.user, role: replica.role, sent: replica.sent,
      skew: notable(skew), drift: notable(skew &- replica.skew) ?? 0,
      reach: try store.reach(
        of: replica.user, cuts: [replica.confirmed, cut(of: request, by: replica)]))
    let intake = Intake(store: store, automation: automation, now: now)
    let lastPush = LastPush(store: store, intake: intake, now: now)
    for (pushed, head) in zip(edits, chain) {
      author.sent = try sent(to: replica, by: pushed)
      author.isOfLeftEpoch = isOfLeftEpoch(pushed, request, by: replica)
      author.lineage = try store.lineage(of: replica.id)
      let dot = Dot(replica.id, head.counter)
      if head.counter > replica.head.counter {
        let taken =
          try replica.isShutOut
          ? lastPush.take(pushed, dot: dot, from: author)
          : intake.take(pushed, dot: dot, from: author)
        try store.appendToLog(replica.id, head, taken, pushed.edit)
        response.receipts.append(taken.receipt)
      } else {
        response.receipts.append(try intake.repeated(dot))
      }
    }
    if let last = chain.last, last.counter > replica.head.counter {
      try store.saveHead(of: replica.id, last)
    }
    try automation.conclude(at: now)
  }

  /// The furthest position an edit can have seen: the last cut the hub sent – and of an epoch that
  /// was left, nothing beyond the branch, where the same numbers stand for other edits.
  private func sent(to replica: ReplicaRow, by pushed: PushedEdit) throws -> Position {
    guard let epoch = pushed.epoch, epoch != store.epoch else { return replica.sent }
    return min(replica.sent, try store.branchPosition(after: epoch) ?? .start)
  }

  /// Whether its author looked at the state of an epoch that was left: also after he was told of the new
  /// one, until he has a cut of it.
  private func isOfLeftEpoch(
    _ pushed: PushedEdit, _ request: SyncRequest, by replica: ReplicaRow
  ) -> Bool {
    pushed.epoch.map { $0 != store.epoch } ?? (request.cursor == .start && replica.sent > .start)
  }

  /// The cut that the laptop has: never one that it was not sent, whatever it says.
  private func cut(of request: SyncRequest, by replica: ReplicaRow) -> Position {
    min(request.cursor, replica.sent)
  }

  // MARK: Pull

  private func pull(
    _ request: SyncRequest, for replica: ReplicaRow, into response: inout SyncResponse
  ) throws {
    let limit = Limits.recordsPerPageMax
    let viewer = try store.viewer(replica.id, of: replica.user)
    let page = try Feed(store: store, viewer: viewer).page(
      token(of: request),
      recordsMax: request.recordsMax == 0 ? limit : min(limit, Int(request.recordsMax)))
    response.records = page.records
    response.departed = page.departed
    response.undisturbed = page.undisturbed
    response.isSweep = request.cursor == .start
    if let next = page.next {
      response.page = next.encoded()
      return
    }
    response.position = store.head
    response.digest = try store.digest(of: viewer).bytes
    try store.chainHistory()
    response.checkpoint = store.checkpoint.hash
    if request.cursor < store.head {
      response.checkpointBefore = try store.checkpoint(at: request.cursor)
    }
    response.durable = try store.durable()
    response.decisions = try Parking(store: store, now: now).decisions(
      on: request.parked, for: viewer)
    if request.settings < store.settingsVersion {
      response.settings = try store.settings(for: viewer.user, viewer.veil)
    }
  }

  // MARK: Afterwards

  /// What it was sent after the backup was made that this hub was restored from, up to the branch, it has
  /// seen all the same.
  private func noteSent(_ position: Position, to replica: ReplicaRow) throws {
    guard position > replica.sent else { return }
    try store.db.run(
      "UPDATE replicas SET sent = ? WHERE replica = ?", .position(position), .replica(replica.id))
  }

  /// Writes down that the laptop was heard, and which cut it has: everything that it wrote before it had it has
  /// arrived.
  ///
  /// - Parameter sent: the cut that it is sent now: no clock of its can claim more. Nil: none.
  private func note(
    _ replica: ReplicaRow, _ request: SyncRequest, sent: Position? = nil
  ) throws {
    var (confirmed, purged) = (replica.confirmed, replica.purged)
    if !request.isPushOnly, !replica.isShutOut, !isOld(replica) {
      confirmed = cut(of: request, by: replica)
      purged = min(request.purged ?? confirmed, confirmed)
    }
    let sent = max(sent ?? .start, replica.sent)
    let isFresh = heard.milliseconds(since: replica.seenAt) < Session.seenIntervalMilliseconds
    let isSame = (sent, confirmed, purged) == (replica.sent, replica.confirmed, replica.purged)
    guard !request.edits.isEmpty || !isFresh || !isSame else { return }
    try store.db.run(
      """
      UPDATE replicas SET seen_at = max(seen_at, ?1), schema = ?3, frontier = max(frontier, ?4),
        skew = CASE WHEN ?1 < seen_at THEN skew ELSE ?2 END, sent = ?6, confirmed = ?7, purged = ?8
      WHERE replica = ?5
      """, .moment(heard), .integer(request.clock.milliseconds(since: heard)),
      .integer(Int64(request.schema)),
      // Nobody has told everything up to a time that is still to come.
      .moment(
        request.isPushOnly ? .init(milliseconds: 0) : min(request.frontier ?? heard, now)),
      .replica(replica.id), .position(sent), .position(confirmed), .position(purged))
  }

  private func token(of request: SyncRequest) -> FeedToken {
    guard !request.page.isEmpty, let token = try? FeedToken(decoding: request.page),
      token.from == request.cursor
    else { return FeedToken(from: request.cursor, began: store.head) }
    return token
  }
}

extension Intake {
  /// The receipt of an edit that the hub has under this dot already.
  func repeated(_ dot: Dot) throws -> Receipt {
    let found = try store.db.first(
      """
      SELECT e.position, e.receipt FROM log l JOIN edits e ON e.id = l.edit
      WHERE l.replica = ? AND l.counter = ?
      """, .replica(dot.replica), .counter(dot.counter)
    ) { row in
      var receipt = row.isNull(1) ? Receipt(position: nil) : try Receipt(decoding: row.blob(1))
      receipt.position = row.isNull(0) ? nil : row.position(0)
      return receipt
    }
    var receipt = found ?? Receipt(position: nil)
    receipt.isDuplicate = true
    return receipt
  }
}
