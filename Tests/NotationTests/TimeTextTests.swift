// Times as they are typed, in a fixed zone at a fixed moment: Sunday 2026-11-22 10:24:22 +08:00.
// One line a text: what a rep types and the moment they mean. What could mean two things is in the
// second table and must stay nil.

import Notation
import Testing

@Suite struct TimeTextTests {
  let zone = LocalZone.fixed(offsetSeconds: 8 * 3600)
  let now: Int64 = 1_795_314_262_000

  @Test func `what a rep types becomes the moment they mean`() {
    let cases: [(String, String)] = [
      ("now", "2026-11-22T10:24:22+08:00"), ("现在", "2026-11-22T10:24:22+08:00"),
      ("today", "2026-11-22T00:00:00+08:00"), ("Tomorrow", "2026-11-23T00:00:00+08:00"),
      ("yesterday", "2026-11-21T00:00:00+08:00"), (" today  ", "2026-11-22T00:00:00+08:00"),
      ("tomorrow 09:00", "2026-11-23T09:00:00+08:00"),
      ("today 9:05", "2026-11-22T09:05:00+08:00"), ("14:30", "2026-11-22T14:30:00+08:00"),
      ("9:05:30", "2026-11-22T09:05:30+08:00"),
      ("11-28", "2026-11-28T00:00:00+08:00"), ("1-5", "2026-01-05T00:00:00+08:00"),
      ("11-28 14:30", "2026-11-28T14:30:00+08:00"), ("2026-11-28", "2026-11-28T00:00:00+08:00"),
      ("2026-11-28 08:00", "2026-11-28T08:00:00+08:00"),
      ("2026-11-28T08:00Z", "2026-11-28T16:00:00+08:00"),
      ("+3d", "2026-11-25T10:24:22+08:00"), ("-2h", "2026-11-22T08:24:22+08:00"),
      ("+90m", "2026-11-22T11:54:22+08:00"), ("+1w", "2026-11-29T10:24:22+08:00"),
      ("+1d12h", "2026-11-23T22:24:22+08:00"), ("-40d", "2026-10-13T10:24:22+08:00"),
      ("今天", "2026-11-22T00:00:00+08:00"), ("明天", "2026-11-23T00:00:00+08:00"),
      ("后天", "2026-11-24T00:00:00+08:00"), ("昨天", "2026-11-21T00:00:00+08:00"),
      ("前天", "2026-11-20T00:00:00+08:00"), ("明天 14:30", "2026-11-23T14:30:00+08:00"),
      ("明天9：00", "2026-11-23T09:00:00+08:00"),
    ]
    for (text, expected) in cases {
      let moment = TimeText.parse(text, now: now, zone: zone)
      #expect(moment.map { ISO8601.string(milliseconds: $0, in: zone) } == expected, "\(text)")
    }
  }

  @Test(arguments: [
    "", " ", "soon", "3d", "+", "+3", "+3x", "+d", "11-31", "13-01", "11-28x", "11-28 25:00",
    "25:00", "9", "tomorrow9", "tomorrow noon", "todayish", "+99999999999d", "+40000d", "11/28",
    "今天晚上",
  ])
  func `what could mean anything else is nil`(_ text: String) {
    #expect(TimeText.parse(text, now: now, zone: zone) == nil)
  }

  @Test func `a span has a sign, numbers and units`() {
    let cases: [(String, Int64?)] = [
      ("+6d", 518_400_000), ("-90s", -90_000), ("+400d", 34_560_000_000),
      ("+1h30m", 5_400_000), ("-1W", -604_800_000), ("+0s", 0), ("6d", nil), ("+-6d", nil),
      ("+6", nil), ("", nil), ("+6d ", nil), ("+1.5h", nil), ("+36525d", 3_155_760_000_000),
      ("+36526d", nil), ("+9999999999s", nil),
    ]
    for (text, expected) in cases { #expect(TimeText.offset(text) == expected, "\(text)") }
  }
}
