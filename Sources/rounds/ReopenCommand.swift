// `rounds reopen REF`: takes up again what was closed when a customer was released.
//
// A release closes what its owner had planned, for it is off his day. Whoever has the customer now is offered it,
// and decides: nothing is reopened by itself, and nothing of a customer that is not his.

import CommandKit
import FollowUp
import Notation
import Replica
import SyncCore

func reopenCommand(_ outside: Outside) -> Command {
  Command(
    ["reopen"], group: Group.everyDay,
    summary: Phrase(
      en: "Take up tasks again that were closed with a release", zh: "重新开启释放客户时关闭的任务"),
    arguments: [referenceArgument],
    options: [
      Command.Option("all", help: Phrase(en: "All of a customer's", zh: "该客户的全部任务"))
    ],
    examples: [
      Command.Example(
        "rounds reopen customer:Acme", Phrase(en: "What there is to take up", zh: "查看可重新开启的任务")),
      Command.Example(
        "rounds reopen customer:Acme --all", Phrase(en: "All of it is yours to do", zh: "全部转为您的待办")),
    ]
  ) { invocation in
    let replica = try OpenReplica(invocation, outside)
    let found = try replica.record(invocation.argument("REF"))
    let closed = try ClosedTasks(replica)
    let tasks: [ClosedTasks.Task]
    switch found.collection {
    case .customer: tasks = try closed.of(found.id)
    case .task: tasks = try closed.of(replica.customer(of: found)).filter { $0.id == found.id }
    default: throw RepError.unsuitable(found, suitable: ["customer", "task"])
    }
    let isToReopen = invocation.flag("all") || found.collection == .task
    if isToReopen, !tasks.isEmpty {
      try closed.requireOwner(of: try replica.customer(of: found))
      try closed.reopen(tasks)
    }
    closed.show(tasks, invocation, areReopened: isToReopen)
  }
}

/// Tasks that were closed when their customer was released.
struct ClosedTasks {
  struct Task {
    var id: RecordID
    var title: String
    var due: Moment?
  }

  /// As the hub writes it (`Protocol/Recycling.md`).
  private static let note = "released"

  private let replica: OpenReplica

  init(_ replica: OpenReplica) throws { self.replica = replica }

  func of(_ customer: RecordID) throws -> [Task] {
    try replica.store.db.all(
      """
      SELECT id, title, dueAt FROM task
      WHERE customer = ? AND status = 'cancelled' AND note = ? ORDER BY dueAt, id
      """, .id(customer), .text(ClosedTasks.note)
    ) {
      Task(id: try $0.id(0), title: $0.text(1), due: $0.isNull(2) ? nil : $0.moment(2))
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
  func reopen(_ tasks: [Task]) throws {
    let schema = CollectionSchema.task
    try replica.store.write(
      tasks.map { task in
        RecordWrite(
          task.id, in: .task,
          [
            .put(schema.id("assignee"), .text(replica.state.user)),
            .put(schema.id("status"), .text("open")), .put(schema.id("note"), .null),
          ])
      }, at: replica.now)
  }

  func show(_ tasks: [Task], _ invocation: Invocation, areReopened: Bool) {
    let console = replica.console
    if invocation.isJSON {
      let items = tasks.map { task -> JSONValue in
        [
          "id": .string(task.id.description), "title": .string(task.title),
          "due": task.due.map {
            .string(ISO8601.string(milliseconds: $0.milliseconds, in: replica.zone))
          } ?? .null,
        ]
      }
      return console.print(json: ["tasks": .array(items), "reopened": .bool(areReopened)])
    }
    let screen = Screen(console)
    if tasks.isEmpty {
      return screen.say(Phrase(en: "No task was closed with a release.", zh: "没有因释放而关闭的任务。"))
    }
    for task in tasks {
      let due = task.due.map { screen.time($0) } ?? Screen.missing
      console.print("\(due)  \(TextWidth.oneLine(task.title)) \(task.id)")
    }
    if areReopened {
      screen.say(Phrase(en: "They are yours to do again.", zh: "已重新列入您的待办。"))
    } else {
      console.remark(
        Phrase(en: "Take all of them up: add --all", zh: "全部重新开启：加上 --all"))
    }
  }

  /// What whoever claims a customer is told.
  func offer(_ customer: RecordID, _ invocation: Invocation) throws {
    let tasks = try of(customer)
    guard !tasks.isEmpty, !invocation.isJSON else { return }
    replica.console.print(
      Phrase(
        en: """
          \(tasks.count) tasks were closed when it was released. Once it is yours, take them up: \
          rounds reopen \(customer) --all
          """,
        zh: """
          释放时关闭了 \(tasks.count) 项任务。领取成功后可重新开启： rounds reopen \(customer) --all
          """
      ).text(replica.console.language))
  }
}
