// Which follow-up counts in whose place, where somebody has corrected one.
//
// A correction is no other happening: what a rule asked for because of a follow-up is asked for once, however
// often it is corrected, and no more once what counts does not say it any longer. Both stay on record; it must
// never depend on the order in which they are read.

import SyncCore

public struct Corrections: Hashable, Sendable {
  /// Later ones, by what they correct, in the order of their making.
  private var later: [RecordID: [RecordID]] = [:]
  private var earlier: [RecordID: RecordID] = [:]

  public init() {}

  public var isEmpty: Bool { earlier.isEmpty }

  /// Notes that one follow-up corrects another.
  public mutating func note(_ correction: RecordID, of corrected: RecordID) {
    earlier[correction] = corrected
    later[corrected, default: []].append(correction)
    later[corrected]?.sort()
  }

  /// What was said first of the happening that a follow-up tells of.
  public func first(of id: RecordID) -> RecordID {
    // Nobody can correct what comes later, but what came from outside may claim it.
    var (id, seen) = (id, Set([id]))
    while let next = earlier[id], seen.insert(next).inserted { id = next }
    return id
  }

  /// What counts of the happening: the last correction; of two that did not know of each other, the later.
  public func counted(for id: RecordID) -> RecordID {
    var waiting = [first(of: id)]
    var (counted, seen) = (waiting[0], Set(waiting))
    var isEnd = false
    while let next = waiting.popLast() {
      let corrections = (later[next] ?? []).filter { seen.insert($0).inserted }
      waiting += corrections
      guard corrections.isEmpty else { continue }
      counted = isEnd ? max(counted, next) : next
      isEnd = true
    }
    return counted
  }
}

extension CustomerFacts {
  /// When follow-ups were occasions for a rule: of each happening the first that was one, for as long as
  /// what counts of it is one.
  func occasions(for rule: Rule) -> [RuleEvent] {
    let events = events.filter { $0.rule == rule.id }
    guard rule.trigger.isFollowedUp, !corrections.isEmpty else { return events }
    let subjects = Set(events.map(\.subject))
    var told: [RecordID: RuleEvent] = [:]
    for event in events where subjects.contains(corrections.counted(for: event.subject)) {
      let place = corrections.first(of: event.subject)
      guard let known = told[place], (known.subject, known.at) < (event.subject, event.at) else {
        told[place] = event
        continue
      }
    }
    return told.values.sorted { ($0.at, $0.subject) < ($1.at, $1.subject) }
  }

  /// The record as it counts: a follow-up says what its last correction says.
  func counted(_ subject: FactRecord) -> FactRecord {
    guard subject.collection == CollectionSchema.followUp.id, !corrections.isEmpty else {
      return subject
    }
    let id = corrections.counted(for: subject.id)
    guard let last = records.first(where: { $0.id == id }) else { return subject }
    return FactRecord(id: subject.id, collection: subject.collection, values: last.values)
  }

  /// Whether a follow-up was an occasion for a rule, and what counts in its place is none.
  public func isCorrectedAway(_ follow: RecordID, for rule: Rule) -> Bool {
    guard rule.trigger.isFollowedUp, !corrections.isEmpty else { return false }
    let counted = corrections.counted(for: follow)
    return counted != follow && !events.contains { $0.rule == rule.id && $0.subject == counted }
  }
}

extension Trigger {
  var isFollowedUp: Bool { if case .followedUp = self { true } else { false } }
}
