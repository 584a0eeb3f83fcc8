// Messages handed over for real: to a receiver on loopback, to a program, into a folder.
//
// The receiver is the server that `roundsd` itself is made of; the programs are the machine's own.

import CommandKit
import Digest
import FollowUp
import Foundation
import HTTPServing
import Hub
import HubClient
import Notation
import SyncCore
import Synchronization
import Testing

@testable import roundsd

@Suite struct CarrierTests {
  private let folder = FileManager.default.temporaryDirectory
    .appending(path: "rounds-\(UUID().uuidString)").path()

  init() throws {
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
  }

  private func delivery(
    _ channel: Delivery.Channel, to address: String, title: String = "Hello", text: String = "{}"
  ) -> Delivery {
    Delivery(
      id: ULID(milliseconds: 1_764_000_000_000, randomHigh: 1, randomLow: 2), channel: channel,
      address: address, title: title, text: text,
      dueAt: Moment(milliseconds: 1_764_000_000_000))
  }

  private final class Receiver: Sendable {
    let heard = Mutex<[HTTPRequest]>([])
  }

  @Test(arguments: [nil, Array("Jefe".utf8)] as [[UInt8]?])
  func `a webhook is signed where there is a key`(key: [UInt8]?) async throws {
    let receiver = Receiver()
    let server = HTTPServer(configuration: HTTPServerConfiguration()) { request in
      receiver.heard.withLock { $0.append(request) }
      return HTTPResponse(status: 204)
    }
    try server.start()
    var ways = WaysOut()
    ways.webhookKey = key
    let text = "what do ya want for nothing?"
    let delivery = delivery(.webhook, to: "http://127.0.0.1:\(server.port)/", text: text)
    let outcome = try await onThread { [ways] in Carrier(ways).carry(delivery) }
    await server.stop(drainSeconds: 1)
    #expect(outcome == .delivered)
    let signature = receiver.heard.withLock { $0.first?.headers["x-rounds-signature"] }
    let code = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
    #expect(signature == key.map { _ in "sha256=\(code)" })
  }

