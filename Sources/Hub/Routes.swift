// Requests in, answers out: everything that can be asked of a hub, and under which transaction.
//
// Requests are answered in groups: one transaction for all, and in it a savepoint for each, so that
// one failing request cannot hurt another and a group costs one fsync. Answers leave only after the
// commit (I11). Where the disk refuses the group, each request is tried alone, and those that write
// are refused with nothing half done.
//
// Not Sendable, like the store it owns: one owner on one queue (`HubActor`), or a test.

import Access
import Digest
import FollowUp
import Notation
import Storage
import SyncCore
import Wire

public final class Routes {
  public let store: HubStore
  /// The present, with whatever offset the program was told to pretend.
  let now: @Sendable () -> Moment
  /// The zone of this machine, which counts until an admin has set the company's.
  private let machineZone: LocalZone
  private(set) var figures = Figures()
  /// The rules in force, as of a version of the settings.
  private var book: (settings: UInt32, rules: RuleBook, watched: [CollectionID: Set<FieldID>])?
  /// Replicas whose token came back, so that no copy of it is kept for a lost answer.
  private var hasShownToken: Set<ReplicaID> = []

  public init(_ store: HubStore, zone: LocalZone = .utc, now: @escaping @Sendable () -> Moment) {
    self.store = store
    machineZone = zone
    self.now = now
  }

  /// The company's zone: in which times are written, typed times are read, and days begin.
  var zone: LocalZone {
    get throws { try store.almanac()?.zone ?? machineZone }
  }

  // MARK: Groups

  /// Answers requests in one transaction. The answers may leave when this returns.
  public func answer(_ requests: [HubRequest]) -> [HubResponse] {
    let before = (figures, hasShownToken)
    let changesBefore = store.db.totalChanges
    do {
      let answers = try store.transaction { try requests.map { try answerApart($0) } }
      if store.db.totalChanges != changesBefore { figures.commits += 1 }
      return answers
    } catch {
      (figures, hasShownToken) = before
      book = nil
      if requests.count > 1 { return requests.flatMap { answer([$0]) } }
      return requests.map { refusal(error, of: $0) }
    }
  }

  public func answer(_ request: HubRequest) -> HubResponse { answer([request])[0] }

  /// One request of a group, in a savepoint of its own.
  private func answerApart(_ request: HubRequest) throws -> HubResponse {
    do {
      return try store.transaction { try route(request) }
    } catch let error as StorageError where error.stopsEverything {
      throw error
    } catch {
      book = nil
      return refusal(error, of: request)
    }
  }

  private func refusal(_ error: any Error, of request: HubRequest) -> HubResponse {
    figures.refusedRequests += 1
    let refused = Refused(error)
    return ["/v1/join", "/v1/sync"].contains(request.path) ? refused.text : refused.json
  }

  // MARK: Time

  /// What falls due by time alone. Doing it twice does nothing the second time.
  ///
  /// - Returns: how many customers' reminders changed.
  @discardableResult
  public func tick() throws -> Int {
    var changed = 0
    while true {
      let stretch = try tickOn()
      changed += stretch.changed
      if stretch.isRoundDone { return changed }
    }
  }

  /// What ends by the clock, whoever's customers are looked at.
  private func endWhatIsOver() throws {
    try store.endSharing(upTo: now())
    try store.ageNarrowings(at: now())
    try store.renewAlmanac(at: now())
  }

  /// Customers that one call of `tickOn` looks at: some tens of milliseconds.
  public static let tickStretch = 500

  /// The next stretch of what is due by now. Answering others comes in between.
  ///
  /// - Returns: how many changed, and whether nothing more is due.
  public func tickOn() throws -> (changed: Int, isRoundDone: Bool) {
    let (changed, isDone) = try store.transaction {
      try endWhatIsOver()
      return try automation().tick(at: now(), limit: Routes.tickStretch)
    }
    if isDone { figures.ticks += 1 }
    figures.tickChanges += changed
    return (changed, isDone)
  }

  /// Reads the rules anew with the next request.
  public func forgetRules() { book = nil }

  func automation() throws -> Automation {
    if let book, book.settings == store.settingsVersion {
      // Rules that were taken back with their transaction leave what they watched behind.
      store.watched = book.watched
      return Automation(store: store, rules: book.rules, zone: try zone)
    }
    do {
      let rules = try RuleBook(parsing: Array(try store.rules().utf8), schema: store.schema)
      let watched = Automation.watched(by: rules)
      book = (store.settingsVersion, rules, watched)
      store.watched = watched
      return Automation(store: store, rules: rules, zone: try zone)
    } catch let error as RuleError {
      // They were checked when they were applied, so this is no fault of the one who asks now.
      throw StorageError.corrupt(reason: "the rules in force cannot be read: \(error)")
    }
  }

