// The rules of a workspace, in the order in which their reminders are listed.
//
// A book is read whole or not at all: a file with one bad rule changes nothing. It is a value; the
// hub holds the one in force and swaps it for another in a transaction of its own.

public struct RuleBook: Hashable, Sendable {
  /// The version of the rule language, not of the rules.
  public static let languageVersion = 1
  /// The most rules a book may have: all of them are asked about every changed customer.
  public static let rulesMax = 200
  /// The longest id of a rule, in characters.
  public static let idCharactersMax = 64

  /// Each id once.
  public let rules: [Rule]

  public subscript(id: String) -> Rule? { rules.first { $0.id == id } }
}
