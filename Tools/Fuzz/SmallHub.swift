// A hub in memory on a small day: five people, three laptops, a dozen records, a conflict, a pool.
//
// Real halves and real bytes; only the socket is left out. It is decided by its seed, so a case can be
// played again.

import Access
import Digest
import FollowUp
import Hub
import Replica
import Storage
import SyncCore
import Synchronization
import Wire

/// The time, which moves only when it is told to.
final class Clock: Sendable {
  private let milliseconds = Mutex<Int64>(1_795_338_000_000)
  var now: Moment { Moment(milliseconds: milliseconds.withLock { $0 }) }
  func pass(_ more: Int64) { milliseconds.withLock { $0 += more } }
}

final class SmallHub {
  static let names = ["ann", "bob", "max", "root", "erp"]

  let clock = Clock()
  let routes: Routes
  /// By name, for those who have one: the tokens of the admin interface.
  private(set) var tokens: [String: String] = [:]
  /// Every message that was sent or answered.
  private(set) var heard: [[UInt8]] = []
  private(set) var laptops: [(store: ReplicaStore, token: String, key: KeyPair)] = []
  private(set) var records: [RecordID] = []
  private var random: Dice

  var store: HubStore { routes.store }

  init(seed: UInt64) throws {
    random = Dice(seed: seed)
    let (clock, connection) = (clock, try Connection(path: ":memory:"))
    try HubStore.initialise(
      connection, schema: .followUp, workspace: "Acme", rules: RuleBook.shippedText,
      now: clock.now, random: Dice(seed: seed &+ 1))
    let store = try HubStore(connection, schema: .followUp, random: Dice(seed: seed &+ 2))
    try store.addTeam("north", parent: nil)
    let roles: [Role] = [.rep, .rep, .manager, .admin, .service]
    for (name, role) in zip(SmallHub.names, roles) {
      let team = role == .rep || role == .manager ? "north" : nil
      tokens[name] = try store.addUser(name, role: role, team: team, now: clock.now)
    }
    routes = Routes(store) { clock.now }
  }

  /// What happens on a day: laptops join; the two of ann write, and disagree.
  func day() throws {
    for name in ["ann", "ann", "bob"] { try join(name) }
    for name in ["Acme", "Beta", "客户", "Delta"] { try create(name) }
    try sync(0)
    try sync(1)
    for (index, laptop) in laptops.prefix(2).enumerated() {
      clock.pass(60_000)
      for record in records.prefix(2) {
        try write(laptop.store, record, "phone", .text("\(index)"))
      }
    }
    try sync(0)
    try sync(1)
    try laptops[0].store.delete(records[3], in: .customer, at: clock.now)
    try sync(0)
    _ = try routes.tick()
  }

  private func join(_ user: String) throws {
    let code = try store.invite(user, expiresAt: clock.now.advanced(milliseconds: 60_000))
    let key = KeyPair.make(using: &random)
    let request = JoinRequest(
      code: code, device: "laptop", request: ULID(moment: clock.now, using: &random),
      key: key.publicKey.bytes
    ).encoded()
    let answer = post("/v1/join", request, token: nil).body
    heard += [request, answer]
    let replica = try ReplicaStore(
      Connection(path: ":memory:"), schema: .followUp, random: Dice(seed: random.next()))
    let welcome = try JoinResponse(decoding: answer)
    try replica.enrol(welcome, url: "local:", device: user, rules: RuleBook.shippedText, key: key)
    laptops.append((replica, welcome.token, key))
  }

  private func create(_ name: String) throws {
    let store = laptops[0].store
    let id = try store.mint(at: clock.now)
    let writes = [
      FieldWrite.put(SmallHub.field("name"), .text(name)),
      FieldWrite.put(SmallHub.field("phone"), .text("+49 40")),
    ].sorted { $0.field < $1.field }
    try store.write(
      [RecordWrite(id, in: .customer, writes, isCreation: true)], at: clock.now)
    records.append(id)
  }

  private func write(
    _ store: ReplicaStore, _ record: RecordID, _ name: String, _ value: Value
  ) throws {
    try store.write(
      [RecordWrite(record, in: .customer, [.put(SmallHub.field(name), value)])], at: clock.now)
  }

  private static func field(_ name: String) -> FieldID {
    guard let field = CollectionSchema.customer[name] else {
      preconditionFailure("a customer has no \(name)")
    }
    return field.id
  }

  func sync(_ index: Int) throws {
    let (clock, laptop) = (clock, laptops[index])
    let run = SyncRun(laptop.store) { clock.now }
    while !run.report.isUpToDate {
      let request = try run.nextRequest()
      let answer = post("/v1/sync", request, token: laptop.token)
      guard answer.status == 200 else { throw Finding("an honest sync: \(answer.status)") }
      heard += [request, answer.body]
      try run.receive(answer.body)
    }
  }

  /// The hub's key, as it tells every laptop.
  func publicKey() throws -> PublicKey {
    let told = heard.lazy.compactMap { try? SyncResponse(decoding: $0).settings?.hubKey }
    guard let key = told.compactMap({ PublicKey(bytes: $0) }).first else {
      throw Finding("the hub has told nobody its key")
    }
    return key
  }

  func post(_ path: String, _ body: [UInt8], token: String?) -> HubResponse {
    routes.answer(HubRequest("POST", path, bearerToken: token, body: body))
  }

  /// What the hub says about itself, and whether honest laptops still get along with it.
  func check() throws {
    let findings = try HubCheck.run(on: store)
    guard findings.isEmpty else { throw Finding("the hub finds: \(findings)") }
  }
}
