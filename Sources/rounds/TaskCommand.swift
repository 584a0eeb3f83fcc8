// `rounds task list`, `task take`, `task back`: work that waits for whoever of a team or a role takes it.
//
// Several may want the same task without a network, so taking is a wish that waits for the hub, as a claim does.
// What a task tells of a customer that its people do not see, the hub wrote (`brief`); nothing here asks for more.

import CommandKit
import FollowUp
import Notation
import Replica
import Storage
import SyncCore

func taskCommands(_ outside: Outside) -> [Command] {
  [taskListCommand(outside), takeCommand(outside), backCommand(outside)]
}

private func taskListCommand(_ outside: Outside) -> Command {
  Command(
    ["task", "list"], group: Group.everyDay,
    summary: Phrase(en: "List the tasks that wait in queues", zh: "列出队列中待领取的任务"),
    options: [
      Command.Option("queue", "Q", help: Phrase(en: "Only of this one", zh: "只看此队列")),
      Command.Option("taken", help: Phrase(en: "Also those that somebody has", zh: "包括已被领取的")),
    ],
    examples: [
      Command.Example(
        "rounds task list --queue team:legal", Phrase(en: "What the lawyers have to do", zh: "法务待办")
      )
    ]
  ) { invocation in
    let replica = try OpenReplica(invocation, outside)
    let wanted = invocation.option("queue")
    let rows = try QueuedTask.all(in: replica).filter { task in
      (wanted == nil || task.queue == wanted || task.queue == "team:\(wanted ?? "")")
        && (task.assignee == nil || invocation.flag("taken"))
    }
    guard invocation.isJSON else { return show(rows, replica) }
    invocation.console.print(
      json: [
        "tasks": .array(rows.map { $0.json(in: replica.zone) }),
        "total": .integer(Int64(rows.count)),
      ])
  }
}

private func takeCommand(_ outside: Outside) -> Command {
  Command(
    ["task", "take"], group: Group.everyDay,
    summary: Phrase(en: "Ask the hub for a task of a queue", zh: "领取队列中的任务（由服务器决定）"),
    arguments: [referenceArgument],
    examples: [
      Command.Example(
        "rounds task take 01JD3QX8",
        Phrase(en: "It is yours if nobody was faster; rounds sync tells", zh: "若无人抢先，同步后即归您办理"))
    ]
  ) { invocation in
    let replica = try OpenReplica(invocation, outside)
    let found = try replica.queuedTask(invocation.argument("REF"))
    try replica.ask(
      invocation, for: found, .put(found.collection.id("take"), .text(replica.state.user)),
      Phrase(
        en: "Asked for \(TextWidth.oneLine(found.title)) ; the hub decides at the next sync.",
        zh: "已申请领取 \(TextWidth.oneLine(found.title)) ；下次同步时由服务器决定。"))
  }
}

private func backCommand(_ outside: Outside) -> Command {
  Command(
    ["task", "back"], group: Group.everyDay,
    summary: Phrase(en: "Put a task that you took back into its queue", zh: "把已领取的任务退回队列"),
    arguments: [referenceArgument],
    options: [
      Command.Option("note", "TEXT", help: Phrase(en: "Why", zh: "原因"))
    ],
    examples: [
      Command.Example(
        "rounds task back 01JD3QX8 --note 'on leave'",
        Phrase(en: "Somebody else may take it", zh: "其他人可再领取"))
    ]
  ) { invocation in
    let replica = try OpenReplica(invocation, outside)
    let found = try replica.queuedTask(invocation.argument("REF"))
    let schema = CollectionSchema.task
    let assignee = try replica.row(found).values[schema.id("assignee")].text
    guard assignee == replica.state.user else { throw RepError.taskNotYours(found) }
    var writes: [FieldWrite] = [.put(schema.id("assignee"), .null)]
    if let note = invocation.option("note") { writes.append(.put(schema.id("note"), .text(note))) }
    try replica.store.write(
      [RecordWrite(found.id, in: schema, writes.sorted { $0.field < $1.field })], at: replica.now)
    try replica.printSaved(invocation, found.title, found.id)
  }
}

extension OpenReplica {
  /// A task that lies in a queue, or was taken out of one.
  fileprivate func queuedTask(_ reference: String) throws -> FoundRecord {
    let found = try record(reference)
    guard found.collection == .task else {
      throw RepError.unsuitable(found, suitable: [CollectionSchema.task.name])
    }
    guard try row(found).values[CollectionSchema.task.id("queue")].text != nil else {
      throw RepError.taskWithoutQueue(found)
    }
    return found
  }
}

// MARK: The list

private struct QueuedTask {
  var id: RecordID
  var title: String
  var queue: String
  var assignee: String?
  var due: Moment?
  /// What may be known of the customer.
  var brief: String?
  var isAsked: Bool

  /// Open ones, those that are due first.
  static func all(in replica: OpenReplica) throws -> [QueuedTask] {
    try replica.store.db.all(
      """
      SELECT id, title, queue, assignee, dueAt, brief, take, status FROM task
      WHERE coalesce(queue, '') <> '' ORDER BY dueAt IS NULL, dueAt, id
      """
    ) { row in
      let status = row.optionalText(7).map { Value.text($0) } ?? .null
      guard Ladder.isOpen(task: status) else { return nil }
      return QueuedTask(
        id: try row.id(0), title: row.text(1), queue: row.text(2), assignee: row.optionalText(3),
        due: row.isNull(4) ? nil : row.moment(4), brief: row.optionalText(5),
        isAsked: !row.isNull(6))
    }.compactMap(\.self)
  }

  func json(in zone: LocalZone) -> JSONValue {
    [
      "id": .string(id.description), "title": .string(title), "queue": .string(queue),
      "assignee": assignee.map { .string($0) } ?? .null,
      "due": due.map { .string(ISO8601.string(milliseconds: $0.milliseconds, in: zone)) } ?? .null,
      "brief": brief.map { .string($0) } ?? .null, "pending": .bool(isAsked),
    ]
  }
}

private func show(_ tasks: [QueuedTask], _ replica: OpenReplica) {
  let console = replica.console
  for task in tasks {
    let due = task.due.map { FieldText.display(.moment($0), in: replica.zone) } ?? ""
    let who =
      task.isAsked
      ? Phrase(en: "asked for", zh: "已申请").text(console.language) : task.assignee ?? ""
    console.print(
      "\(task.id)  \(TextWidth.padded(task.queue, columns: 14)) \(TextWidth.padded(due, columns: 16)) "
        + "\(TextWidth.padded(who, columns: 10)) \(TextWidth.oneLine(task.title))")
    for line in (task.brief ?? "").split(separator: "\n") { console.print("    \(line)") }
  }
  if tasks.isEmpty {
    console.remark(Phrase(en: "No task waits in a queue.", zh: "队列中没有待领取的任务。"))
  }
}
