// The forms of return visits: what is read, what may be answered, and the score.

import Notation
import SyncCore
import Testing

@testable import FollowUp

private func process(_ forms: String) throws -> SalesProcess {
  try SalesProcess(
    parsing: Array(
      """
      {"version": 1, "pipelines": [{"id": "p", "name": {"en": "P", "zh": "P"}, "stages": [
        {"id": "lead", "name": {"en": "L", "zh": "L"}, "kind": "open"}]}], "forms": \(forms)}
      """.utf8))
}

private func form(_ id: String, _ questions: String, customers: String? = nil) -> String {
  let condition = customers.map { #", "customers": "\#($0)""# } ?? ""
  return #"{"id": "\#(id)", "title": {"en": "F", "zh": "表"}\#(condition), "#
    + #""questions": [\#(questions)]}"#
}

private func question(_ id: String, _ more: String) -> String {
  #"{"id": "\#(id)", "title": {"en": "Q", "zh": "问"}, \#(more)}"#
}

private let standard = form(
  "f",
  [
    question("grade", #""kind": "score", "max": 5, "required": true"#),
    question("again", #""kind": "yesNo""#),
    question("why", #""kind": "choice", "options": ["价格", "质量"]"#),
    question("more", #""kind": "text""#),
  ].joined(separator: ","))

@Suite struct VisitFormTests {
  private func outcome(_ answers: (question: String, text: String)...) throws -> VisitForm.Outcome {
    let form = try #require(try process("[\(standard)]").forms.first)
    return try form.outcome(of: answers)
  }

  @Test func `the score is the mean of what has points`() throws {
    #expect(try outcome(("grade", "5")).score == 100)
    #expect(try outcome(("grade", "1")).score == 0)
    #expect(try outcome(("grade", "4"), ("again", "是")).score == 88)
    #expect(try outcome(("grade", "5"), ("again", "no"), ("why", "质量")).score == 50)
    #expect(
      try outcome(("grade", "3"), ("again", "是"), ("more", "扩产")).answers == [
        "grade": "3", "again": "yes", "more": "扩产",
      ])
  }

  @Test func `what is not allowed is refused, and what is missing named`() {
    #expect(throws: VisitForm.Fault.missing(["grade"])) { try outcome(("again", "yes")) }
    #expect(throws: VisitForm.Fault.unknownQuestion("x", known: ["grade", "again", "why", "more"]))
    {
      try outcome(("x", "1"))
    }
    for (question, answer) in [
      ("grade", "0"), ("grade", "6"), ("grade", "good"), ("again", "perhaps"), ("why", "天气"),
      ("more", " "),
    ] {
      #expect(throws: VisitForm.Fault.self) {
        try outcome(("grade", "3"), (question: question, text: answer))
      }
    }
  }

  @Test func `a form is for customers of its kind`() throws {
    let one = question("more", #""kind": "text""#)
    let process = try process("[\(form("a", one, customers: "tier = A")), \(form("all", one))]")
    func forms(_ tier: String) throws -> [String] {
      let field = try #require(CollectionSchema.customer["tier"]).id
      let now = Moment(milliseconds: 1_795_338_000_000)
      let record = QueryRecord(
        id: RecordID(high: 1, low: 1), values: FieldValues([(field, .text(tier))]),
        updatedAt: now)
      return process.forms(for: record, at: now, in: .utc).map(\.id)
    }
    #expect(try forms("A") == ["a", "all"])
    #expect(try forms("C") == ["all"])
  }

  @Test(arguments: [
    form("f", ""), form("", question("q", #""kind": "text""#)),
    form("f", question("q", #""kind": "number""#)), form("f", question("q", #""kind": "score""#)),
    form("f", question("q", #""kind": "score", "max": 1"#)),
    form("f", question("q", #""kind": "text", "max": 5"#)),
    form("f", question("q", #""kind": "choice", "options": ["a"]"#)),
    form("f", question("q", #""kind": "choice", "options": ["a", "a"]"#)),
    form("f", question("q", #""kind": "text""#) + "," + question("q", #""kind": "text""#)),
    form("f", question("q", #""kind": "text""#), customers: "weather = good"),
    standard + "," + standard,
  ])
  func `what the language does not know is refused`(forms: String) {
    #expect(throws: ProcessError.self) { try process("[\(forms)]") }
  }
}
