// Which of the surviving values is shown, and whether that settles the matter.
//
// A rule is a pure function of the *set* of siblings: it is blind to the order of arrival, to clocks
// of this machine and to who asks (I15). Ties are always broken by (hybrid timestamp, dot), a total
// order, so equal stamps cannot make two sides disagree. Equal values are never a conflict.
// Rules run only on the hub; a replica shows the hub's verdict with its own pending edits on top.

public enum MergeRule: Hashable, Sendable {
  /// The greatest stamp wins; every loser stays in the ledger and can be restored.
  case latest
  /// As `latest`, but a write by somebody of higher standing (owner, manager) wins first.
  case ranked
  /// Shows the latest, marked disputed: an open conflict until somebody decides.
  case review
  /// An add-wins set. Siblings are elements; all are shown; nobody ever disagrees.
  case union
  /// The greatest value wins: the last time somebody was contacted.
  case greatest
  /// The least value wins: the first time somebody was contacted.
  case least
  /// The value furthest up the ladder wins. An explicit step back wins only over what it has seen.
  case furthest(Ladder)
  /// The first one that reached the hub wins; the later author is told.
  case firstAccepted
  /// Only the hub writes; a replica's write is an intent that the hub grants or refuses.
  case hubOnly
  /// Set when the record is created, never again.
  case once
  /// Life and death of a record: an edit and a deletion that did not know of each other.
  case lifecycle(DeletionRule)
}

/// What a deletion does to edits that it had not seen.
public enum DeletionRule: Hashable, Sendable {
  /// The record lives on for review: nobody's words disappear.
  case editRevives
  /// The record goes; the editor is told and can restore it.
  case deletionWins
}

/// A declared order of values, lowest first. Each rung may have several spellings.
public struct Ladder: Hashable, Sendable {
  public let rungs: [[String]]
  private let heights: [String: Int]

  public init(_ rungs: [[String]]) {
    self.rungs = rungs
    let named = rungs.enumerated().flatMap { height, names in names.map { ($0, height) } }
    heights = Dictionary(named, uniquingKeysWith: { first, _ in first })
  }

  /// How far up a value is. Values that no rung names, and cleared ones, rank below all rungs.
  public func height(of value: Value) -> Int {
    guard case .text(let name) = value else { return -1 }
    return heights[name] ?? -1
  }
}

/// What a field shows.
public struct Choice: Hashable, Sendable {
  public var value: Value
  public var settlement: Settlement
}

public enum Settlement: Hashable, Sendable {
  /// Nobody disagrees: one sibling, equal ones, or elements of a set.
  case agreed
  /// Concurrent values, and the rule has decided. The ledger keeps what lost.
  case settled
  /// Concurrent values, and somebody has to decide.
  case open
}

extension MergeRule {
  /// The value that a field with these siblings shows. No siblings: an agreed null.
  public func choose(_ siblings: [Sibling]) -> Choice {
    if self == .union { return Choice(value: elements(of: siblings), settlement: .agreed) }
    guard let winner = siblings.max(by: { ranks($0, below: $1) }) else {
      return Choice(value: .null, settlement: .agreed)
    }
    let isUnanimous = siblings.allSatisfy { $0.value == winner.value }
    return Choice(value: winner.value, settlement: isUnanimous ? .agreed : disagreement)
  }

  /// What this rule makes of values that differ.
  private var disagreement: Settlement {
    switch self {
    case .review, .lifecycle(.editRevives): .open
    default: .settled
    }
  }

  private func ranks(_ left: Sibling, below right: Sibling) -> Bool {
    switch preference(left, right) {
    case .left: false
    case .right: true
    case .neither: (left.stamp.time, left.stamp.dot) < (right.stamp.time, right.stamp.dot)
    }
  }

  private enum Preference { case left, right, neither }

  /// Which sibling the rule itself prefers, before stamps are looked at.
  private func preference(_ left: Sibling, _ right: Sibling) -> Preference {
    func greater<T: Comparable>(_ a: T, _ b: T) -> Preference {
      a == b ? .neither : a > b ? .left : .right
    }
    switch self {
    case .latest, .review, .union, .hubOnly, .once:
      return .neither
    case .ranked:
      return greater(left.stamp.authority, right.stamp.authority)
    case .greatest:
      return greater(left.value, right.value)
    case .least:
      // A cleared value is no value: it never counts as the least.
      if left.value.isNull != right.value.isNull { return left.value.isNull ? .right : .left }
      return greater(right.value, left.value)
    case .furthest(let ladder):
      return greater(ladder.height(of: left.value), ladder.height(of: right.value))
    case .firstAccepted:
      return greater(right.stamp.position, left.stamp.position)
    case .lifecycle(let rule):
      let preferred = rule == .editRevives ? Lifecycle.alive.value : Lifecycle.deleted.value
      return greater(left.value == preferred ? 1 : 0, right.value == preferred ? 1 : 0)
    }
  }

  private func elements(of siblings: [Sibling]) -> Value {
    let names = siblings.compactMap { if case .text(let name) = $0.value { name } else { nil } }
    return Value(elements: Set(names))
  }
}

extension MergeRule {
  /// The name by which the ledger, the protocol and the programs call the rule.
  public var name: String {
    switch self {
    case .latest: "latest"
    case .ranked: "ranked"
    case .review: "review"
    case .union: "union"
    case .greatest: "greatest"
    case .least: "least"
    case .furthest: "furthest"
    case .firstAccepted: "firstAccepted"
    case .hubOnly: "hubOnly"
    case .once: "once"
    case .lifecycle(.editRevives): "editRevives"
    case .lifecycle(.deletionWins): "deletionWins"
    }
  }
}
