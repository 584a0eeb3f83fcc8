// The terms on which pools take customers back, as the hub keeps them: settings of the pool, and since
// when they hold.
//
// Whose customers go where is decided once, here: the first pool by name that says it takes them. What
// a laptop is told of it are the terms for its own person, nobody else's. New terms begin anew: nobody
// loses a customer before he could have been warned of them.

import Access
import FollowUp
import Notation
import Storage
import SyncCore

/// The terms of one pool: as laptops are told of them, and as they are reckoned with.
struct PoolTerms {
  let json: JSONValue
  let recycling: Recycling

  init?(_ pool: Pool, since: Moment?) {
    guard let terms = pool.recycle else { return nil }
    var json = terms.json
    // Whose customers they are is nobody's business but the hub's.
    json["from"] = nil
    json["pool"] = .string(pool.name)
    json["since"] = since.map { .integer($0.milliseconds) }
    guard let recycling = Recycling(json) else { return nil }
    (self.json, self.recycling) = (json, recycling)
  }
}

extension Permissions {
  /// The terms under which customers of this owner go; nil: they stay his.
  func terms(of owner: String) -> PoolTerms? {
    pools.first { $0.recycles(from: owner, organisation) }.flatMap { poolTerms[$0.name] }
  }

  /// The owners whose customers a pool takes, by name.
  func owners(recycledInto pool: Pool) -> [String] {
    organisation.members.map(\.name).filter { owner in
      pools.first { $0.recycles(from: owner, organisation) }?.name == pool.name
    }
  }
}

extension HubStore {
  /// The terms of all pools that take customers back.
  func poolTerms(of pools: [Pool]) throws -> [String: PoolTerms] {
    var terms: [String: PoolTerms] = [:]
    for pool in pools where pool.recycle != nil {
      let since = try db.first(
        "SELECT since FROM recycle_terms WHERE pool = ?", .text(pool.name)
      ) { $0.moment(0) }
      guard let found = PoolTerms(pool, since: since) else {
        throw StorageError.corrupt(reason: "the terms of the pool \(pool.name) cannot be read")
      }
      terms[pool.name] = found
    }
    return terms
  }

  /// Notes since when a pool's terms hold, where they are others than before, and has every customer
  /// looked at.
  func noteTerms(of pool: Pool, at now: Moment) throws {
    let text = pool.recycle?.json.text()
    let known = try db.first("SELECT terms FROM recycle_terms WHERE pool = ?", .text(pool.name)) {
      $0.text(0)
    }
    guard known != text else { return }
    if let text {
      try db.run(
        "INSERT OR REPLACE INTO recycle_terms VALUES (?, ?, ?)", .text(pool.name), .text(text),
        .moment(now))
    } else {
      try db.run("DELETE FROM recycle_terms WHERE pool = ?", .text(pool.name))
    }
    try db.run("UPDATE due SET at = 0")
  }
}

extension RecycleTerms {
  /// Refuses customers to leave out by what depends on the time: nobody would look again when it passes.
  func checkExclude() throws {
    guard !exclude.isEmpty else { return }
    let query: Query
    do {
      query = try Query(parsing: exclude, for: .customer)
    } catch {
      throw Refused(400, "badPool", "The pool is unchanged: $.recycle.exclude, \(error)")
    }
    guard !query.isTimeRelative, !query.readsUpdatedAt else {
      throw Refused(
        400, "badPool",
        "The pool is unchanged: $.recycle.exclude asks for a time that moves. Ask for fields.")
    }
  }
}
