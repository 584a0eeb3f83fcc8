// `field=value` as typed after `add` and `set`: one change to one field.
//
//     field=value    set; the value may contain `=` and begin with `-`
//     field=         set to nothing
//     field=@file    set to the text of a file; `@@` stands for a value that begins with `@`
//     field+=tag     add to a set or list
//     field-=tag     take out of it
//
// It must never open a file itself: the reader is handed in.

/// One change to one field.
public enum Assignment: Hashable, Sendable {
  /// An empty value clears the field.
  case set(field: String, value: String)
  case add(field: String, value: String)
  case remove(field: String, value: String)

  /// Reads one word; a usage failure names the forms that are allowed.
  public init(parsing word: String, readFile: (String) throws -> [UInt8]) throws {
    guard let equals = word.firstIndex(of: "=") else { throw Assignment.unreadable(word) }
    var field = word[..<equals]
    let value = String(word[word.index(after: equals)...])
    let sign = field.last
    if sign == "+" || sign == "-" { field = field.dropLast() }
    guard Assignment.isName(field) else { throw Assignment.unreadable(word) }
    switch sign {
    case "+": self = .add(field: String(field), value: value)
    case "-": self = .remove(field: String(field), value: value)
    default:
      let text = try Assignment.contents(value, readFile: readFile)
      self = .set(field: String(field), value: text)
    }
  }

  public var field: String {
    switch self {
    case .set(let field, _), .add(let field, _), .remove(let field, _): field
    }
  }

  public var value: String {
    switch self {
    case .set(_, let value), .add(_, let value), .remove(_, let value): value
    }
  }

  /// A letter, then letters, digits and `_`, `-`, `.`: what a column may be called.
  private static func isName(_ field: Substring) -> Bool {
    guard let first = field.first, first.isLetter else { return false }
    return field.allSatisfy { $0.isLetter || $0.isNumber || "_-.".contains($0) }
  }

  private static func contents(
    _ value: String, readFile: (String) throws -> [UInt8]
  ) throws -> String {
    guard value.hasPrefix("@") else { return value }
    let path = String(value.dropFirst())
    if path.hasPrefix("@") { return path }
    guard var text = String(validating: try readFile(path), as: UTF8.self) else {
      throw CommandFailure(
        .refused,
        Phrase(en: "The file \(path) is not UTF-8 text.", zh: "文件 \(path) 不是 UTF-8 文本。"))
    }
    // Editors end a file with a newline that nobody meant as part of the value.
    if text.hasSuffix("\n") || text.hasSuffix("\r\n") { text.removeLast() }
    return text
  }

  private static func unreadable(_ word: String) -> CommandFailure {
    .usage(
      Phrase(en: "Not a field and a value: \(word)", zh: "不是“字段=值”：\(word)"),
      hint: Phrase(
        en: "Write field=value, field+=tag, field-=tag, field=@file or field=",
        zh: "可以写：field=value、field+=tag、field-=tag、field=@file 或 field="))
  }
}
