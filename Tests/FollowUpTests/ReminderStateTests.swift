// What a reminder's row means at a moment.
//
// All statuses, answers, snoozes and moments, against a second statement of the precedence; and
// rows as a newer program may write them.

import FollowUp
import SyncCore
import Testing

struct ReminderStateTests {
  @Test func `every row has one state at every moment, in order of precedence`() {
    let due = Moment(milliseconds: 100)
    var cases = 0
    for status in ReminderRow.Status.allCases {
      for response in [nil] + ReminderRow.Response.allCases {
        for until in [nil, 50, 100, 200] as [Int64?] {
          for now in [0, 50, 99, 100, 150, 200, 300] as [Int64] {
            cases += 1
            let row = ReminderRow(
              status: status, response: response,
              snoozedUntil: until.map { Moment(milliseconds: $0) }, dueAt: due)
            let expected: ReminderState =
              status == .withdrawn
              ? .withdrawn
              : response == .done
                ? .handled
                : now < 100
                  ? .scheduled(due: due)
                  : response == .snoozed && now < until ?? 0
                    ? .snoozed(until: Moment(milliseconds: until ?? 0))
                    : response == .acknowledged ? .acknowledged : .due
            let state = row.state(at: Moment(milliseconds: now))
            #expect(state == expected)
            #expect(row.isAnswered == [.snoozed, .acknowledged, .done].contains(response))
            #expect(!state.isNotified || state.isListed)
            #expect(state.isListed == (state == .due || state == .acknowledged))
          }
        }
      }
    }
    #expect(cases == 2 * 5 * 4 * 7)
  }

  @Test func `a row is read from its record, and what is unknown hides nothing`() {
    func row(_ values: [String: Value]) -> ReminderRow? {
      ReminderRow(QueryTests.values(values, .reminder))
    }
    let due = Moment(milliseconds: 5)
    #expect(row([:]) == nil)
    #expect(
      row(["dueAt": .moment(due), "status": .text("paused"), "response": .text("shrugged")])
        == ReminderRow(status: .active, response: nil, snoozedUntil: nil, dueAt: due))
    #expect(
      row([
        "dueAt": .moment(due), "status": .text("withdrawn"), "response": .text("snoozed"),
        "snoozedUntil": .moment(due),
      ]) == ReminderRow(status: .withdrawn, response: .snoozed, snoozedUntil: due, dueAt: due))
  }

  @Test func `the answers are the rungs of the response ladder`() {
    #expect(ReminderRow.Response.allCases.map { [$0.rawValue] } == Ladder.responses.rungs)
  }
}
