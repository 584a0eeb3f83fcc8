// How `rounds-admin` fails: the exit code of every status, who is taken for a hub, and a hub that
// is away. Tables, one line a case.

import Foundation
import HTTPServing
import HubClient
import Testing

@testable import CommandKit
@testable import rounds_admin

@Suite struct AdminFailureTests {
  @Test func `every status has its exit code, and the hub's words come through`() async throws {
    let cases: [(status: Int, exit: ExitCode, text: String)] = [
      (400, .usage, "No such field: colour\nHint: Try color\n"),
      (
        401, .refused,
        """
        The hub does not know your token, or it has been withdrawn.
        Hint: Check ROUNDS_TOKEN ; another admin can make you a new one.

        """
      ),
      (403, .refused, "No such field: colour\nHint: Try color\n"),
      (404, .notFound, "No such field: colour\nHint: Try color\n"),
      (409, .refused, "No such field: colour\nHint: Try color\n"),
      (413, .fault, "No such field: colour\nHint: Try color\n"),
      (500, .fault, "The hub failed (HTTP 500). No such field: colour\nHint: Try color\n"),
      (429, .unreachable, "No such field: colour\nHint: Try color\n"),
      (503, .unreachable, "No such field: colour\nHint: Try color\n"),
    ]
    for (status, exit, text) in cases {
      let refusal = HTTPResponse.refusal(
        status, "code", "No such field: colour", hint: "Try color")
      let run = try await admin(["show", "01JC"], ["GET /v1/admin/records/01JC": refusal])
      #expect(run.exit == exit, "\(status)")
      #expect(run.err == "rounds-admin: " + text, "\(status)")
      #expect(run.out == "")
    }
  }

  @Test func `a hub that cannot serve now is exit 5, with what to do`() async throws {
    let cases: [(answer: HTTPResponse, text: String)] = [
      (
        .tooMany(retryAfterSeconds: 30),
        "Too many requests in a short time.\nHint: Try again in 30 s.\n"
      ),
      (.unavailable(retryAfterSeconds: 5), "Not now; ask again later.\nHint: Try again in 5 s.\n"),
      (.refusal(503, "busy", "Locked."), "Locked.\nHint: Try again in a minute.\n"),
      (
        .refusal(507, "diskFull", "The hub's disk is full; nothing was written.", hint: "Wait."),
        """
        The hub's disk is full; nothing was written.
        Hint: Make room on the hub's disk. Meanwhile everything can be read but list , which the audit \
        log would have to tell of.

        """
      ),
    ]
    for (answer, text) in cases {
      let run = try await admin(["user", "list"], ["GET /v1/admin/users": answer])
      #expect(run.exit == .unreachable, "\(answer.status)")
      #expect(run.err == "rounds-admin: " + text)
      #expect(run.out == "")
    }
  }

