// What people keep: every collection, every field, and the rule each field merges by – one table.
//
// Numbers mean the same on every side for ever: a field is never renumbered, and a number is never
// used twice. 1 is the lifecycle in every collection. Fields that belong together stand under their
// group and merge as one value. To add a field, give it the next free number and raise the version.

import SyncCore

extension Schema {
  /// The schema that this program was built with.
  public static let followUp = Schema(
    version: 1,
    collections: [.customer, .contact, .followUp, .opportunity, .task, .reminder, .conflict])
}

extension CollectionSchema {
  /// A company that is followed up. The root: its scope is the scope of everything that is its.
  public static let customer = CollectionSchema(
    1, "customer", title: 2,
    fields: [
      FieldSchema(2, "name", .text, .latest),
      FieldSchema(3, "legalName", .text, .review),
      FieldSchema(4, "creditCode", .text, .review),
      FieldSchema(5, "industry", .text, .latest),
      FieldSchema(6, "region", .text, .latest),
      FieldSchema(7, "size", .text, .latest),
      FieldSchema(8, "source", .text, .latest),
      FieldSchema(9, "phone", .text, .latest),
      FieldSchema(10, "email", .text, .latest),
      FieldSchema(11, "postalAddress", .group([12, 13, 27, 14, 15].map { FieldID($0) }), .latest),
      FieldSchema(12, "address", .text, .latest, group: 11),
      FieldSchema(13, "city", .text, .latest, group: 11),
      FieldSchema(27, "province", .text, .latest, group: 11),
      FieldSchema(14, "postalCode", .text, .latest, group: 11),
      FieldSchema(15, "country", .text, .latest, group: 11),
      FieldSchema(16, "website", .text, .latest),
      FieldSchema(17, "tags", .set, .union),
      FieldSchema(18, "tier", .text, .latest),
      FieldSchema(19, "stage", .text, .furthest(.stages)),
      FieldSchema(20, "owner", .text, .hubOnly, isOpenAtCreation: true),
      FieldSchema(21, "assignedAt", .moment, .hubOnly, isOpenAtCreation: true),
      FieldSchema(22, "nextFollowAt", .moment, .latest),
      FieldSchema(23, "lastFollowAt", .moment, .greatest),
      FieldSchema(24, "firstFollowAt", .moment, .least),
      FieldSchema(25, "notes", .text, .review),
      FieldSchema(26, "externalKey", .text, .latest),
      FieldSchema(28, "pool", .text, .hubOnly),
      FieldSchema(29, "claim", .text, .latest, isRequest: true),
      FieldSchema(30, "release", .text, .latest, isRequest: true),
    ])

  /// A person at a customer.
  public static let contact = CollectionSchema(
    2, "contact", title: 3, root: 2,
    fields: [
      FieldSchema(2, "customer", .reference(CollectionID(1)), .latest),
      FieldSchema(3, "name", .text, .latest),
      FieldSchema(4, "title", .text, .latest),
      FieldSchema(5, "role", .text, .latest),
      FieldSchema(6, "phone", .text, .latest),
      FieldSchema(7, "mobile", .text, .latest),
      FieldSchema(8, "email", .text, .latest),
      FieldSchema(9, "wechat", .text, .latest),
      FieldSchema(10, "birthday", .text, .review),
      FieldSchema(11, "preferredChannel", .text, .latest),
      FieldSchema(12, "notes", .text, .review),
      FieldSchema(13, "externalKey", .text, .latest),
    ])

  /// A visit, call or mail that took place: a fact, written once, corrected by a later fact.
  public static let followUp = CollectionSchema(
    3, "followUp", title: 5, root: 2, isImmutable: true,
    fields: [
      FieldSchema(2, "customer", .reference(CollectionID(1)), .once),
      FieldSchema(3, "occurredAt", .moment, .once),
      FieldSchema(4, "channel", .text, .once),
      FieldSchema(5, "text", .text, .once),
      FieldSchema(6, "next", .text, .once),
      FieldSchema(7, "nextAt", .moment, .once),
      FieldSchema(8, "contact", .reference(CollectionID(2)), .once),
      FieldSchema(9, "opportunity", .reference(CollectionID(4)), .once),
      FieldSchema(10, "author", .text, .once),
    ])

  /// A deal that may come about.
  public static let opportunity = CollectionSchema(
    4, "opportunity", title: 3, root: 2,
    fields: [
      FieldSchema(2, "customer", .reference(CollectionID(1)), .latest),
      FieldSchema(3, "name", .text, .latest),
      FieldSchema(4, "stage", .text, .furthest(.stages)),
      FieldSchema(5, "money", .group([6, 7].map { FieldID($0) }), .review),
      FieldSchema(6, "amount", .decimal, .review, group: 5),
      FieldSchema(7, "currency", .text, .review, group: 5),
      FieldSchema(8, "probability", .integer, .latest),
      FieldSchema(9, "closeAt", .moment, .latest),
      FieldSchema(10, "source", .text, .latest),
      FieldSchema(11, "nextStep", .text, .latest),
      FieldSchema(12, "owner", .text, .hubOnly, isOpenAtCreation: true),
      FieldSchema(13, "notes", .text, .review),
      FieldSchema(14, "externalKey", .text, .latest),
      FieldSchema(15, "stageReason", .text, .latest),
    ])

