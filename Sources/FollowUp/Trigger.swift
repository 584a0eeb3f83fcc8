// What a rule waits for: a state that lasts, a date, the calendar, or something that happens once.
//
// States and dates are read off the records, so they are true or false whoever looks. What happens
// once leaves no trace in a record (a tag may be gone again, a stage passed): the hub notes it when it
// happens, as a `RuleEvent`, and from then on it is a fact like any other.

import Notation
import SyncCore

public enum Trigger: Hashable, Sendable {
  // States: they begin at a moment that the record knows, and end.

  /// The record was made.
  case created
  /// The customer was assigned, and nobody has followed up since.
  case assigned
  /// Nothing was heard since the last follow-up, the assignment, or the creation.
  case silence
  /// A field has this value since the moment in another field.
  case holds(FieldID, Value, since: FieldID)

  // Times.

  /// A moment, or a date, that stands in a field.
  case date(FieldID)
  /// The day of the year that stands in a field, every year.
  case anniversary(FieldID)
  /// Certain days, at a time.
  case every(Days, Timing.WallTime)

  // Events.

  case changed(FieldID, from: Value?, to: Value?)
  case tagged(FieldID, String)
  case followedUp(Keywords?)

  /// Days of the company's calendar.
  public enum Days: Hashable, Sendable {
    case all
    case working
    /// 0 is Monday, 6 is Sunday.
    case week(Set<Int>)
    /// A day of each month; -1: the last one.
    case month(Int)
  }
}

/// Something that happened to a record, and what it was an occasion for.
public struct RuleEvent: Hashable, Sendable {
  public var rule: String
  public var subject: RecordID
  /// When it was entered.
  public var at: Moment

  public init(rule: String, subject: RecordID, at: Moment) {
    self.rule = rule
    self.subject = subject
    self.at = at
  }
}

extension Trigger {
  /// The fields of the record that the occasion depends on.
  var fields: Set<FieldID> {
    switch self {
    case .created, .every, .followedUp: []
    case .assigned, .silence:
      Set(["assignedAt", "lastFollowAt"].compactMap { CollectionSchema.customer[$0]?.id })
    case .holds(let field, _, let since): [field, since]
    case .date(let field), .anniversary(let field), .changed(let field, _, _),
      .tagged(let field, _):
      [field]
    }
  }

  /// The fields whose changes have to be told.
  public var watched: Set<FieldID> {
    if case .followedUp = self {
      return Set([CollectionSchema.followUp["text"]?.id].compactMap(\.self))
    }
    return isEvent ? fields : []
  }

  /// Whether a follow-up that comes later takes the reason away.
  public var endsWithContact: Bool { self == .assigned || self == .silence }

  /// Whether the calendar alone brings it about, again and again, whatever becomes of the last time.
  public var isRecurring: Bool { if case .every = self { true } else { false } }

  /// The key by which a rule file names it.
  public var name: String {
    switch self {
    case .created: "created"
    case .assigned: "assigned"
    case .silence: "silence"
    case .holds: "enters"
    case .date: "date"
    case .anniversary: "anniversary"
    case .every: "every"
    case .changed: "changed"
    case .tagged: "tagged"
    case .followedUp: "followUp"
    }
  }

  /// Whether the occasion is noted when it happens.
  public var isEvent: Bool {
    switch self {
    case .changed, .tagged, .followedUp: true
    default: false
    }
  }
}

/// Words that a text must contain, and phrases that do not count.
public struct Keywords: Hashable, Sendable {
  /// Lower case.
  public let words: [String]
  /// Lower case; such as “没有投诉” beside “投诉”.
  public let exceptions: [String]

  init(words: [String], exceptions: [String]) {
    self.words = words.map { $0.lowercased() }
    self.exceptions = exceptions.map { $0.lowercased() }
  }

  /// Whether one of the words stands somewhere outside of every exception.
  public func occur(in text: String) -> Bool {
    var rest = text.lowercased()
    for phrase in exceptions.sorted(by: { $0.count > $1.count }) {
      // Something stays in its place, or what stands around it would become a word.
      rest = rest.split(separator: phrase, omittingEmptySubsequences: false)
        .joined(separator: "\u{0}")
    }
    return words.contains { rest.contains($0) }
  }
}