  @Test func `a webhook arrives with its key, and an answer says what became of it`() async throws {
    let receiver = Receiver()
    let server = HTTPServer(configuration: HTTPServerConfiguration()) { request in
      receiver.heard.withLock { $0.append(request) }
      return switch request.path {
      case "/good": HTTPResponse(status: 204)
      case "/busy": .unavailable(retryAfterSeconds: 77)
      case "/moved": HTTPResponse(status: 302, headers: ["Location": "/good"])
      default: .notFound
      }
    }
    try server.start()
    let base = "http://127.0.0.1:\(server.port)"
    let paths = ["/good", "/busy", "/moved", "/none"]
    let deliveries = paths.map { delivery(.webhook, to: base + $0, text: #"{"rule":"x"}"#) }
    let outcomes = try await onThread {
      let carrier = Carrier(WaysOut())
      return deliveries.map(carrier.carry)
    }
    await server.stop(drainSeconds: 1)
    #expect(
      outcomes == [
        .delivered, .unavailable("status 503", retryAfterSeconds: 77), .refused("status 302"),
        .refused("status 404"),
      ])
    let heard = receiver.heard.withLock { $0 }
    // A redirect is not followed.
    #expect(heard.map(\.path) == paths)
    #expect(heard.first?.headers["idempotency-key"] == deliveries[0].id.description)
    #expect(heard.first?.headers["content-type"] == "application/json")
    #expect(heard.first.map { String(decoding: $0.body, as: UTF8.self) } == #"{"rule":"x"}"#)
    // Now nobody is there.
    let silent = try await onThread { Carrier(WaysOut()).carry(deliveries[0]) }
    guard case .unavailable = silent else {
      Issue.record("\(silent)")
      return
    }
    let odd = delivery(.webhook, to: "file:///etc/passwd")
    #expect(Carrier(WaysOut()).carry(odd) == .refused("file:///etc/passwd is no address"))
  }

  @Test func `mail and SMS go into a folder whole, under the message's name, once`() throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let carrier = Carrier(WaysOut(folder: folder, sender: "sales@example.com"))
    let mail = delivery(.mail, to: "li@acme.example", title: "合同 C-1", text: "合同已在途中")
    let sms = delivery(.sms, to: "138 0000", text: "生日快乐")
    for _ in 0..<2 {
      #expect(carrier.carry(mail) == .delivered)
      #expect(carrier.carry(sms) == .delivered)
    }
    let names = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
    #expect(names == ["\(mail.id).eml", "\(mail.id).json"])
    let text = try String(contentsOfFile: "\(folder)/\(mail.id).eml", encoding: .utf8)
    #expect(
      text.replacing("\r\n", with: "\n") == """
        From: sales@example.com
        To: li@acme.example
        Subject: =?UTF-8?B?5ZCI5ZCMIEMtMQ==?=
        Date: Mon, 24 Nov 2025 16:00:00 +0000
        Message-ID: <\(mail.id).rounds@example.com>
        MIME-Version: 1.0
        Content-Type: text/plain; charset=utf-8
        Content-Transfer-Encoding: base64
        Auto-Submitted: auto-generated

        5ZCI5ZCM5bey5Zyo6YCU5Lit

        """)
    let json = try JSONValue(
      parsing: Array(try Data(contentsOf: URL(fileURLWithPath: "\(folder)/\(sms.id).json"))))
    #expect(json["to"] == "138 0000" && json["text"] == "生日快乐")
    let nowhere = Carrier(WaysOut(folder: "\(folder)/none"))
    #expect(
      nowhere.carry(sms)
        == .unavailable("\(folder)/none cannot be written to", retryAfterSeconds: nil))
  }

  @Test(arguments: [
    "li@acme.example\r\nBcc: all@acme.example", "a@b, c@d", "Li <li@acme.example>", "li", "@b",
    "a@",
    "-f@x.example", "", "a@b@c", "李@acme.example",
  ])
  func `what could begin a header, or is no one address, gets no mail`(address: String) {
    let carrier = Carrier(WaysOut(folder: folder))
    let outcome = carrier.carry(delivery(.mail, to: address))
    #expect(outcome == .refused("\(address) is no address"))
  }

  @Test func `a title that is long or holds line breaks stays one header`() throws {
    let title = String(repeating: "很长的标题", count: 20) + "\r\nBcc: x@y.example"
    let bytes = try #require(
      MailText(sender: "a@b.example", delivery: delivery(.mail, to: "c@d.example", title: title))
        .bytes)
    let lines = String(decoding: bytes, as: UTF8.self).replacing("\r\n", with: "\n")
      .split(separator: "\n", omittingEmptySubsequences: false)
    #expect(!lines.contains { $0.hasPrefix("Bcc") })
    #expect(lines.allSatisfy { $0.utf8.count <= 78 })
    #expect(bytes.allSatisfy { $0 < 0x80 })
  }

  @Test(arguments: [
    ("exit 0", "delivered"), ("exit 75", "later"), ("exit 67", "refused"), ("exit 1", "later"),
    ("kill -9 $$", "later"),
  ])
  func `a mail program's end says whether to try again`(end: String, expected: String) throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let path = "\(folder)/mailer"
    try "#!/bin/sh\ncat > \(folder)/mail\necho \"$@\" > \(folder)/words\n\(end)\n"
      .write(toFile: path, atomically: true, encoding: .utf8)
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
    let outcome = Carrier(WaysOut(mailProgram: path)).carry(delivery(.mail, to: "a@b.example"))
    let word =
      switch outcome {
      case .delivered: "delivered"
      case .refused: "refused"
      case .unavailable: "later"
      }
    #expect(word == expected, "\(outcome)")
    #expect(try String(contentsOfFile: "\(folder)/words", encoding: .utf8) == "-i -t\n")
    let mail = try String(contentsOfFile: "\(folder)/mail", encoding: .utf8)
    #expect(mail.contains("To: a@b.example"))
  }

  @Test func `base64 is what the standard says`() {
    let table = [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg==")]
    for (plain, coded) in table { #expect(Base64.text(of: Array(plain.utf8)) == coded) }
  }
}