  /// Something that somebody has to do, with or without a customer.
  public static let task = CollectionSchema(
    5, "task", title: 3, root: 2,
    fields: [
      FieldSchema(2, "customer", .reference(CollectionID(1)), .latest),
      FieldSchema(3, "title", .text, .latest),
      FieldSchema(4, "kind", .text, .once),
      FieldSchema(5, "dueAt", .moment, .latest),
      FieldSchema(6, "assignee", .text, .latest),
      FieldSchema(7, "status", .text, .furthest(.taskStates)),
      FieldSchema(8, "doneAt", .moment, .least),
      FieldSchema(9, "note", .text, .latest),
      FieldSchema(10, "priority", .text, .latest),
      FieldSchema(11, "snoozedUntil", .moment, .latest),
      FieldSchema(12, "followUp", .reference(CollectionID(3)), .once),
    ])

  /// What a rule tells somebody to do. The hub writes it; only the answer is the rep's.
  public static let reminder = CollectionSchema(
    6, "reminder", title: 6, root: 2, deletion: .deletionWins,
    fields: [
      FieldSchema(2, "customer", .reference(CollectionID(1)), .hubOnly),
      FieldSchema(3, "rule", .text, .hubOnly),
      FieldSchema(4, "ruleVersion", .integer, .hubOnly),
      FieldSchema(5, "anchor", .moment, .hubOnly),
      FieldSchema(6, "title", .text, .hubOnly),
      FieldSchema(7, "dueAt", .moment, .hubOnly),
      FieldSchema(8, "user", .text, .hubOnly),
      FieldSchema(9, "strength", .text, .hubOnly),
      FieldSchema(10, "status", .text, .hubOnly),
      FieldSchema(11, "response", .text, .furthest(.responses)),
      FieldSchema(12, "snoozedUntil", .moment, .greatest),
      FieldSchema(13, "note", .text, .latest),
    ])

  /// A ledger entry: concurrent values of one field, who wrote them, and what became of it.
  public static let conflict = CollectionSchema(
    7, "conflict", title: 5, root: 2, deletion: .deletionWins,
    fields: [
      FieldSchema(2, "customer", .reference(CollectionID(1)), .hubOnly),
      FieldSchema(3, "record", .text, .hubOnly),
      FieldSchema(4, "collection", .text, .hubOnly),
      FieldSchema(5, "field", .text, .hubOnly),
      FieldSchema(6, "base", .text, .hubOnly),
      FieldSchema(7, "values", .text, .hubOnly),
      FieldSchema(8, "rule", .text, .hubOnly),
      FieldSchema(9, "ruleVersion", .integer, .hubOnly),
      FieldSchema(10, "shown", .text, .hubOnly),
      FieldSchema(11, "status", .text, .hubOnly),
      FieldSchema(12, "resolvedBy", .text, .hubOnly),
      FieldSchema(13, "resolvedAt", .moment, .hubOnly),
      FieldSchema(14, "note", .text, .hubOnly),
      FieldSchema(15, "since", .integer, .hubOnly),
      FieldSchema(16, "authors", .set, .hubOnly),
    ])
}

extension Ladder {
  /// How far a customer or a deal has come. Every rung has its English and Chinese spellings.
  public static let stages = Ladder([
    ["lead", "线索", "线索获取", "潜在"],
    ["contacted", "初步接洽", "联系", "联系沟通"],
    ["visit", "visited", "拜访", "已拜访"],
    ["qualified", "需求分析", "需求确认", "筛选"],
    ["proposal", "offer", "quoted", "方案提供", "方案报价", "方案呈现", "已报价"],
    ["negotiation", "商务谈判"],
    ["lost", "输单", "流失"],
    ["won", "signed", "合同签订", "签约", "成交"],
    ["delivery", "项目交付"],
    ["paid", "客户回款"],
    ["service", "售后", "售后服务"],
  ])

  public static let taskStates = Ladder([["open"], ["started"], ["cancelled"], ["done"]])

  /// Whether a customer or a deal at this stage is still to be won: neither lost nor dealt.
  public static func isOpen(stage: Value) -> Bool {
    stages.height(of: stage) < stages.height(of: .text("lost"))
  }

  /// Whether a task in this state is still to be done.
  public static func isOpen(task: Value) -> Bool {
    taskStates.height(of: task) < taskStates.height(of: .text("cancelled"))
  }

  /// Done beats acknowledged beats snoozed.
  public static let responses = Ladder([["snoozed"], ["acknowledged"], ["done"]])
}

/// How a follow-up took place.
public enum Channel: String, CaseIterable, Sendable {
  case call, mail, sms, wechat, wecom, social, meeting, visit, event, other
}
