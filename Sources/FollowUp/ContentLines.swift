// Lines as vCard (RFC 2426) and iCalendar (RFC 5545) write them: `NAME:value`, folded and ended alike.
//
// A line has at most 75 bytes; what is longer goes on in the next one, after a space. A character is never
// torn apart, because some programs unfold after decoding. Backslash, comma, semicolon and the ends of lines
// are escaped in text, so that no note can begin a line of its own.

public struct ContentLines: Hashable, Sendable {
  static let bytesMax = 75

  public private(set) var text = ""

  public init() {}

  /// A line whose value is written as it is: a time, a number, a word of the format.
  public mutating func add(_ name: String, raw value: String) {
    var room = ContentLines.bytesMax
    for character in "\(name):\(value)".unicodeScalars {
      let length = UTF8.width(character)
      if length > room {
        text += "\r\n "
        room = ContentLines.bytesMax - 1
      }
      text.unicodeScalars.append(character)
      room -= length
    }
    text += "\r\n"
  }

  /// A line of text; none where there is nothing to say.
  public mutating func add(_ name: String, _ value: String?) {
    add(name, parts: [value])
  }

  /// A line of several texts, each with its place; none where all of them are empty.
  public mutating func add(_ name: String, parts: [String?]) {
    add(name, parts, separator: ";")
  }

  /// A line of texts of one kind, however many.
  public mutating func add(_ name: String, list: [String]) {
    add(name, list, separator: ",")
  }

  private mutating func add(_ name: String, _ parts: [String?], separator: String) {
    guard parts.contains(where: { $0?.isEmpty == false }) else { return }
    add(name, raw: parts.map { ContentLines.escaped($0 ?? "") }.joined(separator: separator))
  }

  static func escaped(_ text: String) -> String {
    var escaped = ""
    for character in text {
      switch character {
      case "\\", ",", ";": escaped += "\\\(character)"
      case "\n", "\r\n", "\r", "\u{85}", "\u{2028}", "\u{2029}": escaped += "\\n"
      case "\t": escaped += " "
      // Other control characters are in no text, and some readers end the card at them.
      case "\u{0}"..."\u{1f}", "\u{7f}": break
      default: escaped.append(character)
      }
    }
    return escaped
  }
}
