// One hub and its laptops: the real stores and sessions, on fake disks, clocks and network.
//
// Everything that a history does goes through here: joining, round trips under some fate, crashes,
// clones, backups, restores. What happened is noted for the checkers (`Coverage`, `Ghost`, the
// projections of the hub at each position), and every step adds to the trace, so two runs of one
// seed can be compared by a single hash.

import Access
import Digest
import FollowUp
import Hub
import Notation
import Replica
import Storage
import SyncCore
import Wire

public final class Laptop {
  public let index: Int
  public let name: String
  public let user: String
  public internal(set) var disk: Disk
  public internal(set) var store: ReplicaStore
  /// The sync under way, if its program still lives.
  var run: SyncRun?
  /// This machine's clock minus the true time.
  var skewMilliseconds: Int64
  var backups: [(disk: Disk, memory: LaptopMemory)] = []
  /// What the checkers know of it.
  var memory = LaptopMemory()
  /// Switched off for good: a clone whose twin went on, a lost machine.
  var isGone = false
  /// In a drawer until then.
  var wakesAt = WorldClock.start

  init(index: Int, name: String, user: String, disk: Disk, store: ReplicaStore, skew: Int64) {
    self.index = index
    self.name = name
    self.user = user
    self.disk = disk
    self.store = store
    skewMilliseconds = skew
  }
}

public final class HubNode {
  var disk: Disk
  var store: HubStore
  var routes: Routes
  var backups: [(disk: Disk, tokens: Set<String>)] = []
  var adminToken = ""
  /// The columns that laptops have too.
  var tables: [CollectionID: CollectionTable] = [:]
  /// Policies and pools as they were written, by their text.
  var documents: [String: JSONValue] = [:]

  init(disk: Disk, store: HubStore, routes: Routes) {
    self.disk = disk
    self.store = store
    self.routes = routes
  }
}

public final class Cluster {
  public let clock = WorldClock()
  /// Of today's program; a laptop's or the hub's own may still be an earlier one.
  public let schema: Schema
  let programs: Programs
  public let hub: HubNode
  public internal(set) var laptops: [Laptop] = []
  public var ghost = Ghost()
  public var coverage = Coverage()
  public private(set) var trace: [String] = []
  var keepsTrace = false
  var traceHash = TraceHash()
  var network = Network()
  var mutant: MutantState?
  var random: SplitMix64
  /// Records of a page; 0: as the hub likes. Small pages make every pull a long one.
  var recordsMax: UInt32 = 0
  /// What the hub showed at each position it completed a pull at.
  var projections: [Cut: [RecordID: RecordImage]] = [:]
  /// Where a laptop keeps less than its person may see: all of that.
  var withinRights: [Cut: [RecordID: RecordImage]] = [:]
  /// The number of the last request of each laptop.
  var lastRequest: [Int: UInt32] = [:]
  let pool: DiskPool
  /// Every answer that each laptop was sent, for stories that listen.
  var heard: [Int: [[UInt8]]]?

  struct Cut: Hashable {
    var epoch: UInt32
    var position: Position
    var user: String
    var narrowing: Narrowing?
  }

  public init(
    seed: UInt64, programs: Programs = Programs(), mutant: Mutant? = nil,
    pool: DiskPool = DiskPool()
  ) throws {
    random = SplitMix64(seed: seed)
    self.schema = .followUp
    self.programs = programs
    let schema: Schema = programs.isHubFormer ? .formerHub : .followUp
    self.pool = pool
    self.mutant = mutant.map { MutantState($0) }
    let disk = try pool.lend(isHub: true, isToday: !programs.isMixed)
    try HubStore.initialise(
      disk.connection, schema: schema, workspace: "sim", rules: RuleBook.shippedText,
      now: clock.now, random: SplitMix64(seed: random.next()))
    let store = try HubStore(
      disk.connection, schema: schema, random: SplitMix64(seed: random.next()))
    let clock = clock
    hub = HubNode(disk: disk, store: store, routes: Routes(store, now: { clock.now }))
    try store.setClean(false)
    hub.adminToken =
      try store.addUser("admin", role: .admin, team: nil, now: clock.now) ?? ""
  }

