// Which changes of records are occasions for rules that wait for something to happen.
//
// Asked once for each sync, with what was shown before it and after it: a stage that went forth and
// back on a laptop is no change (H-04), and two people who moved it to the same place moved it once.
// A rule that says `each` is asked edit by edit. Pure; the hub keeps the answers.

import Notation
import SyncCore

/// What became of one record.
public struct RecordChange: Hashable, Sendable {
  public struct Transition: Hashable, Sendable {
    public var before: Value
    public var after: Value

    public init(before: Value, after: Value) {
      self.before = before
      self.after = after
    }
  }

  public var record: RecordID
  public var root: RecordID
  public var collection: CollectionID
  public var isCreation: Bool
  /// Fields that were written, as they were shown; a field that shows what it showed is among them.
  public var fields: [FieldID: Transition]
  /// When the last of it was entered.
  public var at: Moment

  public init(
    record: RecordID, root: RecordID, collection: CollectionID, isCreation: Bool,
    fields: [FieldID: Transition], at: Moment
  ) {
    self.record = record
    self.root = root
    self.collection = collection
    self.isCreation = isCreation
    self.fields = fields
    self.at = at
  }

  /// Notes what a unit showed and shows; of a group, each member by itself.
  public mutating func note(
    _ unit: FieldID, before: Value, after: Value, in collection: CollectionSchema
  ) {
    let columns = zip(
      collection.columnValues(of: unit, before), collection.columnValues(of: unit, after))
    for ((field, before), (_, after)) in columns {
      fields[field] = Transition(before: before, after: after)
    }
  }

  /// This change and a later one of the same record as one.
  public mutating func join(_ later: RecordChange) {
    root = later.root
    isCreation = isCreation || later.isCreation
    at = max(at, later.at)
    for (field, transition) in later.fields {
      fields[field] = Transition(
        before: fields[field]?.before ?? transition.before, after: transition.after)
    }
  }
}

extension RuleBook {
  /// The occasions in a change.
  ///
  /// - Parameter isWhole: the change is all of a sync; otherwise one edit of it.
  public func events(in change: RecordChange, isWhole: Bool) -> [RuleEvent] {
    rules.compactMap { rule in
      guard (rule.repetition == .each) != isWhole, rule.collection.id == change.collection,
        rule.trigger.happened(in: change)
      else { return nil }
      return RuleEvent(rule: rule.id, subject: change.record, at: change.at)
    }
  }

  /// Whether the rule's conditions hold as it happens. What becomes true later makes nothing of what was
  /// over by then.
  ///
  /// - Parameter facts: as they are with what happened.
  public func counts(_ event: RuleEvent, among facts: CustomerFacts, in zone: LocalZone) -> Bool {
    let records =
      [FactRecord(id: facts.record, collection: CollectionSchema.customer.id, values: facts.values)]
      + facts.records
    guard let rule = rules.first(where: { $0.id == event.rule }),
      let subject = records.first(where: { $0.id == event.subject })
    else { return false }
    return rule.applies(to: subject, facts, at: event.at, in: zone)
  }
}

extension Trigger {
  func happened(in change: RecordChange) -> Bool {
    switch self {
    case .changed(let field, let from, let to):
      guard let transition = change.fields[field], transition.before != transition.after else {
        return false
      }
      return from?.isSame(as: transition.before, in: field, of: change.collection) ?? true
        && to?.isSame(as: transition.after, in: field, of: change.collection) ?? true
    case .tagged(let field, let tag):
      guard let transition = change.fields[field] else { return false }
      return !transition.before.elements.contains(tag) && transition.after.elements.contains(tag)
    case .followedUp(let keywords):
      guard change.isCreation, let text = CollectionSchema.followUp["text"] else { return false }
      guard let keywords else { return true }
      return change.fields[text.id]?.after.text.map(keywords.occur) ?? false
    default: return false
    }
  }
}

extension Value {
  /// Equal, or two spellings of one rung.
  func isSame(as other: Value, in field: FieldID, of collection: CollectionID) -> Bool {
    if self == other { return true }
    guard case .furthest(let ladder)? = Schema.followUp[collection]?[field]?.rule else {
      return false
    }
    return ladder.height(of: self) >= 0 && ladder.height(of: self) == ladder.height(of: other)
  }
}
