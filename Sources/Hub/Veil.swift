// What somebody does not see of the records he may see: hidden fields, and what tells of them.
//
// Applied where values leave the hub – pages of the feed, histories, the administrators' interface –
// and never to what is stored. A conflict about a hidden field tells its values too, and the names of
// authors, so those are veiled as well (I8).

import FollowUp
import Notation
import SyncCore

struct Veil: Hashable {
  /// Columns, by collection.
  var hidden: [CollectionID: Set<FieldID>] = [:]
  /// Collections of which nothing is shown at all.
  var hiddenCollections: Set<CollectionID> = []
  /// Whose names are shown; nil: everybody's.
  var directory: Set<String>?

  /// What stands for the name of somebody outside the directory.
  static let somebody = "other"

  var isClear: Bool { hidden.isEmpty && hiddenCollections.isEmpty && directory == nil }

  func union(_ other: Veil) -> Veil {
    let directories = [directory, other.directory].compactMap(\.self)
    return Veil(
      hidden: hidden.merging(other.hidden) { $0.union($1) },
      hiddenCollections: hiddenCollections.union(other.hiddenCollections),
      directory: directories.first.map { first in
        directories.dropFirst().reduce(first) { $0.intersection($1) }
      })
  }

  func hides(_ field: FieldID, of collection: CollectionID) -> Bool {
    hidden[collection]?.contains(field) ?? false
  }

  func name(_ user: String) -> String {
    directory.map { $0.contains(user) } ?? true ? user : Veil.somebody
  }

  /// What somebody calls his laptop often is his name.
  func device(_ device: String, of user: String) -> String {
    name(user) == user ? device : Veil.somebody
  }

  /// Whether a unit, or a member of it, is hidden.
  func hides(unit: FieldID, of collection: CollectionSchema) -> Bool {
    hides(unit, of: collection.id)
      || collection.columnValues(of: unit, .null).contains { hides($0.0, of: collection.id) }
  }

  func veiled(_ values: FieldValues, of collection: CollectionSchema) -> FieldValues {
    if isClear { return values }
    var shown = values
    for field in hidden[collection.id] ?? [] { shown[field] = .null }
    return collection.id == CollectionSchema.conflict.id ? veiledConflict(shown) : shown
  }

  // MARK: Conflicts

  private func veiledConflict(_ values: FieldValues) -> FieldValues {
    var shown = values
    if isAboutHidden(values) {
      for name in ["base", "values", "shown", "note"] { shown[Veil.field(name)] = .null }
    } else if case .text(let text) = values[Veil.field("values")] {
      shown[Veil.field("values")] = .text(veiledAuthors(text))
    }
    let authors = values[Veil.field("authors")].elements.map(name)
    shown[Veil.field("authors")] = Value(elements: Set(authors))
    if case .text(let resolver) = values[Veil.field("resolvedBy")] {
      shown[Veil.field("resolvedBy")] = .text(name(resolver))
    }
    return shown
  }

  private func isAboutHidden(_ values: FieldValues) -> Bool {
    guard case .text(let collection) = values[Veil.field("collection")],
      case .text(let field) = values[Veil.field("field")],
      let schema = Schema.followUp[collection]
    else { return false }
    if hiddenCollections.contains(schema.id) { return true }
    guard let unit = schema.unit(named: field) else { return false }
    return hides(unit: unit, of: schema)
  }

  private func veiledAuthors(_ text: String) -> String {
    guard directory != nil, let values = (try? JSONValue(parsing: text))?.array else { return text }
    let shown = values.map { value -> JSONValue in
      guard let author = value["author"]?.string, name(author) != author else { return value }
      var value = value
      value["author"] = .string(Veil.somebody)
      value["device"] = .string(Veil.somebody)
      return value
    }
    return JSONValue.array(shown).text()
  }

  private static func field(_ name: String) -> FieldID {
    guard let field = CollectionSchema.conflict[name] else {
      preconditionFailure("conflicts have no \(name)")
    }
    return field.id
  }
}
