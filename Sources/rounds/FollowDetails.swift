// What may be said of a follow-up besides when, how and what: with whom, about what, how it went, and which
// earlier one it corrects.
//
// A fact is never changed: a correction is a new follow-up that names the old one, and both stay. Whoever wants
// no contact is not contacted; that they turned to us, or that it has happened all the same, may be noted.

import CommandKit
import FollowUp
import Replica
import Storage
import SyncCore

struct FollowDetails {
  static let options: [Command.Option] = [
    Command.Option(
      "contact", "REF", help: Phrase(en: "With whom", zh: "联系人"), values: .dynamic("record")),
    Command.Option(
      "opp", "REF", help: Phrase(en: "About which deal", zh: "相关商机"),
      values: .dynamic("record")),
    Command.Option(
      "topic", "TOPIC", help: Phrase(en: "About what", zh: "沟通主题"),
      values: .oneOf(Vocabulary.topics.everySpelling)),
    Command.Option("in", help: Phrase(en: "They turned to us", zh: "客户主动联系我们")),
    Command.Option(
      "outcome", "OUTCOME", help: Phrase(en: "Whether somebody was there", zh: "是否接通"),
      values: .oneOf(Vocabulary.outcomes.everySpelling)),
    Command.Option("minutes", "N", help: Phrase(en: "How long it took", zh: "时长（分钟）")),
    Command.Option(
      "corrects", "REF",
      help: Phrase(en: "The follow-up that this one corrects; both stay", zh: "更正哪条跟进（两条都保留）"),
      values: .dynamic("record")),
  ]

  private let schema = CollectionSchema.followUp
  /// The customer, and what was said of it.
  let customer: RecordID
  private(set) var values = FieldValues()
  /// The follow-up that is corrected.
  let corrected: FieldValues?

  /// - Parameter found: what REF means.
  init(_ invocation: Invocation, _ replica: OpenReplica, _ found: FoundRecord) throws {
    let customer = try replica.customer(of: found)
    self.customer = customer
    func linked(_ option: String, _ collection: CollectionSchema) throws -> FoundRecord? {
      guard let typed = invocation.option(option) else {
        return found.collection == collection && collection != .followUp ? found : nil
      }
      let linked = try replica.record(typed)
      guard linked.collection == collection else {
        throw RepError.unsuitable(linked, suitable: [collection.name])
      }
      guard try replica.customer(of: linked) == customer else {
        throw RepError.otherCustomer(linked)
      }
      return linked
    }
    let old = try linked("corrects", .followUp)
    corrected = try old.map { try replica.row($0).values }
    // What is not said again is as it was.
    for field in ["contact", "opportunity", "topic", "direction", "outcome", "minutes"] {
      values[schema.id(field)] = corrected?[schema.id(field)] ?? .null
    }
    if let old { values[schema.id("corrects")] = .reference(old.id) }
    if let contact = try linked("contact", .contact) {
      values[schema.id("contact")] = .reference(contact.id)
    }
    if let deal = try linked("opp", .opportunity) {
      values[schema.id("opportunity")] = .reference(deal.id)
    }
    try read(invocation)
    if !invocation.flag("anyway"), old == nil { try checkIsWanted(replica) }
  }

  private mutating func read(_ invocation: Invocation) throws {
    if let typed = invocation.option("topic"), let topic = Vocabulary.topics.word(typed: typed) {
      values[schema.id("topic")] = .text(topic)
    }
    if let typed = invocation.option("outcome") {
      values[schema.id("outcome")] =
        Vocabulary.outcomes.word(typed: typed).map { .text($0) } ?? .null
    }
    if invocation.flag("in") { values[schema.id("direction")] = .text("in") }
    if let minutes = try invocation.integer("minutes", in: 0...1440) {
      values[schema.id("minutes")] = .integer(Int64(minutes))
    }
  }

  private func checkIsWanted(_ replica: OpenReplica) throws {
    guard values[schema.id("direction")].text != "in",
      let contact = values[schema.id("contact")].reference,
      let row = try replica.store.table(.contact).row(contact, in: replica.store.db),
      row.values[CollectionSchema.contact.id("doNotContact")] == .boolean(true)
    else { return }
    throw RepError.doNotContact(CollectionSchema.contact.title(of: row.values))
  }
}
