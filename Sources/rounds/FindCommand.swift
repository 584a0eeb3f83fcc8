// `rounds find TEXT`: searches every text of customers, contacts, deals, tasks and follow-ups.
//
// Blind to the case of Latin letters; `%` and `_` mean themselves. It prints what `list` prints.

import CommandKit
import FollowUp
import Replica
import SyncCore

/// Longer than any name or number that people look for; SQLite refuses patterns of more than 50,000 bytes.
private let findBytesMax = 4_000

func findCommand(_ outside: Outside) -> Command {
  Command(
    ["find"], group: Group.records,
    summary: Phrase(en: "Search all texts", zh: "搜索所有文本"),
    arguments: [
      Command.Argument("TEXT", .oneOrMore, help: Phrase(en: "What to look for", zh: "要找的内容"))
    ],
    options: [limitOption]
  ) { invocation in
    let replica = try OpenReplica(invocation, outside)
    let text = invocation.arguments("TEXT").joined(separator: " ")
    guard !text.allSatisfy(\.isWhitespace) else { throw RepError.nothingToFind }
    guard text.utf8.count <= findBytesMax else { throw RepError.tooLongToFind(max: findBytesMax) }
    let searched: [CollectionSchema] = [.customer, .contact, .opportunity, .task, .followUp]
    let finder = Finder(replica.store)
    let found = try searched.flatMap { collection in
      try finder.rows(containing: text, in: collection).map { ($0, collection) }
    }
    let limit = try invocation.integer("limit") ?? found.count
    try printRecords(Array(found.prefix(limit)), of: found.count, invocation, replica)
  }
}
