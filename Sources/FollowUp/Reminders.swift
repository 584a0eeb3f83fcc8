// What rules ask for, given the facts: the reminders that should be active for one customer.
//
// A reminder is the *fixpoint* of its rule over committed facts (merging §7), never an event: the
// hub compares this answer with the rows it has, in the transaction that changed a fact, writes
// what is missing and withdraws what is no longer asked for. So a visit that was made in time and
// synced late withdraws its reminder, and no order of arrival can leave another set behind (I6).
//
// There is no *now*. A reminder is active before it falls due, so a replica holds it ahead of time
// and shows it offline at the right moment.

import Notation
import SyncCore

/// The facts that rules look at: a customer as committed.
public struct CustomerFacts: Hashable, Sendable {
  public var record: RecordID
  public var values: FieldValues

  public init(record: RecordID, values: FieldValues) {
    self.record = record
    self.values = values
  }
}

/// One reminder that should be active.
public struct ReminderEffect: Hashable, Sendable {
  public var rule: String
  public var ruleVersion: Int
  public var collection: CollectionID
  public var subject: RecordID
  /// The fact that the reminder stands on, such as the assignment. Another anchor is another
  /// reminder: a customer assigned a second time is a second first contact.
  public var anchor: Moment
  /// The first moment at which the reminder is due; it may lie far ahead.
  public var dueAt: Moment
  /// The name of the user who is reminded.
  public var user: String
  public var strength: Rule.Strength
  /// With placeholders filled in.
  public var title: Titles

  /// What makes it this reminder and no other: rule, subject, anchor. The caller hashes them. Due
  /// time, title, user and rule version may change without a second reminder coming about.
  public var identityParts: [String] { [rule, subject.description, String(anchor.milliseconds)] }
}

extension RuleBook {
  /// The complete set of reminders that should be active for a customer, in the order of the rules.
  public func reminders(for customer: CustomerFacts) -> [ReminderEffect] {
    rules.compactMap { $0.reminder(for: customer) }
  }
}

extension Rule {
  /// - `assigned(within:)`: asked for while the customer has an owner, was assigned, and has not
  ///   been followed up since; anchored at the assignment.
  /// - `silence(longerThan:)`: asked for while the customer has an owner; anchored at the last of
  ///   follow-up, assignment and creation. Due `longerThan` later: that instant is the first at
  ///   which the silence, still open, can no longer turn out shorter.
  func reminder(for customer: CustomerFacts) -> ReminderEffect? {
    let values = customer.values
    guard let user = values[sources.owner].text, !user.isEmpty, applies(to: customer) else {
      return nil
    }
    let assignedAt = values[sources.assignedAt].moment
    let lastFollowAt = values[sources.lastFollowAt].moment
    let anchor: Moment
    let span: TimeSpan
    switch trigger {
    case .assigned(let within):
      guard let assignedAt else { return nil }
      if let lastFollowAt, lastFollowAt >= assignedAt { return nil }
      (anchor, span) = (assignedAt, within)
    case .silence(let longerThan):
      let known = [assignedAt, lastFollowAt].compactMap(\.self)
      (anchor, span) = (known.reduce(customer.record.moment, max), longerThan)
    }
    return ReminderEffect(
      rule: id, ruleVersion: version, collection: collection, subject: customer.record,
      anchor: anchor, dueAt: anchor.advanced(by: span), user: user, strength: strength,
      title: filledTitle(for: values))
  }

  private func applies(to customer: CustomerFacts) -> Bool {
    guard let condition else { return true }
    // The book refuses conditions that read `updatedAt`, the present or the zone.
    let record = QueryRecord(
      id: customer.record, values: customer.values, updatedAt: customer.record.moment)
    return condition.matches(record, at: customer.record.moment, in: .utc)
  }

  private func filledTitle(for values: FieldValues) -> Titles {
    title.filled { name in
      let value = placeholders[name].map { values[$0] } ?? .null
      // The book refuses placeholders for moments, the only values whose text depends on a zone.
      return value.isNull ? "–" : FieldText.display(value, in: .utc)
    }
  }
}
