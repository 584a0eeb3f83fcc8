// Runs `rounds-admin` in process against a scripted hub on a real loopback socket.
//
// The clock stands at 2026-11-22 10:24:22 +08:00, the environment holds only address and token. The
// script says what each request is answered with; a request that is not in it gets 404, and every
// request is noted, so that a test sees also what should not have been asked.

import CommandKit
import Dispatch
import HTTPServing
import Notation
import Synchronization

@testable import rounds_admin

/// A hub that says what it was told to say.
final class ScriptedHub: Sendable {
  /// A request as the hub saw it: `GET /v1/admin/conflicts?status=open`, decoded.
  struct Asked: Equatable {
    var line: String
    var headers: [String: String]
    var body: [UInt8]

    var text: String { String(decoding: body, as: UTF8.self) }
  }

  private let answers: [String: HTTPResponse]
  private let log = Mutex<[Asked]>([])

  init(_ answers: [String: HTTPResponse]) { self.answers = answers }

  var asked: [Asked] { log.withLock { $0 } }

  func answer(_ request: HTTPRequest) -> HTTPResponse {
    let query = request.query.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
    let tail = query.isEmpty ? "" : "?" + query.joined(separator: "&")
    let line = "\(request.method) \(request.path)\(tail)"
    log.withLock {
      $0.append(Asked(line: line, headers: request.headers, body: request.body))
    }
    return answers[line] ?? .refusal(404, "not-in-script", line)
  }
}

extension HTTPResponse {
  static func json(_ text: String, status: Int = 200) -> HTTPResponse {
    HTTPResponse(
      status: status, headers: ["Content-Type": "application/json"], body: Array(text.utf8))
  }

  static func refusal(
    _ status: Int, _ code: String, _ message: String, hint: String? = nil
  ) -> HTTPResponse {
    let document: JSONValue = [
      "error": [
        "code": .string(code), "message": .string(message),
        "hint": hint.map { .string($0) } ?? .null,
      ]
    ]
    return .json(document.text(), status: status)
  }
}

/// Runs a server on a free loopback port, and stops it.
func withHub<Value>(
  _ hub: ScriptedHub, _ body: (_ url: String) async throws -> Value
) async throws -> Value {
  let server = HTTPServer(configuration: HTTPServerConfiguration()) { hub.answer($0) }
  try server.start()
  do {
    let value = try await body("http://127.0.0.1:\(server.port)")
    await server.stop(drainSeconds: 1)
    return value
  } catch {
    await server.stop(drainSeconds: 1)
    throw error
  }
}

/// Runs work that blocks on a thread of its own: the hub's handlers need those of the pool.
///
/// It stays the same task, so that what fails in it is a failure of the test it belongs to.
func onThread<Value: Sendable>(
  _ work: @escaping @Sendable () throws -> Value
) async throws -> Value {
  try await withTaskExecutorPreference(OwnThread()) { try work() }
}

private final class OwnThread: TaskExecutor {
  private let queue = DispatchQueue(label: "test.program")

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    queue.async { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
  }
}

/// What a run left behind.
struct AdminRun {
  var exit: ExitCode
  var out: String
  var err: String
  var asked: [ScriptedHub.Asked] = []

  var lines: [String] { asked.map(\.line) }
}

/// One command line against a script.
func admin(
  _ words: [String], _ answers: [String: HTTPResponse] = [:], language: String = "en",
  environment: [String: String] = ["ROUNDS_TOKEN": "s3cret"], files: [String: String] = [:]
) async throws -> AdminRun {
  let hub = ScriptedHub(answers)
  return try await withHub(hub) { url in
    let environment = environment.merging(
      ["ROUNDS_URL": url, "ROUNDS_LANG": language], uniquingKeysWith: { own, _ in own })
    var run = try await onThread {
      runAdmin(words, environment: environment, files: files)
    }
    // The port is another one in every run.
    run.out = run.out.replacing(url, with: "http://HUB")
    run.err = run.err.replacing(url, with: "http://HUB")
    run.asked = hub.asked
    return run
  }
}

func runAdmin(
  _ words: [String], environment: [String: String], files: [String: String] = [:]
) -> AdminRun {
  let console = Console(
    environment: environment, now: { 1_795_314_262_000 },
    zone: .fixed(offsetSeconds: 8 * 3600),
    readFile: { path in
      guard let text = files[path] else { throw CommandFailure.unreadableFile(path) }
      return Array(text.utf8)
    })
  let exit = adminTable.run(words, console: console)
  return AdminRun(exit: exit, out: console.output.text, err: console.errors.text)
}
