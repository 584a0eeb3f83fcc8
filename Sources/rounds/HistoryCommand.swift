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
    options: [Command.Option("field", "F", help: Phrase(en: "Only this field", zh: "只看这个字段"))]
  ) { invocation in
    let replica = try OpenReplica(invocation, outside)
    let history = try History(invocation, replica)
    let (entries, source) = try history.entries()
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
    for entry in entries { history.show(entry) }
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
    field = invocation.option("field")
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

  /// Elements that a set gained and lost: `+vip -gold`.
  private func text(_ value: JSONValue, _ screen: Screen) -> String {
    guard let added = value["added"]?.array, let removed = value["removed"]?.array else {
      return screen.value(value)
    }
    let signed = added.map { "+" + screen.value($0) } + removed.map { "-" + screen.value($0) }
    return signed.joined(separator: " ")
  }
}
