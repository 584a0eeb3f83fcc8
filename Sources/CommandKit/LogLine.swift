// One line of the daemon's log, as text for a person or JSON for a collector.
//
//     2026-11-22T10:24:22.123+08:00 info pushed accepted=3 user="Li Na"
//     {"accepted":3,"event":"pushed","level":"info","time":"2026-11-22T10:24:22.123+08:00",…}
//
// The event is a fixed word that a test or an alert can point at; what varies stands in the
// values, sorted by key. It must never span two lines, whatever a value holds, and never hold a
// token or what a record says.

import Notation

/// An event with its values.
public struct LogLine: Sendable {
  public enum Level: String, Sendable, CaseIterable, Comparable {
    case debug, info, warning, error

    private var rank: Int { Level.allCases.firstIndex(of: self) ?? 0 }
    public static func < (first: Level, second: Level) -> Bool { first.rank < second.rank }
  }

  public enum Format: String, Sendable, CaseIterable { case text, json }

  private static let reservedKeys: Set<String> = ["time", "level", "event"]

  public let milliseconds: Int64
  public let level: Level
  public let event: String
  /// A key that a line has anyway (time, level, event) gets a `_` after it in JSON.
  public let values: [String: JSONValue]

  public init(
    milliseconds: Int64, level: Level, event: String, values: [String: JSONValue] = [:]
  ) {
    self.milliseconds = milliseconds
    self.level = level
    self.event = event
    self.values = values
  }

  /// The line, without a newline.
  public func text(_ format: Format, zone: LocalZone) -> String {
    let time = ISO8601.string(milliseconds: milliseconds, in: zone)
    switch format {
    case .text:
      let head = "\(time) \(level.rawValue) \(LogLine.bare(event))"
      return values.sorted { $0.key < $1.key }.reduce(head) { line, value in
        "\(line) \(LogLine.bare(value.key))=\(LogLine.bare(value.value))"
      }
    case .json:
      var members: [String: JSONValue] = [:]
      for (key, value) in values {
        members[LogLine.reservedKeys.contains(key) ? "\(key)_" : key] = value
      }
      members["time"] = .string(time)
      members["level"] = .string(level.rawValue)
      members["event"] = .string(event)
      return JSONValue.object(members).text()
    }
  }

  private static func bare(_ value: JSONValue) -> String {
    guard let text = value.string else { return value.text() }
    return bare(text)
  }

  /// The text itself where it is one plain word, else quoted as in JSON.
  private static func bare(_ text: String) -> String {
    let isPlain = text.unicodeScalars.allSatisfy {
      if $0.isASCII { return $0 > " " && $0 < "\u{7F}" && $0 != "\"" && $0 != "=" && $0 != "\\" }
      return !$0.properties.isWhitespace && $0.properties.generalCategory != .control
    }
    return isPlain && !text.isEmpty ? text : JSONValue.string(text).text()
  }
}
