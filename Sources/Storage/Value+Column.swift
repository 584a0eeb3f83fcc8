// Values in columns: how each kind of field is bound and read back.
//
// What a column holds is plain to any SQL tool (`CollectionTable` says how). A column that holds what
// its field cannot is damage, and told as such; it is never read as something else.

import CSQLite
import SyncCore

extension ValueType {
  /// The declared type of the column in a STRICT table.
  public var columnType: String {
    switch self {
    case .text, .decimal, .reference, .set: "TEXT"
    case .integer, .boolean, .moment: "INTEGER"
    case .group: preconditionFailure("a group has no column, its members have")
    }
  }
}

extension Statement {
  /// - Throws: `constraint` for a group: its members have columns, it has none.
  public func bind(_ value: Value, at index: Int) throws(StorageError) {
    switch value {
    case .null: bindNull(at: index)
    case .text(let text): bind(text, at: index)
    case .integer(let number): bind(number, at: index)
    case .boolean(let flag): bind(flag ? 1 : 0, at: index)
    case .decimal(let number): bind(number.description, at: index)
    case .moment(let moment): bind(moment.milliseconds, at: index)
    case .reference(let id): bind(id, at: index)
    case .set(let elements): bind(ElementList.text(elements), at: index)
    case .group: throw .constraint(reason: "a group was given for a single column")
    }
  }

  /// A column that is not NULL, as a value of its field's type.
  public func value(_ index: Int, as type: ValueType) throws(StorageError) -> Value {
    switch type {
    case .text: return .text(text(index))
    case .integer: return .integer(integer(index))
    case .boolean: return .boolean(bool(index))
    case .moment: return .moment(moment(index))
    case .reference: return .reference(try id(index))
    case .decimal:
      guard let number = DecimalNumber(text(index)) else {
        throw .corrupt(reason: "column \(columnName(index)) holds no number")
      }
      return .decimal(number)
    case .set:
      guard let elements = ElementList.elements(text(index)) else {
        throw .corrupt(reason: "column \(columnName(index)) holds no JSON array of strings")
      }
      return .set(elements)
    case .group: preconditionFailure("a group has no column, its members have")
    }
  }
}

/// Sets as JSON arrays of strings, the only JSON that tables hold (RFC 8259).
///
/// Written by us alone, so reading needs only what writing produces.
enum ElementList {
  static func text(_ elements: [String]) -> String {
    var text = "["
    for (index, element) in elements.enumerated() {
      text += index == 0 ? "\"" : ",\""
      for scalar in element.unicodeScalars {
        switch scalar {
        case "\"": text += "\\\""
        case "\\": text += "\\\\"
        case "\0"..<" ":
          let hex = String(scalar.value, radix: 16)
          text += "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
        default: text.unicodeScalars.append(scalar)
        }
      }
      text += "\""
    }
    return text + "]"
  }

  static func elements(_ text: String) -> [String]? {
    var scalars = text.unicodeScalars.makeIterator()
    guard scalars.next() == "[" else { return nil }
    var elements: [String] = []
    while let mark = scalars.next() {
      switch mark {
      case "]": return elements
      case ",": continue
      case "\"":
        guard let element = string(&scalars) else { return nil }
        elements.append(element)
      default: return nil
      }
    }
    return nil
  }

  private static func string(_ scalars: inout String.UnicodeScalarView.Iterator) -> String? {
    var element = String.UnicodeScalarView()
    while let scalar = scalars.next() {
      switch scalar {
      case "\"": return String(element)
      case "\\":
        guard let escaped = scalars.next() else { return nil }
        if escaped != "u" {
          element.append(escaped)
          continue
        }
        let digits = (0..<4).compactMap { _ in scalars.next() }
        guard let code = UInt32(String(String.UnicodeScalarView(digits)), radix: 16),
          let decoded = Unicode.Scalar(code)
        else { return nil }
        element.append(decoded)
      default: element.append(scalar)
      }
    }
    return nil
  }
}
