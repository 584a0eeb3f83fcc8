// One sync, from sealing to a complete cut: the shell that carries out what `SyncSession` decides.
//
// It can be driven in one go over a `HubLink`, or step by step (`nextRequest`, `receive`) by whoever
// owns the network – the simulator does that, and cuts wherever it likes. Between the steps nothing
// is held: no transaction, no lock on the file.

import Storage
import SyncCore
import Wire

/// What a sync did.
public struct SyncReport: Hashable, Sendable {
  public var accepted = 0
  public var duplicate = 0
  public var refused = 0
  public var parked = 0
  /// Values that had been parked, and were accepted since; and those that were discarded.
  public var takenOver = 0
  public var turnedDown = 0
  public var records = 0
  public var departed = 0
  public var roundTrips = 0
  public var bytesUp = 0
  public var bytesDown = 0
  public var position = Position.start
  public var fingerprint: [UInt8] = []
  public var isUpToDate = false
  /// A copy of this laptop was found, and this one goes on under a new identity.
  public var isReidentified = false
}

public final class SyncRun {
  /// Rounds without a complete cut after which a sync gives up until the next time.
  public static let roundTripsMax = 100_000
  private static let detoursMax = 8

  public private(set) var report = SyncReport()
  private let store: ReplicaStore
  private let now: () -> Moment
  private let recordsWanted: UInt32
  /// Records in a page; 0: as the hub likes.
  private var recordsMax: UInt32
  /// Edits of one push; nil: as many as fit.
  private var editsMax: Int?
  /// Requests of this run that were answered.
  public private(set) var answers = 0
  private var open: (request: SyncRequest, sentAt: Moment)?
  private var detours = 0
  /// Called after each page with the number of records so far.
  public var onProgress: ((Int) -> Void)?

  /// - Parameters:
  ///   - recordsMax: records in a page; 0: as the hub likes.
  ///   - now: this machine's own, uncorrected clock.
  public init(_ store: ReplicaStore, recordsMax: UInt32 = 0, now: @escaping () -> Moment) {
    self.store = store
    recordsWanted = recordsMax
    self.recordsMax = recordsMax
    self.now = now
  }

  /// Syncs until a cut is complete and nothing is left to send.
  public func run(over link: some HubLink) throws -> SyncReport {
    while !report.isUpToDate {
      try receive(try link.sync(try nextRequest()))
    }
    return report
  }

  /// The next request, as bytes. Edits written so far are sealed first.
  public func nextRequest() throws -> [UInt8] {
    if report.roundTrips == 0 { try store.purgeIfOwed() }
    var facts = try store.transaction {
      try store.seal()
      return try store.facts(clock: now())
    }
    if let editsMax, facts.edits.count > editsMax {
      facts.edits.removeSubrange(editsMax...)
      facts.isAll = false
    }
    let number = UInt32(truncatingIfNeeded: store.random.next())
    let request = SyncSession.request(facts, number: number, recordsMax: recordsMax)
    open = (request, now())
    let bytes = request.encoded()
    report.roundTrips += 1
    report.bytesUp += bytes.count
    return bytes
  }

  /// Takes an answer in. One that is late, or answers nothing, changes nothing.
  public func receive(_ bytes: [UInt8]) throws {
    let response: SyncResponse
    do {
      response = try SyncResponse(decoding: bytes)
    } catch {
      throw ReplicaError.protocolViolation("the answer cannot be read: \(error)")
    }
    guard let (request, sentAt) = open else { return }
    let action = SyncSession.decide(response, to: request)
    if action == .ignore { return }
    open = nil
    answers += 1
    takeLargerPieces()
    report.bytesDown += bytes.count
    try store.transaction {
      try store.noteClock(sentAt: sentAt, receivedAt: now(), hubTime: response.hubTime)
      if response.detour == nil { try store.noteTold(request) }
      try carryOut(action, request, hubTime: response.hubTime)
    }
    if case .end = action { try wipe() }
    if report.isUpToDate {
      try store.purgeIfOwed()
      try store.shrinkIfWorthwhile()
    }
    if report.roundTrips >= SyncRun.roundTripsMax || detours > SyncRun.detoursMax {
      throw ReplicaError.noProgress(roundTrips: report.roundTrips)
    }
  }

  /// Takes in an answer that was carried here. It says nothing of the hub's clock, for nobody knows how
  /// long it was on its way. The caller has opened a transaction.
  func takeCarried(_ response: SyncResponse, to request: SyncRequest) throws {
    if response.detour == nil { try store.noteTold(request) }
    try carryOut(
      SyncSession.decide(response, to: request), request, hubTime: response.hubTime)
  }

