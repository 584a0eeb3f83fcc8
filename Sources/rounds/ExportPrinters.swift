// The forms in which `rounds export` prints records, piece by piece: a table, JSON, cards, a calendar.
//
// A printer gets the records one at a time, because an export may be larger than memory. One that has no
// place for a record prints nothing for it, and it is not counted.

import CommandKit
import FollowUp
import Notation
import Replica
import Storage
import SyncCore
import Tabular

enum ExportFormat: String, CaseIterable {
  case csv, json, vcf, ics

  init(_ invocation: Invocation) throws(CommandFailure) {
    guard let name = invocation.option("format") else {
      self = invocation.isJSON ? .json : .csv
      return
    }
    guard let format = ExportFormat(rawValue: name) else {
      throw invocation.unreadable(
        "format", name, Phrase(en: "csv, json, vcf or ics", zh: "csv、json、vcf 或 ics"))
    }
    self = format
    let collection = invocation.argument("COLLECTION")
    guard let possible = format.collections, !possible.contains(collection) else { return }
    let names = possible.joined(separator: ", ")
    throw .usage(
      Phrase(
        en: "A \(collection) cannot be exported as \(name).",
        zh: "\(collection) 不能导出为 \(name)。"),
      hint: Phrase(en: "\(name) is for \(names).", zh: "\(name) 适用于 \(names)。"))
  }

  /// Nil: all of them.
  private var collections: [String]? {
    switch self {
    case .csv, .json: nil
    case .vcf: VCard.collections
    case .ics: CalendarEntry.collections
    }
  }

  func printer(
    _ replica: OpenReplica, _ collection: CollectionSchema, _ export: Export
  ) throws -> any ExportPrinter {
    switch self {
    case .csv: CSVPrinter(export)
    case .json: try JSONPrinter(replica, collection)
    case .vcf: CardPrinter(replica, collection)
    case .ics: try CalendarPrinter(replica, collection)
    }
  }
}

protocol ExportPrinter {
  func beginning() -> [UInt8]
  mutating func record(_ row: CollectionRow) throws -> [UInt8]
  func end(_ count: Int) -> [UInt8]
}

private struct CSVPrinter: ExportPrinter {
  let export: Export
  private var writer = CSVWriter()

  init(_ export: Export) { self.export = export }

  func beginning() -> [UInt8] {
    var writer = CSVWriter()
    writer.append(export.header)
    return writer.takeBytes()
  }

  mutating func record(_ row: CollectionRow) -> [UInt8] {
    writer.append(export.cells(of: row))
    return writer.takeBytes()
  }

  func end(_ count: Int) -> [UInt8] { [] }
}

/// The document of `rounds list --json`.
private struct JSONPrinter: ExportPrinter {
  private let json: RecordJSON
  private let collection: CollectionSchema
  private var isFirst = true

  init(_ replica: OpenReplica, _ collection: CollectionSchema) throws {
    json = try RecordJSON(replica.store, zone: replica.zone)
    self.collection = collection
  }

  func beginning() -> [UInt8] { Array("{\"records\":[".utf8) }

  mutating func record(_ row: CollectionRow) throws -> [UInt8] {
    defer { isFirst = false }
    return Array((isFirst ? "\n" : ",\n").utf8) + (try json.json(row, in: collection).bytes())
  }

  func end(_ count: Int) -> [UInt8] { Array("\n],\"total\":\(count)}\n".utf8) }
}

private struct CardPrinter: ExportPrinter {
  private let collection: CollectionSchema
  private var customers: CustomerNames

  init(_ replica: OpenReplica, _ collection: CollectionSchema) {
    self.collection = collection
    customers = CustomerNames(replica.store)
  }

  func beginning() -> [UInt8] { [] }

  mutating func record(_ row: CollectionRow) throws -> [UInt8] {
    let company = try customers.name(of: row, in: collection)
    return Array((VCard.text(of: row.asked, in: collection, company: company) ?? "").utf8)
  }

  func end(_ count: Int) -> [UInt8] { [] }
}

private struct CalendarPrinter: ExportPrinter {
  private let collection: CollectionSchema
  private let isChinese: Bool
  private var customers: CustomerNames
  /// Nil where the records are no plans.
  private let plans: PlanLines?

  init(_ replica: OpenReplica, _ collection: CollectionSchema) throws {
    self.collection = collection
    isChinese = replica.console.language == .zhHans
    customers = CustomerNames(replica.store)
    plans = collection == .plan ? try PlanLines(replica) : nil
  }

  func beginning() -> [UInt8] { Array(CalendarEntry.head.utf8) }

  mutating func record(_ row: CollectionRow) throws -> [UInt8] {
    let customer = try customers.name(of: row, in: collection)
    let entry = CalendarEntry.text(
      of: row.asked, in: collection, customer: customer, next: try plans?.line(row)?.next,
      isChinese: isChinese)
    return Array((entry ?? "").utf8)
  }

  func end(_ count: Int) -> [UInt8] { Array(CalendarEntry.end.utf8) }
}

extension CollectionRow {
  /// As questions see it.
  fileprivate var asked: QueryRecord { QueryRecord(id: id, values: values, updatedAt: updatedAt) }
}

/// What the customers of records are called; each is looked up once.
private struct CustomerNames {
  private let store: ReplicaStore
  private var known: [RecordID: String] = [:]

  init(_ store: ReplicaStore) { self.store = store }

  /// Nil for a record of no customer, or of one that is not on this laptop.
  mutating func name(of row: CollectionRow, in collection: CollectionSchema) throws -> String? {
    guard let field = collection.rootField, let id = row.values[field].reference else { return nil }
    if let name = known[id] { return name }
    let name = try store.table(.customer).row(id, in: store.db).map {
      CollectionSchema.customer.title(of: $0.values)
    }
    known[id] = name
    return name
  }
}
