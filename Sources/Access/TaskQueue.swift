// Where a task waits for whoever takes it: the queue of a team or of a role.
//
// A queue is a name and nothing else: `team:legal`, `role:manager`. Who may take out of it follows from
// where people are in the organisation at that moment, so nobody keeps lists. It never looks at a task:
// which one lies in which queue is the hub's business.

public struct TaskQueue: Hashable, Sendable {
  public enum Kind: String, CaseIterable, Hashable, Sendable { case team, role }

  public let kind: Kind
  public let name: String

  public init(_ kind: Kind, _ name: String) {
    self.kind = kind
    self.name = name
  }

  /// `team:legal`, `role:manager`; nil for words that only say something to people.
  public init?(_ words: String) {
    let parts = words.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2, let kind = Kind(rawValue: String(parts[0])), !parts[1].isEmpty else {
      return nil
    }
    self.init(kind, String(parts[1]))
  }

  /// As people write it: also the bare name of a team that there is.
  public init?(_ words: String, in organisation: Organisation) {
    if let queue = TaskQueue(words) {
      self = queue
    } else if organisation.teams.contains(where: { $0.name == words }) {
      self.init(.team, words)
    } else {
      return nil
    }
  }

  /// As it is stored.
  public var words: String { "\(kind.rawValue):\(name)" }

  /// Whether somebody may take out of it: he works here, and is in the team or one below it, or has the role.
  public func isMember(_ user: String, _ organisation: Organisation) -> Bool {
    guard let member = organisation[user], !member.isDisabled else { return false }
    switch kind {
    case .role: return member.role.rawValue == name
    case .team: return member.team.map { organisation.isTeam($0, at: name) } ?? false
    }
  }
}

/// What is asked before somebody is given a task out of a queue.
public struct TakeFacts: Hashable, Sendable {
  public var user: String
  /// Where it lies, or lay before somebody took it; nil: nowhere.
  public var queue: TaskQueue?
  /// Who has it.
  public var assignee: String?
  public var isOpen: Bool

  public init(user: String, queue: TaskQueue?, assignee: String?, isOpen: Bool) {
    self.user = user
    self.queue = queue
    self.assignee = assignee
    self.isOpen = isOpen
  }
}

/// Why somebody is not given a task.
public enum TakeRefusal: Hashable, Sendable {
  case noQueue
  case taken(by: String)
  case notOpen
  case notMember(of: TaskQueue)

  /// The first reason against it, in order of precedence; nil: it is his.
  public static func decide(_ facts: TakeFacts, _ organisation: Organisation) -> TakeRefusal? {
    guard let queue = facts.queue else { return .noQueue }
    guard facts.isOpen else { return .notOpen }
    if let assignee = facts.assignee, assignee != facts.user { return .taken(by: assignee) }
    return queue.isMember(facts.user, organisation) ? nil : .notMember(of: queue)
  }

  /// What scripts can go by.
  public var rule: String {
    switch self {
    case .noQueue: "queue"
    case .taken: "taken"
    case .notOpen: "open"
    case .notMember: "member"
    }
  }

  public var text: String {
    switch self {
    case .noQueue: "The task lies in no queue."
    case .taken(let user): "\(user) has taken the task."
    case .notOpen: "The task is done or cancelled already."
    case .notMember(let queue): "You are not one of \(queue.words) ."
    }
  }
}
