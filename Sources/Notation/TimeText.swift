// Times as a rep types them: `tomorrow 09:00`, `+3d`, `11-28`, `明天 14:30`, or ISO 8601.
//
// The present is an argument. It must never guess between two meanings: what is not in the list at
// `parse` is nil. A day without a time is local midnight; `+3d` is the same time of day three days
// on, also across a change of clocks.

/// Reads what people type for a moment or a span.
public enum TimeText {
  /// The longest span that is understood, in days: a century.
  public static let spanDaysMax = 36_525

  private static let days: [(word: String, offset: Int)] = [
    ("today", 0), ("tomorrow", 1), ("yesterday", -1),
    ("今天", 0), ("明天", 1), ("后天", 2), ("昨天", -1), ("前天", -2),
  ]

  /// The moment in milliseconds, or nil when the text is none of these:
  ///
  /// - ISO 8601 as `ISO8601.parse` reads it;
  /// - `now`, `现在`;
  /// - `today`, `tomorrow`, `yesterday`, 今天 明天 后天 昨天 前天, each with an optional time;
  /// - `14:30` (today), `11-28` (this year, with an optional time);
  /// - `+3d`, `-2h`, `+90m`, `+1w`, `+1h30m` from now.
  public static func parse(_ text: String, now: Int64, zone: LocalZone) -> Int64? {
    let typed = String(text.drop(while: \.isWhitespace)).lowercased()
      .replacingFullWidthColons().trimmingTrailingWhitespace()
    if let moment = ISO8601.parse(typed, zone: zone) { return moment }
    if typed == "now" || typed == "现在" { return now }
    if let span = span(typed) {
      guard let day = zone.adding(days: span.days, toMilliseconds: now) else { return nil }
      return day + span.milliseconds
    }
    let today = zone.civilTime(atMilliseconds: now).midnight
    if let (word, offset) = days.first(where: { typed.hasPrefix($0.word) }) {
      guard let midnight = zone.milliseconds(of: today),
        let day = zone.adding(days: offset, toMilliseconds: midnight)
      else { return nil }
      let civil = zone.civilTime(atMilliseconds: day)
      return moment(typed.dropFirst(word.count), on: civil, zone: zone)
    }
    if typed.contains("-") { return monthAndDay(typed, today: today, zone: zone) }
    return typed.isEmpty ? nil : moment(typed[...], on: today, zone: zone)
  }

  /// The milliseconds of a signed span: `+6d`, `-90s`, `+1h30m`; units s, m, h, d (24 hours), w.
  public static func offset(_ text: String) -> Int64? {
    guard let span = span(text.lowercased()) else { return nil }
    return Int64(span.days) * 86_400_000 + span.milliseconds
  }

  /// Days are kept apart because a day is not always 24 hours long.
  private static func span(_ text: String) -> (days: Int, milliseconds: Int64)? {
    var scanner = TimeScanner(text)
    let sign = scanner.skip("+") ? 1 : scanner.skip("-") ? -1 : 0
    guard sign != 0, !scanner.isAtEnd else { return nil }
    var days = 0
    var seconds = 0
    while !scanner.isAtEnd {
      guard let count = scanner.digits(1...10) else { return nil }
      if scanner.skip("w") {
        days += count * 7
      } else if scanner.skip("d") {
        days += count
      } else if scanner.skip("h") {
        seconds += count * 3600
      } else if scanner.skip("m") {
        seconds += count * 60
      } else if scanner.skip("s") {
        seconds += count
      } else {
        return nil
      }
      guard days <= spanDaysMax, seconds <= spanDaysMax * 86_400 else { return nil }
    }
    return (sign * days, Int64(sign * seconds) * 1000)
  }

  private static func monthAndDay(
    _ text: String, today: CivilTime, zone: LocalZone
  ) -> Int64? {
    var scanner = TimeScanner(text)
    guard let month = scanner.digits(1...2), scanner.skip("-"), let day = scanner.digits(1...2)
    else { return nil }
    let civil = CivilTime(year: today.year, month: month, day: day)
    if scanner.isAtEnd { return zone.milliseconds(of: civil) }
    guard scanner.skip(" ") else { return nil }
    return moment(&scanner, on: civil, zone: zone)
  }

  /// A day with what was typed after it: nothing, or a time after optional spaces.
  private static func moment(
    _ time: Substring, on day: CivilTime, zone: LocalZone
  ) -> Int64? {
    let time = time.drop(while: \.isWhitespace)
    if time.isEmpty { return zone.milliseconds(of: day.midnight) }
    var scanner = TimeScanner(time)
    return moment(&scanner, on: day, zone: zone)
  }

  private static func moment(
    _ scanner: inout TimeScanner, on day: CivilTime, zone: LocalZone
  ) -> Int64? {
    var civil = day.midnight
    guard scanner.time(into: &civil, hourDigits: 1...2), scanner.isAtEnd else { return nil }
    return zone.milliseconds(of: civil)
  }
}

extension String {
  /// Chinese input methods type `：`.
  fileprivate func replacingFullWidthColons() -> String {
    String(map { $0 == "：" ? ":" : $0 })
  }

  fileprivate func trimmingTrailingWhitespace() -> String {
    var trimmed = self
    while trimmed.last?.isWhitespace == true { trimmed.removeLast() }
    return trimmed
  }
}
