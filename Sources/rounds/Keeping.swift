// A narrowing as people type it, as they read it, and what the hub says that it comes to.
//
// Nothing is decided here: which customers a narrowing means, the hub says (`Hub/Narrowed.swift`).

import CommandKit
import HubClient
import Notation
import Wire

/// What a laptop keeps, or would keep.
struct Keeping {
  static let daysMax: UInt32 = 36_500

  let narrowing: Narrowing

  init(_ narrowing: Narrowing?) { self.narrowing = narrowing ?? Narrowing() }

  var isAll: Bool { narrowing == Narrowing() }

  static func narrowing(_ invocation: Invocation) throws -> Narrowing {
    let reach: Narrowing.Reach =
      switch invocation.argument("REACH") {
      case "mine": .mine
      case "team": .team
      default: .all
      }
    var days: UInt32 = 0
    if let typed = invocation.option("days") {
      guard let number = UInt32(typed), (1...daysMax).contains(number) else {
        throw CommandFailure.usage(
          Phrase(
            en: "--days takes a number from 1 to \(daysMax), not \(typed)",
            zh: "--days 应为 1 到 \(daysMax) 的整数，而不是 \(typed)"))
      }
      days = number
    }
    let tags = Set(invocation.options("tag")).sorted()
    for tag in tags where tag.isEmpty || tag.utf8.count > Limits.nameBytesMax {
      throw CommandFailure.usage(
        Phrase(
          en: "A tag has 1 to \(Limits.nameBytesMax) bytes.",
          zh: "标签长度应为 1 到 \(Limits.nameBytesMax) 字节。"))
    }
    guard tags.count <= Limits.narrowingTagsMax else {
      throw CommandFailure.usage(
        Phrase(
          en: "At most \(Limits.narrowingTagsMax) tags.",
          zh: "最多 \(Limits.narrowingTagsMax) 个标签。"))
    }
    return Narrowing(reach: reach, days: days, tags: tags)
  }

  /// What it would come to, as the hub reckons; nil where it cannot be reached.
  func extent(_ replica: OpenReplica) throws -> JSONValue? {
    var patience = HTTPHubLink.Patience()
    patience.otherSeconds = 10
    patience.connectSeconds = 3
    do {
      return try replica.line(patience: patience).extent(of: narrowing)
    } catch let error as HubLinkError where error.isAbsence {
      return nil
    }
  }

  // MARK: Words

  private var reach: String {
    switch narrowing.reach {
    case .all: "all"
    case .team: "team"
    case .mine: "mine"
    }
  }

  /// `workspace`, or `mine days=90 tag=vip`: one line for scripts.
  var words: String {
    if isAll { return "workspace" }
    let days = narrowing.days > 0 ? ["days=\(narrowing.days)"] : []
    return ([reach] + days + narrowing.tags.map { "tag=\($0)" }).joined(separator: " ")
  }

  var json: JSONValue {
    [
      "reach": .string(reach), "days": .integer(Int64(narrowing.days)),
      "tags": .array(narrowing.tags.map { .string($0) }),
    ]
  }

  var phrase: Phrase {
    let whose =
      switch narrowing.reach {
      case .all: Phrase(en: "all that you may see", zh: "您可见的全部客户")
      case .team: Phrase(en: "your team's customers", zh: "本团队的客户")
      case .mine: Phrase(en: "your own customers", zh: "您自己的客户")
      }
    var (en, zh) = (whose.en, whose.zh)
    if narrowing.days > 0 {
      en += ", alive in the last \(narrowing.days) days"
      zh += "，最近 \(narrowing.days) 天有动静"
    }
    if !narrowing.tags.isEmpty {
      let tags = narrowing.tags.map { TextWidth.oneLine($0) }
      en += ", tagged " + tags.joined(separator: " or ")
      zh += "，标签：" + tags.joined(separator: "、")
    }
    return Phrase(en: en, zh: zh)
  }

  static let sizeUnknown = Phrase(
    en: "The hub cannot be reached, so nobody knows how much that is.",
    zh: "无法连接服务器，暂时无法估算大小。")

  /// What the hub reckoned.
  static func size(_ extent: JSONValue) -> Phrase {
    let counts = (extent["records"]?.object ?? [:]).sorted { $0.key < $1.key }
    let amount = amount(
      counts.map { ($0.key, Int($0.value.integer ?? 0)) }, extent["bytes"]?.integer ?? 0)
    return Phrase(en: "About \(amount)", zh: "约 \(amount)")
  }

  /// `12 customer, 30 contact (14 kB)`
  static func amount(_ counts: [(String, Int)], _ bytes: Int64) -> String {
    let held = counts.filter { $0.1 > 0 }.map { "\($0.1) \($0.0)" }
    return (held.isEmpty ? "0" : held.joined(separator: ", ")) + " (\(ByteSize.text(bytes)))"
  }
}
