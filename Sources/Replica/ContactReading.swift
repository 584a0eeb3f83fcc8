// What the replica knows of how a customer is contacted: past contacts, what its people prefer, and who wants none.
//
// It only reads. Corrections stand for what they correct, so that a contact is counted once.

import FollowUp
import Notation
import Storage
import SyncCore

public struct ContactReading {
  /// The customer's people, as far as contact is concerned.
  public struct People: Hashable, Sendable {
    /// Of who decides first, then of the first who says so.
    public var preferred: String?
    public var interests: [String]
    /// There are people, and none of them wants contact.
    public var areUnwilling: Bool
  }

  private let store: ReplicaStore

  public init(_ store: ReplicaStore) { self.store = store }

  /// Contacts since a moment, without those that were corrected.
  public func contacts(of customer: RecordID, since: Moment) throws -> [PastContact] {
    try counted(of: customer).compactMap { PastContact($0.values) }.filter { $0.at >= since }
  }

  /// Follow-ups in whose place no other stands.
  private func counted(of customer: RecordID) throws -> [CollectionRow] {
    let rows = try store.rows(of: .followUp, belongingTo: customer)
    let corrected = Set(
      rows.compactMap { row -> RecordID? in
        guard case .reference(let id) = value("corrects", of: row) else { return nil }
        return id
      })
    return rows.filter { !corrected.contains($0.id) }
  }

  private func value(_ name: String, of row: CollectionRow) -> Value {
    CollectionSchema.followUp[name].map { row.values[$0.id] } ?? .null
  }

  /// When a follow-up took place that is being corrected, and the first and the last of the others that count.
  public struct Times: Hashable, Sendable {
    public var corrected: Moment?
    public var first: Moment?
    public var last: Moment?
  }

  public func contactTimes(
    of customer: RecordID, correcting corrected: RecordID
  ) throws -> Times {
    var times = Times()
    for row in try counted(of: customer) {
      guard case .moment(let at) = value("occurredAt", of: row) else { continue }
      if row.id == corrected {
        times.corrected = at
      } else {
        times.first = min(times.first ?? at, at)
        times.last = max(times.last ?? at, at)
      }
    }
    return times
  }

  public func people(at customer: RecordID) throws -> People {
    let schema = CollectionSchema.contact
    func text(_ row: CollectionRow, _ name: String) -> String? {
      guard let field = schema[name], case .text(let text) = row.values[field.id] else {
        return nil
      }
      return text.isEmpty ? nil : text
    }
    func isUnwilling(_ row: CollectionRow) -> Bool {
      schema["doNotContact"].map { row.values[$0.id] == .boolean(true) } ?? false
    }
    let rows = try store.rows(of: .contact, belongingTo: customer)
    let willing = rows.filter { !isUnwilling($0) }
    let deciding = willing.filter { DealCondition.decides(role: text($0, "role") ?? "") }
    let interests = willing.reduce(into: Set<String>()) { all, row in
      if let field = schema["interests"] { all.formUnion(row.values[field.id].elements) }
    }
    return People(
      preferred: (deciding + willing).compactMap { text($0, "preferredChannel") }.first,
      interests: interests.sorted(), areUnwilling: !rows.isEmpty && willing.isEmpty)
  }

  public func hint(for customer: RecordID, at now: Moment, in zone: LocalZone) throws
    -> ContactHint?
  {
    let since = now.advanced(milliseconds: -ContactHabits.windowMilliseconds)
    return ContactHabits.hint(
      from: try contacts(of: customer, since: since).filter { !$0.isIncoming },
      preferred: try people(at: customer).preferred, in: zone)
  }
}
