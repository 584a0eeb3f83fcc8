// `/v1/admin/policy`: the policy in force, another one, and why somebody may do what he may.
//
// Every version stays in the table, with who applied it and when. A policy changes what laptops hold,
// so it is applied through `changeRights`; a bad file changes nothing and is told with its place.

import Access
import Notation
import Storage
import SyncCore

extension AdminRoutes {
  func policy(_ path: [String], _ request: HubRequest) throws -> HubResponse {
    switch (request.method, path.count, path.last) {
    case ("GET", 1, _):
      try require(.read)
      return .json(try json(store.storedPolicy()))
    case ("PUT", 1, _):
      try require(.administer)
      return try applyPolicy(request)
    case ("GET", 2, "explain"):
      try require(.read)
      return try explain(request)
    default: throw nowhere(request)
    }
  }

  private func json(_ stored: StoredPolicy) throws -> JSONValue {
    [
      "version": .integer(stored.version), "text": .string(stored.text),
      "policy": try JSONValue(parsing: stored.text),
      "appliedBy": stored.user.map { .string($0) } ?? .null,
      "appliedAt": stored.appliedAt.map { time($0) } ?? .null,
    ]
  }

  private func applyPolicy(_ request: HubRequest) throws -> HubResponse {
    _ = try Policy(parsing: request.body, schema: store.schema)
    let isTrial = request.query["check"] == "true"
    if !isTrial {
      try store.applyPolicy(
        String(decoding: request.body, as: UTF8.self), by: caller.user, now: now)
    }
    return .json([
      "version": .integer(try store.storedPolicy().version), "applied": .bool(!isTrial),
    ])
  }

  private func explain(_ request: HubRequest) throws -> HubResponse {
    guard let user = request.query["user"], let reference = request.query["record"] else {
      throw HubError.badRequest("An explanation is of a user and a record: user=NAME&record=REF.")
    }
    let record = try self.reference.record(reference)
    guard try knows(user) else { throw HubError.notFound(what: "user", name: user) }
    let reach = try store.reach(of: user)
    let permissions = reach.permissions
    guard
      let explanation = Explanation(
        user: user, collection: record.schema.name,
        relation: try store.relation(of: reach, to: record.root), policy: permissions.policy,
        organisation: permissions.organisation)
    else { throw HubError.notFound(what: "user", name: user) }
    var json = explanation.json
    json["record"] = .string(record.id.description)
    json["policy"] = .integer(permissions.version)
    // Pools and sharing show more than the policy's levels do.
    json["sees"] = .bool(
      try store.standing(of: reach, to: record.root) == .holds
        && permissions.level(.read, on: record.schema.name, of: user) != .none)
    json["guestWrites"] = .bool(try store.isGuest(user, of: record.root))
    return .json(json)
  }
}

/// A policy as it is kept.
struct StoredPolicy {
  /// 0: the one that every workspace begins with, which nobody applied.
  var version: Int64 = 0
  var text = Policy.standardText
  var user: String?
  var appliedAt: Moment?
}

extension HubStore {
  /// The policy in force.
  func storedPolicy() throws -> StoredPolicy {
    try db.first(
      "SELECT version, text, user, applied_at FROM policies ORDER BY version DESC LIMIT 1"
    ) {
      StoredPolicy(
        version: $0.integer(0), text: $0.text(1), user: $0.text(2), appliedAt: $0.moment(3))
    } ?? StoredPolicy()
  }

  /// - Parameter text: a policy that was read without fault.
  func applyPolicy(_ text: String, by user: String, now: Moment) throws {
    try changeRights {
      try db.run(
        "INSERT INTO policies VALUES (?, ?, ?, ?)", .integer(try storedPolicy().version + 1),
        .text(text), .text(user), .moment(now))
    }
  }
}
