// Finds the line and column of a path in a JSON text, for the message about a fault there.
//
// `JSONValue` does not keep positions. The text is known to be JSON by the time anybody asks, so
// one walk over its brackets, strings and separators is enough. It must never trap: a path that is
// not found (a key written with escapes) has no place, and the message does without.

extension JSONFault {
  /// The same error with line and column, where the path can be found.
  public func located(in bytes: [UInt8]) -> Self {
    guard line == nil else { return self }
    var walk = JSONPlace(bytes: bytes)
    guard let offset = walk.offset(of: path) else { return self }
    let lines = bytes[..<offset].split(separator: 0x0A, omittingEmptySubsequences: false)
    var located = self
    located.line = lines.count
    // Continuation bytes of UTF-8 begin no character.
    located.column = 1 + (lines.last?.count { $0 & 0xC0 != 0x80 } ?? 0)
    return located
  }
}

private struct JSONPlace {
  /// An open array or object.
  struct Container {
    let path: String
    let isObject: Bool
    /// The last key, or how many elements came before.
    var key = ""
    var index = 0
    var expectsKey: Bool
  }

  let bytes: [UInt8]
  var offset = 0
  var containers: [Container] = []

  init(bytes: [UInt8]) { self.bytes = bytes }

  /// Where the value at `path` begins.
  mutating func offset(of path: String) -> Int? {
    while offset < bytes.count {
      switch bytes[offset] {
      case UInt8(ascii: " "), 0x09, 0x0A, 0x0D, UInt8(ascii: ":"): offset += 1
      case UInt8(ascii: ","): separator()
      case UInt8(ascii: "]"), UInt8(ascii: "}"):
        _ = containers.popLast()
        offset += 1
      case UInt8(ascii: "\"") where containers.last?.expectsKey == true: key()
      default:
        if currentPath == path { return offset }
        value()
      }
    }
    return nil
  }

  private var currentPath: String {
    guard let container = containers.last else { return "$" }
    return container.isObject
      ? "\(container.path).\(container.key)" : "\(container.path)[\(container.index)]"
  }

  private mutating func separator() {
    offset += 1
    guard var container = containers.popLast() else { return }
    container.index += 1
    container.expectsKey = container.isObject
    containers.append(container)
  }

  private mutating func key() {
    let text = string()
    guard var container = containers.popLast() else { return }
    container.key = String(decoding: text, as: UTF8.self)
    container.expectsKey = false
    containers.append(container)
  }

  private mutating func value() {
    switch bytes[offset] {
    case UInt8(ascii: "{"), UInt8(ascii: "["):
      let isObject = bytes[offset] == UInt8(ascii: "{")
      containers.append(
        Container(path: currentPath, isObject: isObject, expectsKey: isObject))
      offset += 1
    case UInt8(ascii: "\""): _ = string()
    default:
      repeat {
        offset += 1
      } while offset < bytes.count && !" \t\r\n,]}".utf8.contains(bytes[offset])
    }
  }

  /// Steps over a string and returns what is between its quotes, escapes and all.
  private mutating func string() -> ArraySlice<UInt8> {
    let start = offset + 1
    offset = start
    while offset < bytes.count, bytes[offset] != UInt8(ascii: "\"") {
      offset += bytes[offset] == UInt8(ascii: "\\") ? 2 : 1
    }
    let end = min(offset, bytes.count)
    offset = end + 1
    return bytes[start..<max(start, end)]
  }
}