  @Test func `an ambiguous name lists what it could mean, and Chinese goes first`() async throws {
    let answer = HTTPResponse.json(
      #"{"error":{"code":"ambiguous","message":"01J could be 2.","candidates":["01JA","01JB"]}}"#,
      status: 409)
    let answers = ["GET /v1/admin/records/01J": answer]
    let english = try await admin(["show", "01J"], answers)
    #expect(english.err == "rounds-admin: 01J could be 2.\nHint: Write one of: 01JA 01JB\n")
    let chinese = try await admin(["show", "01J"], answers, language: "zh")
    #expect(
      chinese.err == """
        rounds-admin: 与现有内容冲突。服务器答复：01J could be 2.
        提示: 可以写：01JA 01JB

        """)
    let json = try await admin(["show", "01J", "--json"], answers)
    #expect(
      json.err == """
        {"error":{"code":"refused","exit":4,"hint":"Write one of: 01JA 01JB",\
        "message":"01J could be 2."}}

        """)
  }

  @Test func `what is no hub is unreachable, never a verdict`() async throws {
    let page: [String: String] = ["Content-Type": "text/html"]
    let cases: [(answer: HTTPResponse, exit: ExitCode)] = [
      (HTTPResponse(status: 200, headers: page, body: Array("<html>".utf8)), .unreachable),
      (HTTPResponse(status: 302, headers: ["Location": "http://login/"]), .unreachable),
      (HTTPResponse(status: 403, headers: page, body: Array("<html>".utf8)), .unreachable),
      (HTTPResponse(status: 502, headers: page, body: Array("<html>".utf8)), .unreachable),
      (HTTPResponse(status: 504), .unreachable),
      (.text("not json"), .unreachable),
      (.text("Nothing lives here.", status: 404), .notFound),
    ]
    for (answer, exit) in cases {
      let run = try await admin(["replicas"], ["GET /v1/admin/replicas": answer])
      #expect(run.exit == exit, "\(answer.status)")
      #expect(!run.err.contains("Hint: \n"))
    }
  }

  @Test func `a hub that is away is exit 5 at once, in both languages`() async throws {
    let url = try await withHub(ScriptedHub([:])) { $0 }
    let texts = [
      "en": "rounds-admin: The hub at 127.0.0.1 cannot be reached: ",
      "zh": "rounds-admin: 无法连接服务器 127.0.0.1 ：",
    ]
    for (language, text) in texts {
      let started = ContinuousClock.now
      let run = runAdmin(
        ["conflicts", "--lang", language], environment: ["ROUNDS_TOKEN": "x", "ROUNDS_URL": url])
      #expect(run.exit == .unreachable)
      #expect(run.err.hasPrefix(text))
      #expect(started.duration(to: .now) < .seconds(2))
    }
  }

  @Test func `a wrong environment is a usage failure and asks nothing`() async throws {
    let cases: [(environment: [String: String], message: String)] = [
      ([:], "No token is set."),
      (["ROUNDS_TOKEN": ""], "No token is set."),
      (["ROUNDS_TOKEN": "a b"], "The token holds characters that no token has."),
      (["ROUNDS_TOKEN": "a\nX-Evil: 1"], "The token holds characters that no token has."),
      (
        ["ROUNDS_TOKEN": "x", "ROUNDS_URL": "hub.example.com"],
        "hub.example.com is not the address of a hub."
      ),
      (
        ["ROUNDS_TOKEN": "x", "ROUNDS_URL": "ftp://hub"], "ftp://hub is not the address of a hub."
      ),
      (
        ["ROUNDS_TOKEN": "x", "ROUNDS_URL": "http://a@b"], "http://a@b is not the address of a hub."
      ),
    ]
    for (environment, message) in cases {
      let run = try await admin(["replicas"], environment: environment)
      #expect(run.exit == .usage, "\(environment)")
      #expect(
        run.err.hasPrefix("rounds-admin: \(message)\nHint") || run.err.hasSuffix("\(message)\n"))
      #expect(run.lines == [])
    }
  }

  /// Runs `user list` with a token file of this content and mode.
  private func list(
    token: String, mode: Int, language: String = "en"
  ) async throws -> (run: AdminRun, path: String) {
    let path = FileManager.default.temporaryDirectory
      .appending(path: "rounds-\(UUID().uuidString)").path()
    defer { unlink(path) }
    try #require(
      FileManager.default.createFile(
        atPath: path, contents: Data(token.utf8), attributes: [.posixPermissions: mode]))
    let run = try await admin(
      ["user", "list"], ["GET /v1/admin/users": .json(#"{"users":[]}"#)], language: language,
      environment: ["ROUNDS_TOKEN_FILE": path])
    return (run, path)
  }

  @Test(arguments: [0o644, 0o640, 0o604, 0o602])
  func `a token file that others can read is refused, and asks nothing`(mode: Int) async throws {
    let (run, path) = try await list(token: "s3cret\n", mode: mode)
    #expect(run.exit == .usage)
    #expect(
      run.err == """
        rounds-admin: The file \(path) can be read by others, so it is no secret.
        Hint: chmod 600 \(path)

        """)
    #expect(run.lines == [])
  }

  @Test func `a token file may be empty or not there, and both are told`() async throws {
    let (empty, path) = try await list(token: "\n", mode: 0o600)
    #expect(empty.exit == .usage)
    #expect(empty.err == "rounds-admin: The token file \(path) is empty.\n")
    let missing = try await admin(["replicas"], environment: ["ROUNDS_TOKEN_FILE": path])
    #expect(missing.exit == .notFound)
  }

  @Test func `the token travels in a header, also from a file, with the language`() async throws {
    let answers: [String: HTTPResponse] = ["GET /v1/admin/users": .json(#"{"users":[]}"#)]
    let runs = [
      try await admin(["user", "list"], answers, language: "zh"),
      try await list(token: "s3cret\n", mode: 0o600, language: "zh").run,
    ]
    for run in runs {
      #expect(run.exit == .done)
      #expect(run.asked.first?.headers["authorization"] == "Bearer s3cret")
      #expect(run.asked.first?.headers["accept-language"] == "zh-Hans")
    }
  }

  @Test func `a name cannot reach another path`() async throws {
    for name in ["", ".", ".."] {
      let run = try await admin(["user", "disable", name])
      #expect(run.exit == .usage, "\(name)")
      #expect(run.lines == [])
    }
    let run = try await admin(["user", "disable", "../teams"])
    #expect(run.lines == ["POST /v1/admin/users/../teams/disable"])
  }

  @Test func `words that no request can carry are refused here, and not by a web server's page`()
    async throws
  {
    let long = String(repeating: "名", count: 3_000)
    for words in [["show", long], ["list", "customer", "--where", "name = \(long)"]] {
      let run = try await admin(words)
      #expect(run.exit == .usage)
      #expect(run.err.contains("These words are too long"))
      #expect(run.lines == [])
    }
  }

  @Test func `every command has an example, and help in both languages`() {
    for command in adminTable.declared {
      #expect(!command.examples.isEmpty, "\(command.path)")
      for language in ["en", "zh"] {
        let run = runAdmin(command.path + ["--help", "--lang", language], environment: [:])
        #expect(run.exit == .done)
        #expect(run.out.contains(command.summary.text(language == "en" ? .en : .zhHans)))
      }
    }
  }
}
