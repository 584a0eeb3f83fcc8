// `/v1/admin/pools`: the pools and their settings, and putting a customer into one.
//
// A pool is a document; it is replaced whole, or some keys of it are. Members that nobody has, and
// admins, are refused: a misspelt one would close a pool in silence. Laptops get what they may now
// see with their next sync.

import Access
import FollowUp
import Notation
import Storage
import SyncCore

extension AdminRoutes {
  func pools(_ path: [String], _ request: HubRequest) throws -> HubResponse {
    switch (request.method, path.count, path.last) {
    case ("GET", 1, _):
      try require(.read)
      return .json(["pools": .array(try store.pools().map { try json($0) })])
    case ("GET", 2, _):
      try require(.read)
      return .json(try json(try pool(path[1])))
    case ("POST", 1, _):
      try require(.administer)
      let pool = try read(request)
      guard try store.permissions().pool(pool.name) == nil else {
        throw HubError.exists(what: "pool", name: pool.name)
      }
      return .json(try save(pool), status: 201)
    case ("PUT", 1, _):
      try require(.administer)
      return .json(try save(try read(request)))
    case ("POST", 2, _):
      try require(.administer)
      return .json(try change(try pool(path[1]), by: RequestBody(request)))
    case ("POST", 3, "take"):
      try require(.decide)
      return try move(RequestBody(request), into: try pool(path[1]))
    default: throw nowhere(request)
    }
  }

  private func pool(_ name: String) throws -> Pool {
    guard let pool = try store.permissions().pool(name) else {
      throw HubError.notFound(what: "pool", name: name)
    }
    return pool
  }

  /// The settings, and how many customers lie in it.
  private func json(_ pool: Pool) throws -> JSONValue {
    var json = pool.json
    let count = try store.db.first(
      "SELECT count(*) FROM feed WHERE scope = ? AND is_home = 1 AND is_gone = 0",
      .integer(try store.scope(.pool(pool.name)))
    ) { $0.integer(0) }
    json["customers"] = .integer(count ?? 0)
    if pool.recycle != nil {
      let owners = try store.permissions().owners(recycledInto: pool)
      json["recycledFrom"] = .array(try owners.filter(knows).map { .string($0) })
    }
    return json
  }

  private func change(_ pool: Pool, by body: RequestBody) throws -> JSONValue {
    var settings = pool.json
    for (key, value) in body.members where key != "name" { settings[key] = value }
    do {
      return try save(try Pool(json: settings, schema: store.schema))
    } catch let error as PolicyError {
      throw unreadable(error)
    }
  }

  private func read(_ request: HubRequest) throws -> Pool {
    do {
      return try Pool(parsing: request.body, schema: store.schema)
    } catch {
      throw unreadable(error)
    }
  }

  private func unreadable(_ error: PolicyError) -> Refused {
    var refused = Refused(400, "badPool", "The pool is unchanged: \(error)")
    refused.details["path"] = .string(error.path)
    refused.details["allowed"] = .array(error.allowed.map { .string($0) })
    return refused
  }

  private func save(_ pool: Pool) throws -> JSONValue {
    let organisation = try store.permissions().organisation
    let members = pool.members + (pool.recycle?.from ?? [])
    try pool.recycle?.checkExclude()
    for case .user(let name) in members + pool.admins.map({ .user($0) })
    where organisation[name] == nil {
      throw HubError.notFound(what: "user", name: name)
    }
    let teams = Set(organisation.teams.map(\.name))
    for case .team(let name) in members where !teams.contains(name) {
      throw HubError.notFound(what: "team", name: name)
    }
    try store.changeRights {
      try store.db.run(
        "INSERT OR REPLACE INTO pools VALUES (?, ?)", .text(pool.name), .text(pool.json.text()))
      try store.noteTerms(of: pool, at: now)
    }
    return try json(pool)
  }

  /// Puts a customer into the pool, out of somebody's hands or out of another pool.
  private func move(_ body: RequestBody, into pool: Pool) throws -> HubResponse {
    let record = try reference.record(try body.text("record"))
    guard record.schema.id == CollectionSchema.customer.id, record.isAlive else {
      throw HubError.badRequest("Only a customer is put into a pool.")
    }
    let reason = try body.optionalText("reason") ?? "moved by \(caller.user)"
    try Pooling(store: store, now: now, zone: zone).move(
      record, into: pool, reason: reason, by: caller, automation)
    let moved = try Reference(store: store).record(record.id.description)
    let veil = try sight().veil(of: record.root)
    return .json(try RecordJSON(store: store, zone: zone, veil: veil).json(moved))
  }
}
