// `rounds cadence enroll|list|pause|resume|stop`: takes a contact through a sequence of steps, until he answers.
//
// Works offline: the plan is written here, its reminders are foreseen here, its tasks and messages the hub makes when
// their time has come. One sequence at a time for a contact. What ends one by itself is in `FollowUp/Sequence.swift`.

import CommandKit
import FollowUp
import Notation
import Replica
import SyncCore

func cadenceCommands(_ outside: Outside) -> [Command] {
  [
    cadenceListCommand(outside), cadenceEnrollCommand(outside),
    turn(
      "pause", Phrase(en: "Hold a sequence; what is left of its wait stays", zh: "暂停触达节奏，保留剩余等待时间"),
      outside
    ) {
      $0.paused(at: $1)
    },
    turn("resume", Phrase(en: "Go on with a sequence that is held", zh: "恢复已暂停的触达节奏"), outside) {
      $0.resumed(at: $1)
    },
    turn("stop", Phrase(en: "End a sequence", zh: "终止触达节奏"), outside) {
      $0.isOpen ? SequenceRun.ended("cancelled", at: $1) : nil
    },
  ]
}

private func cadenceEnrollCommand(_ outside: Outside) -> Command {
  Command(
    ["cadence", "enroll"], group: Group.everyDay,
    summary: Phrase(en: "Take a contact through a sequence of steps", zh: "让联系人进入触达节奏"),
    arguments: [
      referenceArgument,
      Command.Argument("NAME", help: Phrase(en: "The sequence, as rules name it", zh: "节奏名称（见规则）")),
    ],
    options: [
      Command.Option(
        "all", "COLLECTION",
        help: Phrase(
          en: "REF is a question; everybody whom it finds begins", zh: "REF 是查询条件，符合条件的全部进入节奏"),
        values: .oneOf(["contact", "customer"])),
      dryRunOption,
    ],
    examples: [
      Command.Example(
        "rounds cadence enroll contact:Li 新客7天",
        Phrase(en: "It ends with his answer, or a meeting", zh: "对方回复或见面后自动结束")),
      Command.Example(
        "rounds cadence enroll 'tags contains 潜力' 潜客培育 --all customer --dry-run",
        Phrase(en: "How many potential customers that would be", zh: "先看看有多少潜力客户")),
    ],
    notes: [
      Phrase(
        en:
          "Note an answer with rounds add feedback, a meeting with rounds follow --channel meeting|visit|event.",
        zh: "对方的回复用 rounds add feedback 记录，见面用 rounds follow --channel meeting|visit|event 记录。")
    ]
  ) { invocation in
    let replica = try OpenReplica(invocation, outside)
    let name = invocation.argument("NAME")
    if let collection = invocation.option("all").flatMap({ Schema.followUp[$0] }) {
      try requireSteps(name, replica)
      return try enrollAll(collection, in: name, replica, invocation)
    }
    let found = try replica.record(invocation.argument("REF"))
    guard found.collection == .contact || found.collection == .customer else {
      throw RepError.unsuitable(found, suitable: ["contact", "customer"])
    }
    try requireSteps(name, replica)
    let customer = try replica.customer(of: found)
    let contact = found.collection == .contact ? found.id : nil
    if let other = try replica.sequences(of: customer).first(where: {
      $0.isOpen && $0.contact == contact
    }) {
      throw CommandFailure(
        .refused,
        Phrase(
          en: "One sequence at a time: \(other.name) goes on. \(other.plan)",
          zh: "同一联系人只能有一个节奏：\(other.name) 正在进行。 \(other.plan)"),
        hint: Phrase(
          en: "End it first: rounds cadence stop \(other.plan)",
          zh: "请先终止：rounds cadence stop \(other.plan)"))
    }
    let id = try replica.beginSequence(name, with: contact, of: customer)
    try replica.printSaved(invocation, name, id)
  }
}

private func requireSteps(_ name: String, _ replica: OpenReplica) throws {
  guard
    let book = try? RuleBook(parsing: Array(replica.state.rules.utf8), schema: replica.store.schema)
  else { throw RepError.rulesUnreadable }
  guard !book.hasSequence(named: name, at: replica.today) else { return }
  throw CommandFailure(
    .notFound,
    Phrase(en: "No rule has steps for \(name) .", zh: "没有规则定义节奏 \(name) 。"),
    hint: Phrase(
      en: "An admin adds them; Protocol/Rules/nurture.json is an example.",
      zh: "请由管理员添加规则，示例见 Protocol/Rules/nurture.json。"))
}

