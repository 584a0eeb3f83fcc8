// The administrators' interface: who may ask what, and which function answers it.
//
// JSON in, JSON out. Reading is for admins, managers and service accounts; deciding about records is
// for managers and admins; people, laptops and rules are the admins' alone, because whoever makes an
// admin is one. What a request changes, it changes in the caller's transaction.

import Access
import FollowUp
import Notation
import SyncCore

struct AdminRoutes {
  let store: HubStore
  let caller: Caller
  let automation: Automation
  let now: Moment
  let zone: LocalZone

  /// What a route asks of its caller.
  enum Right { case read, decide, administer }

  func answer(_ request: HubRequest) throws -> HubResponse {
    let response = try route(request)
    if let event = AuditEvent(of: request, by: caller.user) { try store.audit(event, at: now) }
    return response
  }

  private func route(_ request: HubRequest) throws -> HubResponse {
    // `/v1/admin` is behind us: what remains is the noun, a name, and a verb.
    let path = Array(request.segments.dropFirst(2))
    switch (path.first ?? "", request.method) {
    case ("users", _): return try people(path, request)
    case ("teams", _): return try teams(path, request)
    case ("pools", _): return try pools(path, request)
    case ("recycling", "GET") where path.count == 1: return try recycling(request)
    case ("disputes", _): return try disputes(path, request)
    case ("invites", "POST") where path.count == 1: return try invite(request)
    case ("replicas", _): return try replicas(path, request)
    case ("conflicts", _): return try conflicts(path, request)
    case ("records", _): return try records(path, request)
    case ("rules", _) where path.count <= 2: return try rules(path, request)
    case ("parked", _): return try parked(path, request)
    case ("outbox", _): return try outbox(path, request)
    case ("templates", _): return try templates(path, request)
    case ("reports", "GET"): return try reports(path, request)
    case ("leads", "POST") where path.count == 1: return try lead(request)
    case ("schema", "GET") where path.count == 1: return .json(try schemaDocument())
    case ("policy", _): return try policy(path, request)
    case ("process", _) where path.count == 1: return .json(try process(request))
    case ("calendar", _): return try calendar(path, request)
    case ("backups", "GET") where path.count == 1, ("backups", "POST") where path.count == 1:
      // Whether he may is all that is said here: the daemon makes them, beside the hub.
      try require(.administer)
      return .json([:])
    case ("audit", "GET"): return try audit(path, request)
    default: throw nowhere(request)
    }
  }

  // MARK: What the routes share

  func require(_ right: Right) throws {
    let isAllowed =
      switch (right, caller.role) {
      case (_, .admin): true
      case (.read, .manager), (.decide, .manager), (.read, .service): true
      default: false
      }
    guard isAllowed else { throw HubError.forbidden(role: caller.role.rawValue) }
  }

  /// What the caller sees.
  func sight() throws -> Sight { try Sight(of: caller.user, in: store) }

  /// Whether the caller is told of a person; who is not in his directory is nobody to him.
  func knows(_ user: String) throws -> Bool { try caller.role == .admin || sight().knows(user) }

  /// How the caller's words for records are read: what he does not see is not there.
  var reference: Reference {
    get throws {
      let sight = try sight()
      return Reference(store: store, sight: sight.isClear ? nil : sight)
    }
  }

  /// What the policy must allow him for this root.
  func requireRight(
    _ action: Action, in collection: CollectionSchema, root: RecordID
  ) throws {
    let rights = try store.rights(of: sight().reach, in: collection, root: root)
    guard rights.allows(action) else {
      throw Refused(
        403, "refused",
        "Your role may not \(action.rawValue) this \(collection.name) (policy \(rights.version)).")
    }
  }

  func nowhere(_ request: HubRequest) -> HubError {
    .notFound(what: "page", name: "\(request.method) \(request.path)")
  }

  func time(_ moment: Moment) -> JSONValue {
    .string(ISO8601.string(milliseconds: moment.milliseconds, in: zone))
  }

  /// A time that somebody typed into a query or a body.
  func moment(_ text: String, called name: String) throws -> Moment {
    guard let found = TimeText.parse(text, now: now.milliseconds, zone: zone) else {
      throw HubError.badRequest(
        "\(name) is no time: \(text) . Write it like 2026-11-22T10:00:00+08:00 or -2h.")
    }
    return Moment(milliseconds: found)
  }

  func limit(of request: HubRequest) throws -> Int {
    guard let text = request.query["limit"] else { return AdminRoutes.limitUsual }
    guard let limit = Int(text), (1...AdminRoutes.limitMax).contains(limit) else {
      throw HubError.badRequest("limit is a number from 1 to \(AdminRoutes.limitMax).")
    }
    return limit
  }

  /// Entries of a list where nobody asked for a number, and the most anybody gets.
  static let limitUsual = 1_000
  static let limitMax = 1_000_000
}

/// The JSON object in a request's body.
struct RequestBody {
  let members: [String: JSONValue]

  /// An empty body is an empty object.
  init(_ request: HubRequest) throws {
    if request.body.isEmpty {
      members = [:]
      return
    }
    guard let object = try JSONValue(parsing: request.body).object else {
      throw HubError.badRequest("The body is a JSON object.")
    }
    members = object
  }

  subscript(key: String) -> JSONValue? { members[key] }

  func text(_ key: String) throws -> String {
    guard let text = try optionalText(key) else {
      throw HubError.badRequest("“\(key)” is missing.")
    }
    return text
  }

  func optionalText(_ key: String) throws -> String? {
    switch members[key] {
    case nil, .null: return nil
    case .string(let text): return text
    default: throw HubError.badRequest("“\(key)” is a text.")
    }
  }

  func optionalInteger(_ key: String) throws -> Int64? {
    switch members[key] {
    case nil, .null: return nil
    case .integer(let number): return number
    default: throw HubError.badRequest("“\(key)” is a whole number.")
    }
  }
}
