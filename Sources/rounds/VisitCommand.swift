// `rounds visit REF --form F`: a return visit – the questions of a form answered, scored, and written down as a follow-up.
//
// Forms come with the sales process of the last sync, and are for customers of a kind; `rounds forms` shows which. The
// follow-up keeps form, answers and score; open tasks for a return visit to the customer are done by it, in the same edit.

import CommandKit
import FollowUp
import Notation
import Replica
import Storage
import SyncCore

func visitCommands(_ outside: Outside) -> [Command] {
  [visitCommand(outside), formsCommand(outside)]
}

/// What a task for a return visit is called by the shipped rules.
private let taskKinds = ["回访", "return visit"]

private func visitCommand(_ outside: Outside) -> Command {
  Command(
    ["visit"], group: Group.everyDay,
    summary: Phrase(en: "Log a return visit by its form", zh: "按回访表记录回访"),
    arguments: [referenceArgument],
    options: [
      Command.Option(
        "form", "ID", help: Phrase(en: "Which form; the first that suits", zh: "回访表；默认第一个适用的")),
      Command.Option(
        "channel", "CHANNEL", help: Phrase(en: "How it took place", zh: "回访方式"),
        values: .oneOf(Vocabulary.channels.everySpelling)),
      Command.Option(
        "answer", "QUESTION=ANSWER", help: Phrase(en: "May be repeated", zh: "回答（可重复）"),
        isRepeatable: true),
      Command.Option("text", "TEXT", help: Phrase(en: "What else was said", zh: "补充说明")),
      Command.Option("at", "T", help: Phrase(en: "When; without it: now", zh: "时间；默认现在")),
    ],
    examples: [
      Command.Example(
        "rounds visit customer:Acme --channel 电话 --form 标准回访表 --answer 满意度=5 --answer 愿推荐=yes",
        Phrase(en: "By telephone, with two answers", zh: "电话回访，记录两项回答"))
    ]
  ) { invocation in
    let replica = try OpenReplica(invocation, outside)
    let visit = try Visit(invocation, replica)
    let id = try visit.write()
    try replica.printSaved(
      invocation, visit.form.title.text(invocation.language), id,
      with: [
        "form": .string(visit.form.id),
        "score": visit.outcome.score.map { .integer(Int64($0)) } ?? .null,
      ])
    if let score = visit.outcome.score {
      replica.console.remark(Phrase(en: "Score \(score) of 100", zh: "得分 \(score)（满分 100）"))
    }
  }
}

private func formsCommand(_ outside: Outside) -> Command {
  Command(
    ["forms"], group: Group.everyDay,
    summary: Phrase(en: "Show the return-visit forms for a customer", zh: "查看适用于客户的回访表"),
    arguments: [referenceArgument]
  ) { invocation in
    let replica = try OpenReplica(invocation, outside)
    let customer = try replica.customer(of: replica.record(invocation.argument("REF")))
    let forms = try replica.forms(for: customer)
    guard !invocation.isJSON else {
      return invocation.console.print(json: ["forms": .array(forms.map(\.json))])
    }
    let screen = Screen(invocation.console)
    if forms.isEmpty {
      screen.say(Phrase(en: "No form is for this customer.", zh: "没有适用于该客户的回访表。"))
    }
    for form in forms {
      screen.head("\(form.id)  \(form.title.text(invocation.language))")
      for question in form.questions {
        let mark = question.isRequired ? "*" : " "
        let allowed = question.allowed.joined(separator: ", ")
        invocation.console.print(
          " \(mark) \(question.id)  \(question.title.text(invocation.language))  \(allowed)")
      }
    }
  }
}

/// A return visit as one command writes it.
private struct Visit {
  let replica: OpenReplica
  let form: VisitForm
  let outcome: VisitForm.Outcome
  private let values: FieldValues
  private let customer: RecordID

