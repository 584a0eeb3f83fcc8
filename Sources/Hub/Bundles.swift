// A sync that came in a file: whose it is by its signature, and an answer that only he can open.
//
// Whoever brings a bundle proves nothing and learns nothing. In the box are the requests of a sync,
// and each is answered as if it had come by itself; only what a request says of the present is taken
// as of the time when the bundle was written. A bundle may come late, twice, and by several people:
// its edits are known by their places in the log, so there is one effect, and an answer each time. It
// must never be told apart, in what it may do, from a sync with the same laptop's token.

import Digest
import Storage
import SyncCore
import Wire

extension Routes {
  /// Answers `POST /v1/bundle`. Nobody is asked for a token: the bundle is signed.
  func bundle(_ request: HubRequest) throws -> HubResponse {
    let bundle = try Bundle(file: request.body)
    let body = try BundleBody(decoding: bundle.body)
    let (replica, key) = try author(of: bundle, body)
    guard let bytes = store.key.open(body.box),
      let content = try? BundleContent(decoding: bytes)
    else { throw BundleRefusal.unreadable }
    let requests = try content.messages.map { try SyncRequest(decoding: $0) }
    guard !requests.isEmpty, requests.allSatisfy({ $0.replica == body.replica }) else {
      throw BundleRefusal.unreadable
    }
    try store.endSharing(upTo: now())
    let answers = try BundleAnswers(routes: self, written: min(body.at, now()))
      .answers(to: requests, from: replica, key)
    try tellWhoBrought(request, requests, of: replica)
    return HubResponse(
      contentType: HubResponse.protobuf, body: try boxed(answers, in: body, for: key))
  }

  /// Whose bundle it is, if it is for this hub and his key signed it.
  private func author(
    of bundle: Bundle, _ body: BundleBody
  ) throws -> (ReplicaRow, PublicKey) {
    guard body.version == protocolVersion, !body.isAnswer else { throw BundleRefusal.noRequest }
    guard body.hub == store.key.publicKey.digest else { throw BundleRefusal.otherHub }
    guard let key = PublicKey(bytes: body.key), let replica = try store.replica(body.replica, key),
      key.verifies(bundle.signature, of: bundle.body, for: .bundle)
    else { throw BundleRefusal.forged }
    return (replica, key)
  }

  /// A bundle needs nobody's token; where an administrator brought it, the audit log says who did.
  private func tellWhoBrought(
    _ request: HubRequest, _ requests: [SyncRequest], of replica: ReplicaRow
  ) throws {
    guard let token = request.bearerToken, let caller = try store.caller(token: token) else {
      return
    }
    let edits = requests.reduce(0) { $0 + $1.edits.count }
    let event = AuditEvent(
      user: caller.user, action: "bundle take", subject: replica.device,
      details: [
        "replica": .integer(Int64(replica.id.rawValue)), "user": .string(replica.user),
        "edits": .integer(Int64(edits)),
      ])
    try store.audit(event, at: now())
  }

  private func boxed(
    _ answers: [SyncResponse], in request: BundleBody, for key: PublicKey
  ) throws -> [UInt8] {
    let content = BundleContent(messages: answers.map { $0.encoded() })
    guard let box = key.box(content.encoded(), using: &store.random) else {
      throw BundleRefusal.forged
    }
    let body = BundleBody(
      isAnswer: true, id: request.id, hub: request.hub, key: request.key, replica: request.replica,
      at: now(), box: box
    ).encoded()
    return Bundle(body: body, signature: store.key.sign(body, for: .bundle)).file
  }
}

/// One bundle's answers, in the transaction of its request.
private struct BundleAnswers {
  let routes: Routes
  /// Never later than now.
  let written: Moment

  private var store: HubStore { routes.store }

  /// An answer for each request, and after the last one pages until the cut is complete, or as many as
  /// a bundle carries. After a detour nothing follows: what comes next depends on it.
  func answers(
    to requests: [SyncRequest], from replica: ReplicaRow, _ key: PublicKey
  ) throws -> [SyncResponse] {
    var answers: [SyncResponse] = []
    for request in requests {
      let answer = try self.answer(request, as: replica.id, key)
      answers.append(answer)
      if answer.detour != nil { return answers }
    }
    guard var request = requests.last else { return answers }
    var bytes = answers.reduce(0) { $0 + $1.encoded().count }
    while let page = answers.last?.page, !page.isEmpty, bytes < Limits.bundleBytesMax {
      request = request.following(
        page, after: try store.replica(replica.id, key)?.head ?? request.head)
      answers.append(try answer(request, as: replica.id, key))
      bytes += answers.last?.encoded().count ?? 0
    }
    return answers
  }

  private func answer(
    _ request: SyncRequest, as id: ReplicaID, _ key: PublicKey
  ) throws -> SyncResponse {
    // Read anew each time: the request before moved its log.
    guard let replica = try store.replica(id, key) else { throw BundleRefusal.forged }
    let session = Session(
      store: store, automation: try routes.automation(), now: routes.now(), written: written)
    let answer = try session.answer(request, from: replica)
    routes.note(answer)
    return answer
  }
}

extension Session {
  /// By how much a laptop's idea of the hub's time is trusted.
  private static let clockTrustMilliseconds: Int64 = 24 * 3_600_000

  /// Whether the laptop was heard of since it wrote this: what it wishes and has is known better.
  func isOld(_ replica: ReplicaRow) -> Bool { written.map { $0 < replica.seenAt } ?? false }

  /// Whether a bundle shows less of its log than is known because a newer one, or a sync, was faster.
  /// A copy that was made of the laptop long ago shows less, too: but it writes after that.
  func isOutrun(_ request: SyncRequest, by replica: ReplicaRow) throws -> Bool {
    // A log that claims to be longer than is known shows no less; and its chain may have no end.
    guard let written, request.head.counter < replica.head.counter else { return false }
    let end = chain(request).last ?? request.head
    return try end.counter < replica.head.counter
      && written.milliseconds <= replica.seenAt.milliseconds + Session.clockTrustMilliseconds
      && store.logHash(replica.id, at: end.counter) == end.hash
  }
}

/// Why a bundle was not taken. Nothing has happened.
enum BundleRefusal: Error {
  case noRequest, otherHub, forged, unreadable

  var refused: Refused {
    switch self {
    case .noRequest:
      Refused(400, "noRequest", "This is no bundle that a laptop wrote for a hub of this version.")
    case .otherHub:
      Refused(403, "otherHub", "The bundle is for another hub.")
    case .forged:
      Refused(
        403, "forged",
        "The bundle was altered, or the laptop that it says it is from is unknown here.",
        hint: "Ask its author for a new one: rounds bundle write FILE.")
    case .unreadable:
      Refused(403, "unreadable", "The bundle's box holds nothing that a laptop of this hub wrote.")
    }
  }
}

extension HubStore {
  /// The laptop with this identity and key. An identity that was issued after the backup this hub comes
  /// from is found by the key alone, if it is one person's.
  func replica(_ id: ReplicaID, _ key: PublicKey) throws -> ReplicaRow? {
    if let replica = try replica(id, "key", key.bytes) { return replica }
    let first = try db.first(
      "SELECT min(replica), count(DISTINCT user) FROM replicas WHERE key = ?", .blob(key.bytes)
    ) { $0.int(1) == 1 ? $0.replica(0) : nil }
    return try (first ?? nil).flatMap { try replica($0, "key", key.bytes) }
  }
}
