// Everything that happened around a customer, in the order in which it happened.
//
// It is read from records that every laptop of the scope holds alike, and ties are broken by kind and identity, so
// two laptops that have synced print the same lines. Of stages and owners the records know the last move; every move
// there was is in the hub's history, and the caller may put those in their place. Nothing is written.

import FollowUp
import Storage
import SyncCore

public struct TimelineEntry: Hashable, Sendable {
  /// What kind of thing happened. At one moment they come in this order.
  public enum Kind: String, CaseIterable, Sendable {
    case customer, owner, opportunity, stage, followUp, feedback, ticket, task, promise, contract
    case message, taskDone, promiseKept, resolved

    fileprivate var rank: Int { Kind.allCases.firstIndex(of: self) ?? Kind.allCases.count }
  }

  public var at: Moment
  public var kind: Kind
  /// The record it happened to.
  public var id: RecordID
  /// Whose doing it was, where the record says so.
  public var who: String?
  public var text: String
  /// The follow-up that this one corrects.
  public var corrects: RecordID?

  public init(
    at: Moment, kind: Kind, id: RecordID, who: String?, text: String, corrects: RecordID? = nil
  ) {
    self.at = at
    self.kind = kind
    self.id = id
    self.who = who
    self.text = text
    self.corrects = corrects
  }

  public static func precedes(_ left: TimelineEntry, _ right: TimelineEntry) -> Bool {
    if left.at != right.at { return left.at < right.at }
    if left.kind != right.kind { return left.kind.rank < right.kind.rank }
    if left.id != right.id { return left.id < right.id }
    return left.text.utf8.lexicographicallyPrecedes(right.text.utf8)
  }
}

public struct Timeline {
  private let store: ReplicaStore

  public init(_ store: ReplicaStore) { self.store = store }

  /// From first to last.
  public func entries(of customer: RecordID) throws -> [TimelineEntry] {
    var entries: [TimelineEntry] = []
    if let row = try store.table(.customer).row(customer, in: store.db) {
      entries += moves(of: row, in: .customer, as: .customer)
    }
    for row in try store.rows(of: .opportunity, belongingTo: customer) {
      entries += moves(of: row, in: .opportunity, as: .opportunity)
    }
    entries += try followUps(of: customer) + ends(of: customer)
    for (collection, kind) in Timeline.made {
      entries += try store.rows(of: collection, belongingTo: customer).map { row in
        entry(row, in: collection, kind, at: row.id.moment)
      }
    }
    return entries.sorted(by: TimelineEntry.precedes)
  }

  /// What is told when it was made.
  private static let made: [(CollectionSchema, TimelineEntry.Kind)] = [
    (.feedback, .feedback), (.ticket, .ticket), (.task, .task), (.promise, .promise),
    (.contract, .contract), (.message, .message),
  ]

  /// What is told when it was over.
  private static let over: [(CollectionSchema, String, TimelineEntry.Kind)] = [
    (.task, "doneAt", .taskDone), (.promise, "doneAt", .promiseKept),
    (.ticket, "resolvedAt", .resolved), (.feedback, "resolvedAt", .resolved),
  ]

  private func ends(of customer: RecordID) throws -> [TimelineEntry] {
    try Timeline.over.flatMap { collection, field, kind in
      try store.rows(of: collection, belongingTo: customer).compactMap { row in
        guard case .moment(let at) = row.values[collection.number(of: field)] else { return nil }
        return entry(row, in: collection, kind, at: at)
      }
    }
  }

  private func followUps(of customer: RecordID) throws -> [TimelineEntry] {
    let schema = CollectionSchema.followUp
    return try store.rows(of: schema, belongingTo: customer).map { row in
      let at: Moment =
        if case .moment(let at) = row.values[schema.number(of: "occurredAt")] { at } else {
          row.id.moment
        }
      var entry = entry(row, in: schema, .followUp, at: at)
      let channel = text(row.values[schema.number(of: "channel")]) ?? ""
      entry.text = channel.isEmpty ? entry.text : "\(channel): \(entry.text)"
      if case .reference(let id) = row.values[schema.number(of: "corrects")] {
        entry.corrects = id
      }
      return entry
    }
  }

  /// When it was made, and the last moves that its record knows of.
  private func moves(
    of row: CollectionRow, in schema: CollectionSchema, as kind: TimelineEntry.Kind
  ) -> [TimelineEntry] {
    var entries = [entry(row, in: schema, kind, at: row.id.moment)]
    for (field, since, kind) in [
      ("stage", "stageSince", TimelineEntry.Kind.stage), ("owner", "assignedAt", .owner),
    ] {
      guard let since = schema[since], case .moment(let at) = row.values[since.id],
        let value = text(row.values[schema.number(of: field)]), !value.isEmpty
      else { continue }
      entries.append(TimelineEntry(at: at, kind: kind, id: row.id, who: nil, text: value))
    }
    return entries
  }

  private func entry(
    _ row: CollectionRow, in schema: CollectionSchema, _ kind: TimelineEntry.Kind, at: Moment
  ) -> TimelineEntry {
    let who = ["author", "assignee", "owner"].compactMap { schema[$0]?.id }
      .compactMap { text(row.values[$0]) }.first
    return TimelineEntry(
      at: at, kind: kind, id: row.id, who: who, text: text(row.values[schema.titleField]) ?? "")
  }

  private func text(_ value: Value) -> String? {
    if case .text(let text) = value { text } else { nil }
  }
}

extension CollectionSchema {
  /// The number of a field that the program was built with.
  fileprivate func number(of name: String) -> FieldID {
    guard let field = self[name] else { preconditionFailure("\(self.name) has no \(name)") }
    return field.id
  }
}
