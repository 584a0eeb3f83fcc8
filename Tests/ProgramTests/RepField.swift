// A field to try `rounds` in: a hub in memory, laptops with folders of their own, one clock.
//
// Whole commands run in process against the real hub over its real bytes; only the socket is left
// out. Clock and randomness are the test's, so a run says the same every time. Outputs are compared
// whole; ids become #1, #2 … in order of appearance, because nobody can read ids.

import CommandKit
import FollowUp
import Foundation
import Hub
import HubClient
import Notation
import Replica
import Storage
import SyncCore
import Synchronization
import Wire

@testable import rounds

/// What a run left behind.
struct RepRun: Equatable {
  var exit: ExitCode
  var out: String
  var err: String

  var json: JSONValue {
    get throws { try JSONValue(parsing: out) }
  }
}

/// SplitMix64 (Steele et al. 2014), shared by everything in one field.
struct FieldRandom: RandomNumberGenerator {
  let state: FieldState

  mutating func next() -> UInt64 { state.draw() }
}

/// What the laptops and the hub of one field share: time, chance, and whether there is a network.
final class FieldState: Sendable {
  private struct Shared {
    var seed: UInt64 = 1
    /// 2026-11-22T09:00:00Z
    var now: Int64 = 1_795_338_000_000
    var isConnected = true
    /// Answers that the network still swallows.
    var answersToLose = 0
    var hooks: [[String: String]] = []
  }
  private let shared = Mutex(Shared())

  func draw() -> UInt64 {
    shared.withLock { shared in
      shared.seed &+= 0x9E37_79B9_7F4A_7C15
      var z = shared.seed
      z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
      z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
      return z ^ (z >> 31)
    }
  }

  func now() -> Int64 { shared.withLock { $0.now } }

  func pass(_ milliseconds: Int64) { shared.withLock { $0.now += milliseconds } }
  func connect(_ isConnected: Bool) { shared.withLock { $0.isConnected = isConnected } }
  func loseAnswers(_ count: Int) { shared.withLock { $0.answersToLose = count } }
  var isConnected: Bool { shared.withLock { $0.isConnected } }
  var hooks: [[String: String]] { shared.withLock { $0.hooks } }
  func note(hook: [String: String]) { shared.withLock { $0.hooks.append(hook) } }

  func losesAnswer() -> Bool {
    shared.withLock { shared in
      guard shared.answersToLose > 0 else { return false }
      shared.answersToLose -= 1
      return true
    }
  }
}

/// The way to the hub of a field, without a socket.
///
/// Sendable is claimed, not proven by the compiler: a test runs its commands one after another, on
/// one thread, so nothing here is ever used twice at once.
final class FieldLine: HubLine, @unchecked Sendable {
  private let routes: Routes
  private let state: FieldState
  private let token: String?

  init(_ routes: Routes, _ state: FieldState, token: String?) {
    self.routes = routes
    self.state = state
    self.token = token
  }

  var retryAfterSeconds: Int? { nil }
  var wasCut: Bool { false }

  func join(_ request: [UInt8]) throws(HubLinkError) -> [UInt8] {
    try send(HubRequest("POST", "/v1/join", body: request))
  }

  func sync(_ request: [UInt8]) throws(HubLinkError) -> [UInt8] {
    try send(HubRequest("POST", "/v1/sync", bearerToken: token, body: request))
  }

  func wait(cursor: Position, epoch: UInt32) throws(HubLinkError) -> HTTPHubLink.News {
    guard state.isConnected else { throw .unreachable(reason: "no network") }
    return .none
  }

  func history(record: RecordID, field: String?) throws(HubLinkError) -> JSONValue {
    var query = ["record": record.description]
    query["field"] = field
    return try document(HubRequest("GET", "/v1/history", query: query, bearerToken: token))
  }

  func extent(of narrowing: Narrowing) throws(HubLinkError) -> JSONValue {
    try document(
      HubRequest("POST", "/v1/scope", bearerToken: token, body: narrowing.encoded()))
  }

  func compare(_ request: [UInt8]) throws(HubLinkError) -> [UInt8] {
    try send(HubRequest("POST", "/v1/compare", bearerToken: token, body: request))
  }

  func checkpoints(at positions: [Position]) throws(HubLinkError) -> JSONValue {
    let list = positions.map { String($0.rawValue) }.joined(separator: ",")
    return try document(
      HubRequest("GET", "/v1/checkpoints", query: ["at": list], bearerToken: token))
  }

  func bundle(_ file: [UInt8]) throws(HubLinkError) -> [UInt8] {
    try send(HubRequest("POST", "/v1/bundle", body: file))
  }

  private func document(_ request: HubRequest) throws(HubLinkError) -> JSONValue {
    let body = try send(request)
    do {
      return try JSONValue(parsing: body)
    } catch {
      throw .unreachable(reason: "\(error)")
    }
  }

  private func send(_ request: HubRequest) throws(HubLinkError) -> [UInt8] {
    guard state.isConnected else { throw .unreachable(reason: "no network") }
    let response = routes.answer(request)
    if state.losesAnswer() { throw .unreachable(reason: "the answer was lost") }
    guard response.status == 200 else {
      throw .refused(
        status: response.status, text: String(decoding: response.body, as: UTF8.self))
    }
    return response.body
  }
}

