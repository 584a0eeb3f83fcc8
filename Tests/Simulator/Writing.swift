// People writing: every edit goes through the real store, and the ghost looks over their shoulder.

import Notation
import Replica
import Storage
import SyncCore

extension Cluster {
  /// Writes one edit on a laptop, and tells the ghost what its author saw.
  ///
  /// - Parameter keeping: tokens of branches that the author leaves standing.
  @discardableResult
  public func write(
    _ writes: [RecordWrite], isAtomic: Bool = false, keeping: Set<String> = [], on laptop: Laptop
  ) throws -> EditID {
    let writes = writes.map { laptop.inItsTerms($0) }
    let screens = try writes.map { write in
      try write.writes.map { try screen(of: $0, in: write, on: laptop) }
    }
    if laptop.run != nil, !(try laptop.store.state().page.isEmpty) { coverage.note(.pageThenEdit) }
    let edit = try laptop.store.write(writes, isAtomic: isAtomic, at: now(on: laptop))
    for (write, screens) in zip(writes, screens) {
      for (field, screen) in zip(write.writes, screens) {
        remember(field, of: write, screen, edit, keeping: keeping, on: laptop)
      }
    }
    laptop.memory.writes = ghost.count
    note("\(laptop.name) writes " + writes.map(describe).joined(separator: "; "))
    try mutant?.afterWrite(laptop, self)
    try checkAfterWrite(on: laptop, edit, writes)
    return edit
  }

  private func describe(_ write: RecordWrite) -> String {
    let fields = write.writes.map { field in
      let name = write.collection.displayName(of: field.field)
      switch field.action {
      case .put(let value, _): return "\(name)=\(Schema.describe(value))"
      case .alter(let adding, let removing): return "\(name)+\(adding)-\(removing)"
      }
    }
    return "\(write.collection.name) …\(write.record.description.suffix(4)) "
      + fields.joined(separator: " ")
  }

  /// What the author of a write has before his eyes.
  private struct Screen {
    var shown: Set<String> = []
    var told: Set<String> = []
  }

  private func screen(
    of field: FieldWrite, in write: RecordWrite, on laptop: Laptop
  ) throws -> Screen {
    let collection = write.collection
    if field.field == .lifecycle {
      return Screen(shown: try laptop.knownTokens(write.record))
    }
    let unit = collection.unit(of: field.field)
    return Screen(
      shown: try laptop.shownTokens(write.record, unit, in: collection),
      told: try laptop.toldTokens(write.record, field: collection.displayName(of: unit)))
  }

  private func remember(
    _ field: FieldWrite, of write: RecordWrite, _ screen: Screen, _ edit: EditID,
    keeping: Set<String>, on laptop: Laptop
  ) {
    if field.field == .lifecycle {
      if field.action == .put(Lifecycle.deleted.value) {
        ghost.note(
          .init(edit: edit, record: write.record, user: laptop.user, known: screen.shown))
      }
      return
    }
    let unit = write.collection.unit(of: field.field)
    var shown = screen.shown.subtracting(keeping)
    if case .alter(_, let removing) = field.action {
      let tokens = removing.reduce(into: Set<String>()) { $0.formUnion(Token.all(in: $1)) }
      if !tokens.isEmpty {
        ghost.note(
          .init(
            laptop: laptop.index, edit: edit, record: write.record, unit: unit, tokens: tokens))
      }
      shown = []
    }
    let tokens = Token.all(in: field).sorted()
    // The clearing may be refused, and what comes on top of it accepted – also another clearing.
    let told = screen.told.union(ghost.cleared(on: laptop.index, write.record, unit))
    if tokens.isEmpty, case .put = field.action {
      ghost.note(
        .init(
          laptop: laptop.index, edit: edit, record: write.record, unit: unit, tokens: shown,
          told: told))
    }
    for token in tokens {
      ghost.note(
        .init(
          number: 0, token: token, laptop: laptop.index, edit: edit, record: write.record,
          collection: write.collection.id, unit: unit,
          shown: shown, told: told))
    }
  }

  // MARK: Finding things to write about

  func records(_ collection: CollectionSchema, on laptop: Laptop) throws -> [RecordID] {
    guard laptop.store.schema[collection.id] != nil else { return [] }
    return try laptop.store.db.all("SELECT id FROM \"\(collection.name)\" ORDER BY id") {
      try $0.id(0)
    }
  }

  func field(_ name: String, of collection: CollectionSchema) -> FieldID {
    guard let field = collection[name] else {
      preconditionFailure("\(collection.name) has no field \(name)")
    }
    return field.id
  }

  /// One branch of a disputed field, as the laptop's ledger tells it.
  struct Branch {
    var value: JSONValue
    var author: String
    var dot: Dot
  }

  func branches(
    of record: RecordID, _ field: String, on laptop: Laptop
  ) throws -> [Branch] {
    let text = try laptop.store.db.first(
      #"SELECT "values" FROM conflict WHERE record = ? AND field = ? ORDER BY since DESC"#,
      .text(record.description), .text(field)
    ) { $0.text(0) }
    // Of what is hidden from him the ledger tells no values.
    guard let text, !text.isEmpty, case .array(let values) = try JSONValue(parsing: text) else {
      return []
    }
    return values.compactMap { value in
      guard let object = value.object, let dot = object["dot"]?.string.flatMap({ Dot($0) }) else {
        return nil
      }
      return Branch(
        value: object["value"] ?? .null, author: object["author"]?.string ?? "", dot: dot)
    }
  }
}
