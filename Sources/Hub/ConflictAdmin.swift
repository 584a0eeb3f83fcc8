// Concurrent cases, read: which are open, and how each is told as JSON.
//
// What is *open* is asked of the siblings of living records (`disputed > 0`, `openUnits`), never of
// the status that the conflict record tells; where the two disagree, the siblings are right and
// `HubCheck` says so.
//
//     {"id","record","collection","field","base","values":[{"value","author","device","at","dot",
//      "skew"}…],"rule","ruleVersion","shown","status","resolvedBy","resolvedAt","note"}

import FollowUp
import Notation
import Storage
import SyncCore

struct ConflictAdmin {
  let store: HubStore
  let zone: LocalZone
  /// Who asks; nil: somebody who sees everything.
  var sight: Sight?

  /// One concurrent case: its ledger row and its conflict record.
  struct Case {
    var id: RecordID
    var record: RecordID
    /// Of the record.
    var root: RecordID
    var collection: CollectionSchema
    var unit: FieldID
    var since: Position
    var closedAt: Position?
    var isOpen: Bool
    /// The conflict record's columns, by name.
    var columns: FieldValues
    /// Of customers that share a code: the case in the hub's tables.
    var duplicate: Duplicates.Row?

    subscript(name: String) -> Value {
      CollectionSchema.conflict[name].map { columns[$0.id] } ?? .null
    }

    var status: ConflictStatus {
      if isOpen { return .open }
      let told = self["status"].textOrNil.flatMap { ConflictStatus(rawValue: $0) }
      // The record said open and the siblings do not: it was decided, or the record is gone.
      return told == .open || told == nil ? (closedAt == nil ? .settled : .resolved) : told ?? .open
    }

    /// The values as they were told, in the order in which `take N` counts them.
    var values: [JSONValue] { json("values").array ?? [] }

    func json(_ name: String) -> JSONValue {
      guard let text = self[name].textOrNil else { return .null }
      return (try? JSONValue(parsing: text)) ?? .string(text)
    }
  }

  /// Which cases are asked for; nil: any.
  struct Filter {
    var status: ConflictStatus?
    var record: RecordID?
    var field: String?
    var author: String?
    var since: Moment?
  }

  // MARK: Finding

  /// Newest first.
  func list(_ filter: Filter, limit: Int) throws -> [Case] {
    let open = try openConflicts()
    let ids: [RecordID]
    if filter.status == .open {
      ids = open.sorted(by: >)
    } else {
      ids = try store.db.all("SELECT id FROM conflict ORDER BY id DESC") { try $0.id(0) }
    }
    var found: [Case] = []
    for id in ids where found.count < limit {
      guard let item = try read(id, isOpen: open.contains(id)).map({ try veiled($0) }) else {
        continue
      }
      if filter.matches(item) { found.append(item) }
    }
    return found
  }

  /// A case by its id or a unique prefix of it.
  func find(_ reference: String) throws -> Case {
    let record: HubRecord
    do {
      record = try Reference(store: store, sight: sight).record(reference)
    } catch HubError.notFound {
      throw HubError.notFound(what: "conflict", name: reference)
    }
    guard record.schema.id == CollectionSchema.conflict.id,
      var item = try read(record.id, isOpen: false)
    else { throw HubError.notFound(what: "conflict", name: reference) }
    item.isOpen = try isOpen(item)
    return item
  }

  private func isOpen(_ item: Case) throws -> Bool {
    guard item.closedAt == nil, let record = try store.load(item.record, in: item.collection)
    else { return false }
    if item.duplicate != nil { return true }
    return record.isAlive && record.state.openUnits(in: item.collection).contains(item.unit)
  }

  /// The conflict records of everything that awaits a decision, by the siblings.
  func openConflicts() throws -> Set<RecordID> {
    var open = try duplicates.open()
    for collection in store.schema.collections {
      guard let table = store.table(collection.id) else { continue }
      let disputed = try store.db.all(table.selectSQL + " WHERE disputed > 0 ORDER BY id") {
        try store.record($0, table)
      }
      for record in disputed {
        for unit in record.state.openUnits(in: collection) {
          let conflict = try store.db.first(
            """
            SELECT conflict FROM ledger WHERE record = ? AND field = ? AND closed_at IS NULL
            ORDER BY since DESC LIMIT 1
            """, .id(record.id), .integer(Int64(unit.rawValue))
          ) { try $0.id(0) }
          if let conflict { open.insert(conflict) }
        }
      }
    }
    return open
  }

