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
