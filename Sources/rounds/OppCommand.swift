// `rounds opp tasks`, `opp guide`, `opp stages`: what the sales process says of one deal.
//
// All of it goes by the definition of the last sync, and works offline; nothing is written. The shipped
// process stands in where nobody has applied one.

import CommandKit
import FollowUp
import Notation
import Replica
import Storage
import SyncCore

func oppCommands(_ outside: Outside) -> [Command] {
  [
    oppTasksCommand(outside), oppGuideCommand(outside), oppStagesCommand(outside),
    oppHealthCommand(outside), oppListCommand(outside),
  ]
}

private func oppTasksCommand(_ outside: Outside) -> Command {
  Command(
    ["opp", "tasks"], group: Group.deals,
    summary: Phrase(en: "Show the key tasks of a deal's stage", zh: "查看商机当前阶段的关键任务"),
    arguments: [referenceArgument]
  ) { invocation in
    let reading = try DealReading(OpenReplica(invocation, outside))
    let deal = try reading.deal(invocation.argument("REF"))
    let tasks = try reading.tasks(of: deal)
    let required = tasks.filter(\.task.isRequired)
    let done = required.filter(\.isDone).count
    if invocation.isJSON {
      return invocation.console.print(
        json: [
          "tasks": .array(tasks.map { $0.json(reading.replica.zone) }),
          "required": .integer(Int64(required.count)), "done": .integer(Int64(done)),
        ])
    }
    let screen = Screen(invocation.console)
    screen.print(tasks)
    screen.say(
      Phrase(
        en: "\(done) of \(required.count) required tasks are done.",
        zh: "必须完成的任务 \(required.count) 项，已完成 \(done) 项。"))
  }
}

private func oppGuideCommand(_ outside: Outside) -> Command {
  Command(
    ["opp", "guide"], group: Group.deals,
    summary: Phrase(
      en: "Print the guide and checklist of a deal's stage", zh: "查看商机当前阶段的操作指南和检查清单"),
    arguments: [referenceArgument]
  ) { invocation in
    let reading = try DealReading(OpenReplica(invocation, outside))
    let deal = try reading.deal(invocation.argument("REF"))
    let stage = reading.stage(of: deal)
    let tasks = try reading.tasks(of: deal)
    let language = invocation.language
    if invocation.isJSON {
      return invocation.console.print(
        json: [
          "stage": stage.map { .string($0.id) } ?? .null,
          "guide": stage?.guide.map { .string($0.text(language)) } ?? .null,
          "tasks": .array(tasks.map { $0.json(reading.replica.zone) }),
          "leave": .array((stage?.criteria ?? []).map { .string($0.says.text(language)) }),
        ])
    }
    let screen = Screen(invocation.console)
    guard let stage else {
      return screen.say(Phrase(en: "The deal is in no stage.", zh: "商机不在任何阶段。"))
    }
    screen.head("# \(stage.name.text(language))")
    for line in (stage.guide?.text(language) ?? "").split(separator: "\n") {
      invocation.console.print(TextWidth.oneLine(String(line)))
    }
    screen.print(tasks)
    guard !stage.criteria.isEmpty else { return }
    screen.say(Phrase(en: "Before it goes on:", zh: "进入下一阶段前："))
    for criterion in stage.criteria {
      invocation.console.print("- " + TextWidth.oneLine(criterion.says.text(language)))
    }
  }
}

private func oppStagesCommand(_ outside: Outside) -> Command {
  Command(
    ["opp", "stages"], group: Group.deals,
    summary: Phrase(en: "Show the stages a deal went through, and how long", zh: "查看商机经过的阶段和停留时间"),
    arguments: [referenceArgument],
    notes: [
      Phrase(
        en: "Without a network only moves of this laptop are known, and the present stage.",
        zh: "没有网络时只显示本机的变更和当前阶段。")
    ]
  ) { invocation in
    let reading = try DealReading(OpenReplica(invocation, outside))
    let stays = try StageStays(reading).stays(of: reading.deal(invocation.argument("REF")))
    if invocation.isJSON {
      let json = stays.map { $0.json(reading.replica.zone) }
      return invocation.console.print(json: ["stages": .array(json)])
    }
    let screen = Screen(invocation.console)
    screen.rows(
      stays.map { stay in
        let days = screen.word(Phrase(en: "\(stay.days) days", zh: "\(stay.days) 天"))
        return (stay.stage, "\(screen.time(stay.since))  \(days)")
      })
  }
}

extension Screen {
  /// `[x] title (required)  id`, in the order of the definition.
  fileprivate func print(_ tasks: [KeyTasks.State]) {
    for state in tasks {
      let mark = state.isDone ? "[x]" : "[ ]"
      let required =
        state.task.isRequired ? word(Phrase(en: " (required)", zh: "（必须）")) : ""
      let id = state.row.map { "  \($0.id)" } ?? ""
      let title = TextWidth.oneLine(state.task.title.text(console.language))
      console.print("\(mark) \(title)\(required)\(id)")
    }
  }
}

extension KeyTasks.State {
  fileprivate func json(_ zone: LocalZone) -> JSONValue {
    let values = row?.values ?? FieldValues()
    let schema = CollectionSchema.task
    return [
      "task": .string(task.id), "id": row.map { .string($0.id.description) } ?? .null,
      "title": ["en": .string(task.title.en), "zh": .string(task.title.zh)],
      "required": .bool(task.isRequired), "done": .bool(isDone),
      "evidenceKind": .string(task.evidence.word),
      "evidence": FieldText.json(values[schema.id("evidence")], in: zone, schema: schema),
      "due": FieldText.json(values[schema.id("dueAt")], in: zone, schema: schema),
    ]
  }
}
