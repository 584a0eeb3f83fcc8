// Modified clients: a laptop's request is altered on its way, in whatever its author might lie about.
//
// Whoever lies gains nothing. No answer holds more than its person may see (I8, looked at in every
// answer), nothing is accepted about a record outside his scope or in a field that is the hub's, what
// others wrote is not replaced beyond what the hub had in fact sent him (I3), and the hub's tables
// agree with each other. The laptop itself never hears the answer: to its honest program the lie is a
// copy of it that went on elsewhere.

import Hub
import Storage
import SyncCore
import Wire

enum Lie: String, CaseIterable {
  /// Claims to have seen everything, of everybody.
  case clock
  /// Speaks as another laptop.
  case replica
  /// Claims a cut, or a page, that it never had.
  case cursor, page
  /// Claims a log that is longer, or another one.
  case counter, hash
  /// Claims to have purged and written down everything there will ever be.
  case future
  /// Writes to a record outside its scope, or to fields that are the hub's.
  case stranger, hubOnly
}

extension Cluster {
  func lie(_ laptop: Laptop, _ random: inout SplitMix64) throws {
    // There is not always somebody whose customers are out of sight.
    let lie = random.pick(weighted: Lie.allCases.map { ($0, $0 == .stranger ? 4 : 1) })
    let (_, packet) = try ask(laptop)
    laptop.run = nil
    var request = try SyncRequest(decoding: packet.bytes)
    note("\(laptop.name) lies about \(lie)")
    let isForged = try alter(&request, lie, laptop, &random)
    coverage.note(.lie)
    var altered = packet
    altered.bytes = request.encoded()
    let answer = try SyncResponse(decoding: try deliver(altered))
    if isForged, answer.detour == nil { try checkRefused(answer, lie, laptop) }
    try checkHubTables()
  }

  /// - Returns: whether the last edit is one that must be refused.
  private func alter(
    _ request: inout SyncRequest, _ lie: Lie, _ laptop: Laptop, _ random: inout SplitMix64
  ) throws -> Bool {
    let head = hub.store.head.rawValue
    switch lie {
    case .clock: try forgeClocks(in: &request, laptop)
    case .replica: request.replica = ReplicaID(UInt32(1 + random.below(6)))
    case .cursor:
      request.cursor = Position(UInt64(random.below(Int(head) + 3)))
      request.page = []
    case .page: request.page = network.heardPage(&random)
    case .counter:
      request.head.counter = Counter(request.head.counter.rawValue + 1 + UInt64(random.below(3)))
    case .hash:
      request.head.hash = LogHead.empty.appending([UInt8(random.below(256))]).hash
    case .future:
      request.purged = Position(head + 1_000)
      request.frontier = clock.now.advanced(milliseconds: WorldClock.day * 400)
      request.clock = clock.now.advanced(milliseconds: WorldClock.day * 400)
      request.settings = .max
    case .stranger: return try forgeStrangers(in: &request, laptop, &random)
    case .hubOnly: return try forgeHubOnly(in: &request, laptop, &random)
    }
    return false
  }

  // MARK: Forging

  private func forgeClocks(in request: inout SyncRequest, _ laptop: Laptop) throws {
    let known = try hub.store.db.all("SELECT replica FROM replicas") { $0.replica(0) }
    // Nobody forges what is in a box.
    for index in request.edits.indices where !request.edits[index].isBoxed {
      var edit = try Edit(decoding: request.edits[index].edit)
      for place in edit.changes.indices {
        edit.changes[place].seen = VectorClock(
          hub: Position(UInt64(UInt32.max)),
          replicas: Dictionary(uniqueKeysWithValues: known.map { ($0, Counter(1 << 40)) }))
        ghost.noteTold(try sentTokens(to: laptop.user, of: edit.changes[place].record), edit.id)
      }
      request.edits[index].edit = edit.encoded()
      ghost.hasForgedClock = true
      coverage.note(.forgedClock)
    }
  }

