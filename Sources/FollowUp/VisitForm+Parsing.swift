// Reads the forms of a process definition (`Protocol/Process.md`), as strictly as the rest of it.
//
// A question whose kind is not understood would be answered wrongly by everybody, so it is refused, with its place.

import Notation
import SyncCore

extension VisitForm {
  init(_ node: JSONNode<ProcessError>) throws(ProcessError) {
    try node.allowOnly(["id", "title", "customers", "questions"])
    id = try node.member("id").name()
    title = try node.member("title").titles()
    customers = try node.optional("customers").map { (node) throws(ProcessError) in
      try node.query(for: .customer)
    }
    questions = []
    for node in try node.member("questions").elements(1...VisitForm.questionsMax) {
      let question = try Question(node)
      guard !questions.contains(where: { $0.id == question.id }) else {
        throw try node.member("id").error(.duplicate(question.id))
      }
      questions.append(question)
    }
  }
}

extension VisitForm.Question {
  fileprivate init(_ node: JSONNode<ProcessError>) throws(ProcessError) {
    id = try node.member("id").name()
    title = try node.member("title").titles()
    isRequired = try node.optional("required")?.bool() ?? false
    let common = ["id", "title", "required", "kind"]
    let kindNode = try node.member("kind")
    switch try kindNode.text() {
    case "score":
      try node.allowOnly(common + ["max"])
      kind = .score(max: try node.member("max").count(2...10))
    case "choice":
      try node.allowOnly(common + ["options"])
      var options: [String] = []
      for node in try node.member("options").elements(2...20) {
        let option = try node.text()
        guard !option.isEmpty, !options.contains(option) else {
          throw node.error(.duplicate(option))
        }
        options.append(option)
      }
      kind = .choice(options)
    case "yesNo":
      try node.allowOnly(common)
      kind = .yesNo
    case "text":
      try node.allowOnly(common)
      kind = .text
    default: throw kindNode.notAllowed(["score", "choice", "yesNo", "text"])
    }
  }
}
