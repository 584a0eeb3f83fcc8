// The pages of `rounds guide`: short Markdown, in two languages.
//
// They say how the work goes and which command does it; what a command takes is in its own help. Nothing here
// depends on a hub: what a company has set differently it says itself (`opp guide`, `rules explain`).

import CommandKit

struct GuidePage {
  let topic: String
  let text: Phrase

  static let all = [start, stage, rule, pool, sync]

  private static let start = GuidePage(
    topic: "start",
    text: Phrase(
      en: """
        # Your first day

        Everything is saved on this laptop first and works without a network; `rounds sync` sends and fetches.
        Ask `rounds help WORD` for a command, also in Chinese: `rounds help 跟进`. Further pages: `rounds guide
        stage`, `rule`, `pool`, `sync`.

        """,
      zh: """
        # 新人第一天

        所有内容先保存在本机，没有网络也能用；`rounds sync` 负责上传和下载。用 `rounds help 词语` 查找命令，
        例如 `rounds help 跟进`。其他主题：`rounds guide stage`、`rule`、`pool`、`sync`。

        """))

  private static let stage = GuidePage(
    topic: "stage",
    text: Phrase(
      en: """
        # Stages

        A deal goes through the stages of its pipeline. Each stage brings its tasks and a guide.

        - `rounds opp guide REF`: what this stage is about, and what is still missing
        - `rounds opp tasks REF`: its tasks; `rounds done TASK --evidence TEXT` where one asks for proof
        - `rounds stage REF STAGE`: moves on; refused with the list of what is missing
        - `rounds opp health REF`: how well it stands, and why
        """,
      zh: """
        # 阶段

        商机按所属流程逐个阶段推进。每个阶段自带任务和操作指南。

        - `rounds opp guide REF`：本阶段的指南，以及还缺什么
        - `rounds opp tasks REF`：本阶段的任务；要求凭据的用 `rounds done 任务 --evidence 内容` 完成
        - `rounds stage REF 阶段`：推进到下一阶段；条件不足时会列出缺少的内容
        - `rounds opp health REF`：健康度及原因
        """))

  private static let rule = GuidePage(
    topic: "rule",
    text: Phrase(
      en: """
        # Rules

        The hub's rules remind, make tasks, assign and send. Reminders are on your laptop two weeks ahead.

        - `rounds today`: what is due; a strong reminder stays on top
        - `rounds ack ID --note TEXT`: seen, and what is done about it
        - `rounds snooze ID --until T`: later; `rounds follow REF …` takes the reason away
        - `rounds rules explain REF`: which rules apply to a customer, and why
        """,
      zh: """
        # 规则

        服务器上的规则负责提醒、派任务、分配和发送消息。提醒会提前两周下发到您的笔记本。

        - `rounds today`：到期事项；强提醒始终排在最前
        - `rounds ack 编号 --note 内容`：确认已看到，并写明打算如何处理
        - `rounds snooze 编号 --until 时间`：推迟；`rounds follow REF …` 记录跟进后提醒自动消失
        - `rounds rules explain REF`：哪些规则适用于该客户，原因是什么
        """))

  private static let pool = GuidePage(
    topic: "pool",
    text: Phrase(
      en: """
        # Pools

        A customer that nobody owns lies in a pool. Whoever's claim reaches the hub first has it.

        - `rounds list customer --where 'pool is not empty'`: what there is
        - `rounds claim REF`, then `rounds sync`: `rounds attention` says which rule refused
        - `rounds release REF --reason TEXT`: gives one up; its open tasks are closed
        - `rounds reopen REF`: what was closed, for its next owner to take up
        - `rounds today` counts down the days until a customer nobody follows up goes into the pool
        """,
      zh: """
        # 公海

        无人负责的客户在公海中。谁的领取申请先到达服务器，客户就归谁。

        - `rounds list customer --where 'pool is not empty'`：公海里有哪些客户
        - `rounds claim REF`，然后 `rounds sync`；被拒绝时 `rounds attention` 会说明是哪条规则
        - `rounds release REF --reason 原因`：释放客户，未完成的任务随之关闭
        - `rounds reopen REF`：查看当时关闭的任务，供下一位负责人重新开启
        - 无人跟进的客户即将进入公海时，`rounds today` 会显示倒计时
        """))

  private static let sync = GuidePage(
    topic: "sync",
    text: Phrase(
      en: """
        # Without a network

        - `rounds status`: what waits to go up, and since when
        - `rounds sync`: sends and fetches; cut off, it goes on where it was
        - `rounds conflicts`: what two people wrote without knowing of each other; nothing is lost
        - `rounds attention`: what the hub refused, and why
        - `rounds bundle write FILE`: a sync in a file that a colleague carries
        """,
      zh: """
        # 没有网络时

        - `rounds status`：有多少内容等待上传，上次同步是什么时候
        - `rounds sync`：上传和下载；中断后会从原处继续
        - `rounds conflicts`：两个人互不知情时写下的不同内容，一样都不会丢
        - `rounds attention`：服务器拒绝了什么，原因是什么
        - `rounds bundle write 文件`：把一次同步装进文件，由同事带走
        """))
}