  /// A write to a customer that this person may not see.
  private func forgeStrangers(
    in request: inout SyncRequest, _ laptop: Laptop, _ random: inout SplitMix64
  ) throws -> Bool {
    let eyes = try hub.eyes(of: laptop.user, schema)
    let others = try hub.store.db.all("SELECT id FROM customer ORDER BY id") { try $0.id(0) }
      .filter { !eyes.sees(root: $0) }
    guard !others.isEmpty else { return false }
    try forge(
      [.put(field("phone", of: .customer), .text(ghost.mint()))], of: random.pick(others),
      in: &request, laptop)
    coverage.note(.strangersLie)
    return true
  }

  private func forgeHubOnly(
    in request: inout SyncRequest, _ laptop: Laptop, _ random: inout SplitMix64
  ) throws -> Bool {
    let customers = try records(.customer, on: laptop)
    guard !customers.isEmpty else { return false }
    let name = random.pick(["pool", "assignedAt"])
    let value: Value = name == "pool" ? .text(Cluster.pool) : .moment(clock.now)
    let isAssigner = laptop.user == "mia" && name == "assignedAt"
    try forge(
      [.put(field(name, of: .customer), value)], of: random.pick(customers), in: &request, laptop)
    return !isAssigner
  }

  /// An edit that no honest program made, with all the knowledge it could claim.
  private func forge(
    _ writes: [FieldWrite], of record: RecordID, in request: inout SyncRequest, _ laptop: Laptop
  ) throws {
    let change = Change(
      record: record, collection: CollectionSchema.customer.id,
      seen: VectorClock(hub: Position(UInt64(UInt32.max))), writes: writes)
    let id = EditID(moment: clock.now, using: &random)
    ghost.forged[id] = try sentTokens(to: laptop.user, of: record)
      .union(words(of: laptop.user, on: record))
    request.edits.append(PushedEdit(edit: Edit(id: id, changes: [change]).encoded()))
  }

  // MARK: Judging

  private func checkRefused(_ answer: SyncResponse, _ lie: Lie, _ laptop: Laptop) throws {
    guard let receipt = answer.receipts.last, !receipt.isDuplicate else { return }
    if receipt.position != nil || receipt.refusals.isEmpty {
      throw Violation("I8", "a lie of \(laptop.name) about \(lie) was believed")
    }
  }

  /// I5, I11: what can be worked out twice agrees.
  func checkHubTables() throws {
    let findings = try HubCheck.run(on: hub.store)
    guard let first = findings.first else { return }
    throw Violation("I5", "the hub's \(first.kind): \(first.text)")
  }

  /// Every token of a record, and of what is its, that the hub ever showed to somebody, or would have: to
  /// keep less on a laptop takes no right away, and what comes from there is judged by all that its
  /// person may see. Whoever claims to have seen what he had asked not to be sent gains nothing: it was his
  /// to read.
  private func sentTokens(to user: String, of record: RecordID) throws -> Set<String> {
    var found: Set<String> = []
    let sent = [projections, withinRights].flatMap { $0.filter { $0.key.user == user } }
    for images in sent.map(\.value) {
      for image in images.values where belongs(image, to: record) {
        for entry in image.values.entries { found.formUnion(Token.all(in: entry.value)) }
      }
    }
    return found
  }

  private func belongs(_ image: RecordImage, to record: RecordID) -> Bool {
    if image.record == record { return true }
    return image.values.entries.contains {
      $0.value == .reference(record) || $0.value == .text(record.description)
    }
  }
}

extension Network {
  /// A page token that the hub gave to somebody.
  func heardPage(_ random: inout SplitMix64) -> [UInt8] {
    let pages = heard.compactMap { try? SyncRequest(decoding: $0.bytes).page }
    let given = pages.filter { !$0.isEmpty }
    return given.isEmpty ? [7] : random.pick(given)
  }
}
