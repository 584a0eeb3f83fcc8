// Bundles at the hub: one effect however often and by whomever one is brought, an answer that only its
// laptop can open, and nothing at all for what is forged, altered, cut, or meant for somebody else.

import Digest
import FollowUp
import Notation
import Storage
import SyncCore
import Testing
import Wire

@testable import Hub

@Suite struct BundleTests {
  let world: World
  let key: KeyPair
  let ann: Laptop

  init() throws {
    world = try World()
    key = KeyPair.make(using: &world.random)
    ann = try world.laptop("ann", signingWith: key)
  }

  /// A bundle with what ann has to say, or with these requests.
  func file(
    _ requests: [SyncRequest]? = nil, signedBy signer: KeyPair? = nil, hub: PublicKey? = nil,
    replica: ReplicaID? = nil, at: Moment? = nil
  ) throws -> [UInt8] {
    let signer = signer ?? key
    let content = BundleContent(messages: (requests ?? [ann.request()]).map { $0.encoded() })
    let to = world.store.key.publicKey
    let body = BundleBody(
      isAnswer: false, id: world.identity(), hub: (hub ?? to).digest, key: signer.publicKey.bytes,
      replica: replica ?? ann.replica, at: at ?? world.now,
      box: try #require((hub ?? to).box(content.encoded(), using: &world.random))
    ).encoded()
    return Bundle(body: body, signature: signer.sign(body, for: .bundle)).file
  }

  func post(_ file: [UInt8], token: String? = nil) throws -> HubResponse {
    let answer = world.routes.answer(
      HubRequest("POST", "/v1/bundle", bearerToken: token, body: file))
    try world.checkItself()
    return answer
  }

  /// Opens an answer as ann's laptop does.
  func answers(_ response: HubResponse) throws -> [SyncResponse] {
    try #require(response.status == 200, "\(String(decoding: response.body, as: UTF8.self))")
    let bundle = try Bundle(file: response.body)
    #expect(
      world.store.key.publicKey.verifies(bundle.signature, of: bundle.body, for: .bundle))
    let body = try BundleBody(decoding: bundle.body)
    #expect(body.isAnswer)
    let content = try BundleContent(decoding: try #require(key.open(body.box)))
    return try content.messages.map { try SyncResponse(decoding: $0) }
  }

  func count(_ table: String) throws -> Int {
    try world.store.db.first("SELECT count(*) FROM \"\(table)\"") { $0.int(0) } ?? 0
  }

  func row() throws -> ReplicaRow { try #require(try world.store.replica(ann.replica, ann.token)) }

  // MARK: One effect

  @Test func `a bundle is answered as the same sync would be`() throws {
    let customer = ann.customer("Acme")
    let request = ann.request()
    let carried = try #require(try answers(post(file())).first)
    let other = try World()
    let twin = try other.laptop("ann", signingWith: key)
    _ = twin.customer("Acme")
    twin.log = ann.log
    let direct = try twin.send(twin.request())
    #expect(carried.receipts == direct.receipts)
    #expect(carried.records == direct.records && carried.position == direct.position)
    #expect(carried.records.map(\.record) == [customer])
    #expect(carried.request == request.request)
  }

  @Test func `a bundle that is brought a hundred times has one effect`() throws {
    _ = ann.customer("Acme")
    let bundle = try file()
    let first = try #require(try answers(post(bundle)).first)
    let (head, replicas) = (world.store.head, try count("replicas"))
    for _ in 0..<99 {
      world.clock.advance(seconds: 3600)
      let again = try #require(try answers(post(bundle)).first)
      #expect(again.receipts.map(\.position) == first.receipts.map(\.position))
      #expect(again.receipts.allSatisfy(\.isDuplicate) && again.detour == nil)
    }
    #expect(world.store.head == head)
    #expect(try count("customer") == 1)
    #expect(try count("replicas") == replicas)
  }

  @Test func `an administrator who brings a bundle stands in the audit log`() throws {
    for name in ["Acme", "Bolt"] { _ = ann.customer(name) }
    let bundle = try file()
    func taken() throws -> [JSONValue] {
      try #require(try world.ask("GET", "audit", ["action": "bundle take"])["entries"]?.array)
    }
    // A colleague's laptop, and somebody whom nobody knows, bring it, too.
    for token in [try world.laptop("bob").token, "unknown", nil] {
      #expect(try post(bundle, token: token).status == 200)
    }
    #expect(try taken() == [])
    #expect(try post(bundle, token: world.adminToken).status == 200)
    let entry = try #require(try taken().first)
    #expect(entry["user"] == "root")
    #expect(entry["subject"] == "laptop")
    #expect(
      entry["details"]
        == ["replica": .integer(Int64(ann.replica.rawValue)), "user": "ann", "edits": 2])
    // What is not taken is not told of as taken.
    #expect(try post(Array(bundle.dropLast()), token: world.adminToken).status != 200)
    #expect(try taken().count == 1)
  }

