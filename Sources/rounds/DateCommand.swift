// `rounds date add`, `rounds date diff`: what the company's calendar says, without a network.
//
// The calendar is the one that came with the last sync. What it does not know – the holidays of a
// year, or anything at all – is said on stderr, and then only weekends count. Nothing is written.

import CommandKit
import FollowUp
import Notation
import Replica
import SyncCore

func dateCommands(_ outside: Outside) -> [Command] { [addDate(outside), diffDates(outside)] }

private let teamOption = Command.Option(
  "team", "T", help: Phrase(en: "By this team's working hours", zh: "按该团队的工作时间"))

private func addDate(_ outside: Outside) -> Command {
  Command(
    ["date", "add"], group: Group.machine,
    summary: Phrase(en: "Reckon with working days, hours and months", zh: "按工作日、工作小时、月份推算日期"),
    arguments: [
      Command.Argument("DATE", help: Phrase(en: "A date, or a time", zh: "日期或时间")),
      Command.Argument(
        "SPAN",
        help: Phrase(
          en: "s m h d w, mo (months), wd (working days), wh (working hours)",
          zh: "s m h d w，mo（月）、wd（工作日）、wh（工作小时）")),
    ],
    options: [
      Command.Option("before", help: Phrase(en: "Count backwards", zh: "向前推算")), teamOption,
    ],
    examples: [
      Command.Example(
        "rounds date add 2026-02-12 3wd",
        Phrase(en: "Three working days later", zh: "三个工作日之后"))
    ]
  ) { invocation in
    let reckoning = try Reckoning(invocation, outside)
    let begin = try reckoning.moment("DATE")
    let delay = try reckoning.delay()
    let end =
      invocation.flag("before")
      ? delay.before(begin, in: reckoning.almanac, team: invocation.option("team"))
      : delay.after(begin, in: reckoning.almanac, team: invocation.option("team"))
    if delay.isWorkingTime { reckoning.warn(from: begin, to: end) }
    guard !invocation.isJSON else {
      return invocation.console.print(json: reckoning.json(from: begin, to: end))
    }
    invocation.console.print(reckoning.text(end))
  }
}

private func diffDates(_ outside: Outside) -> Command {
  Command(
    ["date", "diff"], group: Group.machine,
    summary: Phrase(en: "Count the working days between two dates", zh: "计算两个日期之间的工作日数"),
    arguments: [
      Command.Argument("FROM", help: Phrase(en: "Not counted itself", zh: "起始日期（不计入）")),
      Command.Argument("TO", help: Phrase(en: "Counted, if it is worked", zh: "结束日期（如为工作日则计入）")),
    ],
    options: [teamOption],
    examples: [
      Command.Example(
        "rounds date diff 2026-02-12 2026-02-24",
        Phrase(en: "3, around the Spring Festival", zh: "春节前后为 3 天"))
    ]
  ) { invocation in
    let reckoning = try Reckoning(invocation, outside)
    let (begin, end) = (try reckoning.moment("FROM"), try reckoning.moment("TO"))
    let days = reckoning.almanac.workingDays(
      from: reckoning.almanac.day(of: begin), to: reckoning.almanac.day(of: end),
      team: invocation.option("team"))
    reckoning.warn(from: min(begin, end), to: max(begin, end))
    guard !invocation.isJSON else {
      var document = reckoning.json(from: begin, to: end)
      document["workingDays"] = .integer(Int64(days))
      return invocation.console.print(json: document)
    }
    invocation.console.print(String(days))
  }
}

/// The calendar as one command uses it.
private struct Reckoning {
  let invocation: Invocation
  let almanac: Almanac
  /// Whether an admin has set the calendar.
  let isSet: Bool
  let today: Moment

  init(_ invocation: Invocation, _ outside: Outside) throws {
    let replica = try OpenReplica(invocation, outside)
    let cached = try replica.store.almanac()
    self.invocation = invocation
    isSet = cached != nil
    almanac = cached ?? Almanac(zoneName: "", zone: replica.zone)
    today = replica.today
  }

  /// As it is typed in the company's zone.
  func moment(_ argument: String) throws -> Moment {
    let typed = invocation.argument(argument)
    guard
      let moment = TimeText.parse(typed, now: today.milliseconds, zone: almanac.zone)
    else {
      throw CommandFailure.usage(
        Phrase(en: "“\(typed)” is no date.", zh: "“\(typed)”不是日期。"),
        hint: Phrase(
          en: "Write it like 2026-02-12, today, or 2026-02-12 14:30 in quotes.",
          zh: "写法如 2026-02-12、今天，或加引号的“2026-02-12 14:30”。"))
    }
    return Moment(milliseconds: moment)
  }

  func delay() throws -> Delay {
    let typed = invocation.argument("SPAN")
    guard let delay = Delay(typed) else {
      let examples = Delay.examples.joined(separator: ", ")
      throw CommandFailure.usage(
        Phrase(en: "“\(typed)” is no span of time.", zh: "“\(typed)”不是时长。"),
        hint: Phrase(en: "Write one of these: \(examples)", zh: "写法如：\(examples)"))
    }
    return delay
  }

  /// A date alone where it is midnight, as a date is when it is typed alone.
  func text(_ moment: Moment) -> String {
    let civil = almanac.zone.civilTime(atMilliseconds: moment.milliseconds)
    let date = ISO8601.string(date: civil)
    guard civil != civil.midnight else { return date }
    let full = ISO8601.string(milliseconds: moment.milliseconds, in: almanac.zone)
    let isWhole = civil.second == 0 && civil.millisecond == 0
    return date + " " + full.dropFirst(date.count + 1).prefix(isWhole ? 5 : 8)
  }

  func json(from: Moment, to: Moment) -> JSONValue {
    [
      "from": .string(ISO8601.string(milliseconds: from.milliseconds, in: almanac.zone)),
      "to": .string(ISO8601.string(milliseconds: to.milliseconds, in: almanac.zone)),
      "date": .string(almanac.day(of: to).description),
      "zone": isSet ? .string(almanac.zoneName) : .null,
      "known": .bool(unknownYears(from: min(from, to), to: max(from, to)).isEmpty),
    ]
  }

  /// Says which holidays were not taken into account.
  func warn(from: Moment, to: Moment) {
    let years = unknownYears(from: min(from, to), to: max(from, to))
    guard !years.isEmpty else { return }
    let text =
      years.count == 1 ? "\(years.lowerBound)" : "\(years.lowerBound)–\(years.upperBound - 1)"
    invocation.console.warn(
      Phrase(
        en: "Not all holidays of \(text) are known here: only weekends count.",
        zh: "本机没有 \(text) 年的全部节假日数据：只计周末。"))
  }

  /// From the first to the last year whose holidays are not known.
  private func unknownYears(from: Moment, to: Moment) -> Range<Int> {
    let first = almanac.day(of: from).midnight.year
    let last = almanac.day(of: to).midnight.year
    let unknown = (first...max(first, last)).filter { !almanac.hasData(year: $0) }
    guard let least = unknown.first, let greatest = unknown.last else { return 0..<0 }
    return least..<(greatest + 1)
  }
}
