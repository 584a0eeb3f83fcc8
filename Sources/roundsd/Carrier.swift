// Hands messages over to the world outside: a webhook by HTTP, mail to a program, mail and SMS into a folder.
//
// One after the other, each with a limit of time, so whoever does not answer holds the others up for seconds.
// It decides nothing: what is sent, and when again, is the hub's. A webhook never follows a redirect, and never
// tells what is in a message to anybody but the address that a rule names.

import CommandKit
import Digest
import FollowUp
import Glibc
import Hub
import HubClient
import Notation

/// What this daemon was told of the ways out.
struct WaysOut: Hashable, Sendable {
  /// A folder into which mail and SMS are written, for another program to take away.
  var folder: String?
  /// A program that takes a mail on its standard input, as sendmail does.
  var mailProgram: String?
  /// Who sends mail.
  var sender = "rounds@localhost"
  /// What receivers of webhooks know as well; nil: webhooks are not signed.
  var webhookKey: [UInt8]?

  /// The channels there is a way for.
  var channels: Set<Delivery.Channel> {
    var channels: Set<Delivery.Channel> = [.webhook]
    if folder != nil { channels.formUnion([.mail, .sms]) }
    if mailProgram != nil { channels.insert(.mail) }
    return channels
  }
}

/// Not `Sendable`: it keeps a connection, and is used on one queue.
final class Carrier {
  /// How long one webhook may take, and one mail program, in seconds.
  static let webhookSecondsMax = 10.0
  static let programSecondsMax = 30
  /// What a receiver may answer, in bytes; nobody reads it.
  static let answerBytesMax = 64 * 1024

  private let ways: WaysOut
  private let client: HTTPClient

  init(_ ways: WaysOut, authoritiesPath: String? = nil) {
    self.ways = ways
    client = HTTPClient(authoritiesPath: authoritiesPath)
  }

  func carry(_ delivery: Delivery) -> DeliveryOutcome {
    switch delivery.channel {
    case .webhook: return call(delivery)
    case .sms: return store(smsDocument(of: delivery), as: "\(delivery.id).json")
    case .mail:
      guard let mail = MailText(sender: ways.sender, delivery: delivery).bytes else {
        return .refused("\(delivery.address) is no address")
      }
      if let program = ways.mailProgram { return MailProgram.run(program, mail) }
      return store(mail, as: "\(delivery.id).eml")
    }
  }

  // MARK: Webhooks

  private func call(_ delivery: Delivery) -> DeliveryOutcome {
    let body = Array(delivery.text.utf8)
    var headers = [
      "Content-Type": "application/json", "Idempotency-Key": delivery.id.description,
      "User-Agent": "roundsd",
    ]
    if let key = ways.webhookKey {
      headers["X-Rounds-Signature"] = "sha256=\(MessageCode.sha256(of: body, key: key))"
    }
    let call = HTTPCall(
      method: "POST", url: delivery.address, headers: headers, body: body,
      timeoutSeconds: Carrier.webhookSecondsMax,
      connectTimeoutSeconds: 5, responseBytesMax: Carrier.answerBytesMax)
    do throws(HTTPClientError) {
      let reply = try client.send(call)
      return DeliveryOutcome(
        status: reply.status, retryAfterSeconds: reply.headers["retry-after"].flatMap { Int64($0) })
    } catch {
      return Carrier.outcome(of: error)
    }
  }

  /// What no second try would mend is refused; everything else may pass.
  static func outcome(of error: HTTPClientError) -> DeliveryOutcome {
    switch error {
    case .badURL(let url): .refused("\(url) is no address")
    case .badHeader(let name): .refused("the header \(name) cannot be sent")
    case .notHTTP(let reason): .refused("no HTTP: \(reason)")
    // It answered, at more length than anybody needs: it has it.
    case .tooLarge: .delivered
    case .unreachable(_, let reason), .tls(let reason), .libraryMissing(let reason):
      .unavailable(reason, retryAfterSeconds: nil)
    case .transfer(_, let reason): .unavailable(reason, retryAfterSeconds: nil)
    case .authoritiesUnreadable(let path):
      .unavailable("\(path) cannot be read", retryAfterSeconds: nil)
    case .timedOut(let seconds), .silent(let seconds):
      .unavailable("no answer within \(Int(seconds)) s", retryAfterSeconds: nil)
    case .cut: .unavailable("the connection broke", retryAfterSeconds: nil)
    }
  }

  // MARK: The folder

  private func smsDocument(of delivery: Delivery) -> [UInt8] {
    let document: JSONValue = [
      "id": .string(delivery.id.description), "to": .string(delivery.address),
      "text": .string(delivery.text),
    ]
    return Array((document.text() + "\n").utf8)
  }

  /// Whole or not there, and once however often: the name is the message's.
  private func store(_ bytes: [UInt8], as name: String) -> DeliveryOutcome {
    guard let folder = ways.folder else {
      return .unavailable("there is no folder for it", retryAfterSeconds: nil)
    }
    do throws(PrivateFile.Failure) {
      try PrivateFile.write(bytes, to: "\(folder)/\(name)", replacing: true)
      return .delivered
    } catch {
      return .unavailable("\(folder) cannot be written to", retryAfterSeconds: nil)
    }
  }
}
