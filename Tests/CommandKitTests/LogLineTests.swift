// One event, one line.
// Collectors cut logs at newlines and people search them for words, so no value may break either,
// whatever it holds.

import CommandKit
import Notation
import Testing

@Suite struct LogLineTests {
  let zone = LocalZone.fixed(offsetSeconds: 8 * 3600)

  @Test func `text is time, level, event and sorted values`() {
    let line = LogLine(
      milliseconds: 1_795_314_262_123, level: .info, event: "pushed",
      values: ["user": "Li Na", "accepted": 3, "empty": "", "path": "/v1/sync"])
    #expect(
      line.text(.text, zone: zone)
        == "2026-11-22T10:24:22.123+08:00 info pushed "
        + #"accepted=3 empty="" path=/v1/sync user="Li Na""#
    )
  }

  @Test func `json is one object and keeps its own keys`() {
    let line = LogLine(
      milliseconds: 1_795_314_262_000, level: .error, event: "failed",
      values: ["time": 5, "a": ["b": nil]])
    #expect(
      line.text(.json, zone: zone)
        == #"{"a":{"b":null},"event":"failed","level":"error","#
        + #""time":"2026-11-22T10:24:22+08:00","time_":5}"#)
  }

  @Test func `no value makes a second line`() {
    for hostile in ["a\nb", "a\r\nb", "a=b", "\"", "\\", "\u{1B}[0m", "a\tb"] {
      let line = LogLine(
        milliseconds: 0, level: .warning, event: hostile, values: [hostile: .string(hostile)])
      for format in LogLine.Format.allCases {
        let text = line.text(format, zone: zone)
        #expect(text.utf8.allSatisfy { $0 >= 0x20 }, "\(text)")
      }
    }
  }

  @Test func `levels are ordered`() {
    #expect(LogLine.Level.debug < .info && LogLine.Level.warning < .error)
  }
}
