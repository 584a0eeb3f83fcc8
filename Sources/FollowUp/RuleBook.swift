// The rules of a workspace, in the order in which their reminders are listed.
//
// A book is read whole or not at all: a file with one bad rule changes nothing. It is a value; the
// hub holds the one in force and swaps it for another in a transaction of its own.

import SyncCore

public struct RuleBook: Hashable, Sendable {
  /// The versions of the rule language that are read, not of the rules.
  public static let languageVersions: ClosedRange<Int64> = 1...2
  /// The most rules a book may have: all of them are asked about every changed customer.
  public static let rulesMax = 200
  /// The most steps of a rule, and the most actions of a step.
  public static let stepsMax = 16
  /// The longest id of a rule, in characters.
  public static let idCharactersMax = 64

  /// Each id once.
  public let rules: [Rule]
  /// When nobody is reminded.
  public let quiet: QuietHours?

  public init(rules: [Rule], quiet: QuietHours? = nil) {
    self.rules = rules
    self.quiet = quiet
  }

  public subscript(id: String) -> Rule? { rules.first { $0.id == id } }

  /// The collections whose records any effect depends on.
  public var collections: Set<CollectionID> {
    rules.reduce(into: []) { $0.formUnion($1.collections) }
  }

  /// The customer's fields that any effect depends on.
  public var customerFields: Set<FieldID> {
    rules.reduce(into: []) { $0.formUnion($1.customerFields) }
  }

  /// The templates that rules name, each with what it must be for.
  public var templates: [(rule: String, name: String, collection: CollectionSchema)] {
    rules.flatMap { rule in
      rule.steps.flatMap(\.actions).compactMap { action in
        guard case .message(let message) = action, let name = message.template else { return nil }
        return (rule.id, name, rule.collection)
      }
    }
  }

  /// Whether it matters to any rule that a reminder was acknowledged.
  public var hasEscalations: Bool {
    rules.flatMap(\.steps).flatMap(\.actions).contains { action in
      if case .remind(let notice) = action { notice.escalation != nil } else { false }
    }
  }

  public var hasRecurring: Bool { rules.contains(where: \.trigger.isRecurring) }

  public var hasEvents: Bool { rules.contains { $0.trigger.isEvent } }

  /// Whether any rule looks at the last follow-up itself.
  public var readsLastFollowUp: Bool { rules.contains { $0.lastFollowUpCondition != nil } }
}
