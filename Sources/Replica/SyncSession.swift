// The sync session: what to ask the hub, and what its answer means. Pure: facts in, actions out.
//
// There is no "in progress" that could get stuck: a session is a function of what is on the disk
// (I12). Each round the store is read into `SyncFacts`, a request is made from them, and the answer
// is turned into one `SyncAction` that the store carries out in one transaction. A cut at any point
// loses the round and nothing else: the same facts lead to the same request, and the hub knows what
// it has taken.
//
//     facts ──request──▶ hub ──answer──▶ decide ──▶ ignore │ stop │ go on with
//                                                   acknowledge + stage a page
//                                                   acknowledge + complete the cut
//                                                   take a new identity │ rewind │ branch

import SyncCore
import Wire

/// What the laptop knows when it speaks to the hub.
public struct SyncFacts: Hashable, Sendable {
  public var replica: ReplicaID
  public var epoch: UInt32
  public var cursor: Position
  /// The last edit whose verdict has arrived; the edits to send follow it.
  public var acknowledged: LogHead
  /// Sealed edits without a verdict, as many as one push carries.
  public var edits: [PushedEdit]
  /// Whether `edits` are all there are.
  public var isAll: Bool
  public var page: [UInt8]
  /// While a purge is owed: up to where what left is off the disk.
  public var purged: Position?
  public var narrowing: Narrowing?
  /// Of `acknowledged`; empty where it was given before.
  public var signature: [UInt8]
  /// Up to where the hub's history is another than this laptop was shown, if it was not told yet.
  public var doubt: Position
  /// Own values that wait for somebody's decision, by their drafts' identities.
  public var parked: [ULID]
  public var settings: UInt32
  public var schema: UInt32
  public var clock: Moment

  public init(
    replica: ReplicaID, epoch: UInt32, cursor: Position, acknowledged: LogHead, edits: [PushedEdit],
    isAll: Bool, page: [UInt8], purged: Position? = nil, narrowing: Narrowing? = nil,
    signature: [UInt8] = [], doubt: Position = .start, parked: [ULID] = [], settings: UInt32,
    schema: UInt32, clock: Moment
  ) {
    self.replica = replica
    self.epoch = epoch
    self.cursor = cursor
    self.acknowledged = acknowledged
    self.edits = edits
    self.isAll = isAll
    self.page = page
    self.purged = purged
    self.narrowing = narrowing
    self.signature = signature
    self.doubt = doubt
    self.parked = parked
    self.settings = settings
    self.schema = schema
    self.clock = clock
  }
}

/// What to do with an answer.
public enum SyncAction: Hashable, Sendable {
  /// It answers another request: it came late.
  case ignore
  /// Verdicts only: more edits follow at once.
  case acknowledge([Receipt])
  /// Verdicts, and a page of a cut that is not complete.
  case stage([Receipt], SyncResponse)
  /// Verdicts, and the last page: the cut becomes visible.
  case complete([Receipt], SyncResponse)
  /// Another laptop went on with this log: seal what has no verdict under a new identity.
  case reidentify(ReplicaID, common: LogHead)
  /// The hub's copy of the log ends here: send again from there.
  case rewind(LogHead)
  /// The hub was restored: read everything again, in the new epoch.
  case branch(epoch: UInt32, at: Position)
  /// This laptop is revoked, and the hub has everything that it had to give.
  case end([Receipt])
  case stop(SyncStop)
}

public enum SyncStop: Hashable, Sendable {
  case revoked
  case unsupported(protocolNeeded: UInt32)
  case violation(String)
}

public enum SyncSession {
  /// - Parameters:
  ///   - number: tells this request's answer from others'.
  ///   - recordsMax: records in a page; 0: as the hub likes.
  public static func request(
    _ facts: SyncFacts, number: UInt32, recordsMax: UInt32 = 0
  ) -> SyncRequest {
    var request = SyncRequest(
      request: number, replica: facts.replica, epoch: facts.epoch, cursor: facts.cursor,
      head: facts.acknowledged, clock: facts.clock)
    request.edits = facts.edits
    request.isPushOnly = !facts.isAll
    request.page = facts.page
    request.purged = facts.purged
    request.narrowing = facts.narrowing
    // A push costs a few dozen bytes, and a signature 64 more: it goes along with the next request that
    // pushes nothing.
    if facts.edits.isEmpty { request.signature = facts.signature }
    request.doubt = facts.doubt
    if facts.isAll { request.parked = facts.parked }
    request.settings = facts.settings
    request.schema = facts.schema
    request.recordsMax = recordsMax
    return request
  }

  public static func decide(_ response: SyncResponse, to request: SyncRequest) -> SyncAction {
    guard response.request == request.request else { return .ignore }
    if let detour = response.detour {
      return isEnd(response, to: request) ? .end(response.receipts) : decide(detour)
    }
    guard response.receipts.count == request.edits.count else {
      return .stop(
        .violation("\(request.edits.count) edits were sent and \(response.receipts.count) judged"))
    }
    guard response.epoch == request.epoch else {
      return .stop(.violation("the answer is of another epoch and does not say why"))
    }
    guard response.isSweep == (request.cursor == .start) || request.isPushOnly else {
      return .stop(.violation("a pull from \(request.cursor.rawValue) was answered as another"))
    }
    if request.isPushOnly { return .acknowledge(response.receipts) }
    if !response.page.isEmpty { return .stage(response.receipts, response) }
    guard response.position >= request.cursor else {
      return .stop(.violation("the cut lies before the one already here"))
    }
    return .complete(response.receipts, response)
  }

  /// Only a hub that has taken all edits names a position with `revoked`; a retired laptop is just
  /// turned away, and keeps what it has.
  private static func isEnd(_ response: SyncResponse, to request: SyncRequest) -> Bool {
    response.detour == .revoked && response.position > .start && !request.isPushOnly
      && response.receipts.count == request.edits.count
  }

  private static func decide(_ detour: Detour) -> SyncAction {
    switch detour {
    case .forked(let replica, let common): .reidentify(replica, common: common)
    case .gap(let head): .rewind(head)
    case .branched(let epoch, let position): .branch(epoch: epoch, at: position)
    case .revoked: .stop(.revoked)
    case .unsupported(let needed): .stop(.unsupported(protocolNeeded: needed))
    }
  }
}
