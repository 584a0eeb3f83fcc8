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
          rounds: The hub cannot be reached: the hub is connected and says nothing for 1 s. \
          Everything is saved here; 1 edit waits to go up.
          Hint: Work on; sync again when there is a network.

          """)
      #expect(try laptop.run("status", "--json").json["waiting"] == 1)
    }
  }
}
