// Tags that rules hold on a record: given while their reason lasts, and taken back with it.
//
// The row of what was done says which tags it gave, so that only these are taken, also when the rule is gone from the
// book. What somebody gave by hand is never taken back, and what somebody took away by hand is not given again for
// the same occasion.

import FollowUp
import Storage
import SyncCore

struct HeldTags {
  /// Tags that a rule gave to a record, whose reason is gone.
  struct Gone {
    var run: RecordID
    var subject: RecordID
    var tags: Set<String>
  }

  private static let prefix = "given "

  let store: HubStore
  let now: Moment

  /// What is noted of tags that were given.
  static func words(_ tags: Set<String>) -> String {
    prefix + tags.sorted().joined(separator: "\u{1F}")
  }

  /// What was given to records of a customer and is not asked for any more.
  func gone(from root: RecordID, asked: Set<RecordID>) throws -> [Gone] {
    let given = try store.db.all(
      """
      SELECT id, subject, detail FROM runs
      WHERE root = ? AND action = 'tag' AND state = 'done' AND detail LIKE '\(HeldTags.prefix)%' ORDER BY id
      """, .id(root)
    ) { row in
      let tags = row.text(2).dropFirst(HeldTags.prefix.count).split(separator: "\u{1F}")
      return Gone(run: try row.id(0), subject: try row.id(1), tags: Set(tags.map(String.init)))
    }
    // Another step, or another rule, may hold the same tag on the same record.
    let held = given.filter { asked.contains($0.run) }
      .reduce(into: [RecordID: Set<String>]()) { $0[$1.subject, default: []].formUnion($1.tags) }
    return given.filter { !asked.contains($0.run) }.map { gone in
      var gone = gone
      gone.tags.subtract(held[gone.subject] ?? [])
      return gone
    }
  }

  /// Takes them back, under the caller's position.
  func takeBack(_ gone: Gone) throws {
    try store.db.run(
      "UPDATE runs SET state = ?, at = ? WHERE id = ?", .text(RuleRuns.State.takenBack.rawValue),
      .moment(now), .id(gone.run))
    guard let schema = try store.collection(of: gone.subject),
      let field = schema.columns.first(where: { $0.type == .set }),
      let record = try store.load(gone.subject, in: schema), record.isAlive
    else { return }
    let tags = Set(record.shown[field.id].elements)
    try OwnWrites(store: store, now: now).write(
      gone.subject, in: schema, [field.name: Value(elements: tags.subtracting(gone.tags))])
  }
}
