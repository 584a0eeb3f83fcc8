// The times of mails: `Sun, 22 Nov 2026 17:04:05 +0800` (RFC 5322, with the zones that old programs write).
//
// Pure and total: anything else is nil. A name of a zone that could be several is not guessed at.

import Notation

public enum MailDate {
  private static let months = [
    "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
  ]

  /// Milliseconds since 1970.
  public static func parse(_ text: String) -> Int64? {
    // A comment such as `(CST)` may follow.
    var words = text.prefix { $0 != "(" }.split { $0 == " " || $0 == "," || $0 == "\t" }
    if words.first?.allSatisfy(\.isLetter) == true { words.removeFirst() }
    guard words.count >= 4, let day = Int(words[0]),
      let month = months.firstIndex(of: words[1].prefix(3).lowercased()),
      let year = Int(words[2]), (1970...9999).contains(year)
    else { return nil }
    let clock = words[3].split(separator: ":").map { Int($0) ?? -1 }
    guard (2...3).contains(clock.count), (0...23).contains(clock[0]), (0...59).contains(clock[1]),
      (0...60).contains(clock.count == 3 ? clock[2] : 0),
      let offset = words.count > 4 ? self.offset(words[4]) : 0
    else { return nil }
    // A leap second is the last one before it.
    let civil = CivilTime(
      year: year, month: month + 1, day: day, hour: clock[0], minute: clock[1],
      second: min(59, clock.count == 3 ? clock[2] : 0), millisecond: 0)
    return LocalZone.fixed(offsetSeconds: offset).milliseconds(of: civil)
  }

  private static func offset(_ zone: Substring) -> Int? {
    if ["GMT", "UT", "UTC", "Z"].contains(zone.uppercased()) { return 0 }
    guard zone.count == 5, let sign = zone.first, "+-".contains(sign),
      let number = Int(zone.dropFirst()), (0...2359).contains(number), number % 100 < 60
    else { return nil }
    let seconds = number / 100 * 3600 + number % 100 * 60
    return sign == "-" ? -seconds : seconds
  }
}
