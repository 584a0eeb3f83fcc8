// Reads a sales process (`Protocol/Process.md`, `Protocol/Process.schema.json`), strictly.
//
// Whatever the language does not know is an error: a criterion that is half understood would let deals
// through, or hold the wrong ones. Of several faults the first one is reported.

import Notation
import SyncCore

private typealias Node = JSONNode<ProcessError>

extension SalesProcess {
  /// Reads a definition file.
  ///
  /// - Throws: the first fault, with place and what is allowed there.
  public init(parsing bytes: [UInt8]) throws(ProcessError) {
    self = try Node.read(bytes) { (root) throws(ProcessError) in try SalesProcess(root) }
  }

  private init(_ root: Node) throws(ProcessError) {
    let version = try root.member("version")
    guard try version.integer() == SalesProcess.languageVersion else {
      throw version.notAllowed(["\(SalesProcess.languageVersion)"])
    }
    try root.allowOnly(["version", "pipelines", "moves", "forms"])
    pipelines = []
    for node in try root.member("pipelines").elements(1...SalesProcess.pipelinesMax) {
      let pipeline = try Pipeline(node)
      guard !pipelines.contains(where: { $0.id == pipeline.id }) else {
        throw try node.member("id").error(.duplicate(pipeline.id))
      }
      pipelines.append(pipeline)
    }
    moves = [:]
    for (old, node) in try root.optional("moves")?.members() ?? [] {
      guard Ladder.stages.height(of: .text(old)) >= 0 else {
        throw node.error(.unknownStage(old), allowed: SalesProcess.stageNames)
      }
      let new = try node.text()
      let known = pipelines.flatMap(\.stages)
      guard known.contains(where: { $0.height == Ladder.stages.height(of: .text(new)) }) else {
        throw node.notAllowed(known.map(\.id))
      }
      moves[old] = new
    }
    forms = []
    for node in try root.optional("forms")?.elements(0...VisitForm.formsMax) ?? [] {
      let form = try VisitForm(node)
      guard !forms.contains(where: { $0.id == form.id }) else {
        throw try node.member("id").error(.duplicate(form.id))
      }
      forms.append(form)
    }
  }

  /// Every name that a stage may have.
  public static var stageNames: [String] { Ladder.stages.rungs.flatMap { $0 } }
}

extension Pipeline {
  fileprivate init(_ node: Node) throws(ProcessError) {
    try node.allowOnly(["id", "name", "stages"])
    id = try node.member("id").name()
    name = try node.member("name").titles()
    stages = []
    for node in try node.member("stages").elements(1...SalesProcess.stagesMax) {
      let stage = try Stage(node)
      guard !stages.contains(where: { $0.height == stage.height }) else {
        throw try node.member("id").error(.duplicate(stage.id))
      }
      // What is lost stands beside the others: any stage may lead to it.
      let highest = stages.filter { $0.kind != .lost }.map(\.height).max() ?? -1
      guard stage.kind == .lost || stage.height > highest else {
        throw try node.member("id").error(.outOfOrder(stage.id))
      }
      stages.append(stage)
    }
  }
}

extension Stage {
  fileprivate init(_ node: Node) throws(ProcessError) {
    try node.allowOnly([
      "id", "name", "spellings", "kind", "probability", "maxDays", "guide", "tasks", "leave",
    ])
    id = try node.member("id").stageName()
    name = try node.member("name").titles()
    kind = try node.member("kind").choice()
    probability = try node.optional("probability")?.count(0...100)
    maxDays = try node.optional("maxDays")?.count(1...3650)
    guide = try node.optional("guide")?.titles(charactersMax: 20_000)
    for node in try node.optional("spellings")?.elements(0...SalesProcess.itemsMax) ?? [] {
      let spelling = try node.stageName()
      guard Ladder.stages.height(of: .text(spelling)) == height else {
        throw node.error(.otherStage(spelling), allowed: Ladder.stages.rungs[height])
      }
      spellings.append(spelling)
    }
    for node in try node.optional("tasks")?.elements(0...SalesProcess.itemsMax) ?? [] {
      let task = try KeyTask(node)
      guard !tasks.contains(where: { $0.id == task.id }) else {
        throw try node.member("id").error(.duplicate(task.id))
      }
      tasks.append(task)
    }
    for node in try node.optional("leave")?.elements(0...SalesProcess.itemsMax) ?? [] {
      criteria.append(try Criterion(node, tasks: tasks))
    }
  }
}

