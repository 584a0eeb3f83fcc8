// Times and sizes as people say them: “3 days overdue”, “5 minutes ago”, “1.4 MB”.
//
// A span is rounded down to its largest whole unit, so that nothing is called overdue by a day
// before a day has passed. Both moments are arguments. It must never be used in `--json`.

/// A moment as seen from another.
public enum RelativeTime {
  /// For something with a due time: “due in 2 hours”, “due now”, “3 days overdue”.
  public static func due(_ due: Int64, now: Int64) -> Phrase {
    guard let span = Span(milliseconds: due &- now) else {
      return Phrase(en: "due now", zh: "现在到期")
    }
    return due < now
      ? Phrase(en: "\(span.text.en) overdue", zh: "逾期 \(span.text.zh)")
      : Phrase(en: "due in \(span.text.en)", zh: "还有 \(span.text.zh)")
  }

  /// For something that is due on a day, whatever hour it is: “due today”, “due tomorrow”, “3 days overdue”.
  public static func due(inDays days: Int) -> Phrase {
    switch days {
    case 0: Phrase(en: "due today", zh: "今天到期")
    case 1: Phrase(en: "due tomorrow", zh: "明天到期")
    case 2...: Phrase(en: "due in \(days) days", zh: "还有 \(days) 天")
    default: Phrase(en: "\(counted(-days, "day")) overdue", zh: "逾期 \(-days) 天")
    }
  }

  /// For any moment: “5 minutes ago”, “just now”, “in 2 days”.
  public static func text(_ moment: Int64, now: Int64) -> Phrase {
    guard let span = Span(milliseconds: moment &- now) else {
      return Phrase(en: "just now", zh: "刚刚")
    }
    return moment < now
      ? Phrase(en: "\(span.text.en) ago", zh: "\(span.text.zh)前")
      : Phrase(en: "in \(span.text.en)", zh: "\(span.text.zh)后")
  }

  /// A length of time: “3 days”; under a minute it is told in seconds.
  public static func length(milliseconds: Int64) -> Phrase {
    if let span = Span(milliseconds: milliseconds) { return span.text }
    let seconds = Int(milliseconds.magnitude / 1000)
    return Phrase(en: counted(seconds, "second"), zh: "\(seconds) 秒")
  }

  private static func counted(_ count: Int, _ unit: String) -> String {
    count == 1 ? "1 \(unit)" : "\(count) \(unit)s"
  }

  /// A number of the largest unit that fits; nil under a minute.
  private struct Span {
    let text: Phrase

    /// Largest first. A unit is used from `least` of it on: “45 days” says more than “1 month”.
    private static let units: [(minutes: UInt64, least: UInt64, en: String, zh: String)] = [
      (525_960, 2, "year", "年"), (43_830, 2, "month", "个月"), (1440, 1, "day", "天"),
      (60, 1, "hour", "小时"), (1, 1, "minute", "分钟"),
    ]

    init?(milliseconds: Int64) {
      let minutes = milliseconds.magnitude / 60_000
      guard let unit = Span.units.first(where: { minutes >= $0.minutes * $0.least }) else {
        return nil
      }
      let count = Int(minutes / unit.minutes)
      text = Phrase(en: counted(count, unit.en), zh: "\(count) \(unit.zh)")
    }
  }
}

/// A number of bytes as people say it.
public enum ByteSize {
  /// In powers of 1000, with one decimal under ten: `512 B`, `1.4 MB`, `23 GB`.
  public static func text(_ bytes: Int64) -> String {
    guard bytes.magnitude >= 1000 else { return "\(bytes) B" }
    var value = Double(bytes)
    var unit = ""
    // 999.5 would be rounded to a thousand, which belongs to the next unit.
    for next in ["kB", "MB", "GB", "TB", "PB", "EB"] where value.magnitude >= 999.5 {
      value /= 1000
      unit = next
    }
    let tenths = (value * 10).rounded() / 10
    return tenths.magnitude < 10 ? "\(tenths) \(unit)" : "\(Int(value.rounded())) \(unit)"
  }
}
