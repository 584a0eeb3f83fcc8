// `user handover` as an admin meets it: what becomes of what, the brief, and what makes no sense.

import CommandKit
import HTTPServing
import Testing

@testable import rounds_admin

private func answer(to: String, pool: String, preview: Bool) -> String {
  let nothing = #"{"total":0,"records":[]}"#
  return """
    {"from":"ann","to":\(to),"pool":\(pool),"preview":\(preview),"position":9,
     "moves":{
       "customers":{"total":7,"records":[
         {"id":"1","name":"Acme","becomes":"assigned"},{"id":"2","name":"上海泵业","becomes":"assigned"}]},
       "contacts":\(nothing),"opportunities":\(nothing),
       "tasks":{"total":2,"records":[
         {"id":"3","name":"Call","becomes":"assigned"},{"id":"4","name":null,"becomes":"follows"}]},
       "reminders":{"total":1,"records":[
         {"id":"5","name":{"en":"First contact","zh":"首次联系"},"becomes":"renewed"}]},
       "others":\(nothing),"shares":\(nothing),"guests":\(nothing),"parked":\(nothing),
       "conflicts":\(nothing),
       "laptops":{"total":1,"records":[{"id":3,"name":"ann-thinkpad","becomes":"revoked"}]}},
     "brief":{
       "customers":{"total":7,"records":[
         {"id":"1","name":"Acme","tier":"A","stage":"qualified","next":"Send the offer",
          "nextFollowAt":"2026-11-23T02:00:41.968+00:00","lastFollowAt":null}]},
       "opportunities":{"total":1,"records":[
         {"id":"6","name":"Pumps","customer":"Acme","stage":"proposal","amount":"1200",
          "currency":"EUR","nextStep":null,"closeAt":null}]},
       "overdueTasks":{"total":1,"records":[
         {"id":"3","name":"Call","customer":"Acme","dueAt":"2026-11-21T02:24:22+00:00"}]},
       "conflicts":\(nothing)}}
    """
}

private let path = "POST /v1/admin/users/ann/handover"

@Suite struct AdminHandoverTests {
  @Test func `a preview is a page, and says that nothing is changed`() async throws {
    let run = try await admin(
      ["user", "handover", "ann", "--to", "bob", "--preview"],
      [path: .json(answer(to: #""bob""#, pool: "null", preview: true))])
    #expect(run.err == "")
    #expect(run.asked.first?.text == #"{"preview":true,"to":"bob"}"#)
    #expect(
      run.out == """
        What ann has would go to bob; nothing is changed.

        WHAT                COUNT  BECOMES                    WHICH
        customers               7  to bob                     Acme, 上海泵业, 5 more
        contacts                0  –                          –
        open opportunities      0  –                          –
        open tasks              1  to bob                     Call
        open tasks              1  goes along                 4
        open plans              0  –                          –
        open promises           0  –                          –
        open tickets            0  –                          –
        open reminders          1  asked for anew             First contact
        without a customer      0  –                          –
        shared by others        0  –                          –
        shared with others      0  –                          –
        parked changes          0  –                          –
        open conflicts          0  –                          –
        laptops                 1  wiped at its next contact  ann-thinkpad

        Brief for bob

        Customers: 7
        LEVEL  CUSTOMER  STAGE      NEXT            WHEN
        A      Acme      qualified  Send the offer  2026-11-23 10:00

        Open opportunities: 1
        DEAL   CUSTOMER  STAGE     AMOUNT    NEXT
        Pumps  Acme      proposal  1200 EUR  –

        Overdue tasks: 1
        TASK  CUSTOMER  DUE
        Call  Acme      1 day ago

        Open conflicts: 0

        """)
  }

  @Test func `the act, in Chinese and into a pool`() async throws {
    let run = try await admin(
      ["user", "handover", "ann", "--to-pool", "east", "--reason", "离职", "--limit", "2"],
      ["\(path)?limit=2": .json(answer(to: "null", pool: #""east""#, preview: false))],
      language: "zh")
    #expect(run.asked.first?.text == #"{"preview":false,"reason":"离职","toPool":"east"}"#)
    #expect(
      run.out == """
        ann 已移交给 公海 east ，并已停用。

        内容              数量  处理              名称
        客户                 7  移交给 公海 east  Acme、上海泵业 等，另有 5 项
        联系人               0  –                 –
        未关闭商机           0  –                 –
        未完成任务           1  移交给 公海 east  Call
        未完成任务           1  随之转移          4
        进行中的计划         0  –                 –
        未兑现承诺           0  –                 –
        未解决工单           0  –                 –
        未处理提醒           1  重新生成          首次联系
        无客户的记录         0  –                 –
        他人共享的客户       0  –                 –
        共享给他人的客户     0  –                 –
        搁置的修改           0  –                 –
        未决冲突             0  –                 –
        终端                 1  下次联网时清除    ann-thinkpad

        给 公海 east 的交接说明

        客户：7
        级别  客户  阶段       下一步          时间
        A     Acme  qualified  Send the offer  2026-11-23 10:00

        未关闭商机：1
        商机   客户  阶段      金额      下一步
        Pumps  Acme  proposal  1200 EUR  –

        逾期任务：1
        任务  客户  到期
        Call  Acme  1 天前

        未决冲突：0

        """)
  }

  @Test(arguments: [
    ["user", "handover", "ann"], ["user", "handover", "ann", "--to", "b", "--to-pool", "p"],
    ["user", "handover", "ann", "--to", "b", "--limit", "0"],
  ])
  func `what makes no sense asks the hub nothing`(words: [String]) async throws {
    let run = try await admin(words)
    #expect(run.exit == .usage)
    #expect(run.asked.isEmpty)
  }

  @Test func `a refusal has its exit code and the hub's words`() async throws {
    for (status, exit) in [(400, ExitCode.usage), (403, .refused), (404, .notFound)] {
      let run = try await admin(
        ["user", "handover", "ann", "--to", "bob"],
        [path: .refusal(status, "refused", "erp owns no customers.")])
      #expect(run.exit == exit)
      #expect(run.err.contains("erp owns no customers."))
    }
  }

  @Test func `the hub's document is printed as it is`() async throws {
    let run = try await admin(
      ["user", "handover", "ann", "--to", "bob", "--json"],
      [path: .json(#"{"to":"bob","from":"ann"}"#)])
    #expect(run.out == #"{"from":"ann","to":"bob"}"# + "\n")
  }
}
