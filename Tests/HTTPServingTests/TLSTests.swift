// TLS between the server and the client, with a certificate made for the occasion.

import Glibc
import HTTPServing
import HubClient
import Testing

@Suite(.enabled(if: Certificate.canBeMade, "The `openssl` command is not installed."))
struct TLSTests {
  @Test func `a trusted certificate carries a call there and back`() async throws {
    let certificate = try Certificate()
    defer { certificate.remove() }
    let tls = try TLSIdentity(
      certificatePath: certificate.certificatePath, keyPath: certificate.keyPath)
    try await withServer(tls: tls) { request in
      HTTPResponse(status: 200, body: request.body)
    } _: { server in
      let url = "https://127.0.0.1:\(server.port)/"
      let body = (0..<300_000).map { UInt8(truncatingIfNeeded: $0) }
      let reply = try await blocking {
        let client = HTTPClient(authoritiesPath: certificate.certificatePath)
        return try client.send(HTTPCall(method: "POST", url: url, body: body))
      }
      #expect(reply.status == 200)
      #expect(reply.body == body)
    }
  }

  @Test func `a certificate of unknown origin, or none at all, is refused`() async throws {
    let certificate = try Certificate()
    defer { certificate.remove() }
    let tls = try TLSIdentity(
      certificatePath: certificate.certificatePath, keyPath: certificate.keyPath)
    try await withServer(tls: tls) { _ in
      .text("secret")
    } _: { server in
      let unknown = try await failure(of: HTTPCall(url: "https://127.0.0.1:\(server.port)/"))
      guard case .tls = unknown else {
        Issue.record("Got \(String(describing: unknown)).")
        return
      }
    }
    try await withServer { _ in
      .text("plain")
    } _: { server in
      let plain = try await failure(
        of: HTTPCall(url: "https://127.0.0.1:\(server.port)/", timeoutSeconds: 5),
        authoritiesPath: certificate.certificatePath)
      guard case .tls = plain else {
        Issue.record("Got \(String(describing: plain)).")
        return
      }
    }
  }

  @Test func `authorities that cannot be read are told as such`() async throws {
    let certificate = try Certificate()
    defer { certificate.remove() }
    let tls = try TLSIdentity(
      certificatePath: certificate.certificatePath, keyPath: certificate.keyPath)
    try await withServer(tls: tls) { _ in
      .text("secret")
    } _: { server in
      let error = try await failure(
        of: HTTPCall(url: "https://127.0.0.1:\(server.port)/"), authoritiesPath: "/no/such/file")
      #expect(error == .authoritiesUnreadable(path: "/no/such/file"))
    }
  }

  @Test func `a new certificate is shown to new callers, and those that wait keep their places`()
    async throws
  {
    let (old, new) = (try Certificate(), try Certificate())
    defer { for certificate in [old, new] { certificate.remove() } }
    let room = WaitRoom(slotsMax: 1)
    let seated = Tally()
    try await withServer(tls: try old.identity, rooms: [room]) { request in
      guard request.path == "/wait" else { return .text("at once") }
      let outcome = await room.wait(key: "news", atMost: .seconds(60)) {
        seated.add()
        return false
      }
      return .text("\(outcome)")
    } _: { server in
      let url = "https://127.0.0.1:\(server.port)"
      async let waiting = blocking {
        try HTTPClient(authoritiesPath: old.certificatePath).send(HTTPCall(url: url + "/wait"))
      }
      await seated.reached(1)
      try server.replaceIdentity(try new.identity)
      for _ in 0..<2 {
        let reply = try await blocking {
          try HTTPClient(authoritiesPath: new.certificatePath).send(HTTPCall(url: url))
        }
        #expect(reply.status == 200)
      }
      guard
        case .tls = try await failure(
          of: HTTPCall(url: url), authoritiesPath: old.certificatePath)
      else {
        Issue.record("The old certificate is still shown.")
        return
      }
      room.announce("news")
      #expect(try await waiting.body == Array("news\n".utf8))
    }
  }

  @Test func `a certificate that does not fit its key changes nothing`() async throws {
    let (certificate, other) = (try Certificate(), try Certificate())
    defer { for certificate in [certificate, other] { certificate.remove() } }
    var wrong = try other.identity
    wrong.keyPEM = try certificate.identity.keyPEM
    try await withServer(tls: try certificate.identity) { _ in
      .text("at once")
    } _: { server in
      for broken in [wrong, TLSIdentity(certificatePEM: "", keyPEM: "")] {
        #expect(throws: HTTPServerError.certificateRefused) { try server.replaceIdentity(broken) }
      }
      let url = "https://127.0.0.1:\(server.port)/"
      let reply = try await blocking {
        try HTTPClient(authoritiesPath: certificate.certificatePath).send(HTTPCall(url: url))
      }
      #expect(reply.status == 200)
    }
  }

  @Test(arguments: [
    (version: "-tls1", isTaken: false), (version: "-tls1_1", isTaken: false),
    (version: "-tls1_2", isTaken: true), (version: "-tls1_3", isTaken: true),
  ])
  func `nothing older than TLS 1.2 is spoken`(row: (version: String, isTaken: Bool)) async throws {
    let certificate = try Certificate()
    defer { certificate.remove() }
    try await withServer(tls: try certificate.identity) { _ in
      .text("at once")
    } _: { server in
      // The old versions need a caller that would still speak them.
      let command =
        "echo | openssl s_client -connect 127.0.0.1:\(server.port) \(row.version)"
        + " -cipher 'ALL:@SECLEVEL=0' 2>&1 | grep -q 'Cipher is [A-Z]'"
      let status = try await blocking { system(command) }
      #expect(status == (row.isTaken ? 0 : 256))
    }
  }

  @Test func `a key that is none keeps the server from starting`() async throws {
    let certificate = try Certificate()
    defer { certificate.remove() }
    var tls = try TLSIdentity(
      certificatePath: certificate.certificatePath, keyPath: certificate.keyPath)
    tls.keyPEM = "not a key"
    let server = HTTPServer(configuration: HTTPServerConfiguration(tls: tls)) { _ in .notFound }
    #expect(throws: HTTPServerError.certificateRefused) { try server.start() }
    #expect(throws: HTTPServerError.fileUnreadable(path: "/no/such/file", errno: ENOENT)) {
      try TLSIdentity(certificatePath: "/no/such/file", keyPath: certificate.keyPath)
    }
  }
}

/// A self-signed certificate for the loopback address, in a folder of its own.
private struct Certificate {
  private let folder: String
  var certificatePath: String { folder + "/certificate.pem" }
  var keyPath: String { folder + "/key.pem" }
  var identity: TLSIdentity {
    get throws { try TLSIdentity(certificatePath: certificatePath, keyPath: keyPath) }
  }

  struct NotMade: Error {}

  static var canBeMade: Bool { system("command -v openssl >/dev/null 2>&1") == 0 }

  init() throws {
    var template = Array("/tmp/rounds-tls-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { throw NotMade() }
    folder = template.withUnsafeBufferPointer { $0.baseAddress.map { String(cString: $0) } ?? "" }
    let command =
      "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 "
      + "-subj /CN=localhost -addext subjectAltName=IP:127.0.0.1 "
      + "-keyout \(keyPath) -out \(certificatePath) >/dev/null 2>&1"
    guard system(command) == 0 else { throw NotMade() }
  }

  func remove() {
    unlink(certificatePath)
    unlink(keyPath)
    rmdir(folder)
  }
}
