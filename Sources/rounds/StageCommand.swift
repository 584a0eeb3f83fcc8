// `rounds stage REF STAGE`: moves a customer or a deal along, or back.
//
// The stage must be on the ladder, in any of its spellings: a stage that no ladder knows ranks below
// all others and would lose against everybody else's. A deal goes through the stages of its pipeline, and
// goes on only where what the process asks for is there; a manager may decide otherwise, with a reason.

import CommandKit
import FollowUp
import Replica
import SyncCore

func stageCommand(_ outside: Outside) -> Command {
  let stages = Ladder.stages.rungs.compactMap(\.first)
  return Command(
    ["stage"], group: Group.everyDay,
    summary: Phrase(en: "Move a customer or deal to a stage", zh: "变更客户或商机的阶段"),
    arguments: [
      referenceArgument,
      Command.Argument(
        "STAGE",
        help: Phrase(
          en: "One of: \(stages.joined(separator: ", "))",
          zh: "可以是：\(stages.joined(separator: "、"))，或对应的中文")),
    ],
    options: [
      Command.Option("reason", "TEXT", help: Phrase(en: "Why; kept with a deal", zh: "原因（记录在商机上）")),
      Command.Option(
        "override",
        help: Phrase(
          en: "Though something is missing; for managers, with --reason",
          zh: "条件未满足也变更；仅限主管，须写 --reason")),
    ]
  ) { invocation in
    let replica = try OpenReplica(invocation, outside)
    let found = try replica.record(invocation.argument("REF"))
    guard let field = found.collection["stage"] else {
      throw RepError.unsuitable(
        found, suitable: [CollectionSchema.customer.name, CollectionSchema.opportunity.name])
    }
    let stage = invocation.argument("STAGE")
    guard Ladder.stages.height(of: .text(stage)) >= 0 else {
      throw RepError.valueNotAllowed(field: "stage", text: stage, allowed: stages)
    }
    var writes: [FieldWrite] = [.put(field.id, .text(stage))]
    if let reason = invocation.option("reason") {
      guard let place = found.collection["stageReason"] else { throw RepError.reasonNeedsDeal }
      writes.append(.put(place.id, .text(reason)))
    }
    let more = try consequences(invocation, replica, found, stage)
    try replica.store.write(
      [RecordWrite(found.id, in: found.collection, writes)] + more, at: replica.now)
    try replica.printSaved(invocation, found.title, found.id)
  }
}

private func consequences(
  _ invocation: Invocation, _ replica: OpenReplica, _ found: FoundRecord, _ stage: String
) throws -> [RecordWrite] {
  guard found.collection == .opportunity else { return [] }
  let move = try StageMove(replica)
  let isOverride = invocation.flag("override")
  if isOverride { try move.checkMayOverride(reason: invocation.option("reason")) }
  let current = try replica.row(found).values
  var next = current
  next[found.collection.id("stage")] = .text(stage)
  return try move.consequences(of: found.id, from: current, to: next, isOverride: isOverride)
}