extension KeyTask {
  fileprivate init(_ node: Node) throws(ProcessError) {
    try node.allowOnly(["id", "title", "due", "required", "evidence", "field"])
    id = try node.member("id").name()
    title = try node.member("title").titles()
    due = try node.optional("due").map { (node) throws(ProcessError) in
      let text = try node.text()
      guard let delay = Delay(text) else {
        throw node.error(.badDelay(text), allowed: Delay.examples)
      }
      return delay
    }
    isRequired = try node.optional("required")?.bool() ?? false
    let field = try node.optional("field")
    switch try node.optional("evidence")?.text() ?? "none" {
    case "none": evidence = .none
    case "text": evidence = .text
    case "field":
      let name = try node.member("field")
      evidence = .field(try name.fieldOfDeal())
      return
    default: throw try node.member("evidence").notAllowed(["none", "text", "field"])
    }
    if let field { throw field.error(.unknownKey("field"), allowed: ["evidence: field"]) }
  }
}

extension Criterion {
  fileprivate init(_ node: Node, tasks: [KeyTask]) throws(ProcessError) {
    says = try node.member("says").titles()
    if let task = try node.optional("task") {
      try node.allowOnly(["task", "says"])
      let id = try task.text()
      guard tasks.contains(where: { $0.id == id }) else { throw task.notAllowed(tasks.map(\.id)) }
      test = .task(id)
    } else if let records = try node.optional("records") {
      try node.allowOnly(["records", "where", "count", "says"])
      let collection = try records.collection()
      let condition = try node.optional("where").map { (node) throws(ProcessError) in
        try node.query(for: collection)
      }
      test = .records(
        collection, condition, count: try node.optional("count")?.count(1...1000) ?? 1)
    } else {
      try node.allowOnly(["where", "says"])
      test = .deal(try node.member("where").query(for: .opportunity))
    }
  }
}

extension JSONNode<ProcessError> {
  func elements(_ counts: ClosedRange<Int>) throws(ProcessError) -> [JSONNode] {
    let nodes = try elements()
    guard counts.contains(nodes.count) else {
      throw error(
        .notAllowed("\(nodes.count) entries"),
        allowed: ["\(counts.lowerBound) to \(counts.upperBound)"])
    }
    return nodes
  }

  func name() throws(ProcessError) -> String {
    let name = try text()
    let isPlain = name.unicodeScalars.allSatisfy { $0.value > 32 && $0.value != 127 }
    guard isPlain, (1...64).contains(name.utf8.count) else {
      throw notAllowed(["1 to 64 bytes without spaces"])
    }
    return name
  }

  fileprivate func stageName() throws(ProcessError) -> String {
    let name = try text()
    guard Ladder.stages.height(of: .text(name)) >= 0 else {
      throw error(.unknownStage(name), allowed: SalesProcess.stageNames)
    }
    return name
  }

  func titles(
    charactersMax: Int = Titles.charactersMax
  ) throws(ProcessError) -> Titles {
    try allowOnly(["en", "zh"])
    let (en, zh) = (try member("en"), try member("zh"))
    for node in [en, zh] where !(1...charactersMax).contains(try node.text().count) {
      throw node.notAllowed(["1 to \(charactersMax) characters"])
    }
    return Titles(en: try en.text(), zh: try zh.text())
  }

  func count(_ range: ClosedRange<Int64>) throws(ProcessError) -> Int {
    let count = try integer()
    guard range.contains(count) else {
      throw notAllowed(["\(range.lowerBound) to \(range.upperBound)"])
    }
    return Int(count)
  }

  fileprivate func fieldOfDeal() throws(ProcessError) -> FieldID {
    let columns = CollectionSchema.opportunity.columns
    let name = try text()
    guard let field = columns.first(where: { $0.name == name }) else {
      throw notAllowed(columns.map(\.name))
    }
    return field.id
  }

  /// Only what belongs to customers can be counted for one.
  fileprivate func collection() throws(ProcessError) -> CollectionSchema {
    let candidates = Schema.followUp.collections.filter { $0.rootField != nil }
    let name = try text()
    guard let collection = candidates.first(where: { $0.name == name }) else {
      throw notAllowed(candidates.map(\.name))
    }
    return collection
  }

  func query(for collection: CollectionSchema) throws(ProcessError) -> Query {
    let text = try text()
    let query: Query
    do {
      query = try Query(parsing: text, for: collection)
    } catch {
      throw self.error(.badCondition(error), allowed: error.expected)
    }
    guard !query.readsUpdatedAt else { throw error(.conditionReadsUpdatedAt) }
    return query
  }
}
