// `/v1/admin/recycling` and `/v1/admin/disputes`: which customers go back into a pool, on what evidence,
// and what is to become of those that went wrongly.
//
// A dry run asks the very decision that the hub acts on, at any time, and changes nothing. Told to
// whoever sees the customer; settled by whoever may assign it.

import FollowUp
import Notation
import SyncCore

extension AdminRoutes {
  // MARK: Dry run

  /// Every customer whose time is up at `now`, the one that is due first before the others.
  func recycling(_ request: HubRequest) throws -> HubResponse {
    try require(.read)
    let asked = try request.query["now"].map { try moment($0, called: "now") } ?? now
    let found = try candidates(at: asked).sorted {
      ($0.term.deadline, $0.facts.record) < ($1.term.deadline, $1.facts.record)
    }
    return .json([
      "now": time(asked),
      "customers": .array(try found.prefix(limit(of: request)).map { try json($0) }),
    ])
  }

  private struct Candidate {
    var facts: CustomerFacts
    var owner: String
    var terms: Recycling
    var term: RecycleTerm
  }

  private func candidates(at moment: Moment) throws -> [Candidate] {
    let (permissions, sight) = (try store.permissions(), try sight())
    guard !permissions.poolTerms.isEmpty, let table = store.table(CollectionSchema.customer.id)
    else { return [] }
    let almanac = try automation.context.almanac
    let owned = try store.db.all(table.selectSQL + " WHERE owner IS NOT NULL") {
      let row = try table.row($0)
      return CustomerFacts(record: row.id, values: row.values)
    }
    return try owned.compactMap { facts -> Candidate? in
      guard case .text(let owner) = facts.values[.customerOwner],
        let terms = permissions.terms(of: owner)?.recycling,
        let term = terms.term(
          for: try store.recycleFacts(facts.record, facts.values, for: terms), in: almanac),
        term.deadline <= moment, try sight.shows(root: facts.record)
      else { return nil }
      return Candidate(facts: facts, owner: owner, terms: terms, term: term)
    }
  }

  private func json(_ candidate: Candidate) throws -> JSONValue {
    let (facts, term) = (candidate.facts, candidate.term)
    let late = try store.lateLaptops(of: candidate.owner, facts.record, until: term.deadline)
    let since = try store.recycleWait(of: facts.record, for: term.deadline) ?? term.deadline
    let end = since.advanced(milliseconds: candidate.terms.maxWaitMilliseconds)
    let veil = try sight().veil(of: facts.record)
    return [
      "customer": .string(facts.record.description), "name": .string(facts.title),
      "owner": .string(veil.name(candidate.owner)), "pool": .string(candidate.terms.pool),
      "rule": .string(term.reason.rawValue), "days": .integer(Int64(term.days)),
      "tier": term.tier.map { .string($0) } ?? .null, "since": time(term.anchor),
      "deadline": time(term.deadline), "confirmed": .bool(late.isEmpty),
      "goesAt": time(late.isEmpty ? term.deadline : end),
      "late": .array(
        late.map { laptop in
          [
            "user": .string(veil.name(laptop.user)),
            "device": .string(veil.device(laptop.device, of: laptop.user)),
            "lastSync": laptop.syncedAt.map { time($0) } ?? .null,
          ]
        }),
    ]
  }

  // MARK: Disputes

  func disputes(_ path: [String], _ request: HubRequest) throws -> HubResponse {
    switch (request.method, path.count, path.last) {
    case ("GET", 1, _):
      try require(.read)
      let isEverything = request.query["status"] == "all"
      let sight = try sight()
      let rows = try store.recycled("evidence IS NOT NULL AND state <> ?1", .text("stands"))
        .filter { try (isEverything || $0.state == .disputed) && sight.shows(root: $0.root) }
      return .json(["disputes": .array(try rows.prefix(limit(of: request)).map { try json($0) })])
    case ("POST", 3, "settle"):
      try require(.decide)
      return try settle(try dispute(path[1]), RequestBody(request))
    default: throw nowhere(request)
    }
  }

  private func dispute(_ text: String) throws -> RecycledRow {
    let sight = try sight()
    let isLongEnough = text.count >= Reference.prefixCharactersMin
    let rows = try store.recycled("evidence LIKE ?1 || '%'", .text(text.uppercased()))
      .filter { try isLongEnough && sight.shows(root: $0.root) }
    guard let row = rows.first else { throw HubError.notFound(what: "dispute", name: text) }
    guard rows.count == 1 else {
      throw HubError.ambiguous(
        reference: text, candidates: rows.compactMap(\.evidence?.description))
    }
    return row
  }

  private func settle(_ row: RecycledRow, _ body: RequestBody) throws -> HubResponse {
    let take = try body.text("take")
    guard ["return", "keep"].contains(take) else {
      throw HubError.badRequest("“take” is return or keep.")
    }
    guard row.state == .disputed else {
      throw Refused(409, "settled", "This dispute is settled already.")
    }
    try requireRight(.assign, in: .customer, root: row.root)
    try store.transaction {
      store.head = store.head.next
      try RecycleReview(store: store, now: now, zone: zone)
        .settle(row, isReturned: take == "return", by: caller.user)
      try RuleRun(automation, now: now).carryOut(RulePlan(of: row.root, automation, at: now))
    }
    let settled = try store.recycled("root = ?1", .id(row.root)).first {
      $0.position == row.position
    }
    return .json(try json(settled ?? row))
  }

  private func json(_ row: RecycledRow) throws -> JSONValue {
    let veil = try sight().veil(of: row.root)
    let shown = try store.load(row.root, in: .customer)?.shown
    func owner() -> JSONValue {
      guard case .text(let name)? = shown?[.customerOwner] else { return .null }
      return .string(veil.name(name))
    }
    return [
      "id": row.evidence.map { .string($0.description) } ?? .null,
      "customer": .string(row.root.description),
      "name": shown?[CollectionSchema.customer.titleField].textOrNil.map { .string($0) } ?? .null,
      "owner": owner(), "formerOwner": .string(veil.name(row.facts.formerOwner)),
      "pool": .string(row.pool), "rule": .string(row.facts.reason.rawValue),
      "days": .integer(Int64(row.facts.days)), "since": time(row.facts.anchor),
      "deadline": time(row.facts.deadline), "recycledAt": time(row.facts.at),
      "confirmed": .bool(row.isConfirmed),
      "followUp": row.evidence.map { .string($0.description) } ?? .null,
      "occurredAt": row.occurredAt.map { time($0) } ?? .null,
      "enteredAt": row.enteredAt.map { time($0) } ?? .null,
      "arrivedAt": row.arrivedAt.map { time($0) } ?? .null,
      "status": .string(row.state == .disputed ? "open" : row.state.rawValue),
      "settledBy": row.settledBy.map { .string(veil.name($0)) } ?? .null,
      "settledAt": row.settledAt.map { time($0) } ?? .null,
    ]
  }
}
