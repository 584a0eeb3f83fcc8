// Moments as ISO 8601 text, both ways: the one form that is written, the many that are read, and
// the texts that must be nil.
// Zones are fixed, but for the one test that only asks the process's zone to agree with itself.

import Notation
import Testing

@Suite struct ISO8601Tests {
  let shanghai = LocalZone.fixed(offsetSeconds: 8 * 3600)

  @Test func `a moment is printed with its offset`() {
    let cases: [(Int64, Int, String)] = [
      (1_795_314_262_123, 28_800, "2026-11-22T10:24:22.123+08:00"),
      (1_795_314_262_000, 28_800, "2026-11-22T10:24:22+08:00"),
      (1_795_314_262_007, 0, "2026-11-22T02:24:22.007+00:00"),
      (0, -19_800, "1969-12-31T18:30:00-05:30"),
      (-1, 0, "1969-12-31T23:59:59.999+00:00"),
      (0, 29_143, "1970-01-01T08:05:00+08:05"),
      (951_782_400_000, 0, "2000-02-29T00:00:00+00:00"),
    ]
    for (milliseconds, offset, text) in cases {
      #expect(ISO8601.string(milliseconds: milliseconds, offsetSeconds: offset) == text)
      #expect(ISO8601.parse(text, zone: .utc) == milliseconds)
    }
  }

  @Test func `no moment at all makes printing trap`() {
    for milliseconds in [Int64.min, Int64.max, 253_402_300_800_000] {
      #expect(!ISO8601.string(milliseconds: milliseconds, in: shanghai).isEmpty)
    }
  }

  @Test func `every allowed form is read`() {
    let noon = "2026-11-22T12:00:00+08:00"
    let cases: [(String, String)] = [
      ("2026-11-22", "2026-11-22T00:00:00+08:00"),
      ("2026-11-22T12:00", noon), ("2026-11-22 12:00", noon), ("2026-11-22t12:00:00", noon),
      ("2026-11-22T04:00Z", noon), ("2026-11-22T04:00:00z", noon),
      ("2026-11-22T12:00+08:00", noon), ("2026-11-22T12:00+0800", noon),
      ("2026-11-21T22:30-0530", noon),
      ("2026-11-22T12:00:00.5", "2026-11-22T12:00:00.500+08:00"),
      ("2026-11-22T12:00:00,123456", "2026-11-22T12:00:00.123+08:00"),
      ("2028-02-29", "2028-02-29T00:00:00+08:00"),
    ]
    for (text, printed) in cases {
      let moment = ISO8601.parse(text, zone: shanghai)
      #expect(moment.map { ISO8601.string(milliseconds: $0, in: shanghai) } == printed, "\(text)")
    }
  }

  @Test(arguments: [
    "", "2026", "2026-11", "2026-11-2", "2026-02-30", "2026-02-29", "2026-13-01", "2026-00-10",
    "2026-11-00", "2026-11-22T", "2026-11-22T24:00", "2026-11-22T23:60", "2026-11-22T23:59:60",
    "2026-11-22T12", "2026-11-22T12:00:00.", "2026-11-22T12:00 +08:00", "2026-11-22T12:00+08",
    "2026-11-22T12:00+24:00", "2026-11-22T12:00+08:60", "2026-11-22T12:00Zulu", " 2026-11-22",
    "2026-11-22x", "２０２６-11-22",
  ])
  func `a text that is not wholly an existing date is nil`(_ text: String) {
    #expect(ISO8601.parse(text, zone: shanghai) == nil)
  }

  @Test func `the zone of the process agrees with itself in both directions`() {
    for milliseconds in stride(from: Int64(0), to: 2_000_000_000_000, by: 86_400_000 * 31) {
      let text = ISO8601.string(milliseconds: milliseconds, in: .process)
      #expect(ISO8601.parse(text, zone: .utc) == milliseconds)
      let civil = LocalZone.process.civilTime(atMilliseconds: milliseconds)
      #expect(civil == LocalZone.process.civilTime(atMilliseconds: milliseconds))
      #expect(LocalZone.process.milliseconds(of: civil.midnight) != nil)
    }
  }

  @Test(arguments: [Int64.min, .min + 1, -1, .max - 1, .max])
  func `a moment beyond any calendar is written and does not trap`(milliseconds: Int64) {
    for offset in [0, 14 * 3600, -12 * 3600] {
      #expect(!ISO8601.string(milliseconds: milliseconds, offsetSeconds: offset).isEmpty)
    }
    #expect(!ISO8601.string(milliseconds: milliseconds, in: .process).isEmpty)
  }
}
