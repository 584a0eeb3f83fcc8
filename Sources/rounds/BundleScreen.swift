// What is said of bundles: in words for people, and as the documents of `--json`.
//
// What others wrote – a reason, a path – is printed on one line and without control characters. It
// must never decide anything: what came of a bundle is `BundleOutcome`'s and `Carried`'s to say.

import CommandKit
import Notation
import Replica
import SyncCore

struct BundleScreen {
  private let console: Console
  private let screen: Screen

  init(_ console: Console) {
    self.console = console
    screen = Screen(console)
  }

  // MARK: Reading

  func carries(_ item: Carried.Item, asJSON: Bool) {
    guard !asJSON else {
      return console.print(
        json: [
          "kind": "carried", "id": .string(item.body.id.description),
          "state": .string(item.standing.rawValue), "path": .string(item.path),
        ])
    }
    if item.standing == .answered {
      return screen.say(
        Phrase(
          en: "The hub has answered this bundle; take the answer back: \(item.path)",
          zh: "服务器已答复此数据包，请带回答复：\(item.path)"))
    }
    screen.say(
      Phrase(
        en: "A colleague's bundle \(item.body.id) goes up with your next sync: rounds sync",
        zh: "同事的数据包 \(item.body.id) 将在您下次同步时送达：rounds sync"))
  }

  func took(_ outcome: BundleOutcome, id: ULID, waiting: Int, asJSON: Bool) {
    guard !asJSON else { return console.print(json: document(outcome, id, waiting: waiting)) }
    let report = outcome.report
    if outcome.isRepeated {
      return screen.say(
        Phrase(
          en: "This answer was taken in before; nothing has changed.",
          zh: "这份答复已经读入过，没有任何变化。"))
    }
    if outcome.isLate {
      return screen.say(
        Phrase(
          en: "This answer comes late: all it says is known here. Nothing has changed.",
          zh: "这份答复来晚了，其内容本机已知，没有任何变化。"))
    }
    let sent = report.accepted + report.duplicate
    screen.say(
      Phrase(
        en: "Answer taken in: \(sent) edits arrived, \(report.records) records received",
        zh: "已读入答复：\(sent) 项已送达，收到 \(report.records) 条记录"))
    if report.refused + report.parked > 0 {
      screen.say(
        Phrase(
          en:
            "\(report.refused + report.parked) of your values were not accepted: rounds attention",
          zh: "有 \(report.refused + report.parked) 个值未被接受：rounds attention"))
    }
    if !report.isUpToDate || waiting > 0 {
      screen.say(
        Phrase(
          en: "Not everything is settled yet: sync, or write another bundle",
          zh: "尚未全部完成：请同步，或再打包一次"))
    }
  }

  private func document(_ outcome: BundleOutcome, _ id: ULID, waiting: Int) -> JSONValue {
    let report = outcome.report
    let word = outcome.isRepeated ? "repeated" : outcome.isLate ? "late" : "taken"
    return [
      "kind": "answer", "id": .string(id.description), "outcome": .string(word),
      "pushed": [
        "accepted": count(report.accepted), "duplicate": count(report.duplicate),
        "refused": count(report.refused), "parked": count(report.parked),
      ],
      "pulled": ["records": count(report.records), "departed": count(report.departed)],
      "upToDate": .bool(report.isUpToDate), "waiting": count(waiting),
    ]
  }

  // MARK: The list

  func list(_ own: [WrittenBundle], _ carried: [Carried.Item]) {
    if own.isEmpty && carried.isEmpty {
      return screen.say(Phrase(en: "No bundles.", zh: "没有数据包。"))
    }
    for bundle in own {
      let answered = bundle.answeredAt.map {
        Phrase(en: "answered \(screen.time($0))", zh: "\(screen.time($0)) 已答复")
      }
      screen.say(
        Phrase(verbatim: "\(bundle.id)  \(screen.time(bundle.at))  ")
          + Phrase(en: "yours, \(bundle.edits) edits, ", zh: "自己的，\(bundle.edits) 项，")
          + (answered ?? Phrase(en: "no answer yet", zh: "尚无答复")))
    }
    for item in carried {
      screen.say(
        Phrase(verbatim: "\(item.body.id)  \(screen.time(item.body.at))  ") + standing(of: item))
    }
  }

  private func standing(of item: Carried.Item) -> Phrase {
    switch item.standing {
    case .waiting: Phrase(en: "carried, goes up with the next sync", zh: "代带，下次同步时送达")
    case .answered: Phrase(en: "take the answer back: \(item.path)", zh: "请带回答复：\(item.path)")
    case .refused:
      Phrase(en: "refused: ", zh: "被拒绝：")
        + Phrase(verbatim: TextWidth.oneLine(item.reason ?? ""))
    }
  }

  func printJSON(_ own: [WrittenBundle], _ carried: [Carried.Item]) {
    console.print(
      json: [
        "own": .array(
          own.map { bundle in
            [
              "id": .string(bundle.id.description), "at": time(bundle.at),
              "edits": count(bundle.edits), "answeredAt": bundle.answeredAt.map(time) ?? .null,
            ]
          }),
        "carried": .array(
          carried.map { item in
            [
              "id": .string(item.body.id.description), "at": time(item.body.at),
              "replica": .integer(Int64(item.body.replica.rawValue)),
              "state": .string(item.standing.rawValue), "path": .string(item.path),
              "reason": item.reason.map { .string($0) } ?? .null,
            ]
          }),
      ])
  }

  private func time(_ moment: Moment) -> JSONValue {
    .string(ISO8601.string(milliseconds: moment.milliseconds, in: console.zone))
  }

  private func count(_ number: Int) -> JSONValue { .integer(Int64(number)) }
}
