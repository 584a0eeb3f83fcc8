// Why somebody may or may not do something: the whole of his rights to one record, told in sentences.
//
// What `rounds-admin policy explain` prints. It asks the policy exactly what the hub asks, so it can
// never tell another story; each sentence names the line of the policy that decides.

import Notation

/// What a user may do with a record of a collection that is as near as `relation`, and why.
public struct Explanation: Hashable, Sendable {
  public struct Line: Hashable, Sendable {
    public let action: Action
    /// How far the user's role may do it.
    public let level: Level
    /// Whether this record is within that.
    public let isAllowed: Bool
    /// One English sentence.
    public let why: String
  }

  public let user: String
  public let role: Role
  public let collection: String
  public let relation: Relation
  /// One for each action, in the order of `Action`.
  public let lines: [Line]
  /// Fields that the user does not see; sorted.
  public let hidden: [String]
  /// Fields that he sees and does not write; sorted.
  public let readOnly: [String]

  /// Nil where there is no such user.
  public init?(
    user: String, collection: String, relation: Relation, policy: Policy,
    organisation: Organisation
  ) {
    guard let person = organisation[user] else { return nil }
    let hidden = policy.hidden(collection, role: person.role)
    self.user = user
    role = person.role
    self.collection = collection
    self.relation = relation
    self.hidden = hidden.sorted()
    readOnly = policy.readOnly(collection, role: person.role).subtracting(hidden).sorted()
    lines = Action.allCases.map { action in
      let level = policy.level(
        action, on: collection, role: person.role, organisation: organisation)
      guard !person.isDisabled else {
        return Line(
          action: action, level: level, isAllowed: false,
          why: "\(user) is disabled and does not get in.")
      }
      let isOpened = policy.isOpened(action, role: person.role, organisation: organisation)
      return Line(
        action: action, level: level, isAllowed: level.includes(relation),
        why: isOpened
          ? "There are no teams yet, and until then withoutTeams is “open”."
          : "\(policy.line(action, on: collection, role: person.role)) is “\(level.rawValue)”, "
            + Explanation.place(of: relation, in: level, user))
    }
  }

  /// The rest of a sentence: how the record lies to the level.
  private static func place(of relation: Relation, in level: Level, _ user: String) -> String {
    switch level {
    case .none: return "which allows it to nobody of this role."
    case .all: return "which reaches every record."
    case .own, .team, .below: break
    }
    let conjunction = level.includes(relation) ? "and" : "but"
    switch relation {
    case .own: return "\(conjunction) the record is \(user)'s own."
    case .team: return "\(conjunction) the owner is in the same team as \(user)."
    case .below: return "\(conjunction) the owner is in a team below \(user)'s."
    case .stranger: return "\(conjunction) the owner is nobody, or in no team of \(user)'s."
    }
  }
}

extension Policy {
  /// Where in the policy's document the right is written.
  fileprivate func line(_ action: Action, on collection: String, role: Role) -> String {
    let key = right(action, on: collection, role: role).key
    return "roles.\(role.rawValue).rights.\(key).\(action.rawValue)"
  }
}

extension Explanation {
  /// What `--json` prints.
  public var json: JSONValue {
    [
      "user": .string(user),
      "role": .string(role.rawValue),
      "collection": .string(collection),
      "relation": .string(relation.name),
      "actions": .array(lines.map(\.json)),
      "hidden": .array(hidden.map { .string($0) }),
      "readOnly": .array(readOnly.map { .string($0) }),
    ]
  }
}

extension Explanation.Line {
  fileprivate var json: JSONValue {
    [
      "action": .string(action.rawValue),
      "level": .string(level.rawValue),
      "allowed": .bool(isAllowed),
      "why": .string(why),
    ]
  }
}