/// A hub, and everything the laptops around it share.
///
/// Used by one test on one thread; see `FieldLine`.
final class Field: @unchecked Sendable {
  static let hour: Int64 = 3_600_000
  static let day: Int64 = 24 * hour

  let state = FieldState()
  let routes: Routes
  let folder: String

  init(users: [String] = ["ann", "bob"]) throws {
    let state = state
    let db = try Connection(path: ":memory:")
    try HubStore.initialise(
      db, schema: .followUp, workspace: "acme", rules: RuleBook.shippedText,
      now: Moment(milliseconds: state.now()), random: FieldRandom(state: state))
    let store = try HubStore(db, schema: .followUp, random: FieldRandom(state: state))
    for user in users {
      _ = try store.addUser(
        user, role: .rep, team: nil, now: Moment(milliseconds: state.now()))
    }
    routes = Routes(store, now: { Moment(milliseconds: state.now()) })
    folder = FileManager.default.temporaryDirectory
      .appending(path: "rounds-\(UUID().uuidString)").path()
  }

  deinit {
    // Nothing is lost when a temporary folder stays.
    _ = try? FileManager.default.removeItem(atPath: folder)
  }

  func invite(_ user: String) throws -> String {
    let expiresAt = Moment(milliseconds: state.now() + Field.day)
    return try routes.store.transaction { try routes.store.invite(user, expiresAt: expiresAt) }
  }

  /// A laptop that has joined and synced.
  func laptop(_ device: String, of user: String = "ann") throws -> Laptop {
    let laptop = Laptop(self, device)
    _ = laptop.run(
      "join", "http://127.0.0.1:7440", "--code", try invite(user), "--device", device)
    return laptop
  }
}

/// One `ROUNDS_HOME`, and the commands typed on it.
struct Laptop {
  let field: Field
  let home: String
  var language = "en"
  /// Milliseconds that this laptop's clock is wrong.
  var clockOffset: Int64 = 0
  let interruption = Interruption(takesSignals: false)
  /// Nil: to the field's hub, without a socket.
  var line: (@Sendable (HubCall) -> any HubLine)?
  /// Variables besides the folder and the language.
  var environment: [String: String] = [:]
  /// What is typed where a passphrase is asked for; nil: there is no terminal.
  var typed: String?

  init(_ field: Field, _ device: String) {
    self.field = field
    home = field.folder + "/" + device
  }

  @discardableResult
  func run(_ words: String...) -> RepRun { run(words) }

  func run(_ words: [String], isTerminal: Bool = false) -> RepRun {
    let (state, offset) = (field.state, clockOffset)
    // A command takes a second, and nothing happens in between.
    state.pass(1000)
    let console = Console(
      environment: environment.merging(["ROUNDS_HOME": home, "ROUNDS_LANG": language]) { $1 },
      now: { state.now() + offset }, isTerminal: isTerminal, width: 100,
      readFile: { path in
        guard let file = FileManager.default.contents(atPath: path) else {
          throw CommandFailure.unreadableFile(path)
        }
        return Array(file)
      })
    let exit = commandTable(outside).run(words, console: console)
    return RepRun(exit: exit, out: console.output.text, err: console.errors.text)
  }

  /// The id that a command printed as JSON.
  func id(_ words: String...) throws -> String {
    let run = run(words + ["--json"])
    guard let id = try run.json["id"]?.string else { throw MissingID(run: run) }
    return id
  }

  var outside: Outside {
    let (state, routes, typed) = (field.state, Unchecked(field.routes), typed)
    return Outside(
      line: line ?? { FieldLine(routes.value, state, token: $0.token) },
      random: { FieldRandom(state: state) }, deviceName: { "laptop" },
      runHook: { command, variables in
        if command == "false" { throw RepError.hookFailed(command: command, reason: "status 1") }
        state.note(hook: variables)
      },
      interruption: interruption, askSecret: { _ in typed.map { Array($0.utf8) } })
  }
}

struct MissingID: Error {
  var run: RepRun
}

/// Carries the hub into closures that never leave the test's thread; see `FieldLine`.
struct Unchecked<Value>: @unchecked Sendable {
  var value: Value
  init(_ value: Value) { self.value = value }
}

/// The text with every id replaced by #1, #2 … in order of appearance.
func readable(_ text: String, home: String = "") -> String {
  var numbers: [String: Int] = [:]
  let text = home.isEmpty ? text : text.replacingOccurrences(of: home, with: "HOME")
  return text.replacing(/\b0[0-9A-HJKMNP-TV-Z]{25}\b/) { match in
    let id = String(match.0)
    let number = numbers[id] ?? numbers.count + 1
    numbers[id] = number
    return "#\(number)"
  }
}

extension Field {
  /// An invitation for somebody who has just been hired.
  func inviteNew(_ user: String) throws -> String {
    _ = try routes.store.addUser(
      user, role: .rep, team: nil, now: Moment(milliseconds: state.now()))
    return try invite(user)
  }
}
