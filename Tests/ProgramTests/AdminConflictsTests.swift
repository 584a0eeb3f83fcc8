// Conflicts as an admin meets them: the list, the page that everything can be decided from, and
// what a decision sends. Pages are compared whole, in both languages.

import CommandKit
import HTTPServing
import Testing

@testable import rounds_admin

private let id = "01JD3QX8Z0000000000000000A"
private let record = "01JC0000000000000000000001"

private func conflict(
  status: String, shown: String = #""Too expensive.\nCall again.""#, more: String = ""
)
  -> String
{
  """
  {"id":"\(id)","record":"\(record)","collection":"customer","field":"notes",
   "base":"Asked for a quote.","rule":"review","ruleVersion":3,"status":"\(status)",
   "shown":\(shown),\(more)
   "values":[
     {"value":"Send the offer by Friday.","author":"ann","device":"ann-thinkpad",
      "at":"2026-11-21T03:24:00+00:00","dot":"2:14","skew":null},
     {"value":"Too expensive.\\nCall again.","author":"mgr","device":"mgr-desk",
      "at":"2026-11-22T01:54:22.5+00:00","dot":"5:3","skew":360000}]}
  """
}

private func show(_ document: String, language: String = "en") async throws -> AdminRun {
  try await admin(
    ["conflicts", "show", id], ["GET /v1/admin/conflicts/\(id)": .json(document)],
    language: language)
}

