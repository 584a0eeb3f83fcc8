// Moments as ISO 8601 text with an offset: what `--json`, exports and log lines say.
//
// `2026-11-22T10:24:22.123+08:00`: whole seconds have no fraction, UTC is `+00:00`. Reading is
// more generous than writing (see `parse`). It must never guess: a text that is not wholly a date
// is nil.

/// Text ↔ milliseconds since 1970.
public enum ISO8601 {
  /// The moment as text in a fixed offset; seconds within the offset are dropped, as ISO 8601 has
  /// no place for them, without moving the moment.
  public static func string(milliseconds: Int64, offsetSeconds: Int) -> String {
    let offsetMinutes = offsetSeconds / 60
    let civil = LocalZone.civilTime(
      atMilliseconds: milliseconds, offsetSeconds: offsetMinutes * 60)
    var text = string(date: civil)
    text += "T\(padded(civil.hour, 2)):\(padded(civil.minute, 2)):\(padded(civil.second, 2))"
    if civil.millisecond > 0 { text += ".\(padded(civil.millisecond, 3))" }
    let magnitude = abs(offsetMinutes)
    text += offsetMinutes < 0 ? "-" : "+"
    text += "\(padded(magnitude / 60, 2)):\(padded(magnitude % 60, 2))"
    return text
  }

  /// The moment as text in the local time of a zone.
  public static func string(milliseconds: Int64, in zone: LocalZone) -> String {
    string(
      milliseconds: milliseconds,
      offsetSeconds: zone.offsetSeconds(atMilliseconds: milliseconds))
  }

  /// Only the day, such as `2026-11-22`.
  public static func string(date: CivilTime) -> String {
    "\(padded(date.year, 4))-\(padded(date.month, 2))-\(padded(date.day, 2))"
  }

  /// Reads a date, or a date and a time, and returns the moment in milliseconds.
  ///
  /// A date alone is local midnight. Between date and time stands `T` or a space; seconds and a
  /// fraction (`.` or `,`, cut to milliseconds) may be missing; the offset is `Z`, `±hh:mm`,
  /// `±hhmm` or nothing, which means local time.
  public static func parse(_ text: String, zone: LocalZone) -> Int64? {
    var scanner = TimeScanner(text)
    guard var civil = scanner.date() else { return nil }
    if scanner.isAtEnd { return zone.milliseconds(of: civil) }
    guard scanner.skip("T") || scanner.skip("t") || scanner.skip(" "),
      scanner.time(into: &civil, hourDigits: 2...2)
    else { return nil }
    if scanner.isAtEnd { return zone.milliseconds(of: civil) }
    guard let offsetSeconds = scanner.offsetSeconds(), scanner.isAtEnd else { return nil }
    return LocalZone.fixed(offsetSeconds: offsetSeconds).milliseconds(of: civil)
  }

  private static func padded(_ number: Int, _ width: Int) -> String {
    let digits = String(number.magnitude)
    let zeros = String(repeating: "0", count: max(0, width - digits.count))
    return (number < 0 ? "-" : "") + zeros + digits
  }
}

/// Takes dates and times from the front of a text.
struct TimeScanner {
  private var rest: Substring.UTF8View

  init(_ text: some StringProtocol) { rest = Substring(text).utf8 }

  var isAtEnd: Bool { rest.isEmpty }

  mutating func skip(_ text: String) -> Bool {
    guard rest.starts(with: text.utf8) else { return false }
    rest = rest.dropFirst(text.utf8.count)
    return true
  }

  mutating func digits(_ count: ClosedRange<Int>) -> Int? {
    let digits = rest.prefix(while: { (0x30...0x39).contains($0) })
    guard count.contains(digits.count) else { return nil }
    rest = rest[digits.endIndex...]
    return Int(Substring(digits))
  }

  /// `2026-11-22`
  mutating func date() -> CivilTime? {
    guard let year = digits(4...4), skip("-"),
      let month = digits(2...2), skip("-"),
      let day = digits(2...2)
    else { return nil }
    return CivilTime(year: year, month: month, day: day)
  }

  /// `14:30`, `14:30:05`, `14:30:05.123`
  mutating func time(into civil: inout CivilTime, hourDigits: ClosedRange<Int>) -> Bool {
    guard let hour = digits(hourDigits), skip(":"), let minute = digits(2...2) else {
      return false
    }
    civil.hour = hour
    civil.minute = minute
    guard skip(":") else { return true }
    guard let second = digits(2...2) else { return false }
    civil.second = second
    guard skip(".") || skip(",") else { return true }
    let fraction = rest.prefix(while: { (0x30...0x39).contains($0) })
    guard (1...9).contains(fraction.count) else { return false }
    rest = rest[fraction.endIndex...]
    let thousandths = (String(Substring(fraction)) + "00").prefix(3)
    civil.millisecond = Int(thousandths) ?? 0
    return true
  }

  /// `Z`, `+08:00`, `-0530`
  mutating func offsetSeconds() -> Int? {
    if skip("Z") || skip("z") { return 0 }
    let sign = skip("+") ? 1 : skip("-") ? -1 : 0
    guard sign != 0 else { return nil }
    let hours: Int
    let minutes: Int
    if let both = digits(4...4) {
      (hours, minutes) = both.quotientAndRemainder(dividingBy: 100)
    } else {
      guard let first = digits(2...2), skip(":"), let second = digits(2...2) else { return nil }
      (hours, minutes) = (first, second)
    }
    guard hours < 24, minutes < 60 else { return nil }
    return sign * (hours * 3600 + minutes * 60)
  }
}
