// How a customer is best reached, and what might be done differently: tables of contacts, and what they show.

import Notation
import SyncCore
import Testing

@testable import FollowUp

private let now = Moment(milliseconds: 1_795_338_000_000)

/// A contact so many days ago, at nine.
private func contact(
  _ days: Int, _ channel: String, reached: Bool = true, incoming: Bool = false,
  topic: String? = nil
) -> PastContact {
  PastContact(
    at: now.advanced(milliseconds: Int64(-days) * 86_400_000), channel: channel,
    isIncoming: incoming, isReached: reached, topic: topic)
}

@Suite struct ContactHabitsTests {
  private func hint(_ contacts: [PastContact], preferred: String? = nil) -> ContactHint? {
    ContactHabits.hint(from: contacts, preferred: preferred, in: .utc)
  }

  @Test func `one contact proves nothing, two of them do`() {
    #expect(hint([]) == nil)
    #expect(hint([contact(1, "call")]) == nil)
    #expect(
      hint([contact(1, "call"), contact(2, "call")])
        == ContactHint(channel: "call", hour: 9, tried: 2, reached: 2, isPreferred: false))
  }

  @Test func `somebody there counts, not somebody tried`() {
    let mails = (1...5).map { contact($0, "mail", reached: $0 == 1) }
    let calls = [contact(1, "call"), contact(2, "call"), contact(3, "call", reached: false)]
    #expect(hint(mails + calls)?.channel == "call")
    #expect(hint(mails + calls)?.reached == 2)
    #expect(hint([contact(1, "call", reached: false), contact(2, "call", reached: false)]) == nil)
  }

  @Test func `what was asked for comes before what is counted`() {
    let calls = [contact(1, "call"), contact(2, "call")]
    #expect(
      hint(calls, preferred: "wechat")
        == ContactHint(channel: "wechat", hour: nil, tried: 0, reached: 0, isPreferred: true))
    #expect(hint(calls, preferred: "")?.channel == "call")
  }

  @Test func `the order of contacts and equal numbers make no difference`() {
    let contacts = [contact(1, "mail"), contact(2, "mail"), contact(1, "call"), contact(2, "call")]
    #expect(hint(contacts) == hint(contacts.reversed()))
    #expect(hint(contacts)?.channel == "call")
  }

  @Test func `a follow-up says whether somebody was there`() throws {
    let schema = CollectionSchema.followUp
    func values(_ outcome: String?) throws -> FieldValues {
      FieldValues([
        (try #require(schema["occurredAt"]).id, .moment(now)),
        (try #require(schema["channel"]).id, .text("call")),
        (try #require(schema["outcome"]).id, outcome.map { .text($0) } ?? .null),
      ])
    }
    for (outcome, isReached) in [
      (nil, true), ("reached", true), ("missed", false), ("refused", false),
    ] {
      #expect(PastContact(try values(outcome))?.isReached == isReached)
    }
    #expect(PastContact(FieldValues()) == nil)
  }
}

@Suite struct SuggestionTests {
  private func ids(_ evidence: ContactEvidence) -> [String] { evidence.suggestions.map(\.id) }

  @Test(arguments: [
    ("2w", 3, 1, ["cadence:1w"]), ("2w", 3, 4, []), ("2w", 2, 0, []), ("3d", 4, 0, []),
    ("10d", 3, 0, ["cadence:1w"]), ("often", 3, 0, []),
  ])
  func `who turns to us is contacted more often`(
    every: String, incoming: Int, outgoing: Int, expected: [String]
  ) {
    let contacts =
      (0..<incoming).map { contact($0, "call", incoming: true) }
      + (0..<outgoing).map { contact($0, "call") }
    #expect(ids(ContactEvidence(contacts: contacts, every: every)) == expected)
  }

  @Test func `three of the last four in vain: less often, with the numbers`() {
    let contacts =
      [9, 8, 7].map { contact($0, "call") } + [contact(4, "call")]
      + [3, 2, 1].map { contact($0, "call", reached: false) }
    let found = ContactEvidence(contacts: contacts, every: "1w").suggestions
    #expect(
      found == [
        Suggestion(kind: .cadence, value: "2w", reason: .notReached, count: 3, of: 4)
      ])
    #expect(ids(ContactEvidence(contacts: contacts, every: "6mo")) == [])
    #expect(ids(ContactEvidence(contacts: Array(contacts.dropLast()), every: "1w")) == [])
  }

  @Test func `what has led to one change is no evidence for the next`() throws {
    let contacts = [1, 2, 3].map { contact($0, "call", incoming: true) }
    let first = try #require(ContactEvidence(contacts: contacts, every: "2w").suggestions.first)
    let after = ContactEvidence(
      contacts: contacts, every: first.value, decisions: [first.accepted(at: now)])
    #expect(after.suggestions == [])
    let more = contacts.map { older in
      PastContact(
        at: older.at.advanced(milliseconds: 10 * 86_400_000), channel: "call", isIncoming: true)
    }
    #expect(
      ids(
        ContactEvidence(
          contacts: contacts + more, every: "1w", decisions: [first.accepted(at: now)]))
        == ["cadence:3d"])
  }

  @Test func `another channel where somebody is there, or that was asked for`() {
    let mails = [1, 2, 3].map { contact($0, "mail", reached: false) }
    let calls = [1, 2, 3].map { contact($0, "call") }
    #expect(ids(ContactEvidence(contacts: mails + calls, channel: "mail")) == ["channel:call"])
    #expect(ids(ContactEvidence(contacts: mails + calls, channel: "call")) == [])
    #expect(
      ids(ContactEvidence(contacts: calls, channel: "call", preferred: "visit")) == [
        "channel:visit"
      ])
    #expect(ids(ContactEvidence(contacts: [], preferred: "visit")) == [])
  }

  @Test func `an interest nobody has talked about; declined, never again`() {
    let told = [contact(1, "call", topic: "product")]
    let evidence = ContactEvidence(contacts: told, interests: ["product", "promotion"])
    #expect(ids(evidence) == ["topic:promotion"])
    var declined = evidence
    declined.decisions = Set(evidence.suggestions.map(\.declined))
    #expect(ids(declined) == [])
  }
}
