// `rounds set REF field=value…`: changes fields of a record.
//
// A disputed field holds several people's values. A plain write would settle it in passing, so it
// takes a word: `--settle` replaces them all, `--keep N` replaces only the Nth and leaves the others
// standing.

import CommandKit
import FollowUp
import Replica
import SyncCore

func setCommand(_ outside: Outside) -> Command {
  Command(
    ["set"], group: Group.records,
    summary: Phrase(en: "Change fields of a record", zh: "修改记录的字段"),
    arguments: [
      referenceArgument,
      Command.Argument(
        "field=value", .oneOrMore,
        help: Phrase(
          en: "field=value, field+=tag, field-=tag, field=@file, field= (empty)",
          zh: "field=value、field+=tag、field-=tag、field=@file、field=（清空）")),
    ],
    options: [
      Command.Option(
        "settle", help: Phrase(en: "Settle a disputed field with this value", zh: "用这个值了结有争议的字段")),
      Command.Option(
        "keep", "N",
        help: Phrase(
          en: "Change only the Nth value of a disputed field", zh: "只修改有争议字段的第 N 个值")),
      Command.Option(
        "atomic", help: Phrase(en: "All of it or nothing, at the hub", zh: "服务器要么全部接受，要么全部拒绝")),
    ],
    examples: [
      Command.Example(
        "rounds set customer:Acme phone=021-5555 tags+=vip",
        Phrase(en: "A new number, and a tag", zh: "改电话并加标签"))
    ]
  ) { invocation in
    let replica = try OpenReplica(invocation, outside)
    let found = try replica.record(invocation.argument("REF"))
    if found.collection == .conflict {
      throw RepError.hubOnly(collection: found.collection.name, field: nil)
    }
    let row = try replica.row(found)
    var writing = FieldWriting(replica, found.collection, current: row.values)
    try writing.take(try invocation.assignments("field=value"))
    try writing.checkTitle()
    let keeping = try Dispute(
      replica, isSettling: invocation.flag("settle"), branch: try invocation.integer("keep")
    ).keeping(writing.units, of: found)
    let writes = writing.writes(keeping: keeping)
    if !writes.isEmpty {
      let more =
        found.collection == .opportunity
        ? try StageMove(replica).consequences(
          of: found.id, from: row.values, to: writing.values) : []
      try replica.store.write(
        [RecordWrite(found.id, in: found.collection, writes)] + more,
        isAtomic: invocation.flag("atomic"), at: replica.now)
    }
    try replica.printSaved(invocation, found.collection.title(of: writing.values), found.id)
  }
}

let referenceArgument = Command.Argument(
  "REF",
  help: Phrase(
    en: "An id, the beginning of one, or collection:name", zh: "编号、编号的开头，或“类别:名称”"),
  values: .dynamic("record"))

/// How a write to disputed fields is meant.
struct Dispute {
  private let replica: OpenReplica
  private let isSettling: Bool
  /// The value to change, from 1.
  private let branch: Int?

  init(_ replica: OpenReplica, isSettling: Bool, branch: Int?) throws {
    if isSettling && branch != nil {
      throw CommandFailure.usage(
        Phrase(
          en: "--settle and --keep exclude each other.", zh: "--settle 和 --keep 不能同时使用。"))
    }
    self.replica = replica
    self.isSettling = isSettling
    self.branch = branch
  }

  /// For each disputed unit, the values to leave standing. A unit that is disputed must be settled
  /// or kept; one that is not cannot be kept.
  func keeping(_ units: Set<FieldID>, of found: FoundRecord) throws -> [FieldID: [Dot]] {
    let disputes = try replica.store.disputes(of: found.id)[found.id] ?? []
    var keeping: [FieldID: [Dot]] = [:]
    for unit in units.sorted() {
      let field = found.collection.displayName(of: unit)
      guard let conflict = disputes.first(where: { $0.unit == unit }) else {
        if branch != nil { throw RepError.notDisputed(field: field) }
        continue
      }
      guard let branch else {
        if isSettling { continue }
        throw RepError.disputed(record: found.id, field: field, branches: conflict.values)
      }
      guard (1...max(1, conflict.values.count)).contains(branch) else {
        throw RepError.noSuchBranch(branch, field: field, branches: conflict.values.count)
      }
      let others = conflict.values.enumerated().filter { $0.offset != branch - 1 }
      keeping[unit] = others.map(\.element.dot)
    }
    return keeping
  }
}
