// A laptop as the hub sees it, without a database: what it must remember to speak the protocol rightly.
//
// It seals edits, chains them, keeps its cursor, and believes the hub. What it is sent it counts and
// forgets.

import Digest
import FollowUp
import SyncCore
import Wire

struct Laptop {
  let user: String
  let replica: ReplicaID
  let token: String
  let epoch: UInt32
  var cursor = Position.start
  var settings: UInt32 = 0
  var head = LogHead.empty
  var page: [UInt8] = []
  /// Sealed and not yet acknowledged.
  var pending: [PushedEdit] = []
  private var headAfterPending = LogHead.empty
  /// A customer of its own to edit.
  var customer: RecordID?
  /// What it was sent in all.
  var recordCount = 0
  private var requestNumber: UInt32 = 0

  init(user: String, _ welcome: JoinResponse) {
    self.user = user
    replica = welcome.replica
    token = welcome.token
    epoch = welcome.epoch
  }

  /// Whether it has said and heard everything.
  var isUpToDate: Bool { pending.isEmpty && page.isEmpty && cursor > .start }

  /// As a laptop that was set up anew: it has nothing, and is sent everything.
  mutating func forgetWhatItHas() { (cursor, page, settings) = (.start, [], 0) }

  // MARK: Writing

  /// Seals an edit that makes a customer of its own.
  mutating func create(
    at now: Moment, using random: inout SystemRandomNumberGenerator
  ) {
    let id = ULID(moment: now, using: &random)
    var writes = Laptop.values(of: id).map { FieldWrite.put($0.field, .text($0.text)) }
    writes.append(.put(Laptop.field("owner"), .text(user)))
    seal(
      Change(
        record: id, collection: CollectionSchema.customer.id, seen: VectorClock(hub: .start),
        writes: writes.sorted { $0.field < $1.field }), at: now, using: &random)
    customer = id
  }

  /// Seals an edit of one field of its customer.
  mutating func edit(at now: Moment, using random: inout SystemRandomNumberGenerator) {
    guard let customer else { return create(at: now, using: &random) }
    let phone = FieldWrite.put(Laptop.field("phone"), .text("+49 \(now.milliseconds)"))
    seal(
      Change(
        record: customer, collection: CollectionSchema.customer.id, seen: VectorClock(hub: cursor),
        writes: [phone]), at: now, using: &random)
  }

  private mutating func seal(
    _ change: Change, at now: Moment, using random: inout SystemRandomNumberGenerator
  ) {
    let bytes = Edit(id: ULID(moment: now, using: &random), changes: [change]).encoded()
    let before = pending.isEmpty ? head : headAfterPending
    headAfterPending = before.appending(bytes)
    pending.append(PushedEdit(edit: bytes))
  }

  private static func values(of id: RecordID) -> [(field: FieldID, text: String)] {
    let mark = id.description.suffix(8)
    return [
      ("name", "Kraft & Söhne \(mark)"), ("industry", "Machinery"), ("region", "North"),
      ("phone", "+49 40 5550"), ("email", "office@\(mark).example"),
      ("stage", "lead"), ("source", "Fair"), ("notes", "Asked for samples of article \(mark)."),
    ].map { (field($0.0), $0.1) }
  }

  private static func field(_ name: String) -> FieldID {
    guard let field = CollectionSchema.customer[name] else {
      preconditionFailure("customers have no field \(name)")
    }
    return field.id
  }

  // MARK: Speaking

  /// The next request to sync.
  mutating func request(at now: Moment) -> [UInt8] {
    requestNumber += 1
    var request = SyncRequest(
      request: requestNumber, replica: replica, epoch: epoch, cursor: cursor, head: head,
      clock: now)
    request.edits = pending
    request.settings = settings
    request.page = page
    request.schema = Schema.followUp.version
    return request.encoded()
  }

  /// - Returns: false where this is no answer to what was said.
  mutating func take(_ body: [UInt8]) -> Bool {
    guard let answer = try? SyncResponse(decoding: body), answer.request == requestNumber,
      answer.detour == nil, answer.receipts.count == pending.count,
      answer.receipts.allSatisfy({ $0.position != nil && $0.refusals.isEmpty })
    else { return false }
    if !pending.isEmpty { head = headAfterPending }
    pending.removeAll()
    recordCount += answer.records.count
    page = answer.page
    if page.isEmpty { cursor = answer.position }
    if let new = answer.settings { settings = new.version }
    return true
  }
}