/// Pausing, resuming and stopping: a sequence as it is, and what it becomes.
private func turn(
  _ verb: String, _ summary: Phrase, _ outside: Outside,
  _ change: @escaping @Sendable (SequenceRun, Moment) -> [String: Value]?
) -> Command {
  Command(
    ["cadence", verb], group: Group.everyDay, summary: summary, arguments: [referenceArgument],
    options: [
      Command.Option(
        "all",
        help: Phrase(en: "REF is a sequence; all your runs of it", zh: "REF 是节奏名称，处理自己的全部此节奏")),
      dryRunOption,
    ],
    examples: [
      Command.Example(
        "rounds cadence \(verb) 01JD3QX8",
        Phrase(en: "Its id is in rounds cadence", zh: "编号见 rounds cadence")),
      Command.Example(
        "rounds cadence \(verb) 潜客培育 --all",
        Phrase(en: "Every run of one sequence", zh: "一个节奏的全部联系人")),
    ]
  ) { invocation in
    let replica = try OpenReplica(invocation, outside)
    if invocation.flag("all") {
      return try turnAll(invocation.argument("REF"), replica, invocation, change)
    }
    let found = try replica.record(invocation.argument("REF"))
    guard found.collection == .plan, let run = SequenceRun(found.id, try replica.row(found).values)
    else { throw RepError.unsuitable(found, suitable: ["plan (sequence)"]) }
    guard let values = change(run, replica.today) else {
      throw CommandFailure(
        .refused, Phrase(en: "It is not in that state.", zh: "当前状态不允许此操作。"),
        hint: Phrase(en: "See rounds cadence", zh: "请查看 rounds cadence"))
    }
    try replica.writeSequence(found.id, values)
    try replica.printSaved(invocation, run.name, found.id)
  }
}

private func cadenceListCommand(_ outside: Outside) -> Command {
  Command(
    ["cadence", "list"], group: Group.everyDay,
    summary: Phrase(en: "List sequences that go on", zh: "列出进行中的触达节奏"),
    examples: [
      Command.Example("rounds cadence", Phrase(en: "With their ids", zh: "附编号"))
    ],
    isDefault: true
  ) { invocation in
    let replica = try OpenReplica(invocation, outside)
    let runs = try replica.sequences(of: nil).filter(\.isOpen)
    if invocation.isJSON {
      return invocation.console.print(json: ["sequences": .array(runs.map { json($0, replica) })])
    }
    let screen = Screen(invocation.console)
    if runs.isEmpty { return screen.say(Phrase(en: "No sequence goes on.", zh: "没有进行中的节奏。")) }
    for run in runs {
      let name =
        try Finder(replica.store).found(run.contact ?? run.customer ?? run.plan)?.title ?? ""
      let state =
        run.pausedAt.map {
          Phrase(en: "held since \(screen.time($0))", zh: "自 \(screen.time($0)) 暂停")
        }
        ?? Phrase(en: "since \(screen.time(run.startsAt))", zh: "始于 \(screen.time(run.startsAt))")
      invocation.console.print(
        "\(TextWidth.oneLine(run.name))  \(TextWidth.oneLine(name))  \(screen.word(state))  \(run.plan)"
      )
    }
  }
}

private func json(_ run: SequenceRun, _ replica: OpenReplica) -> JSONValue {
  func time(_ moment: Moment) -> JSONValue {
    .string(ISO8601.string(milliseconds: moment.milliseconds, in: replica.zone))
  }
  return [
    "id": .string(run.plan.description), "name": .string(run.name),
    "customer": run.customer.map { .string($0.description) } ?? .null,
    "contact": run.contact.map { .string($0.description) } ?? .null,
    "startsAt": time(run.startsAt), "pausedAt": run.pausedAt.map(time) ?? .null,
  ]
}

private func writes(_ values: [String: Value]) -> [FieldWrite] {
  values.map { .put(CollectionSchema.plan.id($0.key), $0.value) }.sorted { $0.field < $1.field }
}

extension OpenReplica {
  /// Begins a sequence in an edit of its own.
  @discardableResult
  func beginSequence(
    _ name: String, with contact: RecordID?, of customer: RecordID
  ) throws -> RecordID {
    let id = try store.mint(at: now)
    let values = SequenceRun.beginning(
      name, with: contact, of: customer, by: state.user, at: today)
    try store.write([RecordWrite(id, in: .plan, writes(values), isCreation: true)], at: now)
    return id
  }

  func writeSequence(_ plan: RecordID, _ values: [String: Value]) throws {
    try store.write([RecordWrite(plan, in: .plan, writes(values))], at: now)
  }

  /// Sequences of a customer, or all of them.
  func sequences(of customer: RecordID?) throws -> [SequenceRun] {
    let table = store.table(.plan)
    return try store.db.all(
      table.selectSQL + " WHERE channel = ?1 AND (?2 IS NULL OR customer = ?2) ORDER BY id",
      .text(SequenceRun.channel), .optional(customer?.description)
    ) { try table.row($0) }.compactMap { SequenceRun($0.id, $0.values) }
  }

  /// What a record that is written now ends, in the same edit: offline, too, a sequence stops with the answer.
  func endedSequences(
    by id: RecordID, in collection: CollectionSchema, _ values: FieldValues
  ) throws -> [RecordWrite] {
    guard case .reference(let customer) = values[collection.rootField ?? .lifecycle] else {
      return []
    }
    return try sequences(of: customer).compactMap { run in
      run.end(by: id, in: collection.id, values).map { moment in
        RecordWrite(run.plan, in: .plan, writes(SequenceRun.ended("done", at: moment)))
      }
    }
  }
}
