// How a command gets to the hub: address, token and certificates come from the environment.
//
// The token must never be an argument (see `accessNote`), be printed, be part of a url, or come from a
// file that others can read.

import CommandKit
import HubClient
import Notation

/// What is wrong with the environment.
enum AccessError: Error, Hashable {
  case badAddress(String)
  case noToken
  case emptyTokenFile(path: String)
  case unusableToken
}

enum HubAccess {
  static let defaultAddress = "http://127.0.0.1:7440"
  /// Longer tokens are not ours, in bytes.
  static let tokenBytesMax = PrivateFile.secretBytesMax

  /// The client the environment describes; makes no call.
  static func client(_ console: Console) throws -> AdminClient {
    let typed = variable("ROUNDS_URL", console) ?? defaultAddress
    guard let address = HubAddress(typed) else { throw AccessError.badAddress(typed) }
    let token = try token(console)
    if address.isOpenToEavesdroppers {
      console.remark(
        Phrase(
          en: "Anybody on the way to \(address.text) can read your token; use https.",
          zh: "通往 \(address.text) 的途中，任何人都能读到您的令牌；请使用 https。"))
    }
    return AdminClient(
      address, token: token, languages: console.language.rawValue,
      authoritiesPath: variable("ROUNDS_CA", console))
  }

  private static func token(_ console: Console) throws -> String {
    let token: String
    if let typed = variable("ROUNDS_TOKEN", console) {
      token = trimmed(typed)
    } else if let path = variable("ROUNDS_TOKEN_FILE", console) {
      token = trimmed(String(decoding: try secret(in: path), as: UTF8.self))
      if token.isEmpty { throw AccessError.emptyTokenFile(path: path) }
    } else {
      throw AccessError.noToken
    }
    let isPlain = token.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }
    guard isPlain, !token.isEmpty, token.utf8.count <= tokenBytesMax else {
      throw AccessError.unusableToken
    }
    return token
  }

  private static func secret(in path: String) throws -> [UInt8] {
    do throws(PrivateFile.SecretFailure) {
      return try PrivateFile.readSecret(path)
    } catch {
      throw CommandFailure(error)
    }
  }

  private static func variable(_ name: String, _ console: Console) -> String? {
    console.environment[name].flatMap { $0.isEmpty ? nil : $0 }
  }

  private static func trimmed(_ text: String) -> String {
    let start = text.drop(while: \.isWhitespace)
    return String(start.reversed().drop(while: \.isWhitespace).reversed())
  }
}

extension Invocation {
  func hub() throws -> AdminClient { try HubAccess.client(console) }

  /// Prints the hub's document as it is with `--json`, and in words otherwise.
  func show(_ document: JSONValue, inWords words: (Screen) -> Void) {
    if isJSON { console.print(json: document) } else { words(Screen(console)) }
  }

  /// A moment as the hub reads it.
  func moment(_ name: String) throws -> String? {
    try time(name).map { ISO8601.string(milliseconds: $0, in: console.zone) }
  }
}
