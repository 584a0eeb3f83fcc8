// How far a right reaches, how near a record is, and what one can want of it.
//
// A level is what a policy grants; a relation is what an organisation makes of a user and an owner.
// Both are ordered so that a wider level includes whatever a narrower one does, and a nearer record
// is included wherever a farther one is. That order is what every decision rests on.

/// How near a record is to a user, from far to near.
public enum Relation: Int, CaseIterable, Comparable, Sendable {
  /// Somebody else's, or nobody's.
  case stranger
  /// The owner is in a team below the user's.
  case below
  /// The owner is in the user's own team.
  case team
  /// The user owns it.
  case own

  public static func < (left: Relation, right: Relation) -> Bool { left.rawValue < right.rawValue }

  /// The word for it in JSON.
  public var name: String {
    switch self {
    case .stranger: "stranger"
    case .below: "below"
    case .team: "team"
    case .own: "own"
    }
  }
}

/// How far a right reaches, from nothing to everything.
public enum Level: String, CaseIterable, Comparable, Sendable {
  case none
  /// What the user owns.
  case own
  /// Also what his team owns.
  case team
  /// Also what the teams below his own.
  case below
  case all

  public static func < (left: Level, right: Level) -> Bool { left.rank < right.rank }

  public func includes(_ relation: Relation) -> Bool {
    switch self {
    case .none: false
    case .own: relation == .own
    case .team: relation >= .team
    case .below: relation >= .below
    case .all: true
    }
  }

  private var rank: Int {
    switch self {
    case .none: 0
    case .own: 1
    case .team: 2
    case .below: 3
    case .all: 4
    }
  }
}

/// What somebody can want to do with the records of a collection.
public enum Action: String, CaseIterable, Sendable {
  case read, create, update, delete
  /// To take records out as a file.
  case export
  /// To give a record another owner.
  case assign
  /// To decide a conflict.
  case resolve
}
