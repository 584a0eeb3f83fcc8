// What a rule does when its time has come.
//
// Two kinds. A *standing* effect is there as long as its reason is: a reminder, a task. It is written,
// and taken back when the reason goes. Everything else happens *once*: a field is set, a message goes
// out. Nobody takes that back; so it waits for its moment, and is noted before anybody sees it.

import SyncCore

public enum RuleAction: Hashable, Sendable {
  case remind(Notice)
  case task(Order)
  case ticket(Order, severity: String)
  case set(FieldID, Value)
  /// One rung up on the ladder of priorities.
  case raise(FieldID)
  /// `isHeld`: what it gives goes again when its reason goes.
  case tag(FieldID, add: [String], remove: [String], isHeld: Bool)
  case assign(Assignment)
  case pool(String)
  case message(Message)
  case webhook(url: String)

  /// Who is told what.
  public struct Notice: Hashable, Sendable {
    public var recipients: [Recipient]
    public var strength: Strength
    /// Who is told when nobody has said that he has seen it.
    public var escalation: Escalation?
    /// A template: `{name}` stands for the value of the field `name`, `{customer}` for the customer.
    public var title: Titles
  }

  /// A reminder that nobody acknowledges goes on to somebody else.
  public struct Escalation: Hashable, Sendable {
    /// From the moment at which the reminder was due.
    public var after: Delay
    public var recipient: Recipient
  }

  /// Something for somebody to do.
  public struct Order: Hashable, Sendable {
    public var title: Titles
    /// What kind of task; a customer has at most one open task of a kind and a rule.
    public var kind: String
    /// Nil: nobody, before somebody takes it out of the queue.
    public var assignee: Recipient?
    /// For whoever of a role or a team takes it.
    public var queue: String?
    /// From the moment of the step; nil: at once.
    public var due: Delay?
    /// Made only where no task of this kind is open.
    public var isUnlessOpen: Bool
  }

  public struct Message: Hashable, Sendable {
    public enum Channel: String, CaseIterable, Hashable, Sendable { case mail, sms }
    public var channel: Channel
    /// The template that has the words; nil: they are the rule's own.
    public var template: String?
    public var title: String
    public var text: String
  }

  /// Who becomes the owner.
  public struct Assignment: Hashable, Sendable {
    public enum Manner: String, CaseIterable, Hashable, Sendable {
      /// The one in the list whose turn it is.
      case roundRobin
      /// The one who owns the fewest open customers.
      case load
      /// The first in the list.
      case first
    }
    public var manner: Manner
    public var candidates: [Recipient]
    /// Whoever has so many open customers is passed over; nil: nobody is.
    public var max: Int?
  }
}

/// How insistently a reminder is shown.
public enum Strength: String, CaseIterable, Hashable, Sendable {
  /// `quiet` calls nobody; `strong` stays on top until it is acknowledged.
  case quiet, normal, strong
}

/// Somebody, as a rule names him.
public enum Recipient: Hashable, Sendable {
  case owner
  /// Whoever leads the owner's team; where nobody does, the administrators.
  case supervisor
  /// Who wrote the record.
  case author
  case user(String)
  case role(String)
  case team(String)

  /// `owner`, `supervisor`, `author`, `user:ann`, `role:manager`, `team:service`.
  public init?(_ text: String) {
    switch text {
    case "owner": self = .owner
    case "supervisor": self = .supervisor
    case "author": self = .author
    default:
      let parts = text.split(separator: ":", maxSplits: 1).map(String.init)
      guard parts.count == 2 else { return nil }
      switch parts[0] {
      case "user": self = .user(parts[1])
      case "role": self = .role(parts[1])
      case "team": self = .team(parts[1])
      default: return nil
      }
    }
  }

  public static let examples = [
    "owner", "supervisor", "author", "user:NAME", "role:ROLE", "team:TEAM",
  ]
}

extension Recipient: CustomStringConvertible {
  public var description: String {
    switch self {
    case .owner: "owner"
    case .supervisor: "supervisor"
    case .author: "author"
    case .user(let name): "user:\(name)"
    case .role(let name): "role:\(name)"
    case .team(let name): "team:\(name)"
    }
  }
}

extension RuleAction {
  /// Whether it is taken back when its reason goes.
  public var isStanding: Bool {
    switch self {
    case .remind, .task: true
    case .tag(_, _, _, let isHeld): isHeld
    default: false
    }
  }

  /// The word by which runs call it.
  public var name: String {
    switch self {
    case .remind: "remind"
    case .task: "task"
    case .ticket: "ticket"
    case .set: "set"
    case .raise: "raise"
    case .tag: "tag"
    case .assign: "assign"
    case .pool: "pool"
    case .message: "message"
    case .webhook: "webhook"
    }
  }

  /// The fields of the customer that its words depend on, where the customer is the record.
  func fields(of schema: CollectionSchema) -> Set<FieldID> {
    let titles: [Titles] =
      switch self {
      case .remind(let notice): [notice.title]
      case .task(let order), .ticket(let order, _): [order.title]
      default: []
      }
    return Set(titles.flatMap(\.placeholders).compactMap { schema[$0]?.id })
  }
}
