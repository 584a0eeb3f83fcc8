// Users, teams, invitations and laptops, as the administrators' interface shows and changes them.
//
// A token or a code leaves the hub once, in the answer that made it. Whoever lets somebody in as an
// admin has to be one: an invitation of an admin's laptop carries an admin's rights.

import Access
import FollowUp
import Notation
import SyncCore
import Wire

extension AdminRoutes {
  // MARK: Users

  func people(_ path: [String], _ request: HubRequest) throws -> HubResponse {
    switch (request.method, path.count, path.last) {
    case ("GET", 1, _):
      try require(.read)
      let users = try store.users().filter { try knows($0.name) }
      return .json(["users": .array(try users.map { try json($0) })])
    case ("POST", 1, _):
      try require(.administer)
      return try addUser(try RequestBody(request))
    case ("POST", 2, _):
      try require(.administer)
      return try changeUser(path[1], try RequestBody(request))
    case ("POST", 3, "disable"):
      try require(.administer)
      guard path[1] != caller.user else {
        throw HubError.badRequest(
          "Nobody disables himself: the workspace could lose its last admin.")
      }
      try store.disableUser(path[1])
      return .json(["name": .string(path[1]), "disabled": true])
    case ("POST", 3, "away"), ("POST", 3, "back"): return try absence(path, request)
    case ("POST", 3, "handover"):
      try require(.decide)
      return try handOver(path[1], request)
    default: throw nowhere(request)
    }
  }

  private func addUser(_ body: RequestBody) throws -> HubResponse {
    let name = try body.text("name")
    let role = try self.role(try body.optionalText("role") ?? Role.rep.rawValue)
    let team = try body.optionalText("team")
    let token = try store.addUser(name, role: role, team: team, now: now)
    return .json(
      [
        "name": .string(name), "role": .string(role.rawValue),
        "team": team.map { .string($0) } ?? .null, "token": token.map { .string($0) } ?? .null,
      ], status: 201)
  }

  /// Another role, another team, or both; `"team": null` takes him out of his.
  private func changeUser(_ name: String, _ body: RequestBody) throws -> HubResponse {
    let role = try body.optionalText("role").map { try self.role($0) }
    if name == caller.user, role.map({ $0 != .admin }) ?? false {
      throw HubError.badRequest(
        "Nobody takes the role of an admin from himself: the workspace could lose its last one.")
    }
    let team: String?? = body["team"] == nil ? .none : .some(try body.optionalText("team"))
    guard role != nil || team != nil else {
      throw HubError.badRequest("A user is given a “role”, a “team”, or both.")
    }
    let token = try store.changeUser(name, role: role, team: team)
    guard let user = try store.user(name) else {
      throw HubError.notFound(what: "user", name: name)
    }
    var answer = try json(user)
    answer["token"] = token.map { .string($0) } ?? .null
    return .json(answer)
  }

  private func role(_ name: String) throws -> Role {
    guard let role = Role(rawValue: name) else {
      let roles = Role.allCases.map(\.rawValue).joined(separator: ", ")
      throw HubError.badRequest("There is no role \(name) ; there are \(roles).")
    }
    return role
  }

  func json(_ user: User) throws -> JSONValue {
    [
      "name": .string(user.name), "role": .string(user.role),
      "team": user.team.isEmpty ? .null : .string(user.team), "disabled": .bool(user.isDisabled),
      "away": try away(user.name),
    ]
  }

  // MARK: Teams

  func teams(_ path: [String], _ request: HubRequest) throws -> HubResponse {
    switch (request.method, path.count) {
    case ("GET", 1):
      try require(.read)
      let told = try caller.role == .admin ? nil : store.permissions().teams(toldTo: caller.user)
      func knows(_ team: String) -> Bool { told?.contains(team) ?? true }
      let teams = try store.teams().filter { knows($0.name) }.map {
        json(team: $0.name, parent: $0.parent.flatMap { knows($0) ? $0 : nil })
      }
      return .json(["teams": .array(teams)])
    case ("POST", 1):
      try require(.administer)
      let body = try RequestBody(request)
      let (name, parent) = (try body.text("name"), try body.optionalText("parent"))
      try store.addTeam(name, parent: parent)
      return .json(json(team: name, parent: parent), status: 201)
    case ("POST", 2):
      try require(.administer)
      let body = try RequestBody(request)
      guard body["parent"] != nil else {
        throw HubError.badRequest("A team is moved under a “parent”, or to the top with null.")
      }
      let parent = try body.optionalText("parent")
      try store.moveTeam(path[1], under: parent)
      return .json(json(team: path[1], parent: parent))
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
    try requireReach(to: user)
    let expiresAt = now.advanced(milliseconds: seconds * 1_000)
    let code = try store.invite(user, expiresAt: expiresAt)
    return .json(
      ["code": .string(code), "expiresAt": time(expiresAt), "user": .string(user)], status: 201)
  }

  /// A laptop is sent what its person may see, so it is invited by whoever sees all of it.
  func requireReach(to user: String) throws {
    guard try knows(user) else { throw HubError.notFound(what: "user", name: user) }
    let permissions = try store.permissions()
    let level = permissions.level(.read, on: CollectionSchema.customer.name, of: caller.user)
    guard
      level.includes(permissions.organisation.relation(of: caller.user, toOwner: user))
    else {
      throw Refused(
        403, "refused",
        "\(user) may see what you may not. Ask an admin, or whoever manages \(user) .")
    }
  }

  // MARK: Laptops

  func replicas(_ path: [String], _ request: HubRequest) throws -> HubResponse {
    switch (request.method, path.count, path.last) {
    case ("GET", 1, _):
      try require(.read)
      let reports = try store.replicaReports(now: now).filter { try knows($0.user) }
      return .json(["replicas": .array(reports.map { $0.json(in: zone) })])
    case ("GET", 2, _):
      try require(.read)
      let report = try report(path[1])
      var json = report.json(in: zone)
      json["behindBytes"] = .integer(try store.bytesBehind(report, now: now))
      return .json(json)
    case ("POST", 3, "revoke"), ("POST", 3, "retire"):
      try require(.administer)
      let id = try report(path[1]).id
      try store.setStatus(of: id, path[2] == "revoke" ? .revoked : .retired)
      return .json(try report(path[1]).json(in: zone))
    case ("POST", 3, "accept"):
      try require(.administer)
      try store.acceptDoubt(of: try report(path[1]).id)
      return .json(try report(path[1]).json(in: zone))
    default: throw nowhere(request)
    }
  }

  private func report(_ name: String) throws -> ReplicaReport {
    let reports = try store.replicaReports(now: now)
    guard let report = reports.first(where: { String($0.id.rawValue) == name }),
      try knows(report.user)
    else {
      throw HubError.notFound(what: "replica", name: name)
    }
    return report
  }
}
