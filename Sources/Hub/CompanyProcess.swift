// The sales process in the hub's tables: the definition that was applied last, with the moves of stages
// that earlier ones had.
//
// Laptops get the same bytes with the settings, so that both sides decide alike. A stage that deals are
// in is never taken from under them: whoever removes it says where they go, in the same request.

import FollowUp
import Notation
import Storage
import SyncCore

extension HubStore {
  /// The process in force; nil where nobody has applied one.
  func process() throws -> SalesProcess? {
    if let known = knownProcess, known.settings == settingsVersion { return known.process }
    let process: SalesProcess?
    do {
      process = try processText().map { (text) throws(ProcessError) in
        try SalesProcess(parsing: Array(text.utf8))
      }
    } catch {
      // It was read when it was applied, so this is no fault of the one who asks now.
      throw StorageError.corrupt(reason: "the process in force cannot be read: \(error)")
    }
    knownProcess = (settingsVersion, process)
    return process
  }

  func processText() throws -> String? {
    try db.first("SELECT text FROM process") { $0.text(0) }
  }

  /// Deals by pipeline and stage that a process has no place for, and the stages that they would go to.
  func strandedDeals(under process: SalesProcess) throws -> [StrandedDeals] {
    let groups = try db.all(
      """
      SELECT pipeline, stage, count(*) FROM opportunity WHERE stage IS NOT NULL AND stage <> ''
      GROUP BY pipeline, stage ORDER BY pipeline, stage
      """
    ) { (pipeline: $0.optionalText(0), stage: $0.text(1), count: Int($0.integer(2))) }
    return groups.compactMap { group in
      var deal = FieldValues()
      deal[.pipeline] = group.pipeline.map { .text($0) } ?? .null
      let pipeline = process.pipeline(of: deal)
      guard pipeline.stage(at: .text(group.stage)) == nil else { return nil }
      return StrandedDeals(
        pipeline: group.pipeline, stage: group.stage, count: group.count, of: pipeline,
        target: process.move(of: .text(group.stage), in: pipeline))
    }
  }

  /// Puts a definition into force, and takes the deals along that it has no place for.
  ///
  /// - Returns: how many deals were moved.
  func setProcess(_ text: String, _ process: SalesProcess, _ stages: DealStages) throws -> Int {
    try transaction {
      try db.run("INSERT OR REPLACE INTO process VALUES (1, ?)", .text(text))
      try raiseSettingsVersion()
      let stranded = try strandedDeals(under: process)
      guard !stranded.isEmpty else { return 0 }
      head = head.next
      for group in stranded {
        guard let target = group.target else { continue }
        for id in try deals(of: group) { try move(id, to: target, stages) }
      }
      return stranded.reduce(0) { $0 + $1.count }
    }
  }

  private func deals(of group: StrandedDeals) throws -> [RecordID] {
    try db.all(
      "SELECT id FROM opportunity WHERE pipeline IS ? AND stage = ? ORDER BY id",
      .optional(group.pipeline), .text(group.stage)
    ) { try $0.id(0) }
  }

  private func move(_ id: RecordID, to target: Stage, _ stages: DealStages) throws {
    try stages.write(id, ["stage": .text(target.id), "stageSince": .moment(stages.now)])
    guard let record = try load(id, in: .opportunity), record.isAlive else { return }
    try stages.makeTasks(
      of: target, for: id, record.shown, enteredAt: stages.now, by: "")
  }
}

/// Deals in a stage that their pipeline does not have.
struct StrandedDeals {
  /// As the deals name it.
  var pipeline: String?
  var stage: String
  var count: Int
  /// What they would be in.
  var of: Pipeline
  /// Nil: nobody has said where they go.
  var target: Stage?
}

extension FieldID {
  fileprivate static let pipeline: FieldID = {
    guard let field = CollectionSchema.opportunity["pipeline"] else {
      preconditionFailure("an opportunity has no pipeline")
    }
    return field.id
  }()
}
