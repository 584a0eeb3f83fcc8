// When a message is tried again and when its destination is left alone: tables over the pure terms.

import FollowUp
import SyncCore
import Testing

@Suite struct DeliveryTermsTests {
  static let now = Moment(milliseconds: 1_764_000_000_000)

  private func minutes(after tries: Int, asked: Int64? = nil) -> Int64? {
    DeliveryTerms.nextTry(after: tries, at: Self.now, retryAfterSeconds: asked).map {
      ($0.milliseconds - Self.now.milliseconds) / 60_000
    }
  }

  @Test func `each wait is four times as long, up to six hours, and ten tries are the last`() {
    let waits = (1...10).map { minutes(after: $0) }
    #expect(waits == [1, 4, 16, 64, 256, 360, 360, 360, 360, nil])
    #expect(minutes(after: 0) == 1)
  }

  @Test func `who asks for patience gets it, within reason`() {
    #expect(minutes(after: 1, asked: 600) == 10)
    #expect(minutes(after: 3, asked: 600) == 16)
    #expect(minutes(after: 1, asked: -5) == 1)
    #expect(minutes(after: 1, asked: .max) == 1_440)
    #expect(minutes(after: 10, asked: 600) == nil)
  }

  @Test(arguments: [
    (200, "delivered"), (204, "delivered"), (301, "refused"), (400, "refused"), (404, "refused"),
    (408, "later"), (410, "refused"), (425, "later"), (429, "later"), (500, "later"),
    (503, "later"),
    (599, "later"), (100, "refused"),
  ])
  func `a status says whether to ask again`(status: Int, expected: String) {
    let word =
      switch DeliveryOutcome(status: status, retryAfterSeconds: 7) {
      case .delivered: "delivered"
      case .refused: "refused"
      case .unavailable(_, let seconds): seconds == 7 ? "later" : "impatient"
      }
    #expect(word == expected)
  }

  @Test func `a place that never answers rests, is asked by one message, and rests longer`() {
    var place = DeliveryPlace()
    let silence = DeliveryOutcome.unavailable("nobody", retryAfterSeconds: nil)
    for _ in 1..<DeliveryPlace.failuresMax {
      place.note(silence, at: Self.now)
      #expect(place.room(at: Self.now) == .max)
    }
    var rests: [Int64] = []
    var now = Self.now
    for _ in 0..<6 {
      place.note(silence, at: now)
      #expect(place.room(at: now) == 0)
      let end = place.restsUntil ?? now
      rests.append((end.milliseconds - now.milliseconds) / 60_000)
      now = end
      #expect(place.room(at: now) == 1)
    }
    #expect(rests == [5, 10, 20, 40, 60, 60])
    place.note(.refused("no"), at: now)
    #expect(place == DeliveryPlace())
  }
}
