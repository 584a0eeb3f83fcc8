// The replica's line over a real socket: bytes, token, counters, waits, and what each status means.

import HTTPServing
import HubClient
import Notation
import SyncCore
import Testing
import Wire

private let protobuf = ["Content-Type": "application/x-protobuf"]

private func outcome(
  _ work: (HTTPHubLink) throws(HubLinkError) -> [UInt8], _ link: HTTPHubLink
) -> Result<[UInt8], HubLinkError> {
  do throws(HubLinkError) {
    return .success(try work(link))
  } catch {
    return .failure(error)
  }
}

@Suite struct AdminHubLinkTests {
  @Test func `a sync carries bytes both ways and counts them`() async throws {
    let hub = ScriptedHub([
      "POST /v1/join": HTTPResponse(status: 200, headers: protobuf, body: [9]),
      "POST /v1/sync": HTTPResponse(status: 200, headers: protobuf, body: [0, 255, 10]),
    ])
    let traffic = try await withHub(hub) { url in
      let address = try #require(HubAddress(url + "/"))
      return try await onThread {
        let link = HTTPHubLink(address, token: "device")
        let joined = try link.join([])
        let synced = try link.sync([1, 0, 13, 10, 255])
        #expect(joined == [9])
        #expect(synced == [0, 255, 10])
        return link.traffic
      }
    }
    #expect(traffic.bytesUp == 5)
    #expect(traffic.bytesDown == 4)
    #expect(traffic.roundTrips == 2)
    #expect(hub.asked.map(\.body) == [[], [1, 0, 13, 10, 255]])
    #expect(hub.asked.last?.headers["authorization"] == "Bearer device")
    #expect(hub.asked.last?.headers["content-type"] == "application/x-protobuf")
  }

  @Test(
    arguments: [
      (status: 429, header: "7", seconds: 7), (status: 503, header: "5", seconds: 5),
      (status: 507, header: "99999999", seconds: 600), (status: 503, header: "-4", seconds: nil),
      (status: 503, header: "Sun, 22 Nov 2026 11:43:02 GMT", seconds: nil),
      (status: 200, header: "7", seconds: nil),
    ] as [(status: Int, header: String, seconds: Int?)])
  func `a hub that says later is heeded, within reason`(
    row: (status: Int, header: String, seconds: Int?)
  ) async throws {
    let answer = HTTPResponse(status: row.status, headers: ["Retry-After": row.header])
    let hub = ScriptedHub(["POST /v1/sync": answer, "GET /v1/wait?cursor=1&epoch=1": answer])
    try await withHub(hub) { url in
      let address = try #require(HubAddress(url))
      try await onThread {
        let link = HTTPHubLink(address, token: "device")
        let synced = outcome({ link throws(HubLinkError) in try link.sync([]) }, link)
        #expect(link.retryAfterSeconds == row.seconds)
        #expect(!link.wasCut)
        guard row.status != 200 else { return }
        switch synced {
        // Without a word it is a proxy that says so.
        case .failure(.unavailable(status: row.status, _)), .failure(.unreachable): break
        default: Issue.record("Later is not never: \(synced)")
        }
        #expect(throws: HubLinkError.self) { try link.wait(cursor: Position(1), epoch: 1) }
        #expect(link.retryAfterSeconds == row.seconds)
      }
    }
  }

  @Test func `a status is a refusal, a stranger, or nobody at home`() async throws {
    let page = ["Content-Type": "text/html"]
    let cases: [(answer: HTTPResponse, error: HubLinkError)] = [
      (.refusal(401, "revoked", "Revoked."), .refused(status: 401, text: "Revoked.")),
      (.text("Too large.", status: 413), .refused(status: 413, text: "Too large.")),
      (HTTPResponse(status: 500), .refused(status: 500, text: "")),
      (
        .refusal(503, "busy", "Later."),
        .unavailable(status: 503, text: "Later.")
      ),
      (
        HTTPResponse(status: 502, headers: page),
        .unreachable(reason: "nobody is behind the proxy (502)")
      ),
      (
        HTTPResponse(status: 200, headers: page, body: [60]),
        .unreachable(reason: "whoever answered is not a hub (200)")
      ),
      (
        HTTPResponse(status: 302, headers: ["Location": "http://login/"]),
        .unreachable(reason: "whoever answered is not a hub (302)")
      ),
    ]
    for (answer, error) in cases {
      let result = try await withHub(ScriptedHub(["POST /v1/sync": answer])) { url in
        let address = try #require(HubAddress(url))
        return try await onThread {
          outcome(
            { (link) throws(HubLinkError) in try link.sync([1]) }, HTTPHubLink(address, token: "t"))
        }
      }
      #expect(result == .failure(error))
    }
  }

  @Test func `nobody listening is unreachable`() async throws {
    let url = try await withHub(ScriptedHub([:])) { $0 }
    let link = HTTPHubLink(try #require(HubAddress(url)), token: "t")
    guard
      case .failure(.unreachable) = outcome(
        { (link) throws(HubLinkError) in try link.sync([1]) }, link)
    else {
      Issue.record("a closed port answered")
      return
    }
    #expect([link.traffic.roundTrips, link.traffic.bytesUp, link.traffic.bytesDown] == [0, 0, 0])
  }

  @Test func `a wait ends with news or with none`() async throws {
    let line = "GET /v1/wait?cursor=7&epoch=4294967295"
    let cases: [(answer: HTTPResponse, news: HTTPHubLink.News)] = [
      (.json(#"{"news":true}"#), .arrived),
      (.json(#"{"news":false}"#), .none),
    ]
    for (answer, news) in cases {
      let hub = ScriptedHub([line: answer])
      let ended = try await withHub(hub) { url in
        let address = try #require(HubAddress(url))
        return try await onThread {
          try HTTPHubLink(address, token: "t").wait(cursor: Position(7), epoch: .max)
        }
      }
      #expect(ended == news)
      #expect(hub.asked.map(\.line) == [line])
    }
  }

  @Test func `history is the hub's document`() async throws {
    let record = try #require(ULID("01JC0000000000000000000001"))
    let line = "GET /v1/history?field=notes&record=01JC0000000000000000000001"
    let document = try await withHub(ScriptedHub([line: .json(#"{"history":[]}"#)])) { url in
      let address = try #require(HubAddress(url))
      return try await onThread {
        try HTTPHubLink(address, token: "t").history(record: record, field: "notes")
      }
    }
    #expect(document == ["history": []])
  }

  @Test func `addresses are read strictly`() {
    let good = ["http://a", "https://a.b:8443/rounds/", "HTTP://[::1]:7440"]
    let bad = [
      "", "a", "http://", "http:///x", "https://a?b", "https://a#b", "http://u:p@a", "http://a b",
    ]
    for text in good { #expect(HubAddress(text) != nil, "\(text)") }
    for text in bad { #expect(HubAddress(text) == nil, "\(text)") }
    #expect(HubAddress("https://a/b//")?.text == "https://a/b")
    let eavesdropped = ["http://a": true, "https://a": false, "http://127.0.0.1:7440": false]
    for (text, isOpen) in eavesdropped {
      #expect(HubAddress(text)?.isOpenToEavesdroppers == isOpen, "\(text)")
    }
  }
}