  public func note(_ line: @autoclosure () -> String) {
    let line = line()
    traceHash.add(line.utf8)
    if keepsTrace { trace.append(line) }
  }

  public subscript(name: String) -> Laptop? { laptops.first { $0.name == name } }

  /// The laptops that are still used.
  public var living: [Laptop] { laptops.filter { !$0.isGone } }

  /// Those that somebody has before him.
  var awake: [Laptop] {
    let awake = living.filter { $0.wakesAt <= clock.now }
    return awake.isEmpty ? living : awake
  }

  // MARK: Joining

  /// Adds a user where there is none yet, and a laptop of his.
  @discardableResult
  public func join(_ name: String, user: String, role: Role, skew: Int64 = 0) throws -> Laptop {
    let isKnown = try hub.store.db.count("SELECT count(*) FROM users WHERE name = ?", .text(user))
    if isKnown == 0 { _ = try hub.store.addUser(user, role: role, team: nil, now: clock.now) }
    let code = try hub.store.invite(user, expiresAt: clock.now.advanced(milliseconds: 60_000))
    let key = KeyPair.make(using: &random)
    let request = JoinRequest(
      code: code, device: name, request: ULID(high: random.next(), low: random.next()),
      key: key.publicKey.bytes)
    let answer = hub.routes.answer(HubRequest("POST", "/v1/join", body: request.encoded()))
    guard answer.status == 200 else {
      throw Violation("join", String(decoding: answer.body, as: UTF8.self))
    }
    let isFormer = programs.formerLaptops.dropFirst(laptops.count).first ?? false
    let disk = try lend(isHub: false)
    let store = try replicaStore(disk, isFormer ? .formerLaptop : schema)
    try store.enrol(
      JoinResponse(decoding: answer.body), url: "sim:", device: name, rules: "{}", key: key)
    let laptop = Laptop(
      index: laptops.count, name: name, user: user, disk: disk, store: store, skew: skew)
    laptops.append(laptop)
    // Who deletes a record deletes what his program does not know of it, too.
    ghost.hidden[user, default: []].formUnion(store.schema.unknown(of: schema))
    return laptop
  }

  func lend(isHub: Bool) throws -> Disk {
    try pool.lend(isHub: isHub, isToday: !programs.isMixed)
  }

  func replicaStore(_ disk: Disk, _ schema: Schema) throws -> ReplicaStore {
    try ReplicaStore(
      disk.connection, schema: schema, random: SplitMix64(seed: random.next()))
  }

  /// What this laptop's own clock says.
  public func now(on laptop: Laptop) -> Moment {
    clock.now.advanced(milliseconds: laptop.skewMilliseconds)
  }

  // MARK: Round trips

  /// Syncs as a program does: until a cut is complete, or the network fails it.
  ///
  /// - Parameter fate: of the n-th round trip.
  /// - Returns: whether it got through.
  @discardableResult
  public func sync(_ laptop: Laptop, fate: (Int) -> Fate = { _ in .delivered }) throws -> Bool {
    for round in 0..<10_000 {
      let fate = fate(round)
      if try exchange(laptop, fate: fate) { return true }
      if laptop.run == nil { return false }
      if fate == .delayedAnswer || fate == .delayedRequest { return false }
    }
    throw Violation("I12", "\(laptop.name) does not come to the end of a sync")
  }

  /// One round trip.
  ///
  /// - Returns: whether a cut was completed and nothing is left to do.
  @discardableResult
  public func exchange(_ laptop: Laptop, fate: Fate) throws -> Bool {
    let (run, request) = try ask(laptop)
    switch fate {
    case .beforeServer:
      laptop.run = nil
      return false
    case .delayedRequest:
      network.delay(request)
      return false
    case .hubDies:
      try hubDies(during: request)
      laptop.run = nil
      return false
    case .repeatedRequest:
      _ = try deliver(request)
    default: break
    }
    let answer = try deliver(request)
    switch fate {
    case .afterCommit:
      laptop.run = nil
      return false
    case .delayedAnswer:
      network.delay(
        Packet(direction: .toLaptop, laptop: laptop.index, token: "", bytes: answer))
      return false
    case .laptopDies:
      try dies(laptop, taking: answer)
      return false
    default: break
    }
    try hear(answer, on: laptop)
    if fate == .repeatedAnswer { try hear(answer, on: laptop) }
    if run.report.isUpToDate { laptop.run = nil }
    return run.report.isUpToDate
  }

