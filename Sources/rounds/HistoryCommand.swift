// `rounds history REF`: who wrote what to a record, and when.
//
// The whole story is the hub's. Where the hub does not answer within seconds, what this laptop wrote
// itself is shown instead, and it says so; a script sees it in `source`.

import CommandKit
import FollowUp
import HubClient
import Notation
import Replica
import SyncCore
import Wire

func historyCommand(_ outside: Outside) -> Command {
  Command(
    ["history"], group: Group.records,
    summary: Phrase(en: "Show what happened to a record", zh: "显示记录的修改历史"),
    arguments: [referenceArgument],
    options: [
      Command.Option("field", "F", help: Phrase(en: "Only this field", zh: "只看这个字段")),
      Command.Option(
        "owner",
        help: Phrase(en: "Whose it has been, from when to when, and why", zh: "历任负责人、起止时间与原因")),
    ],
    examples: [
      Command.Example(
        "rounds history customer:Acme --owner",
        Phrase(en: "Through whose hands it went", zh: "客户经过哪些人之手"))
    ]
  ) { invocation in
    let replica = try OpenReplica(invocation, outside)
    let isAboutOwners = invocation.flag("owner")
    if isAboutOwners { _ = try replica.customer(invocation.argument("REF")) }
    let history = try History(invocation, replica)
    let (entries, source) = try history.entries()
    if isAboutOwners, invocation.isJSON {
      return invocation.console.print(
        json: ["owners": OwnerChain(history: entries).json, "source": .string(source.rawValue)])
    }
    if invocation.isJSON {
      return invocation.console.print(
        json: ["history": .array(entries), "source": .string(source.rawValue)])
    }
    if source == .local {
      invocation.console.remark(
        Phrase(
          en: "The hub cannot be reached; these are this laptop's own edits.",
          zh: "无法连接服务器；以下只是本机的修改。"))
    }
    guard isAboutOwners else { return entries.forEach(history.show) }
    for span in OwnerChain(history: entries).spans { history.show(span) }
  }
}

private struct History {
  /// How long the hub is waited for before the own log is shown.
  static let patienceSeconds = 3.0

  enum Source: String { case hub, local }

  let replica: OpenReplica
  let record: RecordID
  /// Nil where this laptop does not hold the record; the hub may know it.
  let collection: CollectionSchema?
  let field: String?

  init(_ invocation: Invocation, _ replica: OpenReplica) throws {
    self.replica = replica
    field = invocation.flag("owner") ? "owner" : invocation.option("field")
    let reference = invocation.argument("REF")
    do {
      let found = try replica.record(reference)
      (record, collection) = (found.id, found.collection)
    } catch RepError.recordMissing {
      guard let id = ULID(reference) else {
        throw RepError.recordMissing(reference: reference)
      }
      (record, collection) = (id, nil)
    }
    if let field, let collection, collection.unit(named: field) == nil {
      throw RepError.fieldUnknown(
        field, collection: collection.name, known: collection.columns.map(\.name))
    }
  }

  func entries() throws -> ([JSONValue], Source) {
    var patience = HTTPHubLink.Patience()
    patience.otherSeconds = History.patienceSeconds
    patience.connectSeconds = History.patienceSeconds
    do {
      let answer = try replica.line(patience: patience).history(record: record, field: field)
      return (answer["history"]?.array ?? [], .hub)
    } catch let error as HubLinkError where error.isAbsence {
      return (try local(), .local)
    } catch HubLinkError.refused(status: 404, _) {
      // The record has not gone up yet.
      return (try local(), .local)
    }
  }

  private func local() throws -> [JSONValue] {
    guard let collection else { throw RepError.recordMissing(reference: record.description) }
    return try LocalHistory(replica.store, zone: replica.zone)
      .json(of: record, in: collection, unit: field.flatMap { collection.unit(named: $0) })
  }

  /// `2026-11-22 10:24  ann on laptop  phone: 138…, name: Acme`
  func show(_ entry: JSONValue) {
    let screen = Screen(replica.console)
    let at = entry["at"]?.string.flatMap { ISO8601.parse($0, zone: replica.zone) }
    let author = screen.word(
      Phrase(
        en: "\(entry["author"]?.string ?? "?") on \(entry["device"]?.string ?? "?")",
        zh: "\(entry["author"]?.string ?? "?")（\(entry["device"]?.string ?? "?")）"))
    let changes = (entry["changes"]?.object ?? [:]).sorted { $0.key < $1.key }
      .map { "\($0.key): \(text($0.value, screen))" }.joined(separator: ", ")
    let time = at.map { screen.time(Moment(milliseconds: $0)) } ?? Screen.missing
    replica.console.print("\(time)  \(TextWidth.oneLine(author))  \(changes)")
  }

  /// `2026-11-22 10:24 – 2026-11-25 09:00  ann  claimed by ann: …`
  func show(_ span: OwnerChain.Span) {
    let screen = Screen(replica.console)
    func time(_ text: String?) -> String {
      text.flatMap { ISO8601.parse($0, zone: replica.zone) }
        .map { screen.time(Moment(milliseconds: $0)) } ?? screen.word(Phrase(en: "now", zh: "至今"))
    }
    let nobody = span.pool.map { Phrase(en: "pool \($0)", zh: "公海 \($0)") }
    let who = span.owner ?? screen.word(nobody ?? Phrase(en: "nobody", zh: "无负责人"))
    let why = screen.word(span.cause.words(by: span.by))
    let reason = span.reason.map { ": \($0)" } ?? ""
    replica.console.print(
      "\(time(span.from)) – \(time(span.until))  \(TextWidth.oneLine(who))  "
        + TextWidth.oneLine(why + reason))
  }

  /// Elements that a set gained and lost: `+vip -gold`.
  private func text(_ value: JSONValue, _ screen: Screen) -> String {
    guard let added = value["added"]?.array, let removed = value["removed"]?.array else {
      return screen.value(value)
    }
    let signed = added.map { "+" + screen.value($0) } + removed.map { "-" + screen.value($0) }
    return signed.joined(separator: " ")
  }
}

extension OwnerChain.Cause {
  fileprivate func words(by user: String) -> Phrase {
    switch self {
    case .created: Phrase(en: "made by \(user)", zh: "由 \(user) 创建")
    case .assigned: Phrase(en: "assigned by \(user)", zh: "由 \(user) 指派")
    case .claimed: Phrase(en: "claimed by \(user)", zh: "由 \(user) 领取")
    case .released: Phrase(en: "released by \(user)", zh: "由 \(user) 释放")
    }
  }
}
