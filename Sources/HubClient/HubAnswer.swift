// What the status of an answer means, and the error document a hub sends with it.
//
// A hub that refuses says why: `{"error":{"code","message","hint"}}`. Not all that answers is the
// hub: a hotel's login page, a redirect, a proxy whose hub is away. Those are told apart here,
// so that nobody takes a login page for a verdict.

import Notation

/// Why a hub said no: facts for programs, and its own words for people.
public struct HubRefusal: Hashable, Sendable {
  public var status: Int
  /// A word for programs; empty when the answer had none.
  public var code: String
  /// One or two sentences; empty when the answer had none.
  public var message: String
  public var hint: String?
  /// What an ambiguous reference could mean.
  public var candidates: [String] = []
  /// When to come again, as far as it was said.
  public var retryAfterSeconds: Int?

  public init(status: Int, code: String = "", message: String = "", hint: String? = nil) {
    self.status = status
    self.code = code
    self.message = message
    self.hint = hint
  }
}

/// An answer, sorted by what it means.
enum HubAnswer: Equatable {
  case done([UInt8])
  case refused(HubRefusal)
  /// A proxy stands there, and says that nobody is behind it.
  case nobodyHome(status: Int)
  /// Whoever answered is not a hub.
  case stranger(status: Int)

  /// The longest text of a refusal that is passed on, in characters.
  private static let textCharactersMax = 500
  /// The most candidates that are passed on.
  private static let candidatesMax = 10

  init(_ reply: HTTPReply) {
    let type = reply.headers["content-type"]?.lowercased() ?? ""
    let isPage = type.hasPrefix("text/html")
    switch reply.status {
    case 200..<300: self = isPage ? .stranger(status: reply.status) : .done(reply.body)
    case 400...:
      if let refusal = HubAnswer.refusal(reply) {
        self = .refused(refusal)
      } else if (502...504).contains(reply.status) {
        self = .nobodyHome(status: reply.status)
      } else if isPage {
        self = .stranger(status: reply.status)
      } else {
        var refusal = HubRefusal(status: reply.status, message: HubAnswer.text(reply.body))
        refusal.retryAfterSeconds = reply.retryAfterSeconds
        self = .refused(refusal)
      }
    // A hub never redirects, and the client never follows.
    default: self = .stranger(status: reply.status)
    }
  }

  private static func refusal(_ reply: HTTPReply) -> HubRefusal? {
    guard let error = (try? JSONValue(parsing: reply.body))?["error"] else { return nil }
    var refusal = HubRefusal(
      status: reply.status, code: error["code"]?.string ?? "",
      message: text(Array((error["message"]?.string ?? "").utf8)),
      hint: error["hint"]?.string.map { text(Array($0.utf8)) })
    let candidates = error["candidates"]?.array?.prefix(candidatesMax) ?? []
    refusal.candidates = candidates.compactMap { $0.string.map { text(Array($0.utf8)) } }
    refusal.retryAfterSeconds = reply.retryAfterSeconds
    return refusal
  }

  /// Words from outside, in one line and not without end.
  private static func text(_ bytes: [UInt8]) -> String {
    let text = String(decoding: bytes, as: UTF8.self).prefix(textCharactersMax)
    let isControl: (Unicode.Scalar) -> Bool = {
      $0.value < 0x20 || (0x7F...0x9F).contains($0.value)
    }
    let line = text.map { $0.unicodeScalars.contains(where: isControl) ? " " : $0 }
    let start = line.drop(while: \.isWhitespace)
    return String(start.reversed().drop(while: \.isWhitespace).reversed())
  }
}

extension HTTPReply {
  /// The longest that a hub, or whoever stands before it, is heeded, in seconds.
  private static let retryAfterSecondsMax = 600

  /// When the answer is "later": after how many seconds, as far as it says so.
  var retryAfterSeconds: Int? {
    guard [429, 503, 507].contains(status), let seconds = headers["retry-after"].flatMap(Int.init),
      seconds > 0
    else { return nil }
    return min(seconds, HTTPReply.retryAfterSecondsMax)
  }
}

extension HTTPClientError {
  /// One English line, for logs and for reasons that are passed on.
  public var reason: String {
    switch self {
    case .libraryMissing(let reason): "libcurl cannot be loaded: \(reason)"
    case .badURL(let url): "not the address of a hub: \(url)"
    case .badHeader(let name): "the header \(name) holds a control character"
    case .authoritiesUnreadable(let path): "no certificate authorities can be read from \(path)"
    case .unreachable(_, let reason): reason
    case .tls(let reason): "TLS: \(reason)"
    case .timedOut(let seconds): "no answer within \(Int(seconds)) s"
    case .silent(let seconds): "whoever took the call said nothing for \(Int(seconds)) s"
    case .tooLarge(let bytesMax): "the answer is longer than \(bytesMax) bytes"
    case .cut(let bytes): "the connection broke after \(bytes) bytes of the answer"
    case .notHTTP(let reason): "the other end does not speak HTTP: \(reason)"
    case .transfer(_, let reason): reason
    }
  }
}