  func ask(_ laptop: Laptop) throws -> (SyncRun, Packet) {
    let clock = clock
    let run =
      laptop.run
      ?? SyncRun(laptop.store, recordsMax: recordsMax) {
        [weak laptop] in clock.now.advanced(milliseconds: laptop?.skewMilliseconds ?? 0)
      }
    laptop.run = run
    try mutant?.beforeRequest(laptop, self)
    let bytes = try run.nextRequest()
    let message = try SyncRequest(decoding: bytes)
    lastRequest[laptop.index] = message.request
    laptop.memory.narrowing = message.narrowing
    let packet = Packet(
      direction: .toHub, laptop: laptop.index, token: try laptop.store.state().token, bytes: bytes)
    return (run, packet)
  }

  /// The hub takes a request in and commits.
  func deliver(_ request: Packet) throws -> [UInt8] {
    network.remember(request)
    try mutant?.beforeHub(request, self)
    clock.advance(milliseconds: 20)
    let user = laptops[request.laptop].user
    let hands = try hands(of: user)
    let response = hub.routes.answer(
      HubRequest("POST", "/v1/sync", bearerToken: request.token, body: request.bytes))
    guard response.status == 200 else {
      throw Violation(
        "I12",
        "the hub answered \(response.status): "
          + String(decoding: response.body, as: UTF8.self))
    }
    try mutant?.afterHub(self)
    try checkHands(of: user, hands, SyncRequest(decoding: request.bytes))
    var answer = response.body
    try mutant?.leak(&answer, to: user, self)
    try noteAnswer(answer, to: request)
    clock.advance(milliseconds: 20)
    return answer
  }

  private func hear(_ answer: [UInt8], on laptop: Laptop) throws {
    guard let run = laptop.run else { return }
    var answer = answer
    try mutant?.rewrite(answer: &answer, for: laptop, self)
    try run.receive(answer)
    try mutant?.afterAnswer(laptop, self)
    try checkAfterAnswer(on: laptop)
  }

  /// Something that was under way arrives.
  func deliverLate(_ packet: Packet) throws {
    switch packet.direction {
    case .toHub:
      coverage.note(.lateRequest)
      _ = try deliver(packet)
    case .toLaptop:
      let laptop = laptops[packet.laptop]
      guard !laptop.isGone else { return }
      coverage.note(.lateAnswer)
      try hear(packet.bytes, on: laptop)
      if laptop.run?.report.isUpToDate == true { laptop.run = nil }
    }
  }

  private func noteAnswer(_ bytes: [UInt8], to request: Packet) throws {
    let response = try SyncResponse(decoding: bytes)
    heard?[request.laptop, default: []].append(bytes)
    note(
      "hub → \(laptops[request.laptop].name): head \(hub.store.head.rawValue), "
        + "\(response.receipts.count) receipts, \(response.records.count) records, "
        + "\(response.undisturbed.count) undisturbed, \(response.departed.count) departed"
        + (response.detour.map { ", \($0)" } ?? ""))
    coverage.note(response)
    if case .branched(_, .start)? = response.detour { ghost.hasForeignEpoch = true }
    let user = laptops[request.laptop].user
    let projection = try hub.projection(for: user)
    // I8: allowed at the moment of sending.
    for image in response.records where projection[image.record] != image {
      throw Violation("I8", "\(image.record) was sent to \(user), who is to see something else")
    }
    for record in response.undisturbed.map(\.record) where projection[record] == nil {
      throw Violation("I8", "\(record) was named to \(user), who may not see it")
    }
    guard response.isComplete, !response.digest.isEmpty else { return }
    let narrowing = try SyncRequest(decoding: request.bytes).narrowing
    let kept =
      narrowing == nil
      ? projection : try hub.projection(for: user, narrowedTo: narrowing)
    let cut = Cut(
      epoch: response.epoch, position: response.position, user: user, narrowing: narrowing)
    if let known = projections[cut], known != kept {
      throw Violation("I9", "position \(cut.position.rawValue) names two states of the hub")
    }
    projections[cut] = kept
    if narrowing != nil { withinRights[cut] = projection }
  }
}
