// The golden vectors of joining and syncing.

import SyncCore

@testable import Wire

extension GoldenVector {
  static let syncs: [GoldenVector] = [
    GoldenVector(
      "join-request", "A laptop asks to join",
      "JoinRequest\n  protocol 1, code \"7GK-2QF\", device \"Anna's laptop\"\n"
        + "  request  milliseconds 1772442000000, then ed17 and 0000000001020304\n"
        + "  key      4b, 32 times",
      JoinRequest(
        code: "7GK-2QF", device: "Anna's laptop", request: editID,
        key: Array(repeating: 0x4B, count: 32))),
    GoldenVector(
      "join-response", "The hub admits it",
      "JoinResponse\n  replica 12, token \"t0k3n\", epoch 55667788, workspace \"North\",\n"
        + "  user \"anna\", hub_time 1772442000000",
      JoinResponse(
        replica: ReplicaID(12), token: "t0k3n", epoch: epoch, workspace: "North", user: "anna",
        hubTime: nine)),
    GoldenVector(
      "sync-request-idle", "A sync with nothing to say", requestMeaning, idleRequest),
    GoldenVector(
      "sync-response-idle", "A sync with nothing new",
      responseMeaning + ", position 1000000,\n  digest d0…df, checkpoint a0…af", idleResponse),
    GoldenVector(
      "sync-request-edit", "A sync with the edit of edit-one-field",
      requestMeaning + "\n  edits  one: the bytes of edit-one-field", request(pushing: phoneEdit)),
    GoldenVector(
      "sync-request-first", "The first sync of a new laptop: nothing sealed, nothing known",
      "SyncRequest\n  protocol 1, request 1, replica 12, epoch 55667788, clock 1772442000000\n"
        + "  head absent, because nothing is sealed; cursor absent, because nothing was pulled",
      SyncRequest(
        request: 1, replica: ReplicaID(12), epoch: epoch, cursor: .start, head: .empty, clock: nine)
    ),
    GoldenVector("sync-request-rest", "A sync request with every field", restMeaning, rest),
    GoldenVector("sync-response-page", "A page of everything", pageMeaning, page),
    detour(
      "forked", "replica 31, common 1203 with hash a0…af", .forked(ReplicaID(31), common: head)),
    detour("gap", "head absent: the hub has nothing of this log", .gap(.empty)),
    detour(
      "branched", "epoch 55667788, position 900000",
      .branched(epoch: epoch, at: Position(900_000))),
    detour("revoked", "true", .revoked),
    detour("protocol_needed", "2", .unsupported(protocolNeeded: 2)),
  ]

  private static let requestMeaning = """
    SyncRequest
      protocol 1, request c0ffee01, replica 12, epoch 55667788, cursor 1000000,
      head 1203 with hash a0…af, clock 1772442000000, settings 3, schema 2
    """

  private static let responseMeaning =
    "SyncResponse\n  request c0ffee01, epoch 55667788, hub_time 1772442000000"

  static func request(pushing edit: Edit) -> SyncRequest {
    var request = idleRequest
    request.edits = [PushedEdit(edit: edit.encoded())]
    return request
  }

  static let idleRequest: SyncRequest = {
    var request = SyncRequest(
      request: 0xC0FF_EE01, replica: ReplicaID(12), epoch: epoch, cursor: Position(1_000_000),
      head: head, clock: nine)
    request.settings = 3
    request.schema = 2
    return request
  }()

  static let idleResponse: SyncResponse = {
    var response = SyncResponse(request: 0xC0FF_EE01, epoch: epoch, hubTime: nine)
    response.position = Position(1_000_000)
    response.digest = digest
    response.checkpoint = head.hash
    return response
  }()

  private static let restMeaning =
    requestMeaning + """

        edits  one: the bytes of edit-one-field, epoch 0, receipt with position 5, boxed
        page 010203, records_max 500, push_only true, frontier 0 (1970, which is not the same as absent)
        signature 51, 64 times, doubt 900000, parked 0b0b…02
      """

  private static let rest: SyncRequest = {
    var request = idleRequest
    request.edits = [
      PushedEdit(
        edit: phoneEdit.encoded(), epoch: 0, receipt: Receipt(position: Position(5)), isBoxed: true)
    ]
    request.page = [1, 2, 3]
    request.recordsMax = 500
    request.isPushOnly = true
    request.frontier = Moment(milliseconds: 0)
    request.signature = Array(repeating: 0x51, count: 64)
    request.doubt = Position(900_000)
    request.parked = [visit]
    return request
  }()

  private static let pageMeaning =
    responseMeaning + """

        receipts     position 1000001; duplicate of 999; and one without position, with refusals:
                     field 5 of 0a0a…01, reason 1, "Only the hub writes this."
                     all of 0b0b…02, reason 10, parked
        records      0a0a…01 of collection 1 as of 1000001, updated 1772442000000:
                     field 2 "Anna", field 9 set of "a" and "b", field 4000 boolean true
        departed     0b0b…02
        undisturbed  0a0a…01 as of 1000001, updated 1772442000000
        page ff, settings 4 with rules "{}", the users anna (rep, North) and bert (admin, disabled)
        the hub's key 4b, 32 times, the almanac "{}" and the process "{}"; sweep true, checkpoint_before a0…af, durable 999999
        decisions    0b0b…02 accepted by mei at 1772442000000; 0a0a…01 discarded, at the same time
      """

  private static let page: SyncResponse = {
    var response = SyncResponse(request: 0xC0FF_EE01, epoch: epoch, hubTime: nine)
    response.receipts = [
      Receipt(position: Position(1_000_001)),
      Receipt(position: Position(999), isDuplicate: true),
      Receipt(
        position: nil,
        refusals: [
          Refusal(
            record: customer, field: FieldID(5), reason: .hubOnly, text: "Only the hub writes this."
          ),
          Refusal(record: visit, field: nil, reason: .forbidden, text: "", isParked: true),
        ]),
    ]
    let values = FieldValues([
      (FieldID(2), .text("Anna")), (FieldID(9), .set(["a", "b"])), (FieldID(4000), .boolean(true)),
    ])
    response.records = [
      RecordImage(
        record: customer, collection: CollectionID(1), asOf: Position(1_000_001), values: values,
        updatedAt: nine)
    ]
    response.departed = [visit]
    response.undisturbed = [
      Undisturbed(record: customer, asOf: Position(1_000_001), updatedAt: nine)
    ]
    response.page = [0xFF]
    response.settings = Settings(
      version: 4, rules: Array("{}".utf8),
      users: [
        User(name: "anna", role: "rep", team: "North"),
        User(name: "bert", role: "admin", team: "", isDisabled: true),
      ], hubKey: Array(repeating: 0x4B, count: 32), almanac: Array("{}".utf8),
      process: Array("{}".utf8))
    response.isSweep = true
    response.checkpointBefore = head.hash
    response.durable = Position(999_999)
    response.decisions = [
      Decision(value: visit, isAccepted: true, by: "mei", at: nine),
      Decision(value: customer, isAccepted: false, by: "", at: nine),
    ]
    return response
  }()

  private static func detour(_ kind: String, _ words: String, _ detour: Detour) -> GoldenVector {
    var response = SyncResponse(request: 0xC0FF_EE01, epoch: epoch, hubTime: nine)
    response.detour = detour
    return GoldenVector(
      "sync-response-" + kind.replacing("_", with: "-"), "A detour: \(kind)",
      responseMeaning + "\n  detour  \(kind): \(words)", response)
  }
}
