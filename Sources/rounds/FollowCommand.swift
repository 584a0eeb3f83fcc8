// `rounds follow REF`: writes down that a customer was contacted, and what comes next. One edit.
//
// REF may also be a contact or a deal of the customer, or anything else that belongs to it; the
// follow-up is then linked to it. A follow-up is a fact: it has happened, so it cannot lie ahead.

import CommandKit
import FollowUp
import Notation
import Replica
import Storage
import SyncCore

func followCommand(_ outside: Outside) -> Command {
  Command(
    ["follow"], group: Group.everyDay,
    summary: Phrase(en: "Log a visit, call or mail, and plan the next", zh: "记录拜访、电话或邮件，并计划下一步"),
    arguments: [referenceArgument],
    options: [
      Command.Option(
        "channel", "CHANNEL", help: Phrase(en: "How it took place", zh: "跟进方式"),
        values: .oneOf(Vocabulary.channels.everySpelling)),
      Command.Option("text", "TEXT", help: Phrase(en: "What was said", zh: "内容")),
      Command.Option("at", "T", help: Phrase(en: "When; without it: now", zh: "时间；默认现在")),
      Command.Option("next", "TEXT", help: Phrase(en: "What comes next: a task", zh: "下一步（生成任务）")),
      Command.Option("next-at", "T", help: Phrase(en: "When that is", zh: "下一步的时间")),
      Command.Option(
        "anyway",
        help: Phrase(
          en: "Although a colleague was there just now, or they want no contact",
          zh: "同事刚联系过、或对方谢绝联系也照样记录")),
    ] + FollowDetails.options,
    examples: [
      Command.Example(
        "rounds follow customer:Acme --channel call --text 'Wants an offer' "
          + "--next 'Send the offer' --next-at +3d",
        Phrase(en: "A call, and a task in three days", zh: "记录电话，三天后有任务")),
      Command.Example(
        "rounds follow contact:李娜 --channel 电话 --text '没人接' --topic 产品信息 --outcome missed",
        Phrase(en: "With whom, about what, and how it went", zh: "记录联系人、主题和结果")),
      Command.Example(
        "rounds follow customer:Acme --corrects 01M8ABCD --text 'It was 1,200, not 12,000'",
        Phrase(en: "A correction; both stay", zh: "更正一条跟进，两条都保留")),
    ]
  ) { invocation in
    let replica = try OpenReplica(invocation, outside)
    let found = try replica.record(invocation.argument("REF"))
    let follow = try Follow(invocation, replica, found)
    if !invocation.flag("anyway"), !follow.isCorrection { try follow.tellOfColleagues() }
    let id = try follow.write()
    let title = try Finder(replica.store).found(follow.customer)?.title ?? ""
    try replica.printSaved(invocation, title, id, with: follow.contactTimes())
  }
}

struct Follow {
  /// How far a clock may be ahead without its owner meaning the future.
  static let futureMillisecondsMax: Int64 = 5 * 60_000

  let replica: OpenReplica
  let customer: RecordID
  private(set) var values: FieldValues

  init(_ invocation: Invocation, _ replica: OpenReplica, _ found: FoundRecord) throws {
    self.replica = replica
    let schema = CollectionSchema.followUp
    let details = try FollowDetails(invocation, replica, found)
    let corrected = details.corrected
    let channel =
      try invocation.option("channel").flatMap(Vocabulary.channels.word)
      ?? corrected?[schema.id("channel")].text ?? invocation.requiredOption("channel")
    let text =
      try invocation.option("text") ?? corrected?[schema.id("text")].text
      ?? invocation.requiredOption("text")
    let occurredAt =
      try replica.moment("at", of: invocation)
      ?? corrected?[schema.id("occurredAt")].moment ?? replica.today
    let latest = replica.today.advanced(milliseconds: Follow.futureMillisecondsMax)
    guard occurredAt <= latest else { throw RepError.inTheFuture(option: "at") }
    guard !text.allSatisfy(\.isWhitespace) else {
      throw RepError.titleMissing(collection: schema.name, field: "text")
    }
    customer = details.customer
    values = details.values
    let said: [(FieldID, Value)] = [
      (schema.id("customer"), .reference(customer)),
      (schema.id("occurredAt"), .moment(occurredAt)), (schema.id("channel"), .text(channel)),
      (schema.id("text"), .text(text)), (schema.id("author"), .text(replica.state.user)),
      (schema.id("next"), invocation.option("next").map { .text($0) } ?? .null),
      (
        schema.id("nextAt"),
        try replica.moment("next-at", of: invocation).map { .moment($0) } ?? .null
      ),
    ]
    for (field, value) in said { values[field] = value }
  }

  var isCorrection: Bool { !values[CollectionSchema.followUp.id("corrects")].isNull }

  /// When the customer was last contacted, and is to be next, now that this is written.
  func contactTimes() throws -> [String: JSONValue] {
    let row = try replica.store.table(.customer).row(customer, in: replica.store.db)
    return Dictionary(
      uniqueKeysWithValues: ["lastFollowAt", "nextFollowAt"].map { name in
        let value = row?.values[CollectionSchema.customer.id(name)] ?? .null
        return (name, FieldText.json(value, in: replica.zone, schema: .customer))
      })
  }

  /// How soon after a colleague's contact somebody is asked whether he knows of it.
  static let colleagueMilliseconds: Int64 = 24 * 3_600_000

  /// The same customer is not called twice in a day by two people who do not know of each other. A person
  /// at a terminal is asked; a script is told, for what it notes down has happened.
  func tellOfColleagues() throws {
    let since = replica.today.advanced(milliseconds: -Follow.colleagueMilliseconds)
    let last = try replica.store.db.first(
      """
      SELECT author, occurredAt FROM followUp
      WHERE customer = ?1 AND occurredAt > ?2 AND author IS NOT NULL AND author <> ?3
      ORDER BY occurredAt DESC LIMIT 1
      """, .id(customer), .moment(since), .text(replica.state.user)
    ) { (author: $0.text(0), at: $0.moment(1)) }
    guard let last else { return }
    let hours = Int(max(0, replica.today.milliseconds(since: last.at) / 3_600_000))
    guard !replica.console.outputIsTerminal else {
      throw RepError.colleagueWasThere(last.author, hoursAgo: hours)
    }
    replica.console.warn(Failures.colleagueWasThere(last.author, hours))
  }

  func write() throws -> RecordID {
    let id = try replica.store.mint(at: replica.now)
    let writes = values.entries.map { FieldWrite.put($0.field, $0.value) }
    try replica.store.write(
      [RecordWrite(id, in: .followUp, writes, isCreation: true)]
        + ContactLog(replica).consequences(of: values, followUp: id), at: replica.now)
    return id
  }
}
