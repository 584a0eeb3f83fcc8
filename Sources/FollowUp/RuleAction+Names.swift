// The people and pools that a rule names outright.
//
// Whether they are there only the hub can say; here is only what the rule says. It must never leave one out:
// a name that is nobody's makes a rule that silently does nothing.

/// Somebody or something of the workspace that a rule means.
public enum RuleName: Hashable, Sendable {
  case user(String)
  case team(String)
  case role(String)
  case pool(String)

  /// The word for what it is.
  public var kind: String {
    switch self {
    case .user: "user"
    case .team: "team"
    case .role: "role"
    case .pool: "pool"
    }
  }

  public var name: String {
    switch self {
    case .user(let name), .team(let name), .role(let name), .pool(let name): name
    }
  }
}

extension Rule {
  /// Each once, in the order in which the rule names them.
  public var names: [RuleName] {
    var names: [RuleName] = []
    for name in steps.flatMap(\.actions).flatMap(\.names) where !names.contains(name) {
      names.append(name)
    }
    return names
  }
}

extension RuleAction {
  fileprivate var names: [RuleName] {
    switch self {
    case .remind(let notice):
      (notice.recipients + [notice.escalation?.recipient].compactMap(\.self)).compactMap(\.name)
    case .task(let order), .ticket(let order, _):
      // A queue is `team:TEAM` or `role:ROLE`; other words are a note.
      [order.assignee, order.queue.flatMap { Recipient($0) }].compactMap { $0?.name }
    case .assign(let assignment): assignment.candidates.compactMap(\.name)
    case .pool(let name): [.pool(name)]
    case .set, .raise, .tag, .message, .webhook: []
    }
  }
}

extension Recipient {
  fileprivate var name: RuleName? {
    switch self {
    case .owner, .supervisor, .author: nil
    case .user(let name): .user(name)
    case .role(let name): .role(name)
    case .team(let name): .team(name)
    }
  }
}
