// Which column of a table goes into which field of a collection.
//
// The user's map has the first word; a header that it does not mention is tried by name and then by
// `HeaderAliases`. A map made for Salesforce names Salesforce's fields, so its targets are tried the
// same way. What has no counterpart is not imported and is told once; it is never an error.
//
// Several columns may fill one field: the first that is filled in a row counts, those of the map
// before those that were guessed, from left to right. Sets take the elements of all of them.
//
// A column named exactly `id` is what `rounds export` writes: the identity of a record here. In a
// file without a column `externalKey` it may as well be the key of another program, so a cell counts
// as an identity only where such a record exists.

import SyncCore
import Tabular

public struct ImportColumns: Sendable {
  /// A field and the columns that fill it, in order of precedence.
  public struct Source: Hashable, Sendable {
    public let field: FieldSchema
    public let columns: [Int]
  }

  /// A value that the map gives every row that has none of its own.
  public struct Constant: Hashable, Sendable {
    public let field: FieldSchema
    public let text: String
  }

  public let collection: CollectionSchema
  /// Sorted by field.
  public let sources: [Source]
  public let constants: [Constant]
  /// The column that holds identities of records here.
  public let idColumn: Int?
  /// Whether a cell of `idColumn` that is no record's identity is the external key of its row.
  public let isIDAlsoKey: Bool
  /// Headers that were neither mapped nor declined by the map, in order of the file.
  public let unmapped: [String]
  public let header: CSVHeader

  /// The key that other programs know a record by, where the collection has such a field.
  static let externalKeyName = "externalKey"
  private static let idName = "id"

  /// - Throws: `ImportRefusal.collectionNotImportable`.
  public init(
    _ header: CSVHeader, map: FieldMap? = nil, into collection: CollectionSchema
  ) throws(ImportRefusal) {
    guard ImportColumns.isImportable(collection) else {
      throw .collectionNotImportable(collection.name)
    }
    let names = FieldNames(collection)
    var mapped: [FieldID: [Int]] = [:]
    var guessed: [FieldID: [Int]] = [:]
    var unmapped: [String] = []
    var idColumn: Int?
    var isIDGuessed = false
    for (column, name) in header.names.enumerated() where !name.isEmpty {
      switch map?.destination(of: name) ?? .unlisted {
      case .notImported: continue
      case .fields(let targets):
        let fields = targets.filter { $0 != ImportColumns.idName }
          .compactMap { names.field($0) }
        for field in fields { mapped[field.id, default: []].append(column) }
        if targets.contains(ImportColumns.idName) {
          idColumn = column
          isIDGuessed = false
        } else if fields.isEmpty {
          unmapped.append(name)
        }
      case .unlisted:
        if name == ImportColumns.idName, idColumn == nil {
          (idColumn, isIDGuessed) = (column, true)
        } else if let field = names.field(name) {
          guessed[field.id, default: []].append(column)
        } else {
          unmapped.append(name)
        }
      }
    }
    self.collection = collection
    self.header = header
    self.idColumn = idColumn
    self.unmapped = unmapped
    isIDAlsoKey =
      isIDGuessed && collection[ImportColumns.externalKeyName] != nil
      && !header.names.contains(ImportColumns.externalKeyName)
    sources = collection.columns.compactMap { field in
      let columns = (mapped[field.id] ?? []) + (guessed[field.id] ?? [])
      return columns.isEmpty ? nil : Source(field: field, columns: columns)
    }
    constants = (map?.constants ?? []).flatMap { constant in
      constant.fields.compactMap { names.field($0) }
        .map { Constant(field: $0, text: constant.value) }
    }
  }

  /// Collections whose records people write; the hub's own (reminders, conflicts) are not.
  public static func isImportable(_ collection: CollectionSchema) -> Bool {
    collection[collection.titleField].map(isImportable) ?? false
  }

  static func isImportable(_ field: FieldSchema) -> Bool {
    !field.isGroup && !field.isRequest && (field.rule != .hubOnly || field.isOpenAtCreation)
  }

  /// Whether rows can have a value of this field.
  public func hasSource(of field: FieldSchema) -> Bool {
    sources.contains { $0.field == field } || constants.contains { $0.field == field }
      || (isIDAlsoKey && field.name == ImportColumns.externalKeyName)
  }

  /// What goes where, by header; what is not imported goes nowhere.
  public var fieldsByHeader: [String: [String]] {
    var fields: [String: [String]] = [:]
    for source in sources {
      for column in source.columns {
        fields[header.names[column], default: []] += [source.field.name]
      }
    }
    if let idColumn { fields[header.names[idColumn], default: []] += [ImportColumns.idName] }
    return fields
  }

  /// Fields that several columns fill, so that a filled cell may be passed over.
  public var shared: [Source] { sources.filter { $0.columns.count > 1 && $0.field.type != .set } }
}

/// The fields of a collection by every name that is known for them.
private struct FieldNames {
  private let collection: CollectionSchema
  private let aliases: HeaderAliases.Collection?
  private let fieldsByBareName: [String: FieldSchema]

  init(_ collection: CollectionSchema) {
    self.collection = collection
    aliases = HeaderAliases.Collection(rawValue: collection.name)
    fieldsByBareName = Dictionary(
      collection.columns.map { (HeaderKey.bare($0.name), $0) },
      uniquingKeysWith: { first, _ in first })
  }

  func field(_ name: String) -> FieldSchema? {
    let alias = aliases.flatMap { HeaderAliases.field(for: name, in: $0) }
    let field =
      collection[name] ?? fieldsByBareName[HeaderKey.bare(name)]
      ?? alias.flatMap { collection[$0] }
    return field.flatMap { ImportColumns.isImportable($0) ? $0 : nil }
  }
}
