// Why a row, or a whole file, is not imported: facts, worded by the program.
//
// A bad row is an outcome: the rows around it are imported, and nothing of itself is. A refusal
// concerns the whole import and comes before anything is written.

import FollowUp
import SyncCore
import Tabular

/// Why a row is not imported. In order of precedence: a row is told the first that holds.
public enum ImportProblem: Hashable, Sendable {
  /// The reader could not make cells of it.
  case unreadable(RejectedRow.Reason)
  /// The cell is no value of the field.
  case badValue(field: String, FieldTextError)
  /// The field takes only certain words.
  case notAllowed(field: String, text: String, allowed: [String])
  /// Nothing here is called so.
  case unknownReference(field: String, text: String)
  /// Several records are called so.
  case ambiguousReference(field: String, text: String, count: Int)
  /// The row has no value of the field that the user chose as key. Such a row is skipped.
  case emptyKey(field: String)
  /// An earlier row of the file has the same key.
  case keyTwice(field: String, text: String, row: Int)
  /// Several records here have this key.
  case keyOfSeveral(field: String, text: String, count: Int)
  /// An earlier row, by another key, is the same record.
  case recordTwice(row: Int)
  /// A new record needs this field.
  case missing(field: String)
  /// The record exists, and the field is never changed once it is set.
  case fixed(field: String)
  /// The record exists, and the field holds concurrent values that await a decision.
  case disputed(field: String)

  /// Whether the row was passed over rather than wrong.
  public var isSkip: Bool { if case .emptyKey = self { true } else { false } }
}

/// A row that was not imported.
public struct FailedRow: Hashable, Sendable {
  /// Counted as `CSVRow.number` and `CSVRow.line` are.
  public var number: Int
  public var line: Int
  public var problem: ImportProblem
  /// As the file has them; none where the reader could not make any.
  public var cells: [String]
}

/// Why a table cannot be imported at all.
public enum ImportRefusal: Error, Hashable, Sendable {
  /// The hub writes these records.
  case collectionNotImportable(String)
  /// No field of the collection, and no header of the file.
  case unknownKey(String, fields: [String])
  /// No column goes into the field that is to be the key.
  case keyNotInFile(field: String)
  /// Only text can be a key.
  case keyNotText(field: String)
  /// No column says what a record is called, and none by which it could be found.
  case nothingToCallBy(title: String)
}

/// What became of the rows so far.
public struct ImportReport: Hashable, Sendable {
  public var rows = 0
  public var created = 0
  public var updated = 0
  public var unchanged = 0
  public var skipped = 0
  public var errors = 0
  /// Owners in the file that are nobody here, with the rows they stand in: those records are the
  /// importer's own.
  public var strangers: [String: Int] = [:]
  /// Rows that name another owner than their existing record has: an import never reassigns.
  public var ownersKept = 0

  public init() {}
}
