// One rule: if something stays undone for too long, somebody is reminded.
//
// A rule is data, read by `RuleBook` and never changed. It says nothing of *now*: what it asks for
// follows from committed facts alone (`Reminders`), so that every order in which the facts arrive
// gives the same reminders (I6).

import SyncCore

public struct Rule: Hashable, Sendable {
  /// When a reminder falls due.
  public enum Trigger: Hashable, Sendable {
    /// Nobody has followed up since the customer was assigned, for this long.
    case assigned(within: TimeSpan)
    /// Nothing was heard for longer than this.
    case silence(longerThan: TimeSpan)
  }

  /// Who is reminded.
  public enum Recipient: String, CaseIterable, Hashable, Sendable {
    case owner
  }

  /// How insistently a reminder is shown.
  public enum Strength: String, CaseIterable, Hashable, Sendable {
    case normal, strong
  }

  /// Part of the identity of its reminders: a renamed rule reminds anew.
  public let id: String
  /// Counts up whenever the rule is rewritten; noted on reminders, no part of their identity.
  public let version: Int
  public let collection: CollectionID
  public let trigger: Trigger
  /// Which customers it is about; nil: all of them. It never depends on the present.
  public let condition: Query?
  public let recipient: Recipient
  public let strength: Strength
  /// A template: `{name}` stands for the value of the field `name`.
  public let title: Titles
  /// What the rule reads of a record.
  let sources: Sources

  /// The columns that triggers look at.
  struct Sources: Hashable, Sendable {
    let owner: FieldID
    let assignedAt: FieldID
    let lastFollowAt: FieldID

    static let names = ["owner", "assignedAt", "lastFollowAt"]

    /// Nil for a collection whose records nobody is assigned to.
    init?(_ schema: CollectionSchema) {
      guard let owner = schema["owner"], owner.type == .text,
        let assignedAt = schema["assignedAt"], assignedAt.type == .moment,
        let lastFollowAt = schema["lastFollowAt"], lastFollowAt.type == .moment
      else { return nil }
      self.owner = owner.id
      self.assignedAt = assignedAt.id
      self.lastFollowAt = lastFollowAt.id
    }
  }

  /// What each placeholder of `title` stands for.
  let placeholders: [String: FieldID]
}

extension Rule {
  /// The fields that the rule's reminders depend on: when none of them changes, neither do they.
  public var fields: Set<FieldID> {
    Set([sources.owner, sources.assignedAt, sources.lastFollowAt])
      .union(condition?.fields ?? []).union(placeholders.values)
  }
}