  private func read(_ id: RecordID, isOpen: Bool) throws -> Case? {
    guard let row = try store.load(id, in: .conflict),
      let collection = row.shown[.conflictCollection].textOrNil.flatMap({ store.schema[$0] })
    else { return nil }
    if let duplicate = try duplicates.row(id) {
      return try read(duplicate, row.shown, collection, isOpen: isOpen)
    }
    return try store.db.first(
      "SELECT record, field, since, closed_at FROM ledger WHERE conflict = ?", .id(id)
    ) {
      let record = try $0.id(0)
      guard let found = try store.load(record, in: collection), try sight?.shows(found) ?? true
      else { return nil }
      return Case(
        id: id, record: record, root: found.root, collection: collection,
        unit: FieldID(UInt32(clamping: $0.integer(1))), since: $0.position(2),
        closedAt: $0.isNull(3) ? nil : $0.position(3), isOpen: isOpen, columns: row.shown)
    } ?? nil
  }

  private var duplicates: Duplicates { Duplicates(store: store, now: Moment(milliseconds: 0)) }

  /// Customers that share a code; nil for somebody who does not see every one that it tells of.
  private func read(
    _ duplicate: Duplicates.Row, _ columns: FieldValues, _ collection: CollectionSchema,
    isOpen: Bool
  ) throws -> Case? {
    var item = Case(
      id: duplicate.conflict, record: duplicate.conflict, root: duplicate.conflict,
      collection: collection, unit: duplicate.field, since: duplicate.since,
      closedAt: duplicate.closedAt, isOpen: isOpen, columns: columns, duplicate: duplicate)
    for value in item.values {
      guard let id = value["record"]?.string.flatMap({ ULID($0) }),
        let record = try store.load(id, in: collection)
      else { return nil }
      if item.record == item.id { (item.record, item.root) = (id, record.root) }
      if try sight?.shows(record) == false { return nil }
    }
    return item
  }

  /// The case as the one who asks may see it. What is decided is decided about the whole of it.
  private func veiled(_ item: Case) throws -> Case {
    guard let sight else { return item }
    var item = item
    item.columns = try sight.veil(of: item.root).veiled(item.columns, of: .conflict)
    return item
  }

  // MARK: Telling

  func json(_ item: Case) throws -> JSONValue {
    let item = try veiled(item)
    func plain(_ name: String) -> JSONValue {
      FieldText.json(item[name], in: zone, schema: .conflict)
    }
    return [
      "id": .string(item.id.description), "record": .string(item.record.description),
      "collection": .string(item.collection.name),
      "field": .string(item.collection.displayName(of: item.unit)), "base": item.json("base"),
      "values": .array(item.values), "rule": plain("rule"), "ruleVersion": plain("ruleVersion"),
      "shown": item.json("shown"), "status": .string(item.status.rawValue),
      "resolvedBy": plain("resolvedBy"), "resolvedAt": plain("resolvedAt"), "note": plain("note"),
    ]
  }
}

extension ConflictAdmin.Filter {
  func matches(_ item: ConflictAdmin.Case) -> Bool {
    if let status, item.status != status { return false }
    if let record, item.record != record { return false }
    if let field, item.collection.unit(named: field) != item.unit { return false }
    if let since, item.id.moment < since { return false }
    if let author, !item.values.contains(where: { $0["author"]?.string == author }) { return false }
    return true
  }
}

extension Value {
  /// The text; nil where it is none. Conflict records hold JSON as text.
  var textOrNil: String? { if case .text(let text) = self { text } else { nil } }
}

extension FieldID {
  fileprivate static let conflictCollection: FieldID = {
    guard let field = CollectionSchema.conflict["collection"] else {
      preconditionFailure("conflicts have no collection")
    }
    return field.id
  }()
}