  init(_ invocation: Invocation, _ replica: OpenReplica) throws {
    self.replica = replica
    let found = try replica.record(invocation.argument("REF"))
    customer = try replica.customer(of: found)
    form = try Visit.form(invocation.option("form"), of: replica.forms(for: customer))
    outcome = try form.outcome(of: invocation.options("answer").map(Visit.answer))
    let channel = try invocation.requiredOption("channel")
    let at = try replica.moment("at", of: invocation) ?? replica.today
    let latest = replica.today.advanced(milliseconds: Follow.futureMillisecondsMax)
    guard at <= latest else { throw RepError.inTheFuture(option: "at") }
    let schema = CollectionSchema.followUp
    let answers = JSONValue.object(outcome.answers.mapValues { .string($0) })
    values = FieldValues([
      (schema.id("customer"), .reference(customer)), (schema.id("occurredAt"), .moment(at)),
      (schema.id("channel"), .text(Vocabulary.channels.word(typed: channel) ?? channel)),
      (schema.id("text"), .text(invocation.option("text") ?? form.title.zh)),
      (schema.id("contact"), found.collection == .contact ? .reference(found.id) : .null),
      (schema.id("author"), .text(replica.state.user)), (schema.id("form"), .text(form.id)),
      (schema.id("answers"), .text(answers.text())),
      (schema.id("score"), outcome.score.map { .integer(Int64($0)) } ?? .null),
    ])
  }

  private static func form(_ id: String?, of forms: [VisitForm]) throws -> VisitForm {
    guard let form = id.map({ id in forms.first { $0.id == id } }) ?? forms.first else {
      throw RepError.valueNotAllowed(field: "--form", text: id ?? "", allowed: forms.map(\.id))
    }
    return form
  }

  private static func answer(_ typed: String) throws -> (question: String, text: String) {
    guard let sign = typed.firstIndex(where: { $0 == "=" || $0 == "＝" }) else {
      throw RepError.valueNotAllowed(field: "--answer", text: typed, allowed: ["QUESTION=ANSWER"])
    }
    return (String(typed[..<sign]), String(typed[typed.index(after: sign)...]))
  }

  func write() throws -> RecordID {
    let id = try replica.store.mint(at: replica.now)
    let writes = values.entries.map { FieldWrite.put($0.field, $0.value) }
    try replica.store.write(
      [RecordWrite(id, in: .followUp, writes, isCreation: true)]
        + ContactLog(replica).consequences(of: values, followUp: id) + tasksDone(),
      at: replica.now)
    return id
  }

  /// Tasks that asked for this visit.
  private func tasksDone() throws -> [RecordWrite] {
    let schema = CollectionSchema.task
    return try replica.store.rows(of: schema, belongingTo: customer).filter { row in
      taskKinds.contains(row.values[schema.id("kind")].text ?? "")
        && Ladder.isOpen(task: row.values[schema.id("status")])
    }.map { row in
      RecordWrite(
        row.id, in: schema,
        [
          .put(schema.id("status"), .text("done")),
          .put(schema.id("doneAt"), .moment(replica.today)),
        ])
    }
  }
}

extension OpenReplica {
  /// The forms of the process in force that suit a customer.
  fileprivate func forms(for customer: RecordID) throws -> [VisitForm] {
    guard let row = try store.table(.customer).row(customer, in: store.db) else {
      throw RepError.recordMissing(reference: customer.description)
    }
    let record = QueryRecord(id: row.id, values: row.values, updatedAt: row.updatedAt)
    return try store.process()?.forms(for: record, at: today, in: zone) ?? []
  }
}

extension VisitForm {
  fileprivate var json: JSONValue {
    [
      "id": .string(id), "title": ["en": .string(title.en), "zh": .string(title.zh)],
      "questions": .array(
        questions.map { question in
          [
            "id": .string(question.id), "required": .bool(question.isRequired),
            "title": ["en": .string(question.title.en), "zh": .string(question.title.zh)],
            "allowed": .array(question.allowed.map { .string($0) }),
          ]
        }),
    ]
  }
}
