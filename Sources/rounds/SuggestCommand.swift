// `rounds suggest REF`: what might be done differently for a customer, with the numbers that speak for it.
//
// Accepting writes it into the plan to keep in touch, or where there is none the customer's cadence; declining is
// remembered with the customer, so that no laptop of anybody makes the same suggestion again.

import CommandKit
import FollowUp
import Notation
import Replica
import Storage
import SyncCore

func suggestCommand(_ outside: Outside) -> Command {
  Command(
    ["suggest"], group: Group.everyDay,
    summary: Phrase(en: "Suggest how to keep in touch, with reasons", zh: "给出跟进策略建议及依据"),
    arguments: [referenceArgument],
    options: [
      Command.Option("accept", "ID", help: Phrase(en: "Do it: cadence:1w", zh: "采纳，例如 cadence:1w")),
      Command.Option("decline", "ID", help: Phrase(en: "Do not suggest it again", zh: "不再建议")),
    ],
    examples: [
      Command.Example(
        "rounds suggest customer:Acme --accept cadence:1w",
        Phrase(en: "From now on once a week", zh: "改为每周跟进"))
    ]
  ) { invocation in
    let replica = try OpenReplica(invocation, outside)
    let customer = try replica.customer(of: replica.record(invocation.argument("REF")))
    let strategy = try Strategy(replica, customer)
    if let id = invocation.option("accept") {
      return try strategy.accept(try strategy.suggestion(id), invocation)
    }
    if let id = invocation.option("decline") {
      return try strategy.decline(try strategy.suggestion(id), invocation)
    }
    strategy.show(invocation)
  }
}

/// How one customer is kept in touch with, and what might be better.
private struct Strategy {
  let replica: OpenReplica
  let customer: CollectionRow
  /// The first open plan of whoever asks.
  let plan: CollectionRow?
  let suggestions: [Suggestion]

  init(_ replica: OpenReplica, _ id: RecordID) throws {
    self.replica = replica
    guard let row = try replica.store.table(.customer).row(id, in: replica.store.db) else {
      throw RepError.recordMissing(reference: id.description)
    }
    customer = row
    let schema = CollectionSchema.plan
    plan = try replica.store.rows(of: schema, belongingTo: id).first { row in
      let owner = row.values[schema.id("assignee")].text ?? ""
      return ContactPlan(row.values, made: row.id.moment)?.isOpen == true
        && (owner.isEmpty || owner == replica.state.user)
    }
    let reading = ContactReading(replica.store)
    let people = try reading.people(at: id)
    let since = replica.today.advanced(milliseconds: -ContactEvidence.windowMilliseconds)
    let own = CollectionSchema.customer
    suggestions =
      ContactEvidence(
        contacts: try reading.contacts(of: id, since: since),
        every: plan?.values[schema.id("every")].text ?? row.values[own.id("cadence")].text,
        channel: plan?.values[schema.id("channel")].text, preferred: people.preferred,
        interests: people.interests, decisions: row.values[own.id("decisions")].elements
      ).suggestions
  }

  func suggestion(_ id: String) throws -> Suggestion {
    guard let found = suggestions.first(where: { $0.id == id }) else {
      throw RepError.valueNotAllowed(
        field: "suggestion", text: id, allowed: suggestions.map(\.id))
    }
    return found
  }

  func accept(_ suggestion: Suggestion, _ invocation: Invocation) throws {
    let (plans, customers) = (CollectionSchema.plan, CollectionSchema.customer)
    var writes: [RecordWrite] = []
    var decision = [remembered(suggestion.accepted(at: replica.today))]
    if let plan {
      let field = suggestion.kind == .cadence ? "every" : suggestion.kind.rawValue
      writes.append(
        RecordWrite(plan.id, in: plans, [.put(plans.id(field), .text(suggestion.value))]))
    } else if suggestion.kind == .cadence {
      decision.insert(.put(customers.id("cadence"), .text(suggestion.value)), at: 0)
    } else {
      throw RepError.planMissing
    }
    writes.append(RecordWrite(customer.id, in: customers, decision))
    try replica.store.write(writes, at: replica.now)
    try replica.printSaved(invocation, suggestion.id, writes[0].record)
  }

  func decline(_ suggestion: Suggestion, _ invocation: Invocation) throws {
    let schema = CollectionSchema.customer
    try replica.store.write(
      [RecordWrite(customer.id, in: schema, [remembered(suggestion.declined)])], at: replica.now)
    try replica.printSaved(invocation, suggestion.id, customer.id)
  }

  /// With the customer, so that everybody's laptop knows.
  private func remembered(_ decision: String) -> FieldWrite {
    FieldWrite(
      CollectionSchema.customer.id("decisions"), .alter(adding: [decision], removing: []))
  }

  func show(_ invocation: Invocation) {
    if invocation.isJSON {
      return invocation.console.print(
        json: [
          "suggestions": .array(
            suggestions.map { suggestion in
              [
                "id": .string(suggestion.id), "kind": .string(suggestion.kind.rawValue),
                "value": .string(suggestion.value), "reason": .string(suggestion.reason.rawValue),
                "count": .integer(Int64(suggestion.count)), "of": .integer(Int64(suggestion.of)),
              ]
            })
        ])
    }
    let screen = Screen(replica.console)
    if suggestions.isEmpty {
      return screen.say(Phrase(en: "Go on as you do.", zh: "目前的做法合适。"))
    }
    for suggestion in suggestions {
      replica.console.print(
        "\(TextWidth.padded(suggestion.id, columns: 20)) \(screen.word(suggestion.words))")
    }
  }
}

extension Suggestion {
  fileprivate var words: Phrase {
    switch reason {
    case .turnsToUs:
      Phrase(
        en: "They turned to us in \(count) of \(of) contacts: more often.",
        zh: "\(of) 次往来中有 \(count) 次是客户主动联系：建议增加频率。")
    case .notReached:
      Phrase(
        en: "\(count) of the last \(of) tries were in vain: less often.",
        zh: "最近 \(of) 次联系有 \(count) 次未果：建议降低频率。")
    case .preferred:
      Phrase(
        en: "Asked for, and used in \(count) of \(of) contacts.",
        zh: "对方希望用此方式，\(of) 次联系中只用了 \(count) 次。")
    case .reachedMore:
      Phrase(
        en: "Somebody was there \(count) of \(of) times.", zh: "用此方式 \(of) 次中接通 \(count) 次。")
    case .interest:
      Phrase(
        en: "They are interested, and none of \(of) contacts was about it.",
        zh: "对方感兴趣，但 \(of) 次联系都没有谈到。")
    }
  }
}