  @Test func `several pushes and all pages of the cut go into one answer`() throws {
    let bob = try world.laptop("bob")
    for number in 0..<35 { _ = bob.customer("Customer \(number)") }
    try bob.sync()
    for number in 0..<6 { _ = ann.customer("Mine \(number)") }
    var (first, second) = (ann.request(), ann.request(after: 4))
    first.edits = Array(first.edits.prefix(4))
    first.isPushOnly = true
    second.recordsMax = 10
    let bundle = try file([first, second])
    for _ in 0..<2 {
      let answers = try answers(post(bundle))
      #expect(answers.map(\.receipts.count) == [4, 2, 0, 0, 0, 0])
      #expect(answers.dropFirst().dropLast().allSatisfy { !$0.page.isEmpty })
      let last = try #require(answers.last)
      #expect(last.isComplete && last.position == world.store.head)
      #expect(answers.reduce(0) { $0 + $1.records.count } == 41)
    }
    #expect(try count("customer") == 41)
  }

  /// When it was written is what its laptop says, and a laptop may say anything.
  @Test(arguments: [Int64.min, -1, 0, .max])
  func `a bundle from the end of all time is taken like any other`(milliseconds: Int64) throws {
    _ = ann.customer("Acme")
    let bundle = try file(at: Moment(milliseconds: milliseconds))
    #expect(try answers(post(bundle)).first?.receipts.count == 1)
    #expect(try count("customer") == 1)
  }

  @Test func `a bundle that claims a log without end is told how long the log is`() throws {
    _ = ann.customer("Acme")
    var request = ann.request()
    request.head.counter = Counter(.max)
    let answer = try #require(try answers(post(file([request]))).first)
    #expect(answer.detour == .gap(.empty))
    #expect(try count("customer") == 0)
  }

  // MARK: Late ones

  @Test func `a bundle that a newer one has overtaken gets its verdicts and no page`() throws {
    _ = ann.customer("One")
    let old = try file()
    _ = ann.customer("Two")
    #expect(try answers(post(file())).first?.receipts.count == 2)
    let replicas = try count("replicas")
    let late = try #require(try answers(post(old)).first)
    #expect(late.receipts.map(\.isDuplicate) == [true])
    #expect(late.detour == nil && late.page.isEmpty && late.position == .start)
    #expect(try count("replicas") == replicas, "it is no copy of the laptop")
  }

  @Test func `a bundle of a copy that went its own way makes it another laptop`() throws {
    _ = ann.customer("Acme")
    try ann.sync()
    let copy = ann.clone()
    _ = ann.customer("Hers")
    try ann.sync()
    _ = copy.customer("The copy's")
    let answer = try #require(try answers(post(file([copy.request()]))).first)
    guard case .forked(let replica, let common)? = answer.detour else {
      Issue.record("the copy was not found")
      return
    }
    #expect(replica != ann.replica && common.counter == Counter(1))
  }

  @Test func `a copy that shows an old log long afterwards is found, too`() throws {
    let copy = ann.clone()
    _ = ann.customer("Acme")
    try ann.sync()
    world.clock.advance(seconds: 3 * 86_400)
    let answer = try #require(try answers(post(file([copy.request()]))).first)
    guard case .forked? = answer.detour else {
      Issue.record("the copy was not found")
      return
    }
  }

  /// What it says of the present is as of when it was written: three days on a stick are no wrong clock,
  /// and nobody has heard of what was done in them.
  @Test func `three days on the way change neither clocks nor what is awaited`() throws {
    _ = ann.customer("Acme")
    let written = world.now
    let bundle = try file()
    world.clock.advance(seconds: 3 * 86_400)
    _ = try answers(post(bundle))
    let facts = try world.store.db.first("SELECT skew, frontier, seen_at FROM replicas") { row in
      (row.integer(0), row.moment(1), row.moment(2))
    }
    #expect(try #require(facts) == (0, written, written))
    let noted = try world.store.db.first(
      "SELECT count(*), count(skew) FROM history WHERE replica = 1"
    ) { [$0.int(0), $0.int(1)] }
    #expect(noted == [1, 0])
  }

