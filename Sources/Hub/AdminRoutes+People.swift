// Users, teams, invitations and laptops, as the administrators' interface shows and changes them.
//
// A token or a code leaves the hub once, in the answer that made it. Whoever lets somebody in as an
// admin has to be one: an invitation of an admin's laptop carries an admin's rights.

import Access
import Notation
import SyncCore
import Wire

extension AdminRoutes {
  // MARK: Users

  func people(_ path: [String], _ request: HubRequest) throws -> HubResponse {
    switch (request.method, path.count, path.last) {
    case ("GET", 1, _):
      try require(.read)
      return .json(["users": .array(try store.users().map { json($0) })])
    case ("POST", 1, _):
      try require(.administer)
      return try addUser(try RequestBody(request))
    case ("POST", 3, "disable"):
      try require(.administer)
      guard path[1] != caller.user else {
        throw HubError.badRequest(
          "Nobody disables himself: the workspace could lose its last admin.")
      }
      try store.disableUser(path[1])
      return .json(["name": .string(path[1]), "disabled": true])
    default: throw nowhere(request)
    }
  }

  private func addUser(_ body: RequestBody) throws -> HubResponse {
    let name = try body.text("name")
    let roleName = try body.optionalText("role") ?? Role.rep.rawValue
    guard let role = Role(rawValue: roleName) else {
      let roles = Role.allCases.map(\.rawValue).joined(separator: ", ")
      throw HubError.badRequest("There is no role \(roleName) ; there are \(roles).")
    }
    let team = try body.optionalText("team")
    let token = try store.addUser(name, role: role, team: team, now: now)
    return .json(
      [
        "name": .string(name), "role": .string(role.rawValue),
        "team": team.map { .string($0) } ?? .null, "token": token.map { .string($0) } ?? .null,
      ], status: 201)
  }

  private func json(_ user: User) -> JSONValue {
    [
      "name": .string(user.name), "role": .string(user.role),
      "team": user.team.isEmpty ? .null : .string(user.team), "disabled": .bool(user.isDisabled),
    ]
  }

  // MARK: Teams

  func teams(_ path: [String], _ request: HubRequest) throws -> HubResponse {
    switch (request.method, path.count) {
    case ("GET", 1):
      try require(.read)
      let teams = try store.teams().map { json(team: $0.name, parent: $0.parent) }
      return .json(["teams": .array(teams)])
    case ("POST", 1):
      try require(.administer)
      let body = try RequestBody(request)
      let (name, parent) = (try body.text("name"), try body.optionalText("parent"))
      try store.addTeam(name, parent: parent)
      return .json(json(team: name, parent: parent), status: 201)
    default: throw nowhere(request)
    }
  }

  private func json(team name: String, parent: String?) -> JSONValue {
    ["name": .string(name), "parent": parent.map { .string($0) } ?? .null]
  }

  // MARK: Invitations

  /// How long a code lives where nobody says, and at most, in seconds.
  private static let inviteSecondsUsual: Int64 = 24 * 3_600
  private static let inviteSecondsMax: Int64 = 30 * 24 * 3_600

  func invite(_ request: HubRequest) throws -> HubResponse {
    try require(.decide)
    let body = try RequestBody(request)
    let user = try body.text("user")
    let seconds = try body.optionalInteger("expiresInSeconds") ?? AdminRoutes.inviteSecondsUsual
    guard (1...AdminRoutes.inviteSecondsMax).contains(seconds) else {
      throw HubError.badRequest(
        "expiresInSeconds is a number from 1 to \(AdminRoutes.inviteSecondsMax).")
    }
    if try store.user(user)?.role == Role.admin.rawValue { try require(.administer) }
    let expiresAt = now.advanced(milliseconds: seconds * 1_000)
    let code = try store.invite(user, expiresAt: expiresAt)
    return .json(
      ["code": .string(code), "expiresAt": time(expiresAt), "user": .string(user)], status: 201)
  }

  // MARK: Laptops

  func replicas(_ path: [String], _ request: HubRequest) throws -> HubResponse {
    switch (request.method, path.count, path.last) {
    case ("GET", 1, _):
      try require(.read)
      let reports = try store.replicaReports(now: now)
      return .json(["replicas": .array(reports.map { $0.json(in: zone) })])
    case ("GET", 2, _):
      try require(.read)
      return .json(try report(path[1]).json(in: zone))
    case ("POST", 3, "revoke"), ("POST", 3, "retire"):
      try require(.administer)
      let id = try report(path[1]).id
      try store.setStatus(of: id, path[2] == "revoke" ? .revoked : .retired)
      return .json(try report(path[1]).json(in: zone))
    default: throw nowhere(request)
    }
  }

  private func report(_ name: String) throws -> ReplicaReport {
    let reports = try store.replicaReports(now: now)
    guard let report = reports.first(where: { String($0.id.rawValue) == name }) else {
      throw HubError.notFound(what: "replica", name: name)
    }
    return report
  }
}
