// `rounds stage REF STAGE`: moves a customer or a deal along, or back.
//
// The stage must be on the ladder, in any of its spellings: a stage that no ladder knows ranks below
// all others and would lose against everybody else's.

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
      Command.Option("reason", "TEXT", help: Phrase(en: "Why; kept with a deal", zh: "原因（记录在商机上）"))
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
    try replica.store.write([RecordWrite(found.id, in: found.collection, writes)], at: replica.now)
    try replica.printSaved(invocation, found.title, found.id)
  }
}