  // MARK: Pieces

  private static let pieceMin = 25

  /// A page, or a push, that breaks off is lost whole: over a line that breaks often only small ones
  /// arrive. What arrived is kept either way.
  public func takeSmallerPieces() {
    let records = recordsMax == 0 ? Limits.recordsPerPageMax : Int(recordsMax)
    recordsMax = UInt32(max(records / 4, SyncRun.pieceMin))
    editsMax = max((editsMax ?? Limits.recordsPerPageMax) / 4, SyncRun.pieceMin)
  }

  /// After each that arrived, twice as much, until it is as it would be anyway.
  private func takeLargerPieces() {
    guard let edits = editsMax else { return }
    editsMax = edits >= Limits.recordsPerPageMax ? nil : edits * 2
    recordsMax = editsMax == nil ? recordsWanted : recordsMax * 2
  }

  /// Leaves nothing to be read; the program removes the file.
  func wipe() throws {
    guard let revocation = try store.revocation() else { return }
    _ = try store.db.purge()
    throw ReplicaError.wiped(revocation)
  }

  private func carryOut(
    _ action: SyncAction, _ request: SyncRequest, hubTime: Moment
  ) throws {
    switch action {
    case .ignore: break
    case .acknowledge(let receipts):
      try acknowledge(receipts, request)
    case .stage(let receipts, let page):
      try acknowledge(receipts, request)
      guard try isUnovertaken(request) else { break }
      try store.stage(page)
      report.records += page.records.count
      onProgress?(report.records)
    case .complete(let receipts, let page):
      try acknowledge(receipts, request)
      try complete(page, request)
    case .reidentify(let replica, let common):
      detours += 1
      report.isReidentified = true
      try store.note(.copied(from: request.replica, to: replica), at: now())
      try store.reidentify(as: replica, common: common)
    case .rewind(let head):
      detours += 1
      try noteSentAgain { try store.rewind(to: head) }
    case .branch(let epoch, let position):
      detours += 1
      // A hub that was restored begins a new epoch. This one has not said so.
      try store.note(
        epoch == request.epoch ? .rolledBack(request.cursor) : .hubRestored(position), at: now())
      if epoch != request.epoch, position == .start {
        // Everything goes up again, and nobody here knows how much of it the hub lacked.
        try store.branch(to: epoch, at: position)
      } else {
        try noteSentAgain { try store.branch(to: epoch, at: position) }
      }
    case .end(let receipts):
      try acknowledge(receipts, request)
      try store.end(at: hubTime)
    case .stop(.revoked): throw ReplicaError.revoked
    case .stop(.unsupported(let needed)): throw ReplicaError.unsupported(protocolNeeded: needed)
    case .stop(.violation(let text)): throw ReplicaError.protocolViolation(text)
    }
  }

  /// Tells how many edits that the hub had wait once more because of a detour, if any do.
  private func noteSentAgain(_ detour: () throws -> Void) throws {
    let waiting = try store.waitingCount()
    try detour()
    let more = try store.waitingCount() - waiting
    if more > 0 { try store.note(.sentAgain(more), at: now()) }
  }

  private func acknowledge(_ receipts: [Receipt], _ request: SyncRequest) throws {
    guard !receipts.isEmpty else { return }
    // Another process of this laptop may have synced meanwhile: its verdicts are the same.
    guard try store.state().acknowledged == request.head else { return }
    try store.acknowledge(receipts, after: request.head)
    for receipt in receipts {
      if receipt.isDuplicate {
        report.duplicate += 1
      } else if receipt.position != nil {
        report.accepted += 1
      }
      report.refused += receipt.refusals.filter { !$0.isParked }.count
      report.parked += receipt.refusals.filter(\.isParked).count
    }
  }

  /// Whether no other process of this laptop has moved on meanwhile: otherwise the page, or the cut, is no
  /// successor of what is here.
  private func isUnovertaken(_ request: SyncRequest) throws -> Bool {
    let state = try store.state()
    return state.cursor == request.cursor && state.epoch == request.epoch
      && state.page == request.page
  }

  private func complete(_ page: SyncResponse, _ request: SyncRequest) throws {
    guard try isUnovertaken(request) else { return }
    let state = try store.state()
    var apply = try Apply(store, state, final: page)
    try apply.run()
    for decision in page.decisions { try learn(decision, by: page.position) }
    try store.noteCheckpoint(page, after: request.cursor, now: now())
    report.records = apply.outcome.records
    report.departed += apply.outcome.departed
    report.position = page.position
    report.fingerprint = page.digest
    report.isUpToDate = !apply.outcome.isMismatch
    if apply.outcome.isMismatch { detours += 1 }
  }

