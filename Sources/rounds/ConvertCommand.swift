// `rounds convert REF`: makes a deal of a lead, with the person to talk to, in one edit.
//
// A lead is a customer at the beginning of the road, so nothing is carried over: follow-ups, plans, tags and tasks are
// where they were. What is made has an identity that follows from the customer's: converted twice, or by two people who
// do not know of each other, it is one deal and one contact, and where they wrote different things there is a conflict.
// Somebody of that name who is there already is the one who is meant: nobody is made twice.

import CommandKit
import Digest
import FollowUp
import Notation
import Replica
import SyncCore
import Tabular

func convertCommand(_ outside: Outside) -> Command {
  Command(
    ["convert"], group: Group.deals,
    summary: Phrase(en: "Make a deal of a lead, with its contact", zh: "把线索转为商机，并建立联系人"),
    arguments: [referenceArgument],
    options: [
      Command.Option("deal", "NAME", help: Phrase(en: "What the deal is called", zh: "商机名称")),
      Command.Option("contact", "NAME", help: Phrase(en: "Whom to talk to", zh: "联系人姓名")),
      Command.Option("amount", "N", help: Phrase(en: "What it may be worth", zh: "预计金额")),
      Command.Option(
        "currency", "CODE", help: Phrase(en: "In which currency (CNY)", zh: "币种（默认 CNY）")),
    ],
    examples: [
      Command.Example(
        "rounds convert customer:Acme --deal Press --contact Li --amount 120000",
        Phrase(en: "What was noted down stays where it is", zh: "原有的跟进记录保持不变"))
    ]
  ) { invocation in
    let replica = try OpenReplica(invocation, outside)
    let lead = try replica.customer(invocation.argument("REF"))
    let name = try invocation.requiredOption("deal")
    let conversion = Conversion(lead: lead.id)
    if try replica.store.table(.opportunity).row(conversion.deal, in: replica.store.db) != nil {
      throw CommandFailure(
        .refused,
        Phrase(
          en: "The lead was converted: \(conversion.deal)", zh: "该线索已转换： \(conversion.deal)"),
        hint: Phrase(
          en: "See it with: rounds show \(conversion.deal)",
          zh: "查看：rounds show \(conversion.deal)"))
    }
    let person = try invocation.option("contact").map {
      try conversion.known($0, in: replica) ?? conversion.contact
    }
    let writes = try conversion.writes(invocation, replica, deal: name, with: person)
    try replica.store.write(writes, at: replica.now)
    guard invocation.isJSON else {
      return try replica.printSaved(invocation, name, conversion.deal)
    }
    replica.console.print(json: [
      "customer": .string(lead.id.description), "opportunity": .string(conversion.deal.description),
      "contact": person.map { .string("\($0)") } ?? .null,
    ])
  }
}

/// What becomes of one lead.
private struct Conversion {
  let lead: RecordID

  var deal: RecordID { identity("deal") }
  var contact: RecordID { identity("contact") }

  private func identity(_ part: String) -> RecordID {
    Digest.identity(at: lead.moment, ["convert", lead.description, part])
  }

  func writes(
    _ invocation: Invocation, _ replica: OpenReplica, deal name: String, with person: RecordID?
  ) throws -> [RecordWrite] {
    let row = try replica.store.table(.customer).row(lead, in: replica.store.db)
    let shown = row?.values ?? FieldValues()
    var writes = stage(shown)
    if let name = invocation.option("contact"), person == contact {
      writes.append(contact(name, shown))
    }
    return try writes + opportunity(invocation, replica, name)
  }

  /// The lead's contact of that name, whatever its case, blanks and widths; the first of several.
  func known(_ name: String, in replica: OpenReplica) throws -> RecordID? {
    let field = CollectionSchema.contact.titleField
    return try replica.store.rows(of: .contact, belongingTo: lead)
      .filter { $0.values[field].text.map(HeaderKey.folded) == HeaderKey.folded(name) }
      .map(\.id).min()
  }

  /// Whoever is further on stays there.
  private func stage(_ shown: FieldValues) -> [RecordWrite] {
    let field = CollectionSchema.customer.id("stage")
    guard Ladder.stages.height(of: shown[field]) <= Ladder.stages.height(of: .text("lead")) else {
      return []
    }
    return [RecordWrite(lead, in: .customer, [.put(field, .text("contacted"))])]
  }

  /// The lead's own number and address are most likely his.
  private func contact(_ name: String, _ shown: FieldValues) -> RecordWrite {
    let (from, to) = (CollectionSchema.customer, CollectionSchema.contact)
    var writes: [FieldWrite] = [
      .put(to.id("customer"), .reference(lead)), .put(to.id("name"), .text(name)),
    ]
    for (source, target) in [("phone", "mobile"), ("email", "email")] {
      let value = shown[from.id(source)]
      if !value.isNull { writes.append(.put(to.id(target), value)) }
    }
    return RecordWrite(contact, in: to, writes.sorted { $0.field < $1.field }, isCreation: true)
  }

  private func opportunity(
    _ invocation: Invocation, _ replica: OpenReplica, _ name: String
  ) throws -> [RecordWrite] {
    var writing = FieldWriting(replica, .opportunity, current: nil)
    let process = try replica.store.process() ?? .standard
    var words = [
      "customer": lead.description, "name": name,
      "stage": process.pipelines.first?.stages.first?.id ?? "contacted",
    ]
    words["amount"] = invocation.option("amount")
    if words["amount"] != nil { words["currency"] = invocation.option("currency") ?? "CNY" }
    try writing.take(words.sorted { $0.key < $1.key }.map { .set(field: $0.key, value: $0.value) })
    // No owner: the hub makes it the first one's, and the second has nothing refused.
    return [RecordWrite(deal, in: .opportunity, writing.writes(), isCreation: true)]
      + (try StageMove(replica).consequences(of: deal, from: nil, to: writing.values))
  }
}
