// `rounds brief REF`: what to know before the door opens, on one screen.
//
// At most twenty lines: who it is, what was said last, what was promised, what is under way and what comes
// next. Everything is on the laptop, and says how old it is.

import CommandKit
import FollowUp
import Notation
import Replica
import Storage
import SyncCore

func briefCommand(_ outside: Outside) -> Command {
  Command(
    ["brief"], group: Group.everyDay,
    summary: Phrase(en: "Show what to know before a visit", zh: "拜访前速览"),
    arguments: [referenceArgument]
  ) { invocation in
    let replica = try OpenReplica(invocation, outside)
    let found = try replica.record(invocation.argument("REF"))
    let customer = try replica.customer(of: found)
    let brief = try Brief(replica, customer)
    if invocation.isJSON {
      invocation.console.print(json: brief.json(in: replica.zone))
    } else {
      brief.show(Screen(replica.console))
    }
  }
}

private struct Brief {
  /// Follow-ups, promises, deals and birthdays that fit on a screen.
  static let linesMax = 3

  let replica: OpenReplica
  let row: CollectionRow
  let followUps: [CollectionRow]
  let promises: [CollectionRow]
  let opportunities: [CollectionRow]
  let agenda: [TodayItem]

  init(_ replica: OpenReplica, _ customer: RecordID) throws {
    self.replica = replica
    guard let row = try replica.store.table(.customer).row(customer, in: replica.store.db) else {
      throw RepError.recordMissing(reference: customer.description)
    }
    self.row = row
    func rows(_ collection: CollectionSchema, by field: String) throws -> [CollectionRow] {
      let rows = try replica.store.rows(of: collection, belongingTo: customer)
      return rows.sorted { $0.values[collection.id(field)] > $1.values[collection.id(field)] }
    }
    followUps = Array(try rows(.followUp, by: "occurredAt").prefix(Brief.linesMax))
    promises = try rows(.promise, by: "dueAt").filter {
      let status = $0.values[CollectionSchema.promise.id("status")]
      return status.isNull || status == .text("open")
    }
    opportunities = try rows(.opportunity, by: "closeAt").filter {
      Ladder.isOpen(stage: $0.values[CollectionSchema.opportunity.id("stage")])
    }
    let bounds = DayBounds(at: replica.today, days: 14, in: replica.zone)
    agenda = try TodayList(replica.store, state: replica.state)
      .items(at: replica.today, within: bounds, in: replica.zone) {
        $0.text(replica.console.language)
      }
      .filter { $0.record == customer && $0.kind != .promise }
  }

  private func text(_ name: String) -> String {
    FieldText.display(row.values[CollectionSchema.customer.id(name)], in: replica.zone)
  }

  func show(_ screen: Screen) {
    let console = replica.console
    func line(_ label: Phrase, _ text: String) {
      guard !text.isEmpty else { return }
      let label = TextWidth.padded(screen.word(label), columns: 10)
      console.print("\(label) \(TextWidth.oneLine(text))")
    }
    console.print(console.styled(text("name"), .bold))
    let profile = ["tier", "stage", "industry", "region", "size"].map(text).filter { !$0.isEmpty }
    line(Phrase(en: "profile", zh: "概况"), profile.joined(separator: " · "))
    line(Phrase(en: "tags", zh: "标签"), text("tags"))
    line(Phrase(en: "owner", zh: "负责人"), text("owner"))
    line(Phrase(en: "phone", zh: "电话"), text("phone"))
    line(Phrase(en: "notes", zh: "备注"), text("notes"))
    for row in followUps {
      let schema = CollectionSchema.followUp
      let at = FieldText.display(row.values[schema.id("occurredAt")], in: replica.zone)
      let channel = FieldText.display(row.values[schema.id("channel")], in: replica.zone)
      let words = FieldText.display(row.values[schema.id("text")], in: replica.zone)
      line(Phrase(en: "follow-up", zh: "跟进"), "\(at) \(channel): \(words)")
    }
    for row in promises.prefix(Brief.linesMax) {
      let schema = CollectionSchema.promise
      let due = FieldText.display(row.values[schema.id("dueAt")], in: replica.zone)
      line(
        Phrase(en: "promised", zh: "承诺"),
        "\(FieldText.display(row.values[schema.id("title")], in: replica.zone)) (\(due))")
    }
    for row in opportunities.prefix(Brief.linesMax) {
      let values = ["name", "stage", "amount", "nextStep"].map {
        FieldText.display(row.values[CollectionSchema.opportunity.id($0)], in: replica.zone)
      }
      line(
        Phrase(en: "deal", zh: "商机"),
        values.filter { !$0.isEmpty }.joined(separator: " · "))
    }
    for item in agenda.prefix(Brief.linesMax) {
      line(Phrase(en: "next", zh: "下一步"), "\(screen.time(of: item)) \(item.title)")
    }
  }

  func json(in zone: LocalZone) -> JSONValue {
    func fields(_ row: CollectionRow, _ schema: CollectionSchema) -> JSONValue {
      let members = row.values.entries.map {
        (schema.displayName(of: $0.field), FieldText.json($0.value, in: zone, schema: schema))
      }
      var fields = Dictionary(members, uniquingKeysWith: { first, _ in first })
      fields["id"] = .string(row.id.description)
      return .object(fields)
    }
    return [
      "customer": fields(row, .customer),
      "followUps": .array(followUps.map { fields($0, .followUp) }),
      "promises": .array(promises.map { fields($0, .promise) }),
      "opportunities": .array(opportunities.map { fields($0, .opportunity) }),
      "next": .array(
        agenda.map {
          [
            "kind": .string($0.kind.rawValue), "title": .string($0.title),
            "due": .string(ISO8601.string(milliseconds: $0.due.milliseconds, in: zone)),
          ]
        }),
      "asOf": .integer(Int64(replica.state.cursor.rawValue)),
    ]
  }
}
