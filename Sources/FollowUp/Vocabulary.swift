// Fields whose values are words of a list: what may be typed for each word, in either language.
//
// The first spelling is the one that is stored, so that a question or a report means the same for everybody,
// whichever language it was typed in. A record may hold a word that no list knows, written by another program;
// it is shown as it is and never lost. It must never be used for values that have an order: those are `Ladder`s.

import SyncCore

public struct Vocabulary: Hashable, Sendable {
  /// Each word with its spellings; the first is stored, the last is Chinese.
  private let spellings: [[String]]

  public init(_ spellings: [[String]]) {
    precondition(spellings.allSatisfy { !$0.isEmpty }, "a word without a spelling")
    self.spellings = spellings
  }

  /// The words as they are stored.
  public var words: [String] { spellings.map { $0[0] } }

  /// Everything that may be typed.
  public var everySpelling: [String] { spellings.flatMap { $0 } }

  /// The word that somebody means; nil: none of these.
  public func word(typed: String) -> String? {
    let typed = typed.lowercased()
    return spellings.first { $0.contains(typed) }?[0]
  }

  /// What Chinese readers are shown for a stored word.
  public func chinese(_ word: String) -> String {
    spellings.first { $0[0] == word }?.last ?? word
  }

  /// The list that a field takes its words from; nil: any text.
  public static func of(_ field: String, in collection: CollectionSchema) -> Vocabulary? {
    switch (collection, field) {
    case (_, "channel"), (.contact, "preferredChannel"): channels
    case (.followUp, "topic"), (.plan, "topic"), (.contact, "interests"): topics
    case (.followUp, "direction"): directions
    case (.followUp, "outcome"): outcomes
    case (.feedback, "kind"): feedbackKinds
    case (.feedback, "severity"): severities
    default: nil
    }
  }
}

extension Vocabulary {
  /// How a contact takes place; the words are those of `Channel`.
  public static let channels = Vocabulary([
    ["call", "电话"], ["mail", "email", "邮件"], ["sms", "短信"], ["wechat", "微信"],
    ["wecom", "企业微信"], ["social", "社交媒体"], ["meeting", "线上会议"], ["visit", "面访", "拜访"],
    ["event", "活动"], ["other", "其他"],
  ])

  /// What a contact or a plan is about.
  public static let topics = Vocabulary([
    ["product", "产品信息"], ["promotion", "促销活动"], ["feedback", "客户反馈"], ["quote", "报价"],
    ["contract", "合同"], ["delivery", "交付"], ["payment", "回款"], ["service", "售后服务"],
    ["relationship", "客情维护"], ["other", "其他"],
  ])

  /// Who turned to whom.
  public static let directions = Vocabulary([["out", "去电", "主动"], ["in", "来电", "客户来访"]])

  /// Whether somebody was there.
  public static let outcomes = Vocabulary([
    ["reached", "已接通"], ["missed", "未接通"], ["refused", "拒绝"],
  ])

  public static let feedbackKinds = Vocabulary([
    ["complaint", "投诉"], ["suggestion", "建议"], ["need", "需求"], ["praise", "表扬"],
  ])

  public static let severities = Vocabulary([
    ["low", "低"], ["normal", "普通", "中"], ["high", "高"], ["urgent", "紧急"],
  ])
}

extension Vocabulary {
  /// By when feedback of a severity is answered: working hours, for nobody is there on a Sunday – and not days,
  /// which count from the same time of day: on a Sunday a day would be sooner than four hours.
  public static func answerIn(severity: String) -> Delay? {
    let spans = ["urgent": "4wh", "high": "9wh", "normal": "27wh", "low": "45wh"]
    return Delay(spans[severity] ?? "27wh")
  }
}
