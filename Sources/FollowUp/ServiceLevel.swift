// Whether somebody was answered in time: a stretch that begins, has an end by which it should be over, and is over or not.
//
// Pure. Time that counts is working time, by the company's calendar: what comes in on a Saturday at three and has two
// hours is due on Monday at eleven. It must never go by when the hub heard of an answer, only by when it was given.

import SyncCore

public struct ServiceLevel: Hashable, Sendable {
  public enum Kind: String, CaseIterable, Sendable {
    /// The first contact after a customer was assigned.
    case firstResponse
    /// An answer to somebody who turned to us.
    case response
    case ticket, feedback
  }

  public enum State: String, CaseIterable, Sendable {
    /// It runs.
    case due
    /// Answered in time.
    case fulfilled
    /// Answered too late, or still not.
    case failed
  }

  public var kind: Kind
  /// What it is about: a task, a follow-up, a ticket or a feedback.
  public var id: RecordID
  public var customer: RecordID?
  public var title: String
  /// Whose it is to answer.
  public var who: String?
  public var began: Moment
  public var due: Moment
  /// The last moment at which an answer is in time: `due`, or the end of a day.
  public var deadline: Moment
  /// Nil: nobody has answered yet.
  public var answeredAt: Moment?

  public init(
    kind: Kind, id: RecordID, customer: RecordID?, title: String, who: String?, began: Moment,
    due: Moment, deadline: Moment? = nil, answeredAt: Moment?
  ) {
    self.kind = kind
    self.id = id
    self.customer = customer
    self.title = title
    self.who = who
    self.began = began
    self.due = due
    self.deadline = deadline ?? due
    self.answeredAt = answeredAt
  }

  public func state(at now: Moment) -> State {
    if let answeredAt { return answeredAt <= deadline ? .fulfilled : .failed }
    return now <= deadline ? .due : .failed
  }

  /// Working time from the beginning to the answer, or until now.
  public func elapsedMilliseconds(at now: Moment, in almanac: Almanac, team: String?) -> Int64 {
    max(0, almanac.workingMilliseconds(from: began, to: answeredAt ?? now, team: team))
  }

  /// Over these channels a contact that was taken is its own answer.
  private static let spoken: Set = ["call", "meeting", "visit", "event"]

  /// Each contact from outside with the first one of ours after it: several calls of theirs before we answered are one
  /// wait, that of the first.
  public static func waits(in contacts: [PastContact]) -> [(began: Moment, answered: Moment?)] {
    var waits: [(began: Moment, answered: Moment?)] = []
    for contact in contacts.sorted(by: { ($0.at, $0.channel) < ($1.at, $1.channel) }) {
      let isOpen = waits.last.map { $0.answered == nil } ?? false
      if contact.isIncoming {
        let answered = contact.isReached && spoken.contains(contact.channel) ? contact.at : nil
        if isOpen {
          if answered != nil { waits[waits.count - 1].answered = answered }
        } else {
          waits.append((contact.at, answered))
        }
      } else if isOpen {
        waits[waits.count - 1].answered = contact.at
      }
    }
    return waits
  }
}
