// A record as JSON, the same in all three programs (`Protocol/Commands.md`).
//
//     {"id","collection","fields":{…},"pending":[],"disputed":{field:[{"value","author","device",
//      "at","dot"}…]},"asOf":N,"createdAt","updatedAt"}
//
// `pending` is always empty here: the hub waits for nobody. `disputed` is what awaits a decision, by
// the siblings. A deleted record has `"deleted":true` besides, and the values it had.

import FollowUp
import Notation
import SyncCore

struct RecordJSON {
  let store: HubStore
  let zone: LocalZone
  /// What is hidden from the one who reads.
  var veil = Veil()

  func json(_ record: HubRecord) throws -> JSONValue {
    var disputed: [String: JSONValue] = [:]
    for unit in record.state.openUnits(in: record.schema)
    where !veil.hides(unit: unit, of: record.schema) {
      disputed[record.schema.displayName(of: unit)] = .array(try siblings(of: unit, in: record))
    }
    var json: JSONValue = [
      "id": .string(record.id.description), "collection": .string(record.schema.name),
      "fields": fields(veil.veiled(record.shown, of: record.schema), of: record.schema),
      "pending": [],
      "disputed": .object(disputed), "asOf": .integer(Int64(record.asOf.rawValue)),
      "createdAt": time(record.id.moment), "updatedAt": time(record.updatedAt),
    ]
    if record.presence == .deleted { json["deleted"] = true }
    return json
  }

  private func fields(_ values: FieldValues, of schema: CollectionSchema) -> JSONValue {
    let members = values.entries.map { entry in
      (
        schema.displayName(of: entry.field),
        FieldText.json(entry.value, in: zone, schema: schema)
      )
    }
    return .object(Dictionary(members, uniquingKeysWith: { first, _ in first }))
  }

  /// The values that nobody has chosen among yet, in the order in which `take N` counts them.
  func siblings(of unit: FieldID, in record: HubRecord) throws -> [JSONValue] {
    try record.state[unit].siblings.map { sibling in
      let writer = try store.writer(of: sibling.stamp, record: record.id)
      return [
        "value": FieldText.json(sibling.value, in: zone, schema: record.schema),
        "author": .string(veil.name(writer.user)),
        "device": .string(veil.device(writer.device, of: writer.user)),
        "at": time(sibling.stamp.time.moment), "dot": .string(sibling.stamp.dot.description),
      ]
    }
  }

  func time(_ moment: Moment) -> JSONValue {
    .string(ISO8601.string(milliseconds: moment.milliseconds, in: zone))
  }
}
