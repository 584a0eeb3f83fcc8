// The sales process as a text and as a value: what is read, what is refused and where, which stage a deal
// is in, and what keeps it there.

import Notation
import SyncCore
import Testing

@testable import FollowUp

/// A definition of one pipeline with these stages.
private func definition(_ stages: String, _ more: String = "") -> String {
  """
  {"version": 1, "pipelines": [{"id": "p", "name": {"en": "P", "zh": "P"}, "stages": [
  \(stages)]}]\(more)}
  """
}

private func stage(_ id: String, _ more: String = "") -> String {
  "{\"id\": \"\(id)\", \"name\": {\"en\": \"E\", \"zh\": \"Z\"}, \"kind\": \"open\"\(more)}"
}

/// A stage with one criterion.
private func leaving(_ criterion: String) -> String {
  stage("lead", ", \"leave\": [{\(criterion), \"says\": {\"en\": \"a\", \"zh\": \"b\"}}]")
}

/// A stage with one task.
private func bringing(_ more: String) -> String {
  stage(
    "lead", ", \"tasks\": [{\"id\": \"t\", \"title\": {\"en\": \"a\", \"zh\": \"b\"}, \(more)}]")
}

private func read(_ text: String) throws(ProcessError) -> SalesProcess {
  try SalesProcess(parsing: Array(text.utf8))
}

private func deal(_ values: [String: Value]) -> FieldValues {
  var fields = FieldValues()
  for (name, value) in values { fields[.deal(name)] = value }
  return fields
}

@Suite struct SalesProcessTests {
  @Test func `the shipped pipelines are those of the two sources`() {
    let names = SalesProcess.standard.pipelines.map { ($0.id, $0.stages.map(\.id)) }
    #expect(names.map(\.0) == ["标准-5", "B2B-8"])
    #expect(names[0].1 == ["初步接洽", "需求确认", "方案报价", "商务谈判", "签约", "输单"])
    #expect(
      names[1].1 == [
        "线索获取", "初步接洽", "需求分析", "方案提供", "商务谈判", "合同签订", "项目交付", "客户回款", "输单",
      ])
    let stages = SalesProcess.standard.pipelines.flatMap(\.stages)
    #expect(stages.allSatisfy { $0.tasks.isEmpty && $0.criteria.isEmpty && $0.height >= 0 })
    #expect(stages.filter { $0.kind == .open }.allSatisfy { $0.maxDays != nil && $0.guide != nil })
  }

  @Test(
    arguments: [
      ("{\"version\": 2, \"pipelines\": []}", "$.version (line 1, column 13): “2” is not allowed"),
      (
        "{\"version\": 1, \"pipelines\": []}",
        "$.pipelines (line 1, column 29): “0 entries” is not allowed"
      ),
      (
        definition(stage("打招呼")),
        "$.pipelines[0].stages[0].id (line 2, column 8): no stage is called “打招呼”"
      ),
      (
        definition(stage("lead") + ",\n" + stage("线索")),
        "$.pipelines[0].stages[1].id (line 3, column 8): “线索” stands here already"
      ),
      (
        definition(stage("proposal") + ",\n" + stage("contacted")),
        "$.pipelines[0].stages[1].id (line 3, column 8): “contacted” comes before the stage above it"
      ),
      (
        definition(stage("lead", ", \"spellings\": [\"成交\"]")),
        "stages[0].spellings[0] (line 2, column 78): “成交” is another stage; allowed: lead, 线索"
      ),
      (definition(stage("lead", ", \"probability\": 101")), "allowed: 0 to 100"),
      (definition(stage("lead", ", \"colour\": 1")), "“colour” means nothing here"),
      (definition(leaving("\"where\": \"nothing = 1\"")), "the condition is no query"),
      (definition(leaving("\"where\": \"updatedAt < -1d\"")), "when a record last changed"),
      (definition(leaving("\"task\": \"x\"")), "leave[0].task (line 2, column 83): “x” is not"),
      (definition(leaving("\"records\": \"cake\"")), "leave[0].records"),
      (definition(leaving("\"task\": \"x\", \"count\": 1")), "“count” means nothing here"),
      (definition(bringing("\"due\": \"soon\"")), "“soon” is no span of time"),
      (definition(bringing("\"evidence\": \"field\"")), "“field” is missing"),
      (definition(bringing("\"field\": \"notes\"")), "“field” means nothing here"),
      (
        definition(stage("lead"), ", \"moves\": {\"visit\": \"won\"}"),
        "$.moves.visit (line 2, column 87): “won” is not allowed; allowed: lead"
      ),
    ])
  func `what is wrong is named with its place`(text: String, says: String) throws {
    let error = try #require(throws: ProcessError.self) { try read(text) }
    #expect(error.description.contains(says), "\(error)")
  }

  @Test func `a deal is in the stage of its rung, in its own pipeline or the first`() throws {
    let process = SalesProcess.standard
    #expect(process.stage(of: deal(["stage": .text("contacted")]))?.id == "初步接洽")
    #expect(process.stage(of: deal(["stage": .text("lead")])) == nil)
    let other = deal(["pipeline": .text("B2B-8"), "stage": .text("潜在")])
    #expect(process.stage(of: other)?.id == "线索获取")
    #expect(process.pipeline(of: deal(["pipeline": .text("gone")])).id == "标准-5")
    #expect(process.stage(of: deal([:])) == nil)
  }

  @Test func `a stage that is gone is mapped by its rung, where somebody said so`() throws {
    let process = try read(
      definition(stage("contacted") + "," + stage("won"), ", \"moves\": {\"方案报价\": \"初步接洽\"}"))
    let pipeline = process.pipelines[0]
    #expect(process.move(of: .text("offer"), in: pipeline)?.id == "contacted")
    #expect(process.move(of: .text("visit"), in: pipeline) == nil)
    #expect(process.move(of: .null, in: pipeline) == nil)
  }

  @Test func `two devices make the same tasks, and they say whose and until when`() throws {
    let process = try read(definition(bringing("\"due\": \"2d\", \"required\": true")))
    let id = RecordID(high: 1, low: 2)
    let record = QueryRecord(id: id, values: deal([:]), updatedAt: Moment(milliseconds: 0))
    let tasks = process.pipelines[0].stages[0].taskRecords(
      for: record, assignee: "ann", enteredAt: Moment(milliseconds: 1000), in: .utc, team: nil)
    #expect(tasks.map(\.identityParts) == [["process", id.description, "lead", "t"]])
    #expect(tasks[0].values["dueAt"] == .moment(Moment(milliseconds: 1000 + 2 * 86_400_000)))
    #expect(tasks[0].values["assignee"] == .text("ann"))
    #expect(tasks[0].values["isRequired"] == .boolean(true))
    #expect(tasks[0].values["customer"] == nil)
  }
}

