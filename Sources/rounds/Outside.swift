// What the commands of `rounds` reach beyond the console: the hub, chance, other programs, signals.
//
// A value handed in by `main`, so that tests run whole commands against a hub in memory. Commands
// must never reach for any of this by themselves.

import CommandKit
import Digest
import Glibc
import HubClient
import Notation
import SyncCore
import Wire

/// The way to a hub, with what `rounds` asks of it besides syncing.
protocol HubLine: HubLink {
  func wait(cursor: Position, epoch: UInt32) throws(HubLinkError) -> HTTPHubLink.News
  func history(record: RecordID, field: String?) throws(HubLinkError) -> JSONValue
  func extent(of narrowing: Narrowing) throws(HubLinkError) -> JSONValue
  func bundle(_ file: [UInt8]) throws(HubLinkError) -> [UInt8]
  /// When the last answer said "later": after how many seconds, as far as it said so.
  var retryAfterSeconds: Int? { get }
  /// Whether the last call found somebody, and the line broke then.
  var wasCut: Bool { get }
  func compare(_ request: [UInt8]) throws(HubLinkError) -> [UInt8]
  func checkpoints(at positions: [Position]) throws(HubLinkError) -> JSONValue
}

extension HTTPHubLink: HubLine {}

/// Which hub, as whom, and how patiently.
struct HubCall: Sendable {
  var address: HubAddress
  /// Nil only before a join.
  var token: String?
  var patience = HTTPHubLink.Patience()
  /// PEM certificates to trust in place of the system's.
  var authoritiesPath: String?
}

struct Outside: Sendable {
  var line: @Sendable (HubCall) -> any HubLine
  var random: @Sendable () -> any RandomNumberGenerator
  /// What this machine calls itself.
  var deviceName: @Sendable () -> String
  /// Runs a shell command with these variables added to the environment, and waits for its end.
  var runHook: @Sendable (String, [String: String]) throws -> Void
  var interruption: Interruption
  /// Asks for a secret at the terminal, without showing it; nil where there is no terminal.
  var askSecret: @Sendable (String) -> [UInt8]? = { _ in nil }

  /// The real world.
  static let process = Outside(
    line: { call in
      HTTPHubLink(
        call.address, token: call.token, authoritiesPath: call.authoritiesPath,
        patience: call.patience)
    },
    random: { SystemRandom() },
    deviceName: machineName,
    runHook: Hook.run,
    interruption: Interruption(takesSignals: true), askSecret: Terminal.askSecret)

  @Sendable private static func machineName() -> String {
    var buffer = [CChar](repeating: 0, count: 256)
    guard gethostname(&buffer, buffer.count - 1) == 0 else { return "laptop" }
    let bytes = buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
    return bytes.isEmpty ? "laptop" : String(decoding: bytes, as: UTF8.self)
  }
}
