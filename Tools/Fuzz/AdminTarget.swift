// The administrators' interface: random methods, paths, queries and bodies, as everybody who has a token.
//
// Nothing traps, nothing is answered with a fault of the hub's own (500), every refusal says why in JSON,
// and after each case the hub finds nothing wrong with itself.

import Access
import FollowUp
import Hub
import Notation

struct AdminTarget: Target {
  static let name = "admin"
  private static let inputsPerCase = 60

  /// Calls that would do something: method, path, query, body. `@` stands for a name or an identity.
  private static let calls: [(String, String, [String], JSONValue)] = [
    ("GET", "users", ["limit"], .null), ("GET", "teams", [], .null), ("GET", "pools", [], .null),
    ("POST", "users", [], ["name": "eve", "role": "rep", "team": "north"]),
    ("POST", "users/@", [], ["role": "manager", "team": .null]),
    ("POST", "users/@/disable", [], [:]),
    ("POST", "users/@/handover", [], ["to": "bob", "preview": false, "toPool": "east"]),
    ("POST", "teams", [], ["name": "west", "parent": "north"]),
    ("POST", "teams/@", [], ["parent": "west"]),
    ("POST", "invites", [], ["user": "ann", "expiresInSeconds": 3600]),
    ("GET", "replicas", [], .null), ("GET", "replicas/@", [], .null),
    ("POST", "replicas/@/revoke", [], [:]), ("POST", "replicas/@/retire", [], [:]),
    ("POST", "replicas/@/accept", [], ["note": "x"]),
    ("GET", "conflicts", ["status", "limit"], .null), ("GET", "conflicts/@", [], .null),
    ("POST", "conflicts/@/resolve", [], ["take": 1, "note": "x"]),
    ("POST", "conflicts/@/resolve", [], ["value": "1"]),
    ("POST", "conflicts/@/reopen", [], ["note": "x"]),
    ("GET", "records", ["collection", "where", "sort", "limit"], .null),
    ("GET", "records/@", [], .null), ("GET", "records/@/history", ["field", "at"], .null),
    ("POST", "records/@/set", [], ["assignments": ["phone=2", "tags+=vip"]]),
    ("POST", "records/@/delete", [], [:]),
    ("POST", "records/@/restore", [], ["at": "2026-11-22T09:00:00Z", "field": "phone"]),
    ("GET", "records/@/guests", [], .null),
    ("POST", "records/@/share", [], ["user": "bob", "at": "+2d"]),
    ("POST", "records/@/unshare", [], ["user": "bob"]),
    ("GET", "rules", [], .null), ("PUT", "rules", [], document(RuleBook.shippedText)),
    ("GET", "policy", [], .null), ("PUT", "policy", [], document(Policy.standardText)),
    ("GET", "policy/explain", ["user", "action", "record", "field"], .null),
    ("GET", "parked", [], .null), ("GET", "parked/@", [], .null),
    ("POST", "parked/@/accept", [], [:]), ("POST", "parked/@/discard", [], ["note": "x"]),
    (
      "POST", "pools", [],
      ["name": "east", "members": ["*"], "admins": ["max"], "hidden": ["customer": ["phone"]]]
    ),
    ("PUT", "pools", [], ["name": "east", "members": ["team:north"], "holdMax": 3]),
    ("POST", "pools/@", [], ["claimsPerDay": 2, "holdMax": 5]), ("GET", "pools/@", [], .null),
    ("POST", "pools/@/take", [], ["record": "customer:Acme"]),
    ("GET", "audit", ["subject", "author", "since", "limit", "cursor"], .null),
    ("GET", "audit/check", ["position", "hash", "check", "epoch"], .null),
    ("GET", "audit/verify", [], .null),
  ]

  private static func document(_ text: String) -> JSONValue {
    guard let value = try? JSONValue(parsing: text) else {
      preconditionFailure("a shipped document is no JSON")
    }
    return value
  }

  func run(_ dice: inout Dice, _ tally: inout Tally) throws {
    let hub = try SmallHub(seed: dice.next())
    try hub.day()
    for _ in 0..<Self.inputsPerCase {
      let request = request(to: hub, &dice)
      let body = String(decoding: request.body, as: UTF8.self)
      let said = "\(request.method) \(request.path) \(request.query) \(body)\n"
      Witness.note(said.utf8, isMore: true)
      hub.clock.pass(Int64(dice.below(100_000)))
      let answer = hub.routes.answer(request)
      try judge(answer, to: request, said)
      tally.note(isAccepted: answer.status < 300)
      if dice.chance(20) { _ = try hub.routes.tick() }
      if tally.isThorough { try hub.check() }
    }
    try hub.check()
  }

  private func judge(_ answer: HubResponse, to request: HubRequest, _ said: String) throws {
    guard answer.status < 500 else {
      throw Finding("\(answer.status) \(String(decoding: answer.body, as: UTF8.self)) to \(said)")
    }
    guard let document = try? JSONValue(parsing: answer.body) else {
      throw Finding("no JSON in answer to \(said)")
    }
    let message = document["error"]?["message"]?.string ?? ""
    guard answer.status < 400 || !message.isEmpty else {
      throw Finding("\(answer.status) without a word to \(said)")
    }
  }

  private func request(to hub: SmallHub, _ dice: inout Dice) -> HubRequest {
    let (method, path, keys, body) = dice.pick(Self.calls)
    let caller = dice.chance(3) ? dice.pick(SmallHub.names) : "root"
    var request = HubRequest(
      dice.chance(30) ? dice.pick(["GET", "POST", "PUT", "DELETE", ""]) : method,
      "/v1/admin/"
        + path.split(separator: "@", omittingEmptySubsequences: false)
        .joined(separator: name(in: hub, &dice)),
      bearerToken: hub.tokens[caller] ?? hub.laptops[0].token)
    for key in keys where dice.chance(2) { request.query[key] = word(in: hub, &dice) }
    guard body != .null || dice.chance(20) else { return request }
    request.body = (dice.chance(2) ? body : dice.mutated(body)).bytes()
    if dice.chance(15) { request.body = dice.mutated(request.body, with: [request.body]) }
    return request
  }

  /// What may stand for a name in a path: mostly something that is there.
  private func name(in hub: SmallHub, _ dice: inout Dice) -> String {
    switch dice.below(8) {
    case 0, 1, 2: dice.pick(hub.records).description
    case 3: dice.pick(SmallHub.names)
    case 4: dice.pick(["customer:Acme", "customer:客户", "north", "west", "east"])
    case 5: "\(dice.below(4))"
    case 6: conflict(in: hub, &dice)
    default: word(in: hub, &dice)
    }
  }

  private func conflict(in hub: SmallHub, _ dice: inout Dice) -> String {
    let list = hub.routes.answer(
      HubRequest("GET", "/v1/admin/conflicts", bearerToken: hub.tokens["root"]))
    let items = (try? JSONValue(parsing: list.body))?["conflicts"]?.array ?? []
    return items.randomElement(using: &dice)?["id"]?.string ?? "0000"
  }

  private func word(in hub: SmallHub, _ dice: inout Dice) -> String {
    switch dice.mutated(.string("")) {
    case .string(let text): text
    case .integer(let number): "\(number)"
    default: dice.pick(["open", "update", "phone", "customer", "-1d", "name", "stage = won", "1"])
    }
  }
}