@Suite struct CriteriaTests {
  private static let says = ", \"says\": {\"en\": \"a\", \"zh\": \"b\"}}"
  private static let task = "{\"id\": \"t\", \"title\": {\"en\": \"a\", \"zh\": \"b\"}}"

  /// A stage with one criterion, and one to go to.
  private func stages(_ criterion: String) throws -> (Stage, Pipeline) {
    let leave = ", \"leave\": [{\(criterion)\(CriteriaTests.says)]"
    let first = stage("contacted", ", \"tasks\": [\(CriteriaTests.task)]\(leave)")
    let lost = stage("lost").replacing("\"open\"", with: "\"lost\"")
    let process = try read(definition([first, stage("proposal"), lost].joined(separator: ",")))
    return (process.pipelines[0].stages[0], process.pipelines[0])
  }

  private static let done = RecordID(high: 5, low: 5)
  private static let dealID = RecordID(high: 7, low: 7)

  private func unmet(
    _ criterion: String, to target: String = "proposal", _ values: [String: Value] = [:],
    tasksDone: Set<RecordID> = [], _ records: [CollectionSchema: [FieldValues]] = [:]
  ) throws -> Int {
    let (stage, pipeline) = try stages(criterion)
    let moment = Moment(milliseconds: 0)
    let facts = DealFacts(
      deal: QueryRecord(id: CriteriaTests.dealID, values: deal(values), updatedAt: moment),
      tasksDone: tasksDone,
      records: Dictionary(
        uniqueKeysWithValues: records.map { schema, rows in
          (
            schema.id,
            rows.map { QueryRecord(id: CriteriaTests.done, values: $0, updatedAt: moment) }
          )
        }))
    let goal = try #require(pipeline.stage(at: .text(target)))
    return stage.unmet(goingTo: goal, facts, at: moment, in: .utc) { _ in CriteriaTests.done }.count
  }

  @Test func `a field, a task and a number of records are asked for`() throws {
    let field = "\"where\": \"background is not empty\""
    #expect(try unmet(field) == 1)
    #expect(try unmet(field, ["background": .text("made of steel")]) == 0)
    #expect(try unmet("\"task\": \"t\"") == 1)
    #expect(try unmet("\"task\": \"t\"", tasksDone: [CriteriaTests.done]) == 0)
    let two = "\"records\": \"feedback\", \"count\": 2"
    #expect(try unmet(two, [:], [.feedback: [FieldValues()]]) == 1)
    #expect(try unmet(two, [:], [.feedback: [FieldValues(), FieldValues()]]) == 0)
  }

  @Test func `a record that names another deal does not count`() throws {
    let contract = "\"records\": \"contract\""
    let field = try #require(CollectionSchema.contract["opportunity"])
    var mine = FieldValues()
    mine[field.id] = .reference(CriteriaTests.dealID)
    var other = FieldValues()
    other[field.id] = .reference(CriteriaTests.done)
    #expect(try unmet(contract, [:], [.contract: [mine]]) == 0)
    #expect(try unmet(contract, [:], [.contract: [other]]) == 1)
  }

  @Test func `who gives a deal up, or stays, is asked for nothing`() throws {
    let field = "\"where\": \"background is not empty\""
    #expect(try unmet(field, to: "lost") == 0)
    #expect(try unmet(field, to: "contacted") == 0)
  }
}
