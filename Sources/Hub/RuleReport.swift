// What administrators ask about rules: would this one do something here, and why; what did they do; which of
// them never do anything.
//
// It must never write. What is hidden from the one who asks is hidden here, too.

import Digest
import FollowUp
import Notation
import Storage
import SyncCore

struct RuleReport {
  let automation: Automation
  let zone: LocalZone
  let now: Moment

  private var store: HubStore { automation.store }

  // MARK: Test

  /// What a rule makes of a record, its customer included, as if `now` were the present. Nothing is written.
  ///
  /// - Parameter veil: what is hidden from the one who asks.
  func test(_ rule: Rule, on record: HubRecord, veil: Veil) throws -> JSONValue {
    let book = RuleBook(rules: [rule], quiet: automation.rules.quiet)
    guard let facts = try store.facts(about: record.root, for: book) else {
      throw HubError.notFound(what: "record", name: record.id.description)
    }
    let context = try automation.context
    let effects = book.effects(for: facts, within: RuleBook.window(at: now), context)
    let subjects =
      rule.collection.id == CollectionSchema.customer.id
      ? [
        FactRecord(id: facts.record, collection: CollectionSchema.customer.id, values: facts.values)
      ]
      : facts.records.filter { $0.collection == rule.collection.id }
    let asked = record.schema == rule.collection ? subjects.filter { $0.id == record.id } : subjects
    return [
      "rule": .string(rule.id), "trigger": .string(rule.trigger.name), "now": json(now),
      "subjects": .array(
        try asked.map { subject in
          try json(
            subject, rule, facts, effects.filter { $0.subject.id == subject.id }, context, veil)
        }),
    ]
  }

  /// Which rules apply to a customer and what is its, and why the others do not.
  func explain(_ record: HubRecord, veil: Veil) throws -> JSONValue {
    guard let facts = try store.facts(about: record.root, for: automation.rules) else {
      throw HubError.notFound(what: "record", name: record.id.description)
    }
    let all = automation.rules.explanations(
      of: facts, at: now, knowsEvents: true, try automation.context)
    let asked = record.id == record.root ? all : all.filter { $0.subject.id == record.id }
    return [
      "record": .string(record.id.description), "now": json(now),
      "rules": .array(
        asked.map { explanation in
          explanation.json(in: zone) { hides($0.schema, $0.finding.text, veil) }
        }),
    ]
  }

  /// Whether a comparison tells of a field that is hidden.
  private func hides(_ schema: CollectionSchema, _ text: String, _ veil: Veil) -> Bool {
    schema.columns.contains { field in
      text.contains(field.name) && veil.hides(unit: schema.unit(of: field.id), of: schema)
    }
  }

  private func json(
    _ subject: FactRecord, _ rule: Rule, _ facts: CustomerFacts, _ effects: [Effect],
    _ context: RuleContext, _ veil: Veil
  ) throws -> JSONValue {
    let people = HubPeople(try store.permissions().organisation)
    let occasions = rule.trigger.occasions(
      of: subject, rule, facts, window: RuleBook.window(at: now), in: context.almanac)
    return [
      "record": .string(subject.id.description), "collection": .string(rule.collection.name),
      "conditions": .array(
        rule.findings(for: subject, facts, at: now, in: zone).map { part, schema, finding in
          let isHidden = hides(schema, finding.text, veil)
          return [
            "on": .string(part), "text": .string(finding.text), "holds": .bool(finding.holds),
            "value": isHidden ? .string("hidden") : FieldText.json(finding.value, in: zone),
          ]
        }),
      "occasions": .array(occasions.map(json)),
      "effects": .array(try effects.map { try json($0, facts, people) }),
    ]
  }

