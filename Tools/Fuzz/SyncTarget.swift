// Hostile laptops: requests made of real ones, bent as values and as bytes, to a hub on a small day.
//
// Nothing traps, nothing is answered with a fault of the hub's own, every answer can be read, and after
// each case the hub finds nothing wrong with itself.

import Hub
import SyncCore
import Wire

struct SyncTarget: Target {
  static let name = "sync"
  private static let inputsPerCase = 40

  func run(_ dice: inout Dice, _ tally: inout Tally) throws {
    let hub = try SmallHub(seed: dice.next())
    try hub.day()
    let corpus = hub.heard
    let requests = corpus.compactMap { try? SyncRequest(decoding: $0) }
    for _ in 0..<Self.inputsPerCase {
      hub.clock.pass(Int64(dice.below(100_000)))
      var body = bent(dice.pick(requests), among: requests, &dice).encoded()
      if dice.chance(4) { body = dice.mutated(body, with: corpus) }
      Witness.note(body)
      let path = dice.chance(12) ? dice.pick(["/v1/join", "/v1/scope"]) : "/v1/sync"
      let answer = hub.post(path, body, token: dice.pick(hub.laptops.map(\.token)))
      guard answer.status < 500 else {
        throw Finding("\(answer.status) \(String(decoding: answer.body, as: UTF8.self))")
      }
      if answer.status == 200, path == "/v1/sync" {
        _ = try SyncResponse(decoding: answer.body)
      }
      tally.note(isAccepted: answer.status == 200)
      // Played alone, a case is looked at after each request: the last one noted is to blame.
      if tally.isThorough { try hub.check() }
    }
    try hub.check()
  }

  func bent(
    _ request: SyncRequest, among others: [SyncRequest], _ dice: inout Dice
  ) -> SyncRequest {
    var request = request
    let other = dice.pick(others)
    for _ in 0...dice.below(4) {
      switch dice.below(14) {
      case 0: request.replica = dice.chance(2) ? other.replica : ReplicaID(UInt32(dice.below(6)))
      case 1: request.epoch = dice.chance(2) ? 0 : UInt32(truncatingIfNeeded: dice.next())
      case 2: request.cursor = position(&dice)
      case 3: request.head = other.head
      case 4:
        request.head = LogHead(counter: Counter(dice.chance(2) ? .max : 3), hash: other.head.hash)
      case 5: request.page = dice.bytes(upTo: 40)
      case 6: request.recordsMax = dice.chance(2) ? 1 : .max
      case 7: request.frontier = Moment(milliseconds: dice.chance(2) ? .min : .max)
      case 8: request.purged = position(&dice)
      case 9: request.doubt = position(&dice)
      case 10: request.clock = Moment(milliseconds: dice.chance(2) ? .min : .max)
      case 11: request.narrowing = Narrowing(reach: .mine, days: .max, tags: ["", "vip"])
      case 12: request.signature = dice.bytes(upTo: 64)
      default: request.edits += other.edits.isEmpty ? [] : [edit(dice.pick(other.edits), &dice)]
      }
    }
    for index in request.edits.indices where dice.chance(2) {
      request.edits[index] = edit(request.edits[index], &dice)
    }
    return request
  }

  private func position(_ dice: inout Dice) -> Position {
    Position(dice.pick([0, 1, 2, 5, 9, UInt64(Int64.max), .max]))
  }

  /// The edit under another identity, with its changes bent.
  private func edit(_ pushed: PushedEdit, _ dice: inout Dice) -> PushedEdit {
    var pushed = pushed
    if dice.chance(6) { pushed.epoch = UInt32(dice.below(3)) }
    if dice.chance(12) { pushed.isBoxed.toggle() }
    if dice.chance(12) { pushed.receipt = Receipt(position: position(&dice)) }
    if dice.chance(5) { pushed.edit = dice.mutated(pushed.edit, with: [pushed.edit]) }
    guard let edit = try? Edit(decoding: pushed.edit) else { return pushed }
    let changes = edit.changes.map { change(of: $0, &dice) }
    let id = dice.chance(4) ? edit.id : ULID(moment: edit.id.moment, using: &dice)
    pushed.edit = Edit(id: id, isAtomic: dice.chance(3), changes: changes).encoded()
    return pushed
  }

  private func change(of change: Change, _ dice: inout Dice) -> Change {
    let record = dice.chance(3) ? fresh(&dice) : change.record
    let collection = dice.chance(6) ? CollectionID(UInt32(dice.below(12))) : change.collection
    let clock = dice.chance(2) ? change.seen : VectorClock(hub: position(&dice))
    var writes = change.writes.map { write in
      dice.chance(3) ? FieldWrite.put(write.field, value(&dice)) : write
    }
    if dice.chance(4) { writes.append(.put(FieldID(UInt32(dice.below(60))), value(&dice))) }
    // As every writer must leave them; bytes that do not are made by bending bytes.
    var fields: Set<FieldID> = []
    writes = writes.sorted { $0.field < $1.field }.filter { fields.insert($0.field).inserted }
    return Change(record: record, collection: collection, seen: clock, writes: writes)
  }

  private func fresh(_ dice: inout Dice) -> RecordID {
    ULID(moment: Moment(milliseconds: 1), using: &dice)
  }

  private func value(_ dice: inout Dice) -> Value {
    dice.pick([
      .null, .text(""), .text("ann"), .text(String(repeating: "长", count: 1000)), .text("\u{0}"),
      .integer(.min), .integer(.max), .boolean(true), .moment(Moment(milliseconds: .max)),
      .moment(Moment(milliseconds: .min)), .reference(fresh(&dice)),
      Lifecycle.deleted.value, .set([]), .set(["a", "b"]),
    ])
  }
}
