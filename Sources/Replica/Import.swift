// Bringing a table into a collection: rows in batches, one edit and one transaction each.
//
// An interrupted import (power cut, full disk, kill -9) leaves whole batches behind; the same file
// again finds what they made and does the rest. So the keys of existing records are read once, but
// every record is read again in the transaction that writes it: another process may have synced
// since. Nothing is ever deleted. Time is passed in; a trial run decides all and writes nothing.

import FollowUp
import Notation
import Storage
import SyncCore
import Tabular

public struct Import {
  /// Rows of one batch.
  public static let batchRowsMax = 500
  /// Bytes of cells in one batch, about, so that an edit fits into one push.
  public static let batchBytesMax = 1 << 20

  public enum Mode: Sendable {
    case write
    /// Finds out what would be done.
    case trial
  }

  /// What has become of the rows taken so far.
  public private(set) var report = ImportReport()
  private let store: ReplicaStore
  private let mode: Mode
  private var row: ImportRow
  private var identity: ImportIdentity

  private var columns: ImportColumns { row.columns }
  private var collection: CollectionSchema { columns.collection }

  /// Reads the keys of the records that are there.
  ///
  /// - Parameter key: the name of a field, or a header that goes into one; nil: see
  ///   `ImportIdentity`.
  /// - Throws: `ImportRefusal`, and what reading throws.
  public init(
    _ store: ReplicaStore, _ columns: ImportColumns, key: String? = nil, zone: LocalZone,
    mode: Mode = .write
  ) throws {
    let chosen = try key.map { try columns.keyField($0) }
    let title = columns.collection[columns.collection.titleField]
    let external = columns.collection[ImportColumns.externalKeyName]
    let callsBy = [title, external, chosen].compactMap { $0 }
    guard callsBy.contains(where: columns.hasSource) || columns.idColumn != nil else {
      throw ImportRefusal.nothingToCallBy(title: title?.name ?? "")
    }
    self.store = store
    self.mode = mode
    (row, identity) = try store.db.reading {
      (
        try ImportRow(columns, zone: zone, user: try store.state().user, in: store),
        try ImportIdentity(columns, key: chosen, in: store)
      )
    }
  }

  /// The fields that tell which record a row is about, in order of precedence.
  public var keyFields: [String] { identity.fields.map(\.name) }

  /// Imports the next rows of the file, all in one edit. After a throw the import is over: the
  /// batches before are written, the rest is for another run.
  ///
  /// - Returns: the rows that were not imported, in order.
  public mutating func take(_ records: [CSVRecord], at now: Moment) throws -> [FailedRow] {
    let kept = report
    do {
      switch mode {
      case .trial: return try store.db.reading { try plan(records, at: now).failed }
      case .write:
        return try store.transaction {
          let plan = try plan(records, at: now)
          if !plan.writes.isEmpty { try store.write(plan.writes, at: now) }
          return plan.failed
        }
      }
    } catch {
      // Nothing of the batch was written, so nothing of it counts.
      report = kept
      throw error
    }
  }

  // MARK: Planning

  private struct Plan {
    var writes: [RecordWrite] = []
    var failed: [FailedRow] = []
  }

  private mutating func plan(_ records: [CSVRecord], at now: Moment) throws -> Plan {
    let corrected = try store.corrected(now)
    var plan = Plan()
    for record in records {
      report.rows += 1
      switch record {
      case .rejected(let row):
        fail(row.number, row.line, [], .unreadable(row.reason), &plan)
      case .row(let row):
        switch try self.plan(row, at: corrected) {
        case .success(nil): report.unchanged += 1
        case .success(let write?):
          plan.writes.append(write)
          if write.isCreation { report.created += 1 } else { report.updated += 1 }
        case .failure(let error): fail(row.number, row.line, row.cells, error.problem, &plan)
        }
      }
    }
    return plan
  }

