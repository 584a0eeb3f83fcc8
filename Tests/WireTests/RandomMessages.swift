// Random envelopes: requests, answers, receipts, detours, settings.

import SyncCore

@testable import Wire

extension SeededGenerator {
  mutating func maybe<Value>(_ make: (inout SeededGenerator) -> Value) -> Value? {
    chance(40) ? make(&self) : nil
  }

  mutating func several<Value>(_ make: (inout SeededGenerator) -> Value) -> [Value] {
    (0..<below(3)).map { _ in make(&self) }
  }

  mutating func head() -> LogHead {
    guard chance(80), let hash = ChainHash(bytes: bytes(ChainHash.byteCount)) else { return .empty }
    return LogHead(counter: Counter(max(1, magnitude())), hash: hash)
  }

  mutating func joinRequest() -> JoinRequest {
    var request = JoinRequest(code: text(), device: text(), request: ulid())
    request.version = small()
    return request
  }

  mutating func joinResponse() -> JoinResponse {
    JoinResponse(
      replica: ReplicaID(small()), token: text(), epoch: small(), workspace: text(),
      user: text(), hubTime: moment())
  }

  mutating func refusal() -> Refusal {
    Refusal(
      record: ulid(), field: maybe { FieldID($0.small()) },
      reason: RefusalReason.allCases[below(RefusalReason.allCases.count)], text: text(),
      isParked: chance(30))
  }

  mutating func receipt() -> Receipt {
    Receipt(
      position: maybe { Position($0.magnitude()) }, isDuplicate: chance(30),
      refusals: several { $0.refusal() })
  }

  mutating func pushedEdit() -> PushedEdit {
    PushedEdit(
      edit: edit().encoded(), epoch: maybe { $0.small() }, receipt: maybe { $0.receipt() },
      isBoxed: chance(20))
  }

  mutating func syncRequest() -> SyncRequest {
    var request = SyncRequest(
      request: small(), replica: ReplicaID(small()), epoch: small(),
      cursor: Position(magnitude()), head: head(), clock: moment())
    request.version = small()
    request.edits = several { $0.pushedEdit() }
    request.settings = small()
    request.page = bytes(below(20))
    request.recordsMax = small()
    request.isPushOnly = chance(30)
    request.schema = small()
    request.frontier = maybe { $0.moment() }
    request.purged = maybe { Position($0.magnitude()) }
    request.narrowing = maybe { $0.narrowing() }
    request.signature = chance(50) ? bytes(64) : []
    request.doubt = chance(20) ? Position(magnitude()) : .start
    request.parked = several { $0.ulid() }
    return request
  }

  mutating func narrowing() -> Narrowing {
    let reaches = Narrowing.Reach.allCases
    return Narrowing(reach: reaches[below(reaches.count)], days: small(), tags: elements())
  }

  mutating func recordImage() -> RecordImage {
    RecordImage(
      record: ulid(), collection: CollectionID(small()), asOf: Position(magnitude()),
      values: values(), updatedAt: moment())
  }

  mutating func undisturbed() -> Undisturbed {
    Undisturbed(record: ulid(), asOf: Position(magnitude()), updatedAt: moment())
  }

  mutating func decision() -> Decision {
    Decision(value: ulid(), isAccepted: chance(50), by: text(), at: moment())
  }

  mutating func detour() -> Detour {
    switch below(5) {
    case 0: .forked(ReplicaID(small()), common: head())
    case 1: .gap(head())
    case 2: .branched(epoch: small(), at: Position(magnitude()))
    case 3: .revoked
    default: .unsupported(protocolNeeded: small())
    }
  }

  mutating func user(_ name: String) -> User {
    User(name: name, role: text(), team: text(), isDisabled: chance(30))
  }

  mutating func settings() -> Settings {
    let names = elements()
    return Settings(
      version: small(), rules: bytes(below(20)), users: names.map { user($0) },
      access: bytes(below(20)), hubKey: chance(50) ? bytes(32) : [],
      almanac: bytes(below(20)), process: bytes(below(20)))
  }

  mutating func bundle() -> Bundle {
    Bundle(body: bundleBody().encoded(), signature: chance(80) ? bytes(64) : [])
  }

  mutating func bundleBody() -> BundleBody {
    var body = BundleBody(
      isAnswer: chance(50), id: ulid(), hub: chance(80) ? bytes(16) : [],
      key: chance(80) ? bytes(32) : [], replica: ReplicaID(small()), at: moment(),
      box: bytes(below(60)))
    body.version = small()
    return body
  }

  mutating func bundleContent() -> BundleContent {
    BundleContent(messages: several { $0.bytes($0.below(40)) })
  }

  mutating func syncResponse() -> SyncResponse {
    var response = SyncResponse(request: small(), epoch: small(), hubTime: moment())
    response.receipts = several { $0.receipt() }
    response.records = several { $0.recordImage() }
    response.departed = several { $0.ulid() }
    response.undisturbed = several { $0.undisturbed() }
    response.page = bytes(below(20))
    response.position = Position(magnitude())
    response.digest = chance(50) ? bytes(16) : []
    response.settings = maybe { $0.settings() }
    response.isSweep = chance(30)
    response.detour = maybe { $0.detour() }
    response.checkpoint = maybe { $0.head().hash }
    response.checkpointBefore = maybe { $0.head().hash }
    response.durable = chance(50) ? Position(magnitude()) : .start
    response.decisions = several { $0.decision() }
    return response
  }

  mutating func compareRequest() -> CompareRequest {
    var request = CompareRequest(
      replica: ReplicaID(small()), epoch: small(), cursor: Position(magnitude()))
    request.page = bytes(below(20))
    request.ranges = several { $0.small() }
    return request
  }

  mutating func compareResponse() -> CompareResponse {
    var response = CompareResponse()
    response.hasMoved = chance(20)
    response.page = bytes(below(20))
    response.sums = bytes(below(40))
    response.records = several { $0.recordImage() }
    return response
  }
}
