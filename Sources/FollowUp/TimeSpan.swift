// How long: the `24h` and `5d` of rules. Always more than nothing, and a day is always 24 hours.
//
// Not a calendar: five days after 10:00 is 10:00 also where clocks change in between, in UTC. A
// rule must give the same moment on every machine, whatever its zone.

import Notation
import SyncCore

/// A stretch of time without a beginning.
public struct TimeSpan: Hashable, Comparable, Sendable {
  /// At least one second, at most a century.
  public let milliseconds: Int64

  /// What a span looks like, for messages.
  public static let examples = ["30m", "24h", "5d", "2w", "1d12h"]

  /// Reads numbers with the units s, m, h, d (24 hours) and w; nil for anything else, for nothing,
  /// and for more than a century.
  public init?(_ text: String) {
    guard text.first?.isASCII == true, text.first?.isNumber == true,
      let milliseconds = TimeText.offset("+" + text), milliseconds > 0
    else { return nil }
    self.milliseconds = milliseconds
  }

  public static func < (left: Self, right: Self) -> Bool { left.milliseconds < right.milliseconds }
}

extension TimeSpan: CustomStringConvertible {
  /// The span in its greatest whole units, such as `1d12h`.
  public var description: String {
    var rest = milliseconds / 1000
    var text = ""
    for (unit, seconds) in [("d", 86_400), ("h", 3600), ("m", 60), ("s", 1)] as [(String, Int64)] {
      if rest >= seconds { text += "\(rest / seconds)\(unit)" }
      rest %= seconds
    }
    return text
  }
}

extension Moment {
  /// The first moment at which `span` has passed.
  public func advanced(by span: TimeSpan) -> Moment { advanced(milliseconds: span.milliseconds) }
}
