// `rounds lead add key=value…`: a lead that a rep brings home, after a look whether it is somebody we know.
//
// Offline: what this laptop holds is asked, by telephone, mail address and external key; of customers of others only
// the hub knows. A lead is a customer at the beginning of the road with a source and perhaps a campaign, and its
// person; both are made in one edit. The same key again is the same lead and makes nothing.

import CommandKit
import FollowUp
import Notation
import Replica
import SyncCore

func leadCommands(_ outside: Outside) -> [Command] { [leadAddCommand(outside)] }

private let keysHelp = Phrase(
  en: "name, source; contact, phone, email, region, industry, campaign, notes, key",
  zh: "name、source 必填；可选 contact、phone、email、region、industry、campaign、notes、key")

private func leadAddCommand(_ outside: Outside) -> Command {
  Command(
    ["lead", "add"], group: Group.deals,
    summary: Phrase(en: "Note a lead, unless it is known", zh: "录入线索，并检查是否已有此客户"),
    arguments: [Command.Argument("key=value", .oneOrMore, help: keysHelp)],
    options: [
      Command.Option(
        "anyway", help: Phrase(en: "Also where it looks like a known one", zh: "即使像是已有客户也录入"))
    ],
    examples: [
      Command.Example(
        "rounds lead add name=Acme source=展会 contact=Li phone=13800000000 campaign=2026-spring",
        Phrase(en: "A card from a fair", zh: "展会上收到的名片"))
    ],
    notes: [
      Phrase(
        en: "Whether others know it is for the hub to find out; it then asks an administrator.",
        zh: "其他人是否已有此客户由服务器判断，并交由管理员处理。")
    ]
  ) { invocation in
    let replica = try OpenReplica(invocation, outside)
    let lead = try RepLead(invocation.assignments("key=value"))
    if let known = try lead.repeated(in: replica) {
      return replica.printLead("repeated", known, invocation)
    }
    if !invocation.flag("anyway"), let known = try lead.known(in: replica) {
      throw RepLead.refusal(known)
    }
    let id = try lead.save(replica)
    guard !invocation.isJSON else { return replica.printLead("new", id, invocation) }
    try replica.printSaved(invocation, lead["name"] ?? "", id)
  }
}

/// What somebody typed of a lead.
private struct RepLead {
  private static let keys = [
    "name", "contact", "phone", "email", "region", "industry", "source", "campaign", "notes", "key",
  ]

  private var values: [String: String] = [:]

  init(_ assignments: [Assignment]) throws {
    for assignment in assignments {
      guard case .set(let key, let text) = assignment, RepLead.keys.contains(key) else {
        throw CommandFailure.usage(
          Phrase(
            en: "A lead has no \(assignment.field) to write.",
            zh: "线索没有可写的 \(assignment.field) 。"),
          hint: Phrase(en: "It has ", zh: "可写：") + keysHelp)
      }
      if !text.allSatisfy(\.isWhitespace) { values[key] = text }
    }
    for key in ["name", "source"] where values[key] == nil {
      throw CommandFailure.usage(
        Phrase(en: "\(key) is missing.", zh: "缺少 \(key) 。"),
        hint: Phrase(en: "Write \(key)=… as well.", zh: "请加上 \(key)=… 。"))
    }
  }

  subscript(key: String) -> String? { values[key] }

  // MARK: Who it is

  /// The customer that this very lead became.
  func repeated(in replica: OpenReplica) throws -> RecordID? {
    guard let key = values["key"] else { return nil }
    return try replica.store.db.first(
      "SELECT id FROM customer WHERE externalKey = ? ORDER BY id LIMIT 1", .text(key)
    ) { try $0.id(0) }
  }

  /// The customer who has this number or address.
  func known(in replica: OpenReplica) throws -> RecordID? {
    let book = try AddressBook(replica.store)
    let owner =
      values["phone"].flatMap(book.owner(ofNumber:)) ?? values["email"].flatMap(book.owner(ofMail:))
    return owner?.customer
  }

  static func refusal(_ known: RecordID) -> CommandFailure {
    CommandFailure(
      .refused,
      Phrase(en: "This is a customer already: \(known)", zh: "已有此客户： \(known)"),
      hint: Phrase(
        en: "Note the contact with: rounds follow \(known) … , or add --anyway .",
        zh: "请记录跟进：rounds follow \(known) … ；或加上 --anyway 。"))
  }

  // MARK: Taking it

  func save(_ replica: OpenReplica) throws -> RecordID {
    let id = try replica.store.mint(at: replica.now)
    var customer = FieldWriting(replica, .customer, current: nil)
    try customer.take(
      assignments(
        ["name", "phone", "email", "region", "industry", "source", "notes"].map { ($0, $0) }
          + [("campaign", "tags"), ("key", "externalKey")]))
    customer.setDefault("stage", .text("lead"))
    customer.setDefault("owner", .text(replica.state.user))
    customer.setDefault("assignedAt", .moment(replica.today))
    var writes = [RecordWrite(id, in: .customer, customer.writes(), isCreation: true)]
    if values["contact"] != nil {
      var contact = FieldWriting(replica, .contact, current: nil)
      try contact.take(assignments([("contact", "name"), ("phone", "mobile"), ("email", "email")]))
      contact.setDefault("customer", .reference(id))
      writes.append(
        RecordWrite(
          try replica.store.mint(at: replica.now), in: .contact, contact.writes(), isCreation: true)
      )
    }
    try replica.store.write(writes, at: replica.now)
    return id
  }

  /// What was typed under the first name, for the field of the second.
  private func assignments(_ pairs: [(key: String, field: String)]) -> [Assignment] {
    pairs.compactMap { pair in values[pair.key].map { .set(field: pair.field, value: $0) } }
  }
}

extension OpenReplica {
  fileprivate func printLead(_ status: String, _ id: RecordID, _ invocation: Invocation) {
    guard !invocation.isJSON else {
      return console.print(json: ["status": .string(status), "id": .string(id.description)])
    }
    Screen(console).say(
      Phrase(en: "This lead was noted before: \(id)", zh: "此线索此前已录入： \(id)"))
  }
}
