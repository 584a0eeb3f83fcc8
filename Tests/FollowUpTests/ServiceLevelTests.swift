// Answers in time: states, working time, and who waits for whom.

import Notation
import SyncCore
import Testing

@testable import FollowUp

/// 2026-11-23T09:00:00Z, a Monday.
private let monday = Moment(milliseconds: 1_795_424_400_000)

private func hours(_ hours: Int64) -> Moment { monday.advanced(milliseconds: hours * 3_600_000) }

private func level(answered: Moment? = nil) -> ServiceLevel {
  ServiceLevel(
    kind: .ticket, id: RecordID(high: 1, low: 1), customer: nil, title: "x",
    who: nil, began: monday, due: hours(2), answeredAt: answered)
}

@Suite struct ServiceLevelTests {
  @Test func `it runs, is kept or missed, by when it was answered`() {
    #expect(level().state(at: hours(2)) == .due)
    #expect(level().state(at: hours(3)) == .failed)
    #expect(level(answered: hours(2)).state(at: hours(100)) == .fulfilled)
    #expect(level(answered: hours(3)).state(at: hours(100)) == .failed)
  }

  @Test func `only working time counts`() {
    let almanac = Almanac(zoneName: "", zone: .utc)
    func elapsed(_ level: ServiceLevel, _ now: Moment) -> Int64 {
      level.elapsedMilliseconds(at: now, in: almanac, team: nil) / 3_600_000
    }
    #expect(elapsed(level(), hours(4)) == 4)
    #expect(elapsed(level(), hours(24)) == 9)
    #expect(elapsed(level(answered: hours(1)), hours(24)) == 1)
    #expect(elapsed(level(), hours(-1)) == 0)
  }

  @Test func `a Saturday at three and two hours is Monday at eleven`() throws {
    let almanac = Almanac(zoneName: "", zone: .utc)
    let saturday = hours(-42)
    #expect(Delay("2wh")?.after(saturday, in: almanac, team: nil) == hours(2))
  }

  private func waits(_ contacts: [(Int64, String, Bool, Bool)]) -> [[Int64?]] {
    let contacts = contacts.map { hour, channel, isIncoming, isReached in
      PastContact(
        at: hours(hour), channel: channel, isIncoming: isIncoming, isReached: isReached)
    }
    return ServiceLevel.waits(in: contacts).map { wait in
      [wait.began, wait.answered].map { moment in
        moment.map { ($0.milliseconds - monday.milliseconds) / 3_600_000 }
      }
    }
  }

  @Test func `who turns to us waits until we turn to them`() {
    #expect(waits([]) == [])
    #expect(waits([(1, "mail", true, true)]) == [[1, nil]])
    #expect(waits([(1, "mail", true, true), (3, "call", false, true)]) == [[1, 3]])
    #expect(waits([(1, "call", false, true), (3, "mail", true, true)]) == [[3, nil]])
    // A call that was taken has been answered; one that was not waits.
    #expect(waits([(1, "call", true, true)]) == [[1, 1]])
    #expect(waits([(1, "call", true, false)]) == [[1, nil]])
    // Twice before we answered is one wait, that of the first.
    #expect(
      waits([(2, "wechat", true, true), (1, "mail", true, true), (5, "call", false, true)])
        == [[1, 5]])
    #expect(
      waits([
        (1, "mail", true, true), (2, "mail", false, true), (4, "mail", true, true),
        (6, "call", true, true),
      ]) == [[1, 2], [4, 6]])
  }
}
