// What follows a deal, and what goes out to the customer: contracts, tickets, promises, feedback, plans and
// messages.
//
// The law of `Collections.swift` holds here as well: a field is never renumbered, and a number is never used
// twice.

import SyncCore

extension CollectionSchema {
  /// Something that is wrong at a customer, and that somebody sees to.
  public static let ticket = CollectionSchema(
    8, "ticket", title: 3, root: 2,
    fields: [
      FieldSchema(2, "customer", .reference(CollectionID(1)), .latest),
      FieldSchema(3, "title", .text, .latest),
      FieldSchema(4, "kind", .text, .latest),
      FieldSchema(5, "severity", .text, .latest),
      FieldSchema(6, "status", .text, .furthest(.ticketStates)),
      FieldSchema(7, "assignee", .text, .latest),
      FieldSchema(8, "queue", .text, .latest),
      FieldSchema(9, "dueAt", .moment, .latest),
      FieldSchema(10, "resolution", .text, .review),
      FieldSchema(11, "satisfaction", .integer, .latest),
      FieldSchema(12, "followUp", .reference(CollectionID(3)), .once),
      FieldSchema(13, "rule", .text, .once),
      FieldSchema(14, "subject", .text, .once),
      FieldSchema(15, "anchor", .moment, .once),
      FieldSchema(16, "resolvedAt", .moment, .least),
    ])

  /// A contract, from its draft to its end.
  public static let contract = CollectionSchema(
    9, "contract", title: 3, root: 2,
    fields: [
      FieldSchema(2, "customer", .reference(CollectionID(1)), .latest),
      FieldSchema(3, "name", .text, .latest),
      FieldSchema(4, "number", .text, .review),
      FieldSchema(5, "money", .group([6, 7].map { FieldID($0) }), .review),
      FieldSchema(6, "amount", .decimal, .review, group: 5),
      FieldSchema(7, "currency", .text, .review, group: 5),
      FieldSchema(8, "status", .text, .furthest(.contractStates)),
      FieldSchema(9, "statusSince", .moment, .hubOnly),
      FieldSchema(10, "signedOn", .text, .latest),
      FieldSchema(11, "startsOn", .text, .latest),
      FieldSchema(12, "endsOn", .text, .latest),
      FieldSchema(13, "opportunity", .reference(CollectionID(4)), .latest),
      FieldSchema(14, "contact", .reference(CollectionID(2)), .latest),
      FieldSchema(15, "externalKey", .text, .latest),
    ])

  /// A message to a customer, or a call to another program. The hub writes it, and whoever delivers
  /// it says what became of it.
  public static let message = CollectionSchema(
    10, "message", title: 6, root: 2, deletion: .deletionWins,
    fields: [
      FieldSchema(2, "customer", .reference(CollectionID(1)), .hubOnly),
      FieldSchema(3, "contact", .reference(CollectionID(2)), .hubOnly),
      FieldSchema(4, "channel", .text, .hubOnly),
      FieldSchema(5, "address", .text, .hubOnly),
      FieldSchema(6, "title", .text, .hubOnly),
      FieldSchema(7, "text", .text, .hubOnly),
      FieldSchema(8, "status", .text, .hubOnly),
      FieldSchema(9, "rule", .text, .hubOnly),
      FieldSchema(10, "subject", .text, .hubOnly),
      FieldSchema(11, "anchor", .moment, .hubOnly),
      FieldSchema(12, "dueAt", .moment, .hubOnly),
      FieldSchema(13, "fault", .text, .hubOnly),
    ])

  /// What somebody promised a customer.
  public static let promise = CollectionSchema(
    11, "promise", title: 3, root: 2,
    fields: [
      FieldSchema(2, "customer", .reference(CollectionID(1)), .latest),
      FieldSchema(3, "title", .text, .latest),
      FieldSchema(4, "dueAt", .moment, .latest),
      FieldSchema(5, "status", .text, .furthest(.promiseStates)),
      FieldSchema(6, "assignee", .text, .latest),
      FieldSchema(7, "doneAt", .moment, .least),
      FieldSchema(8, "note", .text, .latest),
    ])

  /// What a customer said about us.
  public static let feedback = CollectionSchema(
    12, "feedback", title: 6, root: 2,
    fields: [
      FieldSchema(2, "customer", .reference(CollectionID(1)), .latest),
      FieldSchema(3, "contact", .reference(CollectionID(2)), .latest),
      FieldSchema(4, "channel", .text, .once),
      FieldSchema(5, "kind", .text, .latest),
      FieldSchema(6, "text", .text, .once),
      FieldSchema(7, "severity", .text, .latest),
      FieldSchema(8, "status", .text, .furthest(.ticketStates)),
      FieldSchema(9, "dueAt", .moment, .latest),
      FieldSchema(10, "answer", .text, .review),
      FieldSchema(11, "followUp", .reference(CollectionID(3)), .once),
      FieldSchema(12, "author", .text, .once),
      FieldSchema(13, "product", .text, .latest),
      FieldSchema(14, "resolvedAt", .moment, .least),
    ])

  /// How somebody means to keep in touch with a customer, and what for.
  public static let plan = CollectionSchema(
    13, "plan", title: 3, root: 2,
    fields: [
      FieldSchema(2, "customer", .reference(CollectionID(1)), .latest),
      FieldSchema(3, "title", .text, .latest),
      FieldSchema(4, "every", .text, .latest),
      FieldSchema(5, "channel", .text, .latest),
      FieldSchema(6, "topic", .text, .latest),
      FieldSchema(7, "startsAt", .moment, .latest),
      FieldSchema(8, "until", .moment, .latest),
      FieldSchema(9, "status", .text, .furthest(.planStates)),
      FieldSchema(10, "assignee", .text, .latest),
      FieldSchema(11, "goal", .text, .review),
      FieldSchema(12, "goalBy", .moment, .latest),
      FieldSchema(13, "contact", .reference(CollectionID(2)), .latest),
      FieldSchema(14, "note", .text, .latest),
    ])
}
