// `/v1/admin/users/NAME/handover`: what somebody has goes to another person, or to a pool.
//
// With `"preview": true` nothing is changed and the same is told. Who may, `Access` decides; the act
// is `Handover`, and the telling `HandoverReport`.

import Access
import Notation

extension AdminRoutes {
  func handOver(_ name: String, _ request: HubRequest) throws -> HubResponse {
    let body = try RequestBody(request)
    let sight = try sight()
    let reason = try body.optionalText("reason") ?? Handover.reason(name)
    try checkThereIs(name)
    let heir = try heir(in: body, sight.reach.permissions)
    try check(heir, from: name, reason, sight.reach.permissions)
    let isPreview = body["preview"]?.bool ?? false
    let holdings = try Holdings(of: name, in: store, by: sight)
    let report = HandoverReport(
      holdings, to: heir, by: sight, limit: try limit(of: request), in: zone, at: now)
    var answer = try report.json(parked: parked(from: name, holdings))
    answer["preview"] = .bool(isPreview)
    if !isPreview {
      try Handover(writes: writes, from: name, heir: heir, reason: reason).carryOut(holdings)
    }
    answer["position"] = .integer(Int64(store.head.rawValue))
    return .json(answer)
  }

  private func checkThereIs(_ name: String) throws {
    guard try store.user(name) != nil, try knows(name) else {
      throw HubError.notFound(what: "user", name: name)
    }
  }

  private func heir(in body: RequestBody, _ permissions: Permissions) throws -> Handover.Heir {
    switch (try body.optionalText("to"), try body.optionalText("toPool")) {
    case (let name?, nil):
      try checkThereIs(name)
      return .user(name)
    case (nil, let name?):
      guard let pool = permissions.pool(name) else {
        throw HubError.notFound(what: "pool", name: name)
      }
      return .pool(pool)
    default:
      throw HubError.badRequest("A hand-over is either “to” a user or “toPool” a pool.")
    }
  }

  private func check(
    _ heir: Handover.Heir, from name: String, _ reason: String, _ permissions: Permissions
  ) throws {
    let facts = HandoverFacts(user: caller.user, from: name, to: heir.user)
    switch permissions.policy.decideHandover(facts, permissions.organisation) {
    case nil: break
    case let refusal? where [.samePerson(name), .oneself].contains(refusal):
      throw HubError.badRequest(refusal.text)
    case let refusal?: throw Refused(403, "refused", refusal.text)
    }
    let release = ReleaseFacts(user: caller.user, owner: name, reason: reason)
    if let refusal = heir.pool?.decideRelease(release, permissions.organisation) {
      throw Refused(403, "refused", refusal.text)
    }
  }

  /// What waits of his, or about what is his.
  private func parked(from name: String, _ holdings: Holdings) throws -> [Parking.Item] {
    let roots = holdings.roots
    return try Parking(store: store, now: now).list(.waiting)
      .filter { $0.user == name || roots.contains($0.root) }.filter(isVisible())
  }
}