  private func json(
    _ effect: Effect, _ facts: CustomerFacts, _ people: HubPeople
  ) throws -> JSONValue {
    let id = effect.identity
    let trace = try RuleRuns(store: store).traces(of: facts.record)[id]
    let reminders = effect.reminders(facts, people)
    return [
      "id": .string(id.description), "action": .string(effect.action.name),
      "anchor": json(effect.anchor), "due": json(effect.dueAt),
      "isDue": .bool(effect.dueAt <= now), "users": .array(reminders.map { .string($0.user) }),
      "title": reminders.first.map { .string($0.title.zh) } ?? .null,
      "done": trace.map { .string($0.state.rawValue) } ?? .null,
    ]
  }

  // MARK: Runs

  struct RunQuery {
    var rule: String?
    var root: RecordID?
    var isFailed = false
    var limit = 200
  }

  /// Newest first.
  func runs(_ query: RunQuery, isVisible: (RecordID) throws -> Bool) throws -> [JSONValue] {
    var runs: [JSONValue] = []
    try store.db.each(
      """
      SELECT id, run, rule, version, root, subject, anchor, action, due_at, state, tries, at, detail
      FROM runs WHERE (?1 IS NULL OR rule = ?1) AND (?2 IS NULL OR root = ?2)
        AND (?3 = 0 OR state = 'failed')
      ORDER BY at DESC, id DESC
      """, .optional(query.rule), query.root.map { .id($0) } ?? .null,
      .integer(query.isFailed ? 1 : 0)
    ) { row in
      guard runs.count < query.limit, try isVisible(row.id(4)) else { return }
      runs.append([
        "id": .string(row.text(0)), "run": .string(row.text(1)), "rule": .string(row.text(2)),
        "version": .integer(row.integer(3)), "customer": .string(row.text(4)),
        "record": .string(row.text(5)), "anchor": json(row.moment(6)),
        "action": .string(row.text(7)), "due": json(row.moment(8)), "state": .string(row.text(9)),
        "tries": .integer(row.integer(10)), "at": json(row.moment(11)),
        "detail": .string(row.text(12)),
      ])
    }
    return runs
  }

  // MARK: Figures

  /// A line for each rule: what it asks for now, what it did, when it last did anything.
  func figures() throws -> [JSONValue] {
    let reminders = try counts(
      """
      SELECT rule, CASE WHEN status = 'withdrawn' THEN 'withdrawn'
        ELSE coalesce(nullif(response, 'shown'), 'active') END, count(*) FROM reminder GROUP BY 1, 2
      """)
    let runs = try counts(
      "SELECT rule, state, count(*) FROM runs WHERE action <> 'remind' GROUP BY 1, 2")
    let since = try store.db.all("SELECT id, since, fired_at FROM rules") {
      ($0.text(0), (since: $0.moment(1), firedAt: $0.isNull(2) ? nil : $0.moment(2)))
    }
    let times = Dictionary(uniqueKeysWithValues: since)
    return automation.rules.rules.map { rule in
      let time = times[rule.id]
      let asked = reminders[rule.id] ?? [:]
      let did = runs[rule.id] ?? [:]
      return [
        "rule": .string(rule.id), "version": .integer(Int64(rule.version)),
        "on": .string(rule.collection.name), "trigger": .string(rule.trigger.name),
        "since": time.map { json($0.since) } ?? .null,
        "lastDid": time?.firedAt.map(json) ?? .null,
        "reminders": .object(asked.mapValues { .integer($0) }),
        "runs": .object(did.mapValues { .integer($0) }),
        "isDead": .bool(asked.isEmpty && did.isEmpty),
      ]
    }
  }

  private func counts(_ sql: String) throws -> [String: [String: Int64]] {
    var counts: [String: [String: Int64]] = [:]
    try store.db.each(sql) { counts[$0.text(0), default: [:]][$0.text(1)] = $0.integer(2) }
    return counts
  }

  func json(_ moment: Moment) -> JSONValue {
    .string(ISO8601.string(milliseconds: moment.milliseconds, in: zone))
  }
}
