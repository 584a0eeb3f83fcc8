// What people call a record – a REF – and what they search for: looked up in the view.
//
// A REF is an id, a unique prefix of one (four characters at least), or `collection:exact name`, as
// at the hub. Whether it names one record, several or none is an outcome and no error. Texts are
// always bound, never pasted into SQL, and in a search `%`, `_` and `\` mean themselves.

import Storage
import SyncCore

/// A record that a reference or a search may mean.
public struct FoundRecord: Hashable, Sendable {
  public var id: RecordID
  public var collection: CollectionSchema
  /// What people call it; empty where its title field is.
  public var title: String

  public init(id: RecordID, collection: CollectionSchema, title: String) {
    self.id = id
    self.collection = collection
    self.title = title
  }
}

/// What a REF means.
public enum Reference: Hashable, Sendable {
  case one(FoundRecord)
  /// In order of their ids, at most `Finder.candidatesMax`.
  case several([FoundRecord])
  case none
  /// It has the form of no reference.
  case unreadable
  /// `collection:name` with a collection that does not exist; the names of those that do.
  case unknownCollection(String, known: [String])
}

public struct Finder {
  /// The fewest characters of an id that are tried.
  public static let prefixCharactersMin = 4
  /// Candidates told of an ambiguous reference.
  public static let candidatesMax = 10

  private let store: ReplicaStore

  public init(_ store: ReplicaStore) { self.store = store }

  // MARK: References

  public func reference(_ text: String) throws -> Reference {
    if let id = ULID(text) {
      return try found(id).map { .one($0) } ?? .none
    }
    if let colon = text.firstIndex(of: ":") {
      let (collection, name) = (String(text[..<colon]), text[text.index(after: colon)...])
      guard let schema = store.schema[collection] else {
        return .unknownCollection(collection, known: store.schema.collections.map(\.name))
      }
      return outcome(try named(String(name), in: schema))
    }
    guard text.count >= Finder.prefixCharactersMin, let range = ULID.range(prefix: text) else {
      return .unreadable
    }
    return outcome(try beginning(within: range))
  }

  private func outcome(_ found: [FoundRecord]) -> Reference {
    guard let first = found.first else { return .none }
    return found.count == 1 ? .one(first) : .several(found)
  }

  /// The record with this id, where it is shown.
  public func found(_ id: RecordID) throws -> FoundRecord? {
    for collection in store.schema.collections {
      let title = try store.db.first(
        "SELECT \(titleColumn(collection)) FROM \"\(collection.name)\" WHERE id = ?", .id(id)
      ) { $0.text(0) }
      if let title { return FoundRecord(id: id, collection: collection, title: title) }
    }
    return nil
  }

  private func beginning(within range: ClosedRange<ULID>) throws -> [FoundRecord] {
    let found = try store.schema.collections.flatMap { collection in
      try store.db.all(
        """
        SELECT id, \(titleColumn(collection)) FROM "\(collection.name)"
        WHERE id BETWEEN ? AND ? ORDER BY id LIMIT ?
        """, .id(range.lowerBound), .id(range.upperBound), .count(Finder.candidatesMax)
      ) { FoundRecord(id: try $0.id(0), collection: collection, title: $0.text(1)) }
    }
    return Array(found.sorted { $0.id < $1.id }.prefix(Finder.candidatesMax))
  }

  /// By title or by external key, exactly.
  private func named(_ name: String, in collection: CollectionSchema) throws -> [FoundRecord] {
    let key = collection["externalKey"] == nil ? "" : " OR \"externalKey\" = ?1"
    return try store.db.all(
      """
      SELECT id, \(titleColumn(collection)) FROM "\(collection.name)"
      WHERE \(titleColumn(collection)) = ?1\(key) ORDER BY id LIMIT ?2
      """, .text(name), .count(Finder.candidatesMax)
    ) { FoundRecord(id: try $0.id(0), collection: collection, title: $0.text(1)) }
  }

  private func titleColumn(_ collection: CollectionSchema) -> String {
    guard let field = collection[collection.titleField] else {
      preconditionFailure("\(collection.name) has no title field")
    }
    return "\"\(field.name)\""
  }

  // MARK: Searching

  /// Rows of a collection of which some text contains `text`, blind to the case of Latin letters.
  public func rows(
    containing text: String, in collection: CollectionSchema
  ) throws -> [CollectionRow] {
    let columns = collection.columns.filter { $0.type == .text || $0.type == .set }
    let names = columns.map { "\"\($0.name)\"" }.joined(separator: ", ")
    let table = store.table(collection)
    return try store.db.scanning {
      try store.db.all(
        "\(table.selectSQL) WHERE holds(?1, \(names)) ORDER BY id", .text(text)
      ) { try table.row($0) }
    }
  }
}