  // MARK: Routes

  private func route(_ request: HubRequest) throws -> HubResponse {
    guard request.body.count <= Limits.bodyBytesMax else {
      throw Refused(413, "tooLarge", "A body has at most \(Limits.bodyBytesMax) bytes.")
    }
    if request.segments.starts(with: ["v1", "admin"]) {
      return try admin(request).answer(request)
    }
    switch (request.method, request.path) {
    case ("POST", "/v1/join"):
      return .message(try store.join(JoinRequest(decoding: request.body), now: now()))
    case ("POST", "/v1/sync"): return try sync(request)
    case ("POST", "/v1/bundle"): return try bundle(request)
    case ("GET", "/v1/wait"):
      return .json([
        "position": position, "news": .bool(try hasNews(request, for: laptop(request))),
      ])
    case ("GET", "/v1/history"): return try deviceHistory(request)
    case ("POST", "/v1/scope"): return try extent(request)
    case ("GET", "/v1/checkpoints"): return try checkpoints(request)
    case ("POST", "/v1/compare"): return try comparison(request)
    case ("GET", "/healthz"): return health
    case ("GET", "/metrics"): return try metrics()
    case ("GET", "/"): return about
    case (_, "/v1/join"), (_, "/v1/sync"), (_, "/v1/wait"), (_, "/v1/history"), (_, "/v1/scope"),
      (_, "/v1/checkpoints"), (_, "/v1/compare"), (_, "/v1/bundle"),
      (_, "/healthz"), (_, "/metrics"), (_, "/"):
      throw Refused(405, "methodNotAllowed", "This path takes another method.")
    default: throw HubError.notFound(what: "page", name: request.path)
    }
  }

  private func admin(_ request: HubRequest) throws -> AdminRoutes {
    guard let token = request.bearerToken else { throw HubError.unauthorised }
    guard let caller = try store.caller(token: token) else {
      if try store.isDevice(token: token) { throw HubError.forbidden(role: Role.rep.rawValue) }
      throw HubError.unauthorised
    }
    if caller.role == .rep { throw HubError.forbidden(role: caller.role.rawValue) }
    try store.endSharing(upTo: now())
    return AdminRoutes(
      store: store, caller: caller, automation: try automation(), now: now(), zone: try zone)
  }

  // MARK: Laptops

  private func sync(_ request: HubRequest) throws -> HubResponse {
    let message = try SyncRequest(decoding: request.body)
    guard let token = request.bearerToken,
      let replica = try store.replica(message.replica, token: token)
        // An identity that was issued after the backup this hub comes from: the device is known.
        ?? store.replica(token: token)
    else { throw HubError.unauthorised }
    if hasShownToken.insert(replica.id).inserted { try store.forgetSecret(of: replica.id) }
    try store.endSharing(upTo: now())
    let session = Session(store: store, automation: try automation(), now: now())
    let response = try session.answer(message, from: replica)
    figures.note(response)
    return .message(response)
  }

  func note(_ response: SyncResponse) { figures.note(response) }

  /// Whether a waiting laptop is to be answered now, or when something has happened to this person.
  public enum WaitAnswer: Hashable, Sendable {
    case now(HubResponse)
    case wait(user: String)
  }

  /// The decision of `GET /v1/wait`; the waiting itself is the program's.
  public func wait(_ request: HubRequest) -> WaitAnswer {
    do {
      let waiting = try laptop(request)
      if try hasNews(request, for: waiting) {
        return .now(.json(["position": position, "news": true]))
      }
      return .wait(user: waiting.user)
    } catch {
      return .now(refusal(error, of: request))
    }
  }

  /// Everybody who has something to hear since this was last asked.
  func takeNews() -> Set<String> {
    // Without it they wait a minute longer.
    (try? store.takeNews()) ?? []
  }

  /// The laptop that asks, if it may ask anything.
  private func activeLaptop(_ request: HubRequest) throws -> ReplicaRow {
    let replica = try laptop(request)
    guard try isActive(request) else { throw HubError.unauthorised }
    return replica
  }

