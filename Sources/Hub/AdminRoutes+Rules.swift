// `/v1/admin/rules…`: which rules are in force, and everything that can be asked about them.
//
// Only `PUT` writes. A test and a replay read what there is, with rules that need not be in force.

import FollowUp
import Notation
import SyncCore

extension AdminRoutes {
  func rules(_ path: [String], _ request: HubRequest) throws -> HubResponse {
    switch (path.count > 1 ? path[1] : "", request.method) {
    case ("", "GET"): return try showRules()
    case ("", "PUT"): return try applyRules(request)
    case ("test", "POST"): return try testRule(request)
    case ("explain", "GET"): return try explainRules(request)
    case ("runs", "GET"): return try showRuns(request)
    case ("stats", "GET"):
      try require(.read)
      return .json([
        "rules": .array(try report().figures()),
        "customersWaiting": .integer(Int64(try store.customersWaiting())),
      ])
    case ("replay", "POST"): return try replay(request)
    default: throw nowhere(request)
    }
  }

  private func report(_ book: RuleBook? = nil, at moment: Moment? = nil) -> RuleReport {
    let automation = Automation(store: store, rules: book ?? automation.rules, zone: zone)
    return RuleReport(automation: automation, zone: zone, now: moment ?? now)
  }

  // MARK: In force

  private func showRules() throws -> HubResponse {
    try require(.read)
    let text = try store.rules()
    return .json([
      "rules": try JSONValue(parsing: text), "text": .string(text),
      "settings": .integer(Int64(store.settingsVersion)),
    ])
  }

  /// Replaces the rules, or with `?check=true` only reads them. The first customers follow in the same
  /// transaction; the rest stretch by stretch, while others are answered.
  private func applyRules(_ request: HubRequest) throws -> HubResponse {
    try require(.administer)
    let book = try RuleBook(parsing: request.body, schema: store.schema)
    try book.checkConditions(in: request.body)
    try Templates(store: store).check(book)
    let missing = try RuleNames(store: store).missing(from: book, in: request.body)
    let isTrial = request.query["check"] == "true"
    var changed = 0
    if !isTrial {
      try store.setRules(String(decoding: request.body, as: UTF8.self), book, at: now)
      store.watched = Automation.watched(by: book)
      changed = try Automation(store: store, rules: book, zone: zone)
        .tick(at: now, limit: Routes.tickStretch).changed
    }
    return .json([
      "rules": .array(book.rules.map { .string($0.id) }), "applied": .bool(!isTrial),
      "missing": .array(missing), "customersChanged": .integer(Int64(changed)),
      "customersWaiting": .integer(Int64(try store.customersWaiting())),
    ])
  }

  // MARK: Asking

  /// `{"rule","record","now"?,"text"?}`: a rule in force, or one of a file that is not applied.
  private func testRule(_ request: HubRequest) throws -> HubResponse {
    try require(.read)
    let body = try RequestBody(request)
    let book = try body.optionalText("text").map {
      try RuleBook(parsing: Array($0.utf8), schema: store.schema)
    }
    let id = try body.text("rule")
    guard let rule = (book ?? automation.rules)[id] else {
      throw HubError.notFound(what: "rule", name: id)
    }
    let record = try reference.record(body.text("record"))
    let moment = try body.optionalText("now").map { try self.moment($0, called: "now") }
    return .json(
      try report(book, at: moment).test(rule, on: record, veil: sight().veil(of: record.root)))
  }

  /// `?record=REF`: which rules in force apply to it, and why the others do not.
  private func explainRules(_ request: HubRequest) throws -> HubResponse {
    try require(.read)
    guard let text = request.query["record"] else {
      throw HubError.badRequest("An explanation is of one record: record=REF.")
    }
    let record = try reference.record(text)
    return .json(try report().explain(record, veil: sight().veil(of: record.root)))
  }

  private func showRuns(_ request: HubRequest) throws -> HubResponse {
    try require(.read)
    var query = RuleReport.RunQuery()
    query.rule = request.query["rule"]
    query.isFailed = request.query["failed"] == "true"
    query.limit = try limit(of: request)
    query.root = try request.query["record"].map { try reference.record($0).root }
    let sight = try sight()
    return .json([
      "runs": .array(try report().runs(query) { try sight.shows(root: $0) })
    ])
  }

  /// One stretch of a replay: `{"text","since","until"?,"after"?}` → `{"rules",…,"next"}`.
  private func replay(_ request: HubRequest) throws -> HubResponse {
    try require(.administer)
    let body = try RequestBody(request)
    let book = try RuleBook(parsing: Array(try body.text("text").utf8), schema: store.schema)
    let since = try moment(body.text("since"), called: "since")
    let until = try body.optionalText("until").map { try self.moment($0, called: "until") } ?? now
    guard since < until else { throw HubError.badRequest("“since” lies before “until”.") }
    var replay = RuleReplay(
      store: store, rules: book, context: try report(book).automation.context,
      window: since..<until)
    let roots = try store.db.all(
      "SELECT id FROM customer WHERE id > ? ORDER BY id LIMIT ?",
      .text(try body.optionalText("after") ?? ""), .count(AdminRoutes.replayStretch)
    ) { try $0.id(0) }
    for root in roots { try replay.follow(root) }
    let isLast = roots.count < AdminRoutes.replayStretch
    return .json([
      "rules": .array(book.rules.map { json($0, replay.counts[$0.id] ?? .init()) }),
      "customers": .integer(Int64(roots.count)),
      "next": isLast ? .null : roots.last.map { .string($0.description) } ?? .null,
    ])
  }

  /// Customers that are followed in one request: others are answered in between.
  static let replayStretch = 100

  private func json(_ rule: Rule, _ count: RuleReplay.Count) -> JSONValue {
    [
      "rule": .string(rule.id), "effects": .integer(Int64(count.effects)),
      "customers": .integer(Int64(count.customers.count)),
      "examples": .array(
        count.examples.map {
          ["customer": .string($0.customer.description), "due": time($0.dueAt)]
        }),
    ]
  }
}
