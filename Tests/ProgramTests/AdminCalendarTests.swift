// `rounds-admin calendar`: what the commands send, and how the answer reads in both languages.

import CommandKit
import HTTPServing
import Testing

@testable import rounds_admin

private let calendar = """
  {"zone":"Asia/Shanghai","hours":"mon-fri 09:00-18:00","teams":{"north":"mon-sun 08:00-20:00"},
   "years":[],"year":2026,"known":true,"workingDays":248,"settings":3,
   "days":[{"date":"2026-10-01","name":"国庆节","working":false},
           {"date":"2026-10-10","name":"国庆节","working":true}]}
  """
private let script: [String: HTTPResponse] = [
  "GET /v1/admin/calendar": .json(
    "{\"zone\":null,\"hours\":\"mon-fri 09:00-18:00\",\"teams\":{},\"year\":2027,\"known\":false,"
      + "\"workingDays\":261,\"days\":[]}"),
  "GET /v1/admin/calendar?year=2026": .json(calendar),
  "PUT /v1/admin/calendar": .json(calendar),
  "PUT /v1/admin/calendar/holidays/import": .json(
    "{\"year\":2026,\"offDays\":33,\"makeUpDays\":6,\"workingDays\":248,\"replaced\":true}"),
]

@Suite struct AdminCalendarTests {
  @Test func `a year is shown with its holidays and make-up days`() async throws {
    let run = try await admin(["calendar", "show", "--year", "2026"], script)
    #expect(
      run.out == """
          Zone        Asia/Shanghai
          Hours       mon-fri 09:00-18:00
          Team north  mon-sun 08:00-20:00

        2026 has 248 working days.
          2026-10-01  off  国庆节
          2026-10-10  working day  国庆节

        """)
  }

  @Test func `a calendar that nobody set says so, in Chinese too`() async throws {
    let run = try await admin(["calendar"], script, language: "zh")
    #expect(
      run.out == """
          时区      未设置：使用服务器所在时区
          工作时间  mon-fri 09:00-18:00

        2027 年有 261 个工作日。
        没有 2027 年的节假日数据：只计周末。

        """)
  }

  @Test(arguments: [
    (["--zone", "Asia/Shanghai"], #"{"zone":"Asia/Shanghai"}"#),
    (["--hours", "mon 09:00-12:00"], #"{"hours":"mon 09:00-12:00"}"#),
    (
      ["--team", "north", "--hours", "mon 09:00-12:00"],
      #"{"hours":"mon 09:00-12:00","team":"north"}"#
    ),
    (["--team", "north", "--hours", "company"], #"{"hours":null,"team":"north"}"#),
  ])
  func `what is typed is sent as the hub reads it`(words: [String], body: String) async throws {
    let run = try await admin(["calendar", "set"] + words, script)
    #expect(run.out == "The calendar is changed; laptops have it after their next sync.\n")
    #expect(run.asked.last?.text == body)
  }

  @Test func `nothing to set is refused before anybody is asked`() async throws {
    for words in [[], ["--team", "north"], ["--team", "north", "--zone", "UTC"]] {
      let run = try await admin(["calendar", "set"] + words, script)
      #expect(run.exit == .usage && run.asked.isEmpty)
    }
  }

  @Test func `a file of holidays goes up byte for byte`() async throws {
    let file = "{ \"year\": 2026,\n \"days\": [] }"
    let run = try await admin(
      ["calendar", "import", "2026.json"], script, files: ["2026.json": file])
    #expect(run.asked.last?.text == file)
    #expect(
      run.out == """
        2026: 33 days off, 6 make-up working days; 248 working days in all. \
        What was known of 2026 is replaced.

        """)
    let broken = try await admin(["calendar", "import", "x"], script, files: ["x": "{"])
    #expect(broken.exit == .usage && broken.asked.isEmpty)
  }
}
