// `calendar show`, `calendar set`, `calendar import`: when the company works.
//
// What is typed goes to the hub as it is, a holiday file byte for byte; the hub knows zones and reads
// hours. A command must never count working days by itself.

import CommandKit
import HubClient
import Notation

let calendarCommands = [calendarShowCommand, calendarSetCommand, calendarImportCommand]

/// Takes a team's own hours away.
private let companyWord = "company"

private let calendarShowCommand = Command(
  ["calendar", "show"], group: Group.calendar,
  summary: Phrase(en: "Show zone, working hours and holidays", zh: "查看时区、工作时间和节假日"),
  options: [
    Command.Option("year", "Y", help: Phrase(en: "Another year than this one", zh: "指定年份"))
  ],
  examples: [
    Command.Example(
      "rounds-admin calendar show --year 2026",
      Phrase(en: "Its holidays and make-up days", zh: "该年的假日与调休"))
  ],
  isDefault: true
) { invocation in
  let year = try invocation.integer("year", in: 1900...2999)
  let document = try invocation.hub().read(
    ["calendar"], query: year.map { [HubQuery("year", String($0))] } ?? [])
  invocation.show(document) { screen in printCalendar(document, screen) }
}

private let calendarSetCommand = Command(
  ["calendar", "set"], group: Group.calendar,
  summary: Phrase(en: "Set the zone, or working hours", zh: "设置时区或工作时间"),
  options: [
    Command.Option(
      "zone", "ZONE", help: Phrase(en: "Such as Asia/Shanghai", zh: "例如 Asia/Shanghai")),
    Command.Option(
      "hours", "HOURS",
      help: Phrase(
        en: "Such as “mon-fri 09:00-18:00”; of a team also “\(companyWord)”",
        zh: "例如“mon-fri 09:00-18:00”；团队还可写“\(companyWord)”")),
    Command.Option(
      "team", "T", help: Phrase(en: "Hours of this team alone", zh: "只设置该团队的工作时间")),
  ],
  examples: [
    Command.Example(
      "rounds-admin calendar set --zone Asia/Shanghai",
      Phrase(en: "Days begin at midnight there", zh: "以当地零点为一天的开始")),
    Command.Example(
      "rounds-admin calendar set --team service --hours 'mon-sun 08:00-20:00'",
      Phrase(en: "A team with hours of its own", zh: "单独设置团队的工作时间")),
  ],
  notes: [
    Phrase(
      en: """
        Ranges of a day are parted by commas, parts of the week by semicolons. A team with hours \
        “\(companyWord)” has the company's again.
        """,
      zh: "同一天的多个时段用逗号分隔，一周的各部分用分号分隔。团队的工作时间设为“\(companyWord)”即恢复使用公司的。")
  ]
) { invocation in
  let (zone, team) = (invocation.option("zone"), invocation.option("team"))
  let hours = invocation.option("hours")
  guard zone != nil || hours != nil, team == nil || hours != nil else {
    throw CommandFailure.usage(
      Phrase(en: "There is nothing to change.", zh: "没有要修改的内容。"),
      hint: Phrase(
        en: "Give --zone Z, or --hours H, and --team T with the hours of one team.",
        zh: "请给出 --zone 或 --hours；--team 须与 --hours 一起使用。"))
  }
  var document: JSONValue = [:]
  document["zone"] = zone.map { .string($0) }
  document["team"] = team.map { .string($0) }
  document["hours"] = hours.map { team != nil && $0 == companyWord ? .null : .string($0) }
  let answer = try invocation.hub().put(["calendar"], file: document.bytes())
  invocation.show(answer) { screen in
    screen.say(
      "The calendar is changed; laptops have it after their next sync.",
      "日历已修改；各终端下次同步后生效。")
  }
}

private let calendarImportCommand = Command(
  ["calendar", "import"], group: Group.calendar,
  summary: Phrase(en: "Take in the holidays of a year", zh: "导入一年的节假日"),
  arguments: [
    Command.Argument(
      "FILE", help: Phrase(en: "A holiday-cn file", zh: "holiday-cn 格式的文件"), values: .file)
  ],
  examples: [
    Command.Example(
      "rounds-admin calendar import 2026.json",
      Phrase(en: "Replaces what was known of 2026", zh: "替换 2026 年已有的数据"))
  ],
  notes: [
    Phrase(
      en: """
        The files are at github.com/NateScarlet/holiday-cn . Where no zone is set yet, it becomes \
        Asia/Shanghai.
        """,
      zh: "文件见 github.com/NateScarlet/holiday-cn 。如尚未设置时区，将设为 Asia/Shanghai。")
  ]
) { invocation in
  let answer = try invocation.hub().put(
    ["calendar", "holidays", "import"], file: try jsonFile(invocation))
  invocation.show(answer) { screen in
    let (year, off) = (screen.text(answer["year"]), screen.text(answer["offDays"]))
    let (makeUp, working) = (screen.text(answer["makeUpDays"]), screen.text(answer["workingDays"]))
    let isReplaced = answer["replaced"]?.bool == true
    screen.say(
      "\(year): \(off) days off, \(makeUp) make-up working days; \(working) working days in all."
        + (isReplaced ? " What was known of \(year) is replaced." : ""),
      "\(year) 年：休息 \(off) 天，调休上班 \(makeUp) 天；全年工作日 \(working) 天。"
        + (isReplaced ? "已替换 \(year) 年原有的数据。" : ""))
  }
}

private func printCalendar(_ document: JSONValue, _ screen: Screen) {
  let zone = document["zone"]?.string
  screen.rows(
    [
      (
        screen.word(Phrase(en: "Zone", zh: "时区")),
        zone ?? screen.word(Phrase(en: "not set: that of the hub's machine", zh: "未设置：使用服务器所在时区"))
      ),
      (screen.word(Phrase(en: "Hours", zh: "工作时间")), screen.text(document["hours"])),
    ]
      + (document["teams"]?.object ?? [:]).sorted { $0.key < $1.key }.map { team, hours in
        (screen.word(Phrase(en: "Team \(team)", zh: "团队 \(team)")), screen.text(hours))
      })
  screen.space()
  let year = screen.text(document["year"])
  let count = screen.text(document["workingDays"])
  screen.say("\(year) has \(count) working days.", "\(year) 年有 \(count) 个工作日。")
  if document["known"]?.bool != true {
    screen.say(
      "The holidays of \(year) are not known: only weekends count.",
      "没有 \(year) 年的节假日数据：只计周末。")
  }
  for day in document["days"]?.array ?? [] {
    let isWorking = day["working"]?.bool == true
    let what = screen.word(
      isWorking ? Phrase(en: "working day", zh: "上班") : Phrase(en: "off", zh: "休息"))
    screen.console.print("  \(screen.text(day["date"]))  \(what)  \(screen.text(day["name"]))")
  }
}