  @Test func `an old bundle takes back nothing that a sync has said since`() throws {
    _ = ann.customer("Acme")
    let old = try file()
    try ann.sync()
    _ = ann.customer("Beta")
    world.clock.advance(seconds: 3600)
    ann.narrowing = Narrowing(reach: .mine, days: 30)
    try ann.sync()
    try ann.sync()
    let before = try row()
    let narrowings = try world.store.db.first("SELECT narrowing FROM narrowings") { $0.blob(0) }
    _ = try answers(post(old))
    let after = try row()
    #expect(after.confirmed == before.confirmed && after.seenAt == before.seenAt)
    #expect(after.head == before.head)
    #expect(
      try world.store.db.first("SELECT narrowing FROM narrowings") { $0.blob(0) } == narrowings)
  }

  // MARK: Those who may not

  @Test func `a revoked laptop's bundle is parked, and gets no page`() throws {
    _ = ann.customer("Acme")
    let bundle = try file()
    try world.ask("POST", "replicas/1/revoke")
    for _ in 0..<2 {
      let answer = try #require(try answers(post(bundle)).last)
      #expect(answer.detour == .revoked && answer.position > .start)
      #expect(answer.records.isEmpty && answer.settings == nil)
      #expect(try Parking(store: world.store, now: world.now).list(.waiting).count == 1)
    }
    #expect(try count("customer") == 0)
  }

  @Test func `a retired laptop's bundle is turned away`() throws {
    _ = ann.customer("Acme")
    let bundle = try file()
    try world.ask("POST", "replicas/1/retire")
    let answer = try #require(try answers(post(bundle)).last)
    #expect(answer.detour == .revoked && answer.position == .start && answer.receipts.isEmpty)
    #expect(try count("customer") == 0)
  }

  /// Refused without a trace: status, and nothing has moved.
  private func refused(_ file: [UInt8], _ status: Int, _ code: String) throws {
    let head = world.store.head
    let response = try post(file)
    #expect(response.status == status)
    #expect(String(decoding: response.body, as: UTF8.self).contains("\"code\":\"\(code)\""))
    #expect(world.store.head == head)
    #expect(try row().head == .empty)
  }

  @Test func `what is forged, for another hub, or no request is refused`() throws {
    _ = ann.customer("Acme")
    let stranger = KeyPair.make(using: &world.random)
    try refused(file(signedBy: stranger), 403, "forged")
    try refused(file(hub: stranger.publicKey), 403, "otherHub")
    // For us by what it says, but in somebody else's box.
    var bundle = try Bundle(file: file(hub: stranger.publicKey))
    var body = try BundleBody(decoding: bundle.body)
    body.hub = world.store.key.publicKey.digest
    bundle.body = body.encoded()
    try refused(bundle.file, 403, "forged")
    bundle.signature = key.sign(bundle.body, for: .bundle)
    try refused(bundle.file, 403, "unreadable")
    // A signature for something else, however genuine.
    bundle = try Bundle(file: file())
    bundle.signature = key.sign(bundle.body, for: .logHead)
    try refused(bundle.file, 403, "forged")
    try refused(file([]), 403, "unreadable")
    var other = ann.request()
    other.replica = ReplicaID(99)
    try refused(file([other]), 403, "unreadable")
    // An answer, genuine as it is, asks for nothing; nor does a request of a newer program.
    bundle = try Bundle(file: file())
    for change in [{ $0.isAnswer = true }, { $0.version = 2 }] as [(inout BundleBody) -> Void] {
      body = try BundleBody(decoding: bundle.body)
      change(&body)
      let signature = key.sign(body.encoded(), for: .bundle)
      try refused(Bundle(body: body.encoded(), signature: signature).file, 400, "noRequest")
    }
  }

  @Test func `somebody else's key makes nobody ann`() throws {
    let evesKey = KeyPair.make(using: &world.random)
    let eve = try world.laptop("eve", signingWith: evesKey)
    _ = ann.customer("Acme")
    let response = try post(file(signedBy: evesKey, replica: ann.replica))
    // She is answered as herself: as a laptop that shows a log of another identity.
    #expect(response.status == 200)
    #expect(try row().head == .empty)
    #expect(try world.store.replica(eve.replica, eve.token)?.head == .empty)
    #expect(try count("customer") == 0)
  }

  @Test func `any altered byte, and any missing end, is refused`() throws {
    _ = ann.customer("Acme")
    let bundle = try file()
    let head = world.store.head
    world.isCheckingItself = false
    for index in bundle.indices {
      var altered = bundle
      altered[index] ^= 0x10
      #expect(try post(altered).status >= 400, "byte \(index)")
      #expect(try post(Array(bundle.prefix(index))).status >= 400, "cut at \(index)")
    }
    #expect(world.store.head == head)
    #expect(try row().head == .empty)
    world.isCheckingItself = true
    #expect(try post(bundle).status == 200)
  }

  @Test func `nobody but its laptop opens an answer`() throws {
    let body = try BundleBody(decoding: Bundle(file: post(file()).body).body)
    #expect(key.open(body.box) != nil)
    #expect(KeyPair.make(using: &world.random).open(body.box) == nil)
    #expect(world.store.key.open(body.box) == nil)
  }
}

extension World {
  /// A laptop that has given its public key with the join.
  func laptop(_ user: String, signingWith key: KeyPair) throws -> Laptop {
    let message = JoinRequest(
      code: try code(for: user), device: "laptop", request: identity(), key: key.publicKey.bytes)
    let answer = routes.answer(HubRequest("POST", "/v1/join", body: message.encoded()))
    return Laptop(self, try JoinResponse(decoding: answer.body))
  }
}

extension HubStore {
  func replica(_ id: ReplicaID, _ token: String) throws -> ReplicaRow? {
    try replica(id, token: token)
  }
}