  private func learn(_ decision: Decision, by cut: Position) throws {
    guard try store.learn(decision, by: cut) else { return }
    if decision.isAccepted {
      report.takenOver += 1
    } else {
      report.turnedDown += 1
    }
  }
}

extension ReplicaStore {
  /// What there is to tell the hub.
  func facts(clock: Moment) throws -> SyncFacts {
    let state = try state()
    let (edits, isAll) = try unacknowledged(in: state.epoch)
    return SyncFacts(
      replica: state.id, epoch: state.epoch, cursor: state.cursor,
      acknowledged: state.acknowledged, edits: edits, isAll: isAll, page: state.page,
      purged: state.purged.map { min($0, state.cursor) }, narrowing: state.narrowing,
      signature: edits.isEmpty ? try signature(of: state) : [], doubt: try untoldDoubt(),
      parked: try parkedDrafts(), settings: state.settings, schema: schema.version, clock: clock)
  }

  /// Keeps a page of an unfinished cut, invisible.
  func stage(_ page: SyncResponse) throws {
    try db.run("INSERT INTO staging (page) VALUES (?)", .blob(page.encoded()))
    try db.run("UPDATE replica SET page = ?", .blob(page.page))
  }

  /// The hub was restored: everything is read again, in the new epoch, with pending edits kept.
  ///
  /// As-ofs beyond the branch are positions of the old epoch: in the new one they would claim to have
  /// seen what others wrote there since.
  func branch(to epoch: UInt32, at position: Position) throws {
    let former = try state().epoch
    // 0 would say that the hub has never shown the record; 1 is its founding, and claims nothing.
    let limit = max(position, Position(1))
    for collection in schema.collections {
      try db.run(
        "UPDATE \"\(collection.name)\" SET as_of = ?1 WHERE as_of > ?1", .position(limit))
    }
    let aside = try db.all("SELECT image FROM base WHERE as_of > ?", .position(limit)) {
      try RecordImage(decoding: $0.blob(0))
    }
    for var image in aside {
      image.asOf = limit
      try putAside(image)
    }
    try db.run("DELETE FROM checkpoints WHERE position > ?", .position(limit))
    try db.run("UPDATE replica SET durable = min(durable, ?)", .position(limit))
    try db.run("DELETE FROM staging")
    try db.run("UPDATE replica SET epoch = ?, cursor = 0, page = NULL", .epoch(epoch))
    try db.run("UPDATE replica SET purged = 0 WHERE purged IS NOT NULL")
    // The hub's count of its settings began anew too: by this number it would think them known here.
    try db.run("UPDATE replica SET settings = 0")
    if epoch != former { try askAgainAboutDiscarded() }
    try forgetVerdicts(after: limit, areSettled: epoch != former)
  }

  /// Verdicts that the restored hub has forgotten are asked for again: a copy of this laptop, or it itself
  /// before it was restored, may have sent the same edits in the new epoch, where they were judged anew.
  ///
  /// - Parameter areSettled: also those that a cut contains. In one epoch the log alone says what a hub
  ///   lacks that was put back by hand.
  private func forgetVerdicts(after limit: Position, areSettled: Bool) throws {
    let waiting = try pendingEntries()
      .filter { ($0.receipt?.position ?? .start) > limit }.compactMap(\.counter).min()
    // Where nobody knows the branch, that is every verdict: a log that is the hub's, too, may have been
    // sent by another copy, and then tells nothing of how it was judged.
    let settled = areSettled ? try settledCounter(after: limit) : nil
    if let forgotten = [waiting, settled].compactMap(\.self).min() {
      try rewind(to: LogHead(counter: Counter(forgotten.rawValue - 1), hash: .none))
    }
    if areSettled { try repeatRetained(committedAfter: limit) }
  }

  /// The first retained edit that the hub had accepted after `limit` and from which the log can be shown:
  /// where the point before it is forgotten, the hub would take this laptop for another one.
  private func settledCounter(after limit: Position) throws -> Counter? {
    try db.first(
      """
      SELECT min(t.counter) FROM retained t JOIN replica r ON t.replica = r.id
      WHERE t.position > ? AND (
        t.counter = 1
        OR t.counter - 1 IN (SELECT s.counter FROM retained s WHERE s.replica = r.id)
        OR t.counter - 1 IN (SELECT counter FROM change_log))
      """, .position(limit)
    ) { $0.isNull(0) ? nil : $0.counter(0) } ?? nil
  }
}