@Suite struct AdminConflictsTests {
  @Test func `an open conflict is decided from one screen`() async throws {
    let run = try await show(conflict(status: "open"))
    #expect(run.err == "")
    #expect(
      run.out == """
        Conflict 01JD3QX8Z0000000000000000A : open, somebody has to decide

          Record   customer 01JC0000000000000000000001
          Field    notes
          Base     Asked for a quote.

          Value 1  Send the offer by Friday.
                   ann on ann-thinkpad, 2026-11-21 11:24 (23 hours ago), edit 2:14

          Value 2  Too expensive.
                   Call again.
          (shown)  mgr on mgr-desk, 2026-11-22 09:54 (29 minutes ago), edit 5:3
                   This device's clock was 6 minutes ahead.

          Rule     review, version 3: the latest value is shown until somebody decides

        Next:
          rounds-admin conflicts resolve 01JD3QX8Z0000000000000000A --take 1     # take value 1
          rounds-admin conflicts resolve 01JD3QX8Z0000000000000000A --take 2     # take value 2
          rounds-admin conflicts resolve 01JD3QX8Z0000000000000000A --value '…'  \
        # write another value
          rounds-admin history 01JC0000000000000000000001 --field notes          \
        # how it came to this

        """)
  }

  @Test func `an open conflict in Chinese`() async throws {
    let run = try await show(conflict(status: "open"), language: "zh")
    #expect(
      run.out == """
        冲突 01JD3QX8Z0000000000000000A ：待处理，需要有人决定

          记录        customer 01JC0000000000000000000001
          字段        notes
          原值        Asked for a quote.

          值 1        Send the offer by Friday.
                      ann（ann-thinkpad），2026-11-21 11:24（23 小时前），编辑 2:14

          值 2        Too expensive.
                      Call again.
          （显示中）  mgr（mgr-desk），2026-11-22 09:54（29 分钟前），编辑 5:3
                      该设备的时钟快了 6 分钟。

          规则        review，版本 3：在有人决定之前显示最新的值

        接下来：
          rounds-admin conflicts resolve 01JD3QX8Z0000000000000000A --take 1     # 采用值 1
          rounds-admin conflicts resolve 01JD3QX8Z0000000000000000A --take 2     # 采用值 2
          rounds-admin conflicts resolve 01JD3QX8Z0000000000000000A --value '…'  # 另写一个值
          rounds-admin history 01JC0000000000000000000001 --field notes          # 查看来龙去脉

        """)
  }

  @Test func `a resolved conflict says by whom, with what, and how to ask again`() async throws {
    let more = """
      "resolvedBy":"root","resolvedAt":"2026-11-22T02:23:22+00:00","note":"by phone",
      """
    let run = try await show(conflict(status: "resolved", shown: "null", more: more))
    #expect(
      run.out.hasPrefix(
        """
        Conflict 01JD3QX8Z0000000000000000A : resolved by root, 2026-11-22 10:23 (1 minute ago)

        """))
    #expect(
      run.out.hasSuffix(
        """
          Shown    (empty)
          Rule     review, version 3: the latest value is shown until somebody decides
          Note     by phone

        Next:
          rounds-admin conflicts reopen 01JD3QX8Z0000000000000000A       # ask for a new decision
          rounds-admin history 01JC0000000000000000000001 --field notes  # how it came to this

        """))
  }

  @Test func `a settled conflict offers only the values that lost`() async throws {
    let run = try await show(conflict(status: "settled"))
    #expect(run.out.contains("--take 1"))
    #expect(!run.out.contains("--take 2"))
  }

  @Test func `a note of another person cannot rewrite the terminal`() async throws {
    let shown = #""\u001b[2Jhidden""#
    let document = conflict(status: "open", shown: shown)
    let run = try await show(document)
    #expect(run.out.contains("Shown    " + " [2Jhidden"))
    #expect(!run.out.contains("\u{1B}"))
  }

  @Test func `an answer without its parts is shown with dashes, never trapped`() async throws {
    for document in ["{}", "[]", "1", #"{"values":[1,{"at":7}],"status":"new"}"#] {
      let run = try await show(document)
      #expect(run.exit == .done, "\(document)")
      #expect(run.out.contains("Record   – –"), "\(document)")
    }
  }

  @Test func `the list filters at the hub and tells who disagreed when`() async throws {
    let query = "author=ann&field=notes&record=customer:A/B&since=2026-11-15T10:24:22+08:00"
    let run = try await admin(
      [
        "conflicts", "--status", "open", "--record", "customer:A/B", "--field", "notes",
        "--author", "ann", "--since", "-7d",
      ],
      [
        "GET /v1/admin/conflicts?\(query)&status=open":
          .json(#"{"conflicts":[\#(conflict(status: "open"))]}"#)
      ])
    #expect(
      run.out == """
        CONFLICT                    STATUS  RECORD                               FIELD  \
        AUTHORS   LATEST VALUE
        01JD3QX8Z0000000000000000A  open    customer 01JC0000000000000000000001  notes  \
        ann, mgr  29 minutes ago

        """)
    #expect(run.err == "")
  }

  @Test func `--json is the hub's document with sorted keys`() async throws {
    let run = try await admin(
      ["conflicts", "--json"], ["GET /v1/admin/conflicts": .json(#"{"conflicts":[],"a":1}"#)])
    #expect(run.out == #"{"a":1,"conflicts":[]}"# + "\n")
    let empty = try await admin(
      ["conflicts"], ["GET /v1/admin/conflicts": .json(#"{"conflicts":[]}"#)], language: "zh")
    #expect(empty.out == "没有冲突。\n")
  }

  @Test func `decisions send what was decided`() async throws {
    let path = "POST /v1/admin/conflicts/\(id)"
    let answers: [String: HTTPResponse] = [
      "\(path)/resolve": .json("{}"), "\(path)/reopen": .json("{}"),
    ]
    let cases: [(words: [String], line: String, body: String)] = [
      (["resolve", id, "--take", "2"], "\(path)/resolve", #"{"take":2}"#),
      (
        ["resolve", id, "--value", "Net 30", "--note", "by phone"], "\(path)/resolve",
        #"{"note":"by phone","value":"Net 30"}"#
      ),
      (["resolve", id, "--value", ""], "\(path)/resolve", #"{"value":""}"#),
      (["reopen", id], "\(path)/reopen", "{}"),
    ]
    for (words, line, body) in cases {
      let run = try await admin(["conflicts"] + words, answers)
      #expect(run.exit == .done)
      #expect(run.lines == [line])
      #expect(run.asked.first?.text == body)
      #expect(run.asked.first?.headers["content-type"] == "application/json")
    }
  }

  @Test func `a decision that is none, or two, asks nothing of the hub`() async throws {
    for words in [[], ["--take", "1", "--value", "x"], ["--take", "0"], ["--take", "two"]] {
      let run = try await admin(["conflicts", "resolve", id] + words)
      #expect(run.exit == .usage)
      #expect(run.lines == [])
    }
  }
}
