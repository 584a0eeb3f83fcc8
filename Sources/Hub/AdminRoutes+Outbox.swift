// `/v1/admin/outbox`: messages to the world outside – what waits, what is stuck, and which destinations keep
// silent; try again, or give up.
//
// Told to whoever sees the customer, veiled like any record; decided by whoever may update the customer.

import Access
import FollowUp
import Notation
import SyncCore

extension AdminRoutes {
  func outbox(_ path: [String], _ request: HubRequest) throws -> HubResponse {
    switch (request.method, path.count, path.last) {
    case ("GET", 1, _):
      try require(.read)
      return .json([
        "messages": .array(try messages(request)), "destinations": .array(try silentPlaces()),
        "counts": .object(try messageCounts()),
      ])
    case ("POST", 3, "retry"), ("POST", 3, "cancel"):
      try require(.decide)
      return .json(try decide(path[2], path[1]))
    default: throw nowhere(request)
    }
  }

  private func messages(_ request: HubRequest) throws -> [JSONValue] {
    let known = Ladder.messageStates.rungs.compactMap(\.first)
    let status = request.query["status"]
    if let status, !known.contains(status) {
      let all = known.joined(separator: ", ")
      throw HubError.badRequest("There is no status \(status) ; there are \(all).")
    }
    let sight = try sight()
    let rows = try store.db.all(
      """
      SELECT m.id, m.root, m.status, d.tries, d.next_at, d.fault
      FROM message m LEFT JOIN deliveries d ON d.message = m.id
      WHERE ?1 IS NULL OR m.status = ?1 ORDER BY m.id DESC
      """, .optional(status)
    ) { row in
      (
        id: try row.id(0), root: try row.id(1), status: row.text(2),
        tries: row.isNull(3) ? 0 : row.int(3), next: row.isNull(4) ? nil : row.moment(4),
        fault: row.optionalText(5)
      )
    }
    var messages: [JSONValue] = []
    let limit = try limit(of: request)
    for row in rows where messages.count < limit {
      guard try sight.shows(root: row.root) else { continue }
      var json = try fields(of: row.id, veil: sight.veil(of: row.root))
      json["tries"] = .integer(Int64(row.tries))
      let isWaiting = row.status == "queued"
      json["nextTry"] = isWaiting && row.tries > 0 ? row.next.map(time) ?? .null : .null
      if isWaiting { json["fault"] = row.fault.map { .string($0) } ?? .null }
      messages.append(.object(json))
    }
    return messages
  }

  private func fields(of id: RecordID, veil: Veil) throws -> [String: JSONValue] {
    guard let record = try store.load(id, in: .message) else { return [:] }
    let shown = veil.veiled(record.shown, of: .message)
    var json: [String: JSONValue] = ["id": .string(id.description)]
    for name in ["channel", "address", "title", "text", "status", "rule", "fault"] {
      json[name] =
        CollectionSchema.message[name].flatMap { shown[$0.id].textOrNil }
        .map { .string($0) } ?? .null
    }
    let customer = try store.load(record.root, in: .customer)
    json["customer"] = .string(record.root.description)
    json["name"] =
      customer.flatMap { $0.shown[CollectionSchema.customer.titleField].textOrNil }
      .map { .string($0) } ?? .null
    json["place"] = .string(try delivery(id).place)
    return json
  }

  /// Destinations that did not answer the last time.
  private func silentPlaces() throws -> [JSONValue] {
    try store.db.all(
      "SELECT name, failures, rests_until, fault FROM delivery_places ORDER BY name"
    ) { row in
      [
        "name": .string(row.text(0)), "failures": .integer(row.integer(1)),
        "restsUntil": row.isNull(2) ? .null : time(row.moment(2)), "fault": .string(row.text(3)),
      ]
    }
  }

  private func messageCounts() throws -> [String: JSONValue] {
    let sight = try sight()
    var counts: [String: Int64] = [:]
    try store.db.each("SELECT root, status FROM message") { row in
      if try sight.shows(root: try row.id(0)) { counts[row.text(1), default: 0] += 1 }
    }
    return counts.mapValues { .integer($0) }
  }

  // MARK: Deciding

  private func decide(_ verb: String, _ reference: String) throws -> JSONValue {
    let found = try self.reference.record(reference)
    guard found.schema.id == CollectionSchema.message.id else {
      throw HubError.notFound(what: "message", name: reference)
    }
    try requireRight(.update, in: .customer, root: found.root)
    let delivery = try delivery(found.id)
    let status = CollectionSchema.message["status"].flatMap { found.shown[$0.id].textOrNil }
    let outbox = Outbox(store: store, now: now)
    switch (verb, status) {
    case ("retry", "failed"), ("retry", "queued"):
      try outbox.retry(delivery)
    case ("cancel", "queued"), ("cancel", "failed"):
      try outbox.cancel(delivery, by: caller.user)
    case ("retry", "cancelled"):
      let fault = CollectionSchema.message["fault"].flatMap { found.shown[$0.id].textOrNil }
      throw Refused(
        409, "cancelled",
        "The message \(found.id) is cancelled and is never sent"
          + (fault.map { ": \($0)." } ?? "."))
    default:
      throw Refused(409, "settled", "The message \(found.id) is \(status ?? "gone") already.")
    }
    return .object(try fields(of: found.id, veil: sight().veil(of: found.root)))
  }

  private func delivery(_ id: RecordID) throws -> Delivery {
    let found = try store.db.first(
      "SELECT channel, address FROM message WHERE id = ?", .id(id)
    ) { (channel: $0.text(0), address: $0.optionalText(1) ?? "") }
    guard let found, let channel = Delivery.Channel(rawValue: found.channel) else {
      throw HubError.notFound(what: "message", name: id.description)
    }
    return Delivery(
      id: id, channel: channel, address: found.address, title: "", text: "", dueAt: now)
  }
}
