// Answers that travel packed: `Content-Encoding: zstd`, where the caller says that he unpacks it.
//
// Only answers are packed, and only ours: a body that comes in packed is refused (415), so nothing that a
// stranger sends can swell here. What is short stays as it is, for packing costs more than it saves; so
// does what came out no shorter. Secrets and what a stranger chose never share an answer, so the length
// of a packed one over TLS tells nothing of them.

import Packing

extension HTTPResponse {
  /// Shorter bodies stay as they are.
  static let packedBytesMin = 1_024

  /// Itself, or the same with its body packed if the caller takes that.
  ///
  /// - Parameter accepted: his `Accept-Encoding` (RFC 9110, section 12.5.3).
  func packed(accepting accepted: String?) -> HTTPResponse {
    guard body.count >= HTTPResponse.packedBytesMin, status == 200,
      accepted.map(HTTPResponse.acceptsZstandard) ?? false, headers["Content-Encoding"] == nil
    else { return self }
    guard let packed = body.withUnsafeBytes(Zstandard.frame), packed.count < body.count
    else { return self }
    var response = self
    response.body = packed
    response.headers["Content-Encoding"] = "zstd"
    response.headers["Vary"] = "Accept-Encoding"
    return response
  }

  /// Whether `zstd` is among the codings, and is not ruled out by a weight of nothing.
  private static func acceptsZstandard(_ accepted: String) -> Bool {
    accepted.lowercased().split(separator: ",").contains { item in
      let parts = item.split(separator: ";").map { $0.filter { $0 != " " && $0 != "\t" } }
      guard parts.first == "zstd" else { return false }
      return !parts.dropFirst().contains { weight in
        weight.hasPrefix("q=") && Double(weight.dropFirst(2)) == 0
      }
    }
  }
}
