// A hub that is there and cannot serve: silent, busy, or without room. What a sync then says, and when.
//
// The hub is a script behind a real server, or a port that nobody answers; the laptop has one edit
// that waits. Whatever happens, that edit still waits afterwards.

import CommandKit
import Glibc
import HTTPServing
import HubClient
import Testing

@testable import rounds

@Suite struct RepHubAwayTests {
  /// A laptop with one edit that waits, on a line to this address.
  private static func laptop(
    to url: String, patience: HTTPHubLink.Patience? = nil, language: String = "en"
  ) throws -> Laptop {
    let address = try #require(HubAddress(url))
    var laptop = try Field().laptop("thinkpad")
    laptop.language = language
    laptop.run("add", "customer", "name=Acme")
    laptop.line = { call in
      HTTPHubLink(address, token: call.token, patience: patience ?? call.patience)
    }
    return laptop
  }

  /// A hub that was stopped: its machine takes connections, and nobody answers them.
  @Test func `a hub that says nothing is given up`() async throws {
    let listener = try RecordingProxy.socket(at: 0, bind)
    defer { close(listener) }
    try #require(listen(listener, 8) == 0)
    let url = "http://127.0.0.1:\(RecordingProxy.port(of: listener))"
    var patience = HTTPHubLink.Patience()
    #expect(patience.silenceSeconds == 30)
    patience.silenceSeconds = 1
    let short = patience
    try await onThread {
      let laptop = try Self.laptop(to: url, patience: short)
      let run = laptop.run("sync")
      #expect(run.exit == .unreachable)
      #expect(
        run.err == """
          rounds: The hub cannot be reached: whoever took the call said nothing for 1 s. \
          Everything is saved here; 1 edit waits to go up.
          Hint: Work on; sync again when there is a network.

          """)
      #expect(try laptop.run("status", "--json").json["waiting"] == 1)
    }
  }

  /// What is told where the hub answers every sync like this.
  private func told(_ answer: HTTPResponse, language: String = "en") async throws -> String {
    try await withHub(ScriptedHub(["POST /v1/sync": answer])) { url in
      try await onThread {
        let laptop = try Self.laptop(to: url, language: language)
        let run = laptop.run("sync")
        #expect(run.exit == .unreachable)
        #expect(run.out == "")
        #expect(try laptop.run("status", "--json").json["waiting"] == 1)
        return run.err
      }
    }
  }

  @Test func `a hub without room says so, and who can help`() async throws {
    // As the hub sends it to laptops: message and hint in one text.
    let full = HTTPResponse.text(
      "The hub's disk is full; nothing was written. Nothing is lost.", status: 507)
    #expect(
      try await told(full) == """
        rounds: The hub's disk is full, so it can take nothing now. Everything is saved here; \
        1 edit waits to go up.
        Hint: Work on. Tell whoever runs the hub to make room on its disk, then try again.

        """)
    #expect(
      try await told(full, language: "zh") == """
        rounds: 服务器磁盘已满，暂时无法接收内容。所有内容都已保存在本机；1 项等待上传。
        提示: 可以继续工作。请联系服务器管理员清理磁盘，然后重试。

        """)
  }

  @Test func `a hub that is busy says when to come again, and no sentence ends twice`() async throws
  {
    #expect(
      try await told(.unavailable(retryAfterSeconds: 7)) == """
        rounds: The hub cannot serve now (HTTP 503): Not now; ask again later. Everything is saved \
        here; 1 edit waits to go up.
        Hint: Work on. Try again in 7 s.

        """)
    #expect(
      try await told(.tooMany(retryAfterSeconds: 30)) == """
        rounds: The hub had too many requests from here in a short time. Everything is saved here; \
        1 edit waits to go up.
        Hint: Work on. Try again in 30 s.

        """)
  }
}
