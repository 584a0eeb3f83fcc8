// What people see: widths, tables, bars, spans of time, sizes, colours.
// Each is a table of an input and the text expected, Chinese and English side by side, for the
// columns of one must line up with those of the other.

import CommandKit
import Notation
import Testing

@Suite struct TextTests {
  @Test func `wide characters take two columns and marks none`() {
    let cases: [(String, Int)] = [
      ("", 0), ("abc", 3), ("客户", 4), ("客户A", 5), ("é", 1), ("e\u{301}", 1), ("😀", 2),
      ("▇▁", 2), ("，", 2), ("ｱ", 1), ("한국", 4), ("❤\u{fe0f}", 2), ("a\u{200b}b", 2),
    ]
    for (text, columns) in cases { #expect(TextWidth.columns(of: text) == columns, "\(text)") }
  }

  @Test func `text is cut and padded by columns`() {
    #expect(TextWidth.cut("客户跟进", columns: 8) == "客户跟进")
    #expect(TextWidth.cut("客户跟进", columns: 7) == "客户跟…")
    #expect(TextWidth.cut("客户跟进", columns: 6) == "客户…")
    #expect(TextWidth.cut("abc", columns: 0) == "")
    #expect(TextWidth.padded("客户", columns: 6) == "客户  ")
    #expect(TextWidth.padded("7", columns: 3, alignment: .right) == "  7")
  }

  @Test func `text is wrapped at spaces and between Chinese characters`() {
    #expect(TextWidth.wrapped("one two three", columns: 7) == ["one two", "three"])
    #expect(TextWidth.wrapped("a verylongword b", columns: 5) == ["a", "verylongword", "b"])
    #expect(TextWidth.wrapped("客户跟进，离线", columns: 8) == ["客户跟进，", "离线"])
    #expect(TextWidth.wrapped("", columns: 8) == [""])
  }

  @Test func `a table aligns mixed scripts and fits a width`() {
    var table = TextTable([.init("Name"), .init("Amount", .right), .init("Note")])
    table.add(["客户", "5", "first\nline\u{1B}[31m"])
    table.add(["Borealis", "12000", ""])
    #expect(
      table.lines() == [
        "Name      Amount  Note", "客户           5  first line [31m", "Borealis   12000",
      ])
    #expect(
      table.lines(width: 26) == [
        "Name      Amount  Note", "客户           5  first l…", "Borealis   12000",
      ])
  }

  @Test func `a bar shows something for something and is full only when full`() {
    let cases: [(Double, Double, String)] = [
      (0, 10, "▁▁▁▁"), (7.5, 10, "▇▇▇▁"), (10, 10, "▇▇▇▇"), (0.01, 10, "▇▁▁▁"),
      (9.99, 10, "▇▇▇▁"), (20, 10, "▇▇▇▇"), (5, 0, "▁▁▁▁"), (-1, 10, "▁▁▁▁"),
    ]
    for (value, max, bar) in cases { #expect(Bar.text(value, of: max, columns: 4) == bar) }
  }

  @Test func `progress is drawn for a person, not too often, and wiped`() {
    let clock = Clock()
    let console = Console(now: { clock.now() }, isTerminal: true)
    var bar = ProgressBar(Phrase(en: "Downloading", zh: "下载"), console: console)
    for done in 1...20 { bar.update(done, of: 40) }
    bar.finish()
    #expect(
      console.errors.text
        == "\rDownloading ▇▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁ 1/40\u{1B}[K"
        + "\rDownloading ▇▇▇▇▇▇▇▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁ 11/40\u{1B}[K\r\u{1B}[K")
    let pipe = Console()
    var silent = ProgressBar(Phrase(verbatim: "x"), console: pipe)
    silent.update(1, of: 2)
    silent.finish()
    #expect(pipe.errors.text == "")
  }

  @Test func `times are told from now`() {
    let minute: Int64 = 60_000
    let cases: [(Int64, String, String, String, String)] = [
      (0, "due now", "现在到期", "just now", "刚刚"),
      (-59_999, "due now", "现在到期", "just now", "刚刚"),
      (-minute, "1 minute overdue", "逾期 1 分钟", "1 minute ago", "1 分钟前"),
      (-3 * 1440 * minute, "3 days overdue", "逾期 3 天", "3 days ago", "3 天前"),
      (2 * 60 * minute, "due in 2 hours", "还有 2 小时", "in 2 hours", "2 小时后"),
      (45 * 1440 * minute, "due in 45 days", "还有 45 天", "in 45 days", "45 天后"),
      (-100 * 1440 * minute, "3 months overdue", "逾期 3 个月", "3 months ago", "3 个月前"),
      (800 * 1440 * minute, "due in 2 years", "还有 2 年", "in 2 years", "2 年后"),
    ]
    for (span, due, dueZh, text, textZh) in cases {
      let now: Int64 = 1_795_314_262_000
      #expect(RelativeTime.due(now + span, now: now) == Phrase(en: due, zh: dueZh))
      #expect(RelativeTime.text(now + span, now: now) == Phrase(en: text, zh: textZh))
    }
    #expect(RelativeTime.length(milliseconds: 1500) == Phrase(en: "1 second", zh: "1 秒"))
  }

  @Test(arguments: [
    (0, "due today", "今天到期"), (1, "due tomorrow", "明天到期"), (9, "due in 9 days", "还有 9 天"),
    (-1, "1 day overdue", "逾期 1 天"), (-9, "9 days overdue", "逾期 9 天"),
  ])
  func `what is due on a day is told in days`(days: Int, en: String, zh: String) {
    #expect(RelativeTime.due(inDays: days) == Phrase(en: en, zh: zh))
  }

  @Test func `sizes have one decimal under ten`() {
    let cases: [(Int64, String)] = [
      (0, "0 B"), (999, "999 B"), (1000, "1.0 kB"), (1_440_000, "1.4 MB"), (9_960, "10 kB"),
      (23_000_000_000, "23 GB"), (999_600, "1.0 MB"), (.max, "9.2 EB"),
    ]
    for (bytes, text) in cases { #expect(ByteSize.text(bytes) == text) }
  }

  @Test func `colour is for terminals and can be declined`() {
    #expect(Console(isTerminal: true).styled("x", .red) == "\u{1B}[31mx\u{1B}[0m")
    #expect(Console().styled("x", .red) == "x")
    #expect(Console(environment: ["NO_COLOR": "1"], isTerminal: true).styled("x", .red) == "x")
    #expect(Console(environment: ["TERM": "dumb"], isTerminal: true).styled("x", .red) == "x")
  }

  @Test func `a person sees indented JSON and a pipe one line`() {
    let terminal = Console(isTerminal: true)
    terminal.print(json: ["a": 1])
    #expect(terminal.output.text == "{\n  \"a\": 1\n}\n")
    let pipe = Console()
    pipe.print(json: ["a": 1])
    #expect(pipe.output.text == "{\"a\":1}\n")
  }
}
