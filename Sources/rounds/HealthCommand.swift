// `rounds opp health`, `opp list`: how well deals stand, and which are stuck.
//
// The score is FollowUp's (`Health.swift`); here its reasons get words. A deal that is over has no
// health, and never answers a question for one.

import CommandKit
import FollowUp
import Notation
import Replica
import Storage
import SyncCore

func oppHealthCommand(_ outside: Outside) -> Command {
  Command(
    ["opp", "health"], group: Group.deals,
    summary: Phrase(en: "Say how well a deal stands, and why", zh: "查看商机的健康度及原因"),
    arguments: [referenceArgument]
  ) { invocation in
    let reading = try DealReading(OpenReplica(invocation, outside))
    let deal = try reading.deal(invocation.argument("REF"))
    let line = try DealLine(deal, reading)
    if invocation.isJSON { return invocation.console.print(json: line.json) }
    let screen = Screen(invocation.console)
    guard let health = line.health else {
      return screen.say(Phrase(en: "The deal is over.", zh: "商机已结束。"))
    }
    screen.say(Phrase(en: "Health \(health.score) of 100", zh: "健康度 \(health.score)（满分 100）"))
    for reason in health.reasons {
      invocation.console.print("  -\(reason.points)  \(screen.word(reason.words))")
    }
  }
}

func oppListCommand(_ outside: Outside) -> Command {
  Command(
    ["opp", "list"], group: Group.deals,
    summary: Phrase(en: "List open deals with stage and health", zh: "列出进行中的商机及阶段、健康度"),
    options: [
      Command.Option(
        "health", "TEST", help: Phrase(en: "Only those, such as '<40'", zh: "按健康度筛选，例如 '<40'")),
      Command.Option(
        "rotten", help: Phrase(en: "Only those too long in their stage", zh: "只列出阶段停留超时的商机")),
    ],
    examples: [
      Command.Example(
        "rounds opp list --health '<40'", Phrase(en: "Deals in danger", zh: "有风险的商机"))
    ]
  ) { invocation in
    let reading = try DealReading(OpenReplica(invocation, outside))
    let test = try invocation.option("health").map(HealthTest.init)
    let lines = try reading.replica.store.rows(of: .opportunity).map { try DealLine($0, reading) }
      .filter { line in
        guard let health = line.health else { return false }
        return test?.holds(for: health.score) ?? true
          && (!invocation.flag("rotten") || line.isRotten)
      }
    if invocation.isJSON {
      return invocation.console.print(
        json: [
          "opportunities": .array(lines.map(\.json)), "total": .integer(Int64(lines.count)),
        ])
    }
    Screen(invocation.console).print(lines)
  }
}

/// One deal, as a line of a list.
private struct DealLine {
  let id: RecordID
  let name: String
  let stage: String
  let days: Int
  let maxDays: Int?
  let isRotten: Bool
  /// Nil: it is over.
  let health: Health?

  init(_ deal: CollectionRow, _ reading: DealReading) throws {
    let schema = CollectionSchema.opportunity
    let condition = try reading.condition(of: deal)
    let now = reading.replica.today
    id = deal.id
    name = schema.title(of: deal.values)
    stage = deal.values[schema.id("stage")].text ?? ""
    days = condition.daysInStage(at: now)
    maxDays = condition.stage?.maxDays
    isRotten = condition.isRotten(at: now)
    // A stage that the pipeline does not know may still be the end of the ladder.
    let isOver = condition.stage == nil && !Ladder.isOpen(stage: .text(stage))
    health = isOver ? nil : condition.health(at: now)
  }

  var json: JSONValue {
    [
      "id": .string(id.description), "name": .string(name), "stage": .string(stage),
      "days": .integer(Int64(days)), "maxDays": maxDays.map { .integer(Int64($0)) } ?? .null,
      "rotten": .bool(isRotten), "health": health.map { .integer(Int64($0.score)) } ?? .null,
      "reasons": .array(
        (health?.reasons ?? []).map { reason in
          [
            "cause": .string(reason.cause.rawValue), "points": .integer(Int64(reason.points)),
            "count": reason.count.map { .integer(Int64($0)) } ?? .null,
          ]
        }),
    ]
  }
}

/// `<40`, `<=40`, `>70`, `>=70`, `=100`.
struct HealthTest {
  private let compare: (Int, Int) -> Bool
  private let score: Int

  init(_ typed: String) throws {
    let tests: [(String, (Int, Int) -> Bool)] = [
      ("<=", (<=)), (">=", (>=)), ("<", (<)), (">", (>)), ("=", (==)),
    ]
    guard let (sign, compare) = tests.first(where: { typed.hasPrefix($0.0) }),
      let score = Int(typed.dropFirst(sign.count)), (0...100).contains(score)
    else {
      throw RepError.valueNotAllowed(
        field: "--health", text: typed, allowed: ["<40", "<=40", ">70", ">=70", "=100"])
    }
    self.compare = compare
    self.score = score
  }

  func holds(for other: Int) -> Bool { compare(other, score) }
}

extension Screen {
  fileprivate func print(_ lines: [DealLine]) {
    guard !lines.isEmpty else { return say(Phrase(en: "No deals.", zh: "没有商机。")) }
    var table = TextTable([
      TextTable.Column(word(Phrase(en: "DEAL", zh: "商机"))),
      TextTable.Column(word(Phrase(en: "STAGE", zh: "阶段"))),
      TextTable.Column(word(Phrase(en: "DAYS", zh: "天数")), .right),
      TextTable.Column(word(Phrase(en: "HEALTH", zh: "健康度")), .right),
      TextTable.Column("ID"),
    ])
    for line in lines {
      let limit = line.maxDays.map { "/\($0)" } ?? ""
      table.add([
        TextWidth.oneLine(line.name), TextWidth.oneLine(line.stage),
        "\(line.days)\(limit)\(line.isRotten ? " !" : "")",
        line.health.map { "\($0.score)" } ?? Screen.missing, line.id.description,
      ])
    }
    table.print(to: console)
  }
}

extension Health.Reason {
  fileprivate var words: Phrase {
    let number = count ?? 0
    return switch cause {
    case .stageTooLong:
      Phrase(en: "\(number) days in this stage, too long", zh: "在本阶段已 \(number) 天，超过标准")
    case .silence: Phrase(en: "no contact for \(number) days", zh: "\(number) 天没有联系")
    case .tasksMissing:
      Phrase(en: "\(number) required tasks are missing", zh: "\(number) 项必须完成的任务未完成")
    case .closePassed:
      Phrase(en: "the close date passed \(number) days ago", zh: "预计成交日已过 \(number) 天")
    case .noDecisionMaker:
      Phrase(en: "no decision maker is known", zh: "尚未接触决策人")
    }
  }
}
