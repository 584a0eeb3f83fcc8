// How long a laptop keeps what it has sent: until the hub's own backup has it, or nobody waits for it.
//
// A hub that is restored to an old backup asks the field for what it lost. What was refused is a draft and
// need not be asked for; but a parked draft goes away when somebody accepts it, and from then on the edit
// counts like any other.

import Digest
import FollowUp
import Replica
import Simulator
import SyncCore
import Testing
import Wire

@Suite struct RetentionTests {
  static let yearMilliseconds: Int64 = 365 * 24 * 3_600_000

  let cluster: Cluster
  let laptop: Laptop
  let customer: RecordID

  init() throws {
    (cluster, laptop, customer) = try Cluster.withCustomer()
  }

  /// One sync, a year after the last one, with an answer that completes a cut.
  private func sync(
    at position: UInt64, durable: UInt64 = 0, _ change: (inout SyncResponse) -> Void = { _ in }
  ) throws {
    let clock = cluster.clock
    clock.advance(milliseconds: RetentionTests.yearMilliseconds)
    let run = SyncRun(laptop.store) { clock.now }
    let request = try SyncRequest(decoding: run.nextRequest())
    var response = SyncResponse(request: request.request, epoch: request.epoch, hubTime: clock.now)
    (response.position, response.durable) = (Position(position), Position(durable))
    response.isSweep = request.cursor == .start
    change(&response)
    try run.receive(response.encoded())
  }

  private var parked: Receipt {
    let refusal = Refusal(
      record: customer, field: nil, reason: .forbidden, text: "No.", isParked: true)
    return Receipt(position: nil, refusals: [refusal])
  }

  /// The first answer of the hub parks all that was sent.
  private func park() throws { try sync(at: 5) { $0.receipts = [parked] } }

  private func decide(isAccepted: Bool, at position: UInt64) throws {
    let draft = try #require(try laptop.store.drafts().first)
    let decision = Decision(
      value: draft.id, isAccepted: isAccepted, by: "mia", at: cluster.clock.now)
    try sync(at: position) { $0.decisions = [decision] }
  }

  /// The hub is restored to before anything was parked.
  private func restoreHub() throws {
    try sync(at: 0) { response in
      response.detour = .branched(epoch: response.epoch &+ 1, at: Position(2))
    }
    try sync(at: 0) { $0.detour = .gap(.empty) }
  }

  private func retainedCount() throws -> Int {
    try laptop.store.db.first("SELECT count(*) FROM retained") { $0.int(0) } ?? 0
  }

  @Test func `what is parked is kept as long as somebody may accept it`() throws {
    try park()
    try sync(at: 6)
    #expect(try retainedCount() == 1)
    try laptop.store.discard(try #require(try laptop.store.drafts().first))
    try sync(at: 7)
    #expect(try retainedCount() == 0)
  }

  @Test func `what was accepted is kept until the hub's backup has it`() throws {
    try park()
    try decide(isAccepted: true, at: 6)
    #expect(try laptop.store.drafts().isEmpty)
    try sync(at: 7, durable: 5)
    #expect(try retainedCount() == 1)
    try sync(at: 8, durable: 6)
    #expect(try retainedCount() == 0)
  }

  @Test func `what a restored hub accepts waits for nobody`() throws {
    try park()
    try restoreHub()
    try sync(at: 6) { $0.receipts = [Receipt(position: Position(6))] }
    #expect(try laptop.store.drafts().isEmpty)
  }

  @Test func `a restored hub may decide otherwise about what was discarded`() throws {
    try park()
    try decide(isAccepted: false, at: 6)
    #expect(try laptop.store.drafts().map(\.isParked) == [false])
    try restoreHub()
    #expect(try laptop.store.drafts().map(\.isParked) == [true])
    try sync(at: 6) { $0.receipts = [parked] }
    try decide(isAccepted: true, at: 7)
    #expect(try laptop.store.drafts().isEmpty)
  }
}