  private mutating func fail(
    _ number: Int, _ line: Int, _ cells: [String], _ problem: ImportProblem, _ plan: inout Plan
  ) {
    if problem.isSkip { report.skipped += 1 } else { report.errors += 1 }
    plan.failed.append(FailedRow(number: number, line: line, problem: problem, cells: cells))
  }

  /// What one row writes; nil where it says nothing new.
  private mutating func plan(
    _ csv: CSVRow, at now: Moment
  ) throws -> Result<RecordWrite?, ImportRowError> {
    var values: FieldValues
    switch try row.read(csv.cells, in: store, at: now) {
    case .failed(let problem): return .failure(ImportRowError(problem: problem))
    case .values(let read): values = read
    }
    let id = try identity(in: csv.cells, &values)
    switch identity.find(values, id: id) {
    case .failed(let problem): return .failure(ImportRowError(problem: problem))
    case .new: return create(values, csv.number, at: now)
    case .existing(let record):
      guard let current = try store.table(collection).row(record, in: store.db) else {
        // It was deleted, or went to somebody else, after the keys had been read.
        return create(values, csv.number, at: now)
      }
      return update(current, values, csv.number)
    }
  }

  /// The record that the identity in the row names, where it is one of ours; any other text there
  /// is the external key of the row.
  private func identity(
    in cells: [String], _ values: inout FieldValues
  ) throws -> RecordID? {
    guard let column = columns.idColumn else { return nil }
    let text = ImportCell.trimmed(cells[column])
    if let id = ULID(text), try store.table(collection).exists(id, in: store.db) { return id }
    if columns.isIDAlsoKey, !text.isEmpty, let key = collection[ImportColumns.externalKeyName] {
      values[key.id] = .text(text)
    }
    return nil
  }

  private mutating func create(
    _ values: FieldValues, _ number: Int, at now: Moment
  ) -> Result<RecordWrite?, ImportRowError> {
    row.creation(values, at: now).map { writes in
      let record = ULID(moment: now, using: &store.random)
      identity.note(values, record: record, row: number)
      if let owner = row.owner(in: values), !row.isKnown(owner) {
        report.strangers[owner, default: 0] += 1
      }
      return RecordWrite(record, in: collection, writes, isCreation: true)
    }
  }

  private mutating func update(
    _ current: CollectionRow, _ values: FieldValues, _ number: Int
  ) -> Result<RecordWrite?, ImportRowError> {
    row.changes(to: current, values).map { writes in
      identity.note(values, record: current.id, row: number)
      if let owner = row.owner(in: values), row.isKnown(owner),
        row.owner(in: current.values) != owner
      {
        report.ownersKept += 1
      }
      return writes.isEmpty ? nil : RecordWrite(current.id, in: collection, writes)
    }
  }
}

extension ImportColumns {
  /// The field that is to be the key, by its own name or by a header that goes into it.
  func keyField(_ name: String) throws(ImportRefusal) -> FieldSchema {
    let column = header.names.firstIndex { HeaderKey.folded($0) == HeaderKey.folded(name) }
    let byHeader = column.flatMap { column in
      sources.first { $0.columns.contains(column) }?.field
    }
    guard let field = collection[name] ?? byHeader, !field.isGroup else {
      throw .unknownKey(name, fields: sources.map(\.field.name))
    }
    guard hasSource(of: field) else { throw .keyNotInFile(field: field.name) }
    guard field.type == .text else { throw .keyNotText(field: field.name) }
    return field
  }
}

extension CSVReader {
  /// The rows of the next batch; none at the end of the table.
  public func nextBatch() throws(TabularError) -> [CSVRecord] {
    var batch: [CSVRecord] = []
    var bytes = 0
    while batch.count < Import.batchRowsMax, bytes < Import.batchBytesMax,
      let record = try next()
    {
      if case .row(let row) = record { bytes += row.cells.reduce(0) { $0 + $1.utf8.count } }
      batch.append(record)
    }
    return batch
  }
}
