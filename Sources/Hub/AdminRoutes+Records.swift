// `/v1/admin/records`: show, list, history, set, delete, and bring back how it was.
//
// Every answer to a change is the record as it is after it. Lists are answered from the columns;
// only the records that are sent are loaded with their siblings.

import FollowUp
import Notation
import Storage
import SyncCore

extension AdminRoutes {
  func records(_ path: [String], _ request: HubRequest) throws -> HubResponse {
    let verb = path.count == 3 ? path[2] : ""
    switch (request.method, path.count, verb) {
    case ("GET", 1, _):
      try require(.read)
      return try list(request)
    case ("GET", 2, _):
      try require(.read)
      return try show(path[1])
    case ("GET", 3, "history"):
      try require(.read)
      let record = try reference.record(path[1])
      let history = RecordHistory(
        store: store, zone: zone, veil: try sight().veil(of: record.root))
      return .json(try history.document(of: record.id, field: request.query["field"]))
    case ("POST", 3, "set"):
      try require(.decide)
      return try set(path[1], RequestBody(request))
    case ("POST", 3, "delete"):
      try require(.decide)
      return try changing(path[1]) { record in
        guard record.isAlive else { return }
        try writes.commit([(record, [.put(.lifecycle, Lifecycle.deleted.value)])])
      }
    case ("POST", 3, "restore"):
      try require(.decide)
      return try restore(path[1], RequestBody(request))
    case ("POST", 3, "merge"), ("POST", 3, "unmerge"): return try merging(path, request)
    case ("GET", 3, "guests"), ("POST", 3, "share"), ("POST", 3, "unshare"):
      return try sharing(path, request)
    default: throw nowhere(request)
    }
  }

  private func show(_ reference: String) throws -> HubResponse {
    let record = try self.reference.record(reference)
    return .json(try json(through: sight().veil(of: record.root)).json(record))
  }

  private func json(through veil: Veil) -> RecordJSON {
    RecordJSON(store: store, zone: zone, veil: veil)
  }

  /// Changes a record, and answers with it as it is then; also where he who gave it away sees it no
  /// longer.
  private func changing(
    _ reference: String, _ body: (HubRecord) throws -> Void
  ) throws -> HubResponse {
    let record = try self.reference.record(reference)
    let veil = try sight().veil(of: record.root)
    try body(record)
    return .json(try json(through: veil).json(store.load(record.id, in: record.schema) ?? record))
  }

  // MARK: Listing

  private func list(_ request: HubRequest) throws -> HubResponse {
    let name = request.query["collection"] ?? CollectionSchema.customer.name
    guard let schema = store.schema[name], let table = store.table(schema.id) else {
      let names = store.schema.collections.map(\.name).joined(separator: ", ")
      throw HubError.badRequest("There is no collection \(name) ; there are \(names).")
    }
    let query = try request.query["where"].map {
      try Query(parsing: $0, for: schema).resolved(at: now, in: zone)
    }
    let order = try order(request.query["sort"], schema)
    let sight = try sight()
    var found: [QueryRecord] = []
    try store.db.each(table.selectSQL + AdminRoutes.living(schema) + " ORDER BY id") { statement in
      let row = try table.row(statement)
      // Nothing is found, or put in order, by what is hidden.
      guard
        let values = try visible(row.values, of: statement.id(table.additionsIndex), schema, sight)
      else { return }
      let record = QueryRecord(id: row.id, values: values, updatedAt: row.updatedAt)
      if query?.matches(record, at: now, in: zone) ?? true { found.append(record) }
    }
    if let order { found.sort(by: order) }
    let records = try found.prefix(try limit(of: request)).compactMap { record in
      try store.load(record.id, in: schema).map {
        try json(through: sight.veil(of: $0.root)).json($0)
      }
    }
    return .json(["records": .array(records), "total": .integer(Int64(found.count))])
  }

  /// What belongs to a customer that is deleted is over with it; a conflict is still to be decided.
  private static func living(_ schema: CollectionSchema) -> String {
    guard schema != .conflict, let root = schema.rootField.flatMap({ schema[$0] }) else {
      return ""
    }
    let name = "\"\(root.name)\""
    return " WHERE \(name) IS NULL OR \(name) IN (SELECT id FROM customer)"
  }

  /// What the caller sees of a record; nil: not that it is there.
  private func visible(
    _ values: FieldValues, of root: RecordID, _ schema: CollectionSchema, _ sight: Sight
  ) throws -> FieldValues? {
    if sight.isClear { return values }
    guard try sight.shows(root: root) else { return nil }
    let veil = try sight.veil(of: root)
    return veil.hiddenCollections.contains(schema.id) ? nil : veil.veiled(values, of: schema)
  }

  /// `name`, or `-name` for the other way round; ties keep the order of identities.
  private func order(
    _ sort: String?, _ schema: CollectionSchema
  ) throws -> ((QueryRecord, QueryRecord) -> Bool)? {
    guard let sort else { return nil }
    let isDescending = sort.hasPrefix("-")
    let name = isDescending ? String(sort.dropFirst()) : sort
    let value: (QueryRecord) -> Value
    switch name {
    case "id", "createdAt": value = { .reference($0.id) }
    case "updatedAt": value = { .moment($0.updatedAt) }
    default:
      guard let field = schema[name], !field.isGroup else {
        throw HubError.badRequest("A \(schema.name) has no field \(name) to sort by.")
      }
      value = { $0.values[field.id] }
    }
    return { left, right in
      let (a, b) = (value(left), value(right))
      // Empty fields come last either way.
      if a.isNull != b.isNull { return b.isNull }
      if a == b { return left.id < right.id }
      return isDescending ? b < a : a < b
    }
  }

  // MARK: Changing

  private func set(_ reference: String, _ body: RequestBody) throws -> HubResponse {
    try changing(reference) { record in
      guard let words = body["assignments"]?.array, !words.isEmpty,
        words.allSatisfy({ $0.string != nil })
      else { throw HubError.badRequest("“assignments” is a list of texts such as owner=bob.") }
      let input = FieldInput(schema: record.schema, shown: record.shown, now: now, zone: zone)
      var writes = writes
      writes.isForced = body["force"]?.bool ?? false
      try writes.commit([(record, try input.writes(words.compactMap(\.string)))])
    }
  }

  private func restore(_ reference: String, _ body: RequestBody) throws -> HubResponse {
    try changing(reference) { record in
      let at = try moment(try body.text("at"), called: "at")
      let restoration = Restoration(
        store: store, writes: writes, history: RecordHistory(store: store, zone: zone))
      guard at <= now else {
        throw HubError.badRequest("at is still to come: \(time(at).string ?? "") .")
      }
      try restoration.restore(record, field: body.optionalText("field"), to: at)
    }
  }
}