  /// Copies of a laptop share a token: one that is turned away does not speak for the others.
  private func isActive(_ request: HubRequest) throws -> Bool {
    try request.bearerToken.map { try store.isDevice(token: $0) } ?? false
  }

  private func laptop(_ request: HubRequest) throws -> ReplicaRow {
    guard let token = request.bearerToken, let replica = try store.replica(token: token) else {
      throw HubError.unauthorised
    }
    return replica
  }

  private func hasNews(_ request: HubRequest, for replica: ReplicaRow) throws -> Bool {
    guard let cursor = request.query["cursor"].flatMap({ UInt64($0) }) else {
      throw HubError.badRequest("A wait says from where: cursor=N.")
    }
    let epoch = request.query["epoch"].flatMap { UInt32($0) } ?? store.epoch
    // A laptop that is turned away hears of it with a sync.
    if try epoch != store.epoch || !isActive(request) { return true }
    return try store.hasNews(
      for: store.viewer(replica.id, of: replica.user), after: Position(cursor))
  }

  private func deviceHistory(_ request: HubRequest) throws -> HubResponse {
    let user = try activeLaptop(request).user
    guard let id = request.query["record"].flatMap({ ULID($0) }) else {
      throw HubError.badRequest("A history is of one record: record=ULID.")
    }
    let sight = try Sight(of: user, in: store)
    guard let schema = try store.collection(of: id), let record = try store.load(id, in: schema),
      try sight.shows(record)
    else { throw HubError.notFound(what: "record", name: id.description) }
    let history = RecordHistory(store: store, zone: try zone, veil: try sight.veil(of: record.root))
    return .json(try history.document(of: id, field: request.query["field"]))
  }

  /// What a laptop would hold if it kept as much as the narrowing in the body says.
  private func extent(_ request: HubRequest) throws -> HubResponse {
    let replica = try activeLaptop(request)
    let narrowing = try Narrowing(decoding: request.body)
    return .json(try store.extent(of: narrowing, on: replica, now: now()).json)
  }

  /// The hashes of the history at the positions asked for, where there are any.
  private func checkpoints(_ request: HubRequest) throws -> HubResponse {
    _ = try activeLaptop(request)
    let words = (request.query["at"] ?? "").split(separator: ",")
    guard (1...Routes.checkpointsMax).contains(words.count) else {
      throw HubError.badRequest("at=N,N… names 1 to \(Routes.checkpointsMax) positions.")
    }
    let found = try words.map { word -> JSONValue in
      guard let number = UInt64(word) else {
        throw HubError.badRequest("\(word) is no position.")
      }
      let hash = try store.checkpoint(at: Position(number))
      return [
        "position": .integer(Int64(clamping: number)),
        "hash": hash.map { .string($0.text) } ?? .null,
      ]
    }
    return .json(["checkpoints": .array(found)])
  }

  private static let checkpointsMax = 100

  private func comparison(_ request: HubRequest) throws -> HubResponse {
    let message = try CompareRequest(decoding: request.body)
    guard try isActive(request), let token = request.bearerToken,
      let replica = try store.replica(message.replica, token: token), !replica.isShutOut
    else { throw HubError.unauthorised }
    return .message(try Comparison(store: store, replica: replica).answer(message))
  }

  // MARK: About itself

  private var position: JSONValue { .integer(Int64(store.head.rawValue)) }

  private var health: HubResponse {
    .json([
      "status": "ok", "workspace": .string(store.workspace), "position": position,
      "epoch": .integer(Int64(store.epoch)),
    ])
  }

  private func metrics() throws -> HubResponse {
    HubResponse(
      contentType: "text/plain; version=0.0.4; charset=utf-8",
      body: Array(try figures.text(of: store, now: now()).utf8))
  }

  private var about: HubResponse {
    .text(
      """
      This is a Rounds hub: workspace \(store.workspace), position \(store.head.rawValue).

      Laptops join it:           rounds join URL --code CODE
      Administrators ask it:     rounds-admin with ROUNDS_URL and ROUNDS_TOKEN
      Monitoring reads it:       /healthz and /metrics
      """)
  }
}

extension HubStore {
  /// Whether the token belongs to a laptop that may ask.
  func isDevice(token: String) throws -> Bool {
    try db.first(
      """
      SELECT 1 FROM replicas r JOIN users u ON u.name = r.user
      WHERE r.token = ? AND r.status = 'active' AND u.is_disabled = 0
      """, .blob(Digest.ofSecret(token))
    ) { _ in true } ?? false
  }
}
