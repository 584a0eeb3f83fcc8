// `/v1/admin/parked`: what waits because its author may no longer write it; accept or discard.
//
// Told to whoever sees the root, decided by whoever may update it. What is shown of a change is
// veiled like the record that it is about.

import Access
import FollowUp
import Notation
import SyncCore

extension AdminRoutes {
  func parked(_ path: [String], _ request: HubRequest) throws -> HubResponse {
    let parking = Parking(store: store, now: now)
    switch (request.method, path.count, path.last) {
    case ("GET", 1, _):
      try require(.read)
      let items = try parking.list(parkedStatus(request)).filter(try isVisible())
      return .json(["parked": .array(try items.prefix(limit(of: request)).map { try json($0) })])
    case ("GET", 2, _):
      try require(.read)
      return .json(try json(find(path[1], parking)))
    case ("POST", 3, "accept"), ("POST", 3, "discard"):
      try require(.decide)
      let item = try find(path[1], parking)
      if let schema = store.schema[item.change.collection] {
        try requireRight(.update, in: schema, root: item.root)
      }
      if path[2] == "accept" {
        try parking.accept(item, writes: writes)
      } else {
        try parking.discard(item, by: caller.user)
      }
      return .json(try json(parking.find(item.id.description)))
    default: throw nowhere(request)
    }
  }

  private func parkedStatus(_ request: HubRequest) throws -> Parking.Status? {
    guard let name = request.query["status"] else { return nil }
    guard let status = Parking.Status(rawValue: name) else {
      let all = Parking.Status.allCases.map(\.rawValue).joined(separator: ", ")
      throw HubError.badRequest("There is no status \(name) ; there are \(all).")
    }
    return status
  }

  /// What the caller may be told of.
  func isVisible() throws -> (Parking.Item) throws -> Bool {
    let sight = try sight()
    return { item in
      try (sight.shows(root: item.root) || isOfMine(item, sight))
        && !sight.veil(of: item.root).hiddenCollections.contains(item.change.collection)
    }
  }

  /// What was to be a new root is nowhere yet: it is told to who would see its owner's.
  private func isOfMine(_ item: Parking.Item, _ sight: Sight) throws -> Bool {
    guard try store.rootFeed(item.root).home == nil else { return false }
    let permissions = sight.reach.permissions
    let level = permissions.level(
      .read, on: CollectionSchema.customer.name, of: caller.user)
    return level.includes(
      permissions.organisation.relation(
        of: caller.user, toOwner: try store.owner(ofWorkBy: item.user)))
  }

  private func find(_ reference: String, _ parking: Parking) throws -> Parking.Item {
    try parking.find(reference, where: isVisible())
  }

  private func json(_ item: Parking.Item) throws -> JSONValue {
    let (schema, veil) = (store.schema[item.change.collection], try sight().veil(of: item.root))
    var changes: [String: JSONValue] = [:]
    if let schema {
      for write in item.change.writes where !veil.hides(unit: write.field, of: schema) {
        RecordHistory(store: store, zone: zone).add(write, schema, to: &changes)
      }
    }
    let root = try store.load(item.root, in: .customer)
    let title = root?.shown[CollectionSchema.customer.titleField].textOrNil ?? item.newCustomer
    return [
      "id": .string(item.id.description), "user": .string(veil.name(item.user)),
      "device": .string(veil.device(try device(of: item.replica), of: item.user)),
      "replica": .integer(Int64(item.replica.rawValue)),
      "record": .string(item.record.description),
      "collection": .string(schema?.name ?? "\(item.change.collection.rawValue)"),
      "customer": title.map { .string($0) } ?? .null, "changes": .object(changes),
      "reason": .string("\(item.reason)"), "writtenAt": time(item.writtenAt),
      "arrivedAt": time(item.arrivedAt), "status": .string(item.status.rawValue),
      "decidedBy": item.decidedBy.map { .string(veil.name($0)) } ?? .null,
      "decidedAt": item.decidedAt.map { time($0) } ?? .null,
    ]
  }

  private func device(of replica: ReplicaID) throws -> String {
    try store.db.first("SELECT device FROM replicas WHERE replica = ?", .replica(replica)) {
      $0.text(0)
    } ?? ""
  }
}

extension Parking.Item {
  /// What a customer is to be called that is not there until the change is accepted.
  fileprivate var newCustomer: String? {
    guard record == root, change.collection == CollectionSchema.customer.id else { return nil }
    for write in change.writes where write.field == CollectionSchema.customer.titleField {
      if case .put(let name, _) = write.action { return name.textOrNil }
    }
    return nil
  }
}
