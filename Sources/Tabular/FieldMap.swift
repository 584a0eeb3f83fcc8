// A user's own word on which column goes into which field.
//
// Two formats: a JSON object `{"header": "field"}`, and the `.sdl` files of the Salesforce Data
// Loader, which many offices have lying about. In both, an empty target means "known, but not
// imported", and several targets are separated by commas. In `.sdl`, a quoted key is a constant for
// its targets and not a header; an entry without a key has nothing to import and is passed over.
//
// Headers are compared by `HeaderKey.folded`. Two spellings of one header may stand in a map as
// long as they agree.

import FoundationEssentials

/// Where the cells of each column go.
public struct FieldMap: Hashable, Sendable {
  /// What the map says about a header.
  public enum Destination: Hashable, Sendable {
    /// The cell goes into these fields; never empty.
    case fields([String])
    /// The header is listed with an empty target.
    case notImported
    /// The map does not mention the header.
    case unlisted
  }

  /// A value that every row gets, whatever its cells are.
  public struct Constant: Hashable, Sendable {
    public let value: String
    public let fields: [String]
  }

  /// The headers the map mentions, as it spells them, sorted.
  public let headers: [String]
  /// Constants that have a target, in the order of the file.
  public let constants: [Constant]

  /// Targets by folded header; an empty list means not imported.
  private let fieldsByKey: [String: [String]]

  /// Reads a JSON object whose keys are headers and whose values are fields.
  ///
  /// - Throws: `TabularError.fieldMapNotObjectOfStrings`, `.fieldMapAmbiguous`, `.fileTooLarge`.
  public init(json text: DecodedText) throws(TabularError) {
    try Self.checkSize(text)
    let object: [String: String]
    do {
      object = try JSONDecoder().decode([String: String].self, from: Data(text.utf8))
    } catch {
      throw .fieldMapNotObjectOfStrings
    }
    let entries = object.sorted { $0.key < $1.key }.map { ($0.key, Self.fields(in: $0.value)) }
    try self.init(entries, constants: [])
  }

  /// Reads a Salesforce Data Loader mapping file.
  ///
  /// - Throws: `TabularError.fieldMapEscapeMalformed`, `.fieldMapAmbiguous`, `.fileTooLarge`.
  public init(sdl text: DecodedText) throws(TabularError) {
    try Self.checkSize(text)
    var entries: [(header: String, fields: [String])] = []
    var constants: [Constant] = []
    for property in try JavaProperty.parse(text.string) {
      let fields = Self.fields(in: property.value)
      if property.isQuoted {
        if !fields.isEmpty { constants.append(Constant(value: property.key, fields: fields)) }
      } else if !property.key.isEmpty {
        entries.append((property.key, fields))
      }
    }
    try self.init(entries, constants: constants)
  }

  /// What the map says about a header, in whatever case, width and spacing it is written.
  public func destination(of header: String) -> Destination {
    guard let fields = fieldsByKey[HeaderKey.folded(header)] else { return .unlisted }
    return fields.isEmpty ? .notImported : .fields(fields)
  }

  private init(
    _ entries: [(header: String, fields: [String])], constants: [Constant]
  ) throws(TabularError) {
    var known: [String: (header: String, fields: [String])] = [:]
    for entry in entries {
      let key = HeaderKey.folded(entry.header)
      if let other = known[key], other.fields != entry.fields {
        throw .fieldMapAmbiguous(header: entry.header, otherHeader: other.header)
      }
      known[key] = entry
    }
    headers = entries.map(\.header).sorted()
    fieldsByKey = known.mapValues(\.fields)
    self.constants = constants
  }

  private static func checkSize(_ text: DecodedText) throws(TabularError) {
    guard text.utf8.count <= Limits.fieldMapBytesMax else {
      throw .fileTooLarge(bytes: text.utf8.count, bytesMax: Limits.fieldMapBytesMax)
    }
  }

  private static func fields(in target: String) -> [String] {
    target.split(separator: ",").map { HeaderKey.trimmed(String($0)) }.filter { !$0.isEmpty }
  }
}
