// What was closed when a customer was released, for `rounds reopen` and `rounds claim`: tasks, plans and promises.
//
// Read from the view, offline. A sequence that is taken up again goes on with what was left of its wait; one beside
// another that goes on for the same contact is not offered. It must never open anything by itself.

import CommandKit
import FollowUp
import Notation
import Replica
import Storage
import SyncCore

struct ClosedWork {
  struct Item {
    var id: RecordID
    var collection: CollectionSchema
    var title: String
    var due: Moment?
    /// What makes it open again.
    var values: [String: Value]
  }

  private let replica: OpenReplica

  init(_ replica: OpenReplica) { self.replica = replica }

  func of(_ customer: RecordID) throws -> [Item] {
    let tasks = try closed(.task, "dueAt", of: customer) { _ in ["status": .text("open")] }
    let promises = try closed(.promise, "dueAt", of: customer) { _ in ["status": .text("open")] }
    let going = try replica.sequences(of: customer).filter(\.isOpen).map(\.contact)
    let plans = try closed(.plan, "startsAt", of: customer) { row in
      guard let run = SequenceRun(row.id, row.values) else { return ["status": .text("running")] }
      guard !going.contains(run.contact) else { return nil }
      // One that was held when it was closed says since when.
      let since = row.values[CollectionSchema.plan.id("until")].moment ?? row.updatedAt
      return run.reopened(closedAt: since, at: replica.today)
    }
    return (tasks + plans + promises).sorted {
      let (left, right) = ($0.due?.milliseconds ?? .min, $1.due?.milliseconds ?? .min)
      return left != right ? left < right : $0.id < $1.id
    }
  }

  private func closed(
    _ schema: CollectionSchema, _ due: String, of customer: RecordID,
    _ opening: (CollectionRow) throws -> [String: Value]?
  ) throws -> [Item] {
    try replica.store.rows(of: schema, belongingTo: customer).compactMap { row in
      guard row.values[schema.id("status")].text == "cancelled",
        let note = ClosingNote.words(behind: row.values[schema.id("note")].text ?? ""),
        var values = try opening(row)
      else { return nil }
      values["note"] = note.isEmpty ? .null : .text(note)
      return Item(
        id: row.id, collection: schema, title: schema.title(of: row.values),
        due: row.values[schema.id(due)].moment, values: values)
    }
  }

  func requireOwner(of customer: RecordID) throws {
    let row = try replica.store.table(.customer).row(customer, in: replica.store.db)
    guard row?.values[CollectionSchema.customer.id("owner")].text == replica.state.user else {
      throw CommandFailure(
        .refused, Phrase(en: "The customer is not yours.", zh: "该客户不属于您。"),
        hint: Phrase(
          en: "Claim it, sync, and reopen its tasks then.", zh: "请先领取并同步，然后再重新开启任务。"))
    }
  }

  /// One edit: all of them, or none.
  func reopen(_ items: [Item]) throws {
    try replica.store.write(
      items.map { item in
        var values = item.values
        values["assignee"] = .text(replica.state.user)
        let writes = values.map { FieldWrite.put(item.collection.id($0.key), $0.value) }
        return RecordWrite(item.id, in: item.collection, writes.sorted { $0.field < $1.field })
      }, at: replica.now)
  }

  // MARK: Showing

  func show(_ items: [Item], _ invocation: Invocation, areReopened: Bool) {
    let console = replica.console
    if invocation.isJSON {
      return console.print(
        json: ["tasks": .array(items.map(json)), "reopened": .bool(areReopened)])
    }
    let screen = Screen(console)
    if items.isEmpty {
      return screen.say(Phrase(en: "No task was closed with a release.", zh: "没有因释放而关闭的任务。"))
    }
    for item in items {
      let due = item.due.map { screen.time($0) } ?? Screen.missing
      console.print("\(due)  \(TextWidth.oneLine(item.title)) \(item.id)")
    }
    if areReopened {
      screen.say(Phrase(en: "They are yours to do again.", zh: "已重新列入您的待办。"))
    } else {
      console.remark(
        Phrase(en: "Take all of them up: add --all", zh: "全部重新开启：加上 --all"))
    }
  }

  private func json(_ item: Item) -> JSONValue {
    [
      "id": .string(item.id.description), "collection": .string(item.collection.name),
      "title": .string(item.title),
      "due": item.due.map {
        .string(ISO8601.string(milliseconds: $0.milliseconds, in: replica.zone))
      } ?? .null,
    ]
  }

  /// What whoever claims a customer is told.
  func offer(_ customer: RecordID, _ invocation: Invocation) throws {
    let items = try of(customer)
    guard !items.isEmpty, !invocation.isJSON else { return }
    let areTasks = items.allSatisfy { $0.collection == .task }
    let (en, zh) =
      areTasks ? ("tasks", "项任务") : ("tasks, plans and promises", "项任务、计划和承诺")
    replica.console.print(
      Phrase(
        en: """
          \(items.count) \(en) were closed when it was released. Once it is yours, take them up: \
          rounds reopen \(customer) --all
          """,
        zh: """
          释放时关闭了 \(items.count) \(zh)。领取成功后可重新开启： rounds reopen \(customer) --all
          """
      ).text(replica.console.language))
  }
}
