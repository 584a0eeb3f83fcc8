// The base: the hub's state, exactly as of the last complete cut – and the view folded from it.
//
// A record without pending edits is its own base: its row *is* the hub's state, at `as_of`. With the
// first pending edit the base moves aside into the table `base`, and the row becomes the view. When
// the last pending edit is settled, the base moves back. `refold` is the only code that writes a
// view after the fact; it reads base and pending edits and nothing else (I10).

import Digest
import Storage
import SyncCore
import Wire

extension ReplicaStore {
  /// The hub's state of a record, as this laptop has it; nil where it has none.
  public func baseImage(of record: RecordID, in collection: CollectionID) throws -> RecordImage? {
    let aside = try db.first("SELECT image FROM base WHERE record = ?", .blob(record.bytes)) {
      try RecordImage(decoding: $0.blob(0))
    }
    if let aside { return aside }
    guard let table = tables[collection], let row = try table.row(record, in: db),
      row.asOf > .start
    else { return nil }
    return try row.image(of: collection)
  }

  /// The position of the state that edits of this record are written on; 0: the hub never showed it.
  func baseAsOf(of record: RecordID, in collection: CollectionID) throws -> Position {
    let aside = try db.first("SELECT as_of FROM base WHERE record = ?", .blob(record.bytes)) {
      $0.position(0)
    }
    if let aside { return aside }
    guard let table = tables[collection] else { return .start }
    return try db.first("SELECT as_of FROM \"\(table.name)\" WHERE id = ?", .id(record)) {
      $0.position(0)
    } ?? .start
  }

  /// Before the first pending edit: the row's state is put aside.
  func keepBase(of record: RecordID, in collection: CollectionID) throws {
    guard let row = try tables[collection]?.row(record, in: db) else { return }
    try keepBase(row, in: collection)
  }

  func keepBase(_ row: CollectionRow, in collection: CollectionID) throws {
    guard row.asOf > .start, try !hasBaseAside(row.id) else { return }
    try putAside(row.image(of: collection))
  }

  /// Before a pending edit of a row that need not be taken apart: puts its state aside as it lies, where
  /// that has not been done.
  ///
  /// - Returns: the position of the state that the row was received in; nil where there is no row.
  func keepBase(asItLies record: RecordID, in table: CollectionTable) throws -> Position? {
    try db.first(table.selectByID, .id(record)) { row in
      let asOf = table.asOf(row)
      guard asOf > .start else { return asOf }
      guard !table.hasExtra(row) else {
        try keepBase(table.row(row), in: table.schema.id)
        return asOf
      }
      image.removeAll()
      try RecordImage.encode(
        record, of: table.schema.id, asOf: asOf, updatedAt: table.updatedAt(row), into: &image
      ) { writer in
        for offset in table.columns.indices where !row.isNull(offset + 1) {
          let (field, type) = (table.columns[offset].id, table.columns[offset].type)
          if case .text = type {
            row.withText(offset + 1) { RecordImage.encode(utf8: $0, of: field, into: &writer) }
          } else {
            RecordImage.encode(try row.value(offset + 1, as: type), of: field, into: &writer)
          }
        }
      }
      let statement = try db.statement("INSERT OR IGNORE INTO base VALUES (?, ?, ?)")
      statement.bind(bytesOf: record, at: 0)
      statement.bind(Int64(clamping: asOf.rawValue), at: 1)
      try image.withUnsafeBytes { try statement.run(lending: $0, at: 2) }
      return asOf
    }
  }

  private func hasBaseAside(_ record: RecordID) throws -> Bool {
    try db.first("SELECT 1 FROM base WHERE record = ?", .blob(record.bytes)) { _ in true } ?? false
  }

  func hasPending(_ record: RecordID) throws -> Bool {
    try db.first("SELECT 1 FROM pending WHERE record = ? LIMIT 1", .blob(record.bytes)) { _ in
      true
    } ?? false
  }

  func putAside(_ image: RecordImage) throws {
    try db.run(
      "INSERT OR REPLACE INTO base VALUES (?, ?, ?)", .blob(image.record.bytes),
      .position(image.asOf), .blob(image.encoded()))
  }

  func dropAside(_ record: RecordID) throws {
    try db.run("DELETE FROM base WHERE record = ?", .blob(record.bytes))
  }

  // MARK: The view law

  /// The pending changes of one record, in order.
  func pendingChanges(of record: RecordID) throws -> [PendingIndex.Item] {
    try pendingEntries(of: record).flatMap { entry in
      let edit = try entry.edit()
      return edit.changes.filter { $0.record == record }.map {
        PendingIndex.Item(
          change: $0, at: edit.stamp.moment, position: entry.receipt?.position,
          sequence: entry.sequence)
      }
    }
  }

  /// What the view law says this record shows.
  ///
  /// - Parameter pending: the log, where the caller has it decoded already.
  public func foldedView(
    of record: RecordID, in collection: CollectionSchema, pending: PendingIndex? = nil
  ) throws -> (view: RecordView, base: RecordImage?, updatedAt: Moment) {
    let base = try baseImage(of: record, in: collection.id)
    var view = RecordView(values: base?.values)
    var updatedAt = base?.updatedAt ?? Moment(milliseconds: 0)
    for item in try pending?.changes(of: record) ?? pendingChanges(of: record) {
      view.apply(item.change, in: collection)
      updatedAt = max(updatedAt, item.at)
    }
    return (view, base, updatedAt)
  }

  /// Every pending edit of the record is in the base now, and nothing else happened to it: the row,
  /// as it stands, is the hub's state at this position.
  ///
  /// - Returns: false where there is no row to adopt.
  func adoptView(_ item: Undisturbed, in collection: CollectionSchema) throws -> Bool {
    try table(collection).setAsOf(item.record, item.asOf, updatedAt: item.updatedAt, in: db)
    guard db.changes == 1 else { return false }
    try dropAside(item.record)
    return true
  }

  /// Writes the view anew from base and pending edits. With nothing pending, the base moves back.
  func refold(
    _ record: RecordID, in collection: CollectionSchema, pending: PendingIndex? = nil
  ) throws {
    let (view, base, updatedAt) = try foldedView(of: record, in: collection, pending: pending)
    let table = table(collection)
    if let values = view.values {
      let shown = RecordImage(
        record: record, collection: collection.id, asOf: base?.asOf ?? .start, values: values,
        updatedAt: updatedAt)
      try table.upsert(CollectionRow(shown, collection), in: db)
    } else {
      try table.delete(record, in: db)
    }
    if try !hasPending(record) { try dropAside(record) }
  }
}

extension CollectionRow {
  /// Fields that the schema does not know are kept as bytes in `extra`.
  init(_ image: RecordImage, _ collection: CollectionSchema) {
    let unknown = image.values.entries.filter { collection[$0.field] == nil }
    let extra =
      unknown.isEmpty
      ? [] : Value.group(FieldValues(unknown.map { ($0.field, $0.value) })).encoded()
    self.init(
      id: image.record, values: image.values, updatedAt: image.updatedAt, asOf: image.asOf,
      extra: extra)
  }

  func image(of collection: CollectionID) throws -> RecordImage {
    var values = values
    if !extra.isEmpty, case .group(let unknown) = try Value(decoding: extra) {
      for entry in unknown.entries { values[entry.field] = entry.value }
    }
    return RecordImage(
      record: id, collection: collection, asOf: asOf, values: values, updatedAt: updatedAt)
  }
}
