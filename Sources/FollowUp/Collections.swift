// What people keep: every collection, every field, and the rule each field merges by – one table.
//
// Numbers mean the same on every side for ever: a field is never renumbered, and a number is never
// used twice. 1 is the lifecycle in every collection. Fields that belong together stand under their
// group and merge as one value. To add a field, give it the next free number and raise the version.

import SyncCore

extension Schema {
  /// The schema that this program was built with.
  public static let followUp = Schema(
    version: 5,
    collections: [
      .customer, .contact, .followUp, .opportunity, .task, .reminder, .conflict, .ticket,
      .contract, .message, .promise, .feedback, .plan,
    ])
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
      FieldSchema(31, "stageSince", .moment, .hubOnly),
      FieldSchema(32, "priority", .text, .latest),
      FieldSchema(33, "cadence", .text, .latest),
      FieldSchema(34, "customerSince", .text, .latest),
      FieldSchema(35, "decisions", .set, .union),
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
      FieldSchema(14, "doNotContact", .boolean, .latest),
      FieldSchema(15, "interests", .set, .union),
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
      FieldSchema(11, "corrects", .reference(CollectionID(3)), .once),
      FieldSchema(12, "topic", .text, .once),
      FieldSchema(13, "direction", .text, .once),
      FieldSchema(14, "outcome", .text, .once),
      FieldSchema(15, "minutes", .integer, .once),
      FieldSchema(16, "externalKey", .text, .once),
      FieldSchema(17, "form", .text, .once),
      FieldSchema(18, "answers", .text, .once),
      FieldSchema(19, "score", .integer, .once),
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
      FieldSchema(16, "stageSince", .moment, .hubOnly),
      FieldSchema(17, "priority", .text, .latest),
      FieldSchema(18, "pipeline", .text, .latest),
      FieldSchema(19, "background", .text, .review),
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
      FieldSchema(13, "opportunity", .reference(CollectionID(4)), .once),
      FieldSchema(14, "rule", .text, .once),
      FieldSchema(15, "subject", .text, .once),
      FieldSchema(16, "anchor", .moment, .once),
      FieldSchema(17, "stage", .text, .once),
      FieldSchema(18, "isRequired", .boolean, .once),
      FieldSchema(19, "evidence", .text, .latest),
      FieldSchema(20, "queue", .text, .latest),
      FieldSchema(21, "remind", .text, .latest),
      // Of a task that went to people who do not see the customer: whom it is about, and what they may know.
      FieldSchema(22, "about", .reference(CollectionID(1)), .hubOnly),
      FieldSchema(23, "brief", .text, .hubOnly),
      FieldSchema(24, "take", .text, .latest, isRequest: true),
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
      FieldSchema(14, "subject", .text, .hubOnly),
      FieldSchema(15, "step", .text, .hubOnly),
      FieldSchema(16, "reason", .text, .hubOnly),
      // Of a neglect that a laptop may still speak against: up to when all that it wrote has arrived.
      FieldSchema(17, "unconfirmed", .moment, .hubOnly),
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
