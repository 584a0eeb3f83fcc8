// `POST /v1/admin/leads`: a lead from a form, a campaign or another program – a new customer, or somebody we know.
//
// A form sends what people typed, and sends it twice: one key is one lead, and a phone number or mail address that
// a customer or a contact has makes no second customer but a task for whoever looks after the first. The answer
// never says who that is. A new lead is nobody's until a rule assigns it, or lies in the pool that was named.

import Access
import FollowUp
import Notation
import SyncCore

extension AdminRoutes {
  /// `{"name","contact"?,"phone"?,"email"?,"region"?,"industry"?,"source","campaign"?,"notes"?,"key"?,"pool"?}`, as
  /// JSON or as a form, → `{"status":"new","id"}`, or `{"status":"known"}`, `{"status":"repeated"}`.
  func lead(_ request: HubRequest) throws -> HubResponse {
    guard caller.role != .rep else { throw HubError.forbidden(role: caller.role.rawValue) }
    let lead = try Lead(request.body)
    if let pool = lead["pool"], try store.permissions().pool(pool) == nil {
      throw HubError.notFound(what: "pool", name: pool)
    }
    let desk = LeadDesk(store: store, automation: automation, writes: writes, now: now, zone: zone)
    if try desk.hasTaken(lead) { return .json(["status": "repeated"]) }
    if let known = try desk.customer(like: lead) {
      try desk.tellOwner(of: known, lead)
      return .json(["status": "known"])
    }
    return .json(["status": "new", "id": .string(try desk.take(lead).description)])
  }
}

/// What somebody sent, checked.
struct Lead {
  /// The longest a value may be, in characters, and the longest body, in bytes.
  static let valueMax = 2_000
  static let bodyMax = 64 * 1024
  static let keys = [
    "name", "contact", "phone", "email", "region", "industry", "source", "campaign", "notes", "key",
    "pool",
  ]

  private var values: [String: String] = [:]

  init(_ body: [UInt8]) throws {
    guard body.count <= Lead.bodyMax else {
      throw Refused(413, "tooLarge", "A lead has at most \(Lead.bodyMax) bytes.")
    }
    let isJSON = body.first { $0 > 0x20 } == UInt8(ascii: "{")
    for (key, value) in try isJSON ? Lead.document(body) : Lead.form(body) {
      guard Lead.keys.contains(key) else {
        throw HubError.badRequest(
          "A lead has no \(key) ; it has \(Lead.keys.joined(separator: ", ")).")
      }
      let text = String(
        value.split(whereSeparator: { $0.isNewline && key != "notes" }).joined(separator: " "))
      guard text.count <= Lead.valueMax else {
        throw HubError.badRequest("“\(key)” has at most \(Lead.valueMax) characters.")
      }
      if !text.allSatisfy(\.isWhitespace) { values[key] = text }
    }
    for key in ["name", "source"] where values[key] == nil {
      throw HubError.badRequest("“\(key)” is missing.")
    }
  }

  subscript(key: String) -> String? { values[key] }

  private static func document(_ body: [UInt8]) throws -> [String: String] {
    guard let object = try JSONValue(parsing: body).object else {
      throw HubError.badRequest("The body is a JSON object, or a form.")
    }
    return try object.mapValues {
      guard let text = $0.string else {
        throw HubError.badRequest("Every value of a lead is a text.")
      }
      return text
    }
  }

  /// `name=Acme+Ltd&phone=%2B86…` (`application/x-www-form-urlencoded`); of a repeated key the last one counts.
  private static func form(_ body: [UInt8]) throws -> [String: String] {
    var values: [String: String] = [:]
    for pair in body.split(separator: UInt8(ascii: "&")) {
      let parts = pair.split(
        separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
      guard parts.count == 2 else { throw HubError.badRequest("The body is no JSON and no form.") }
      values[try decoded(parts[0])] = try decoded(parts[1])
    }
    return values
  }

  private static func decoded(_ bytes: ArraySlice<UInt8>) throws -> String {
    var plain: [UInt8] = []
    var rest = bytes
    while let byte = rest.popFirst() {
      switch byte {
      case UInt8(ascii: "+"): plain.append(0x20)
      case UInt8(ascii: "%"):
        let digits = String(decoding: rest.prefix(2), as: UTF8.self)
        guard digits.count == 2, let value = UInt8(digits, radix: 16) else {
          throw HubError.badRequest("The form is not encoded as forms are.")
        }
        plain.append(value)
        rest = rest.dropFirst(2)
      default: plain.append(byte)
      }
    }
    guard let text = String(validating: plain, as: UTF8.self) else {
      throw HubError.badRequest("The form is not UTF-8.")
    }
    return text
  }
}

/// Takes leads in, in the caller's transaction.
struct LeadDesk {
  /// What rules and people call a task that a lead made.
  static let taskKind = "线索"

  let store: HubStore
  let automation: Automation
  let writes: AdminWrites
  let now: Moment
  let zone: LocalZone

  // MARK: Who it is

  /// Whether this very lead was taken before: one key is one lead, whoever sends it when.
  func hasTaken(_ lead: Lead) throws -> Bool {
    guard let key = lead["key"] else { return false }
    return try store.db.first(
      """
      SELECT 1 FROM customer WHERE externalKey = ?1
      UNION ALL SELECT 1 FROM task WHERE kind = ?2 AND subject = ?1
      """, .text(key), .text(LeadDesk.taskKind)
    ) { _ in true } ?? false
  }

  /// The customer who has this phone number or mail address, or whose contact has it; the oldest of several.
  func customer(like lead: Lead) throws -> RecordID? {
    var found: Set<RecordID> = []
    if let sought = lead["phone"].flatMap(LeadDesk.number) {
      for (table, column) in [("customer", "phone"), ("contact", "phone"), ("contact", "mobile")] {
        try store.db.each("SELECT root, \(column) FROM \(table) WHERE \(column) IS NOT NULL") {
          row in
          if LeadDesk.number(row.text(1)) == sought { found.insert(try row.id(0)) }
        }
      }
    }
    if let email = lead["email"]?.lowercased() {
      for table in ["customer", "contact"] {
        let roots = try store.db.all(
          "SELECT root FROM \(table) WHERE lower(email) = ?", .text(email)
        ) { try $0.id(0) }
        found.formUnion(roots)
      }
    }
    return try found.sorted().first { try store.load($0, in: .customer)?.isAlive ?? false }
  }

  /// The digits by which numbers are compared: without spaces, and without China's own prefix; nil: too few to tell.
  static func number(_ typed: String) -> String? {
    var digits = typed.filter { $0.isASCII && $0.isNumber }
    for prefix in ["0086", "86"] where digits.hasPrefix(prefix) && digits.count - prefix.count >= 10
    {
      digits.removeFirst(prefix.count)
      break
    }
    return digits.count >= 7 ? digits : nil
  }

  // MARK: Taking it

  func take(_ lead: Lead) throws -> RecordID {
    let id = ULID(moment: now, using: &store.random)
    var changes = [change(id, .customer, try values(of: lead))]
    if let name = lead["contact"] {
      var contact: [String: Value] = ["customer": .reference(id), "name": .text(name)]
      for (key, field) in [("phone", "mobile"), ("email", "email")] {
        contact[field] = lead[key].map { .text($0) }
      }
      changes.append(change(ULID(moment: now, using: &store.random), .contact, contact))
    }
    try commit(changes)
    if let pool = lead["pool"], let record = try store.load(id, in: .customer), record.isAlive,
      record.shown[CollectionSchema.customer["owner"]?.id ?? .lifecycle].isNull
    {
      try store.transaction {
        store.head = store.head.next
        try Pooling(store: store, now: now, zone: zone).put(record, into: pool, by: "")
      }
    }
    return id
  }

  private func values(of lead: Lead) throws -> [String: Value] {
    var values: [String: Value] = [:]
    for key in ["name", "phone", "email", "region", "industry", "source", "notes"] {
      values[key] = lead[key].map { .text($0) }
    }
    values["stage"] = .text("lead")
    // Nobody's: it is not whose account the form writes with.
    values["owner"] = .null
    if let campaign = lead["campaign"] { values["tags"] = Value(elements: [campaign]) }
    values["externalKey"] = lead["key"].map { .text($0) }
    return values
  }

  /// Somebody we know has asked again: a task for his person, at once.
  func tellOwner(of customer: RecordID, _ lead: Lead) throws {
    guard let record = try store.load(customer, in: .customer) else { return }
    let owner = CollectionSchema.customer["owner"].map { record.shown[$0.id] } ?? .null
    let campaign = lead["campaign"].map { " (\($0))" } ?? ""
    try commit([
      change(
        ULID(moment: now, using: &store.random), .task,
        [
          "customer": .reference(customer), "kind": .text(LeadDesk.taskKind),
          "title": .text("\(lead["source"] ?? "")\(campaign): \(lead["name"] ?? "")"),
          "note": lead["notes"].map { .text($0) } ?? .null, "assignee": owner,
          "status": .text("open"), "dueAt": .moment(now),
          "subject": lead["key"].map { .text($0) } ?? .null,
        ])
    ])
  }

  private func change(
    _ id: RecordID, _ schema: CollectionSchema, _ values: [String: Value]
  ) -> Change {
    let writes = values.compactMap { name, value -> FieldWrite? in
      guard let field = schema[name] else { preconditionFailure("\(schema.name) has no \(name)") }
      if field.rule == .union {
        return FieldWrite(field.id, .replacing([], with: value.elements))
      }
      return value.isNull && name != "owner" ? nil : .put(field.id, value)
    }
    return Change(
      record: id, collection: schema.id, seen: VectorClock(hub: store.head),
      writes: writes.sorted { $0.field < $1.field })
  }

  /// The form's right to write is this route alone: what it writes is not judged by the account's policy.
  private func commit(_ changes: [Change]) throws {
    try store.transaction {
      store.head = store.head.next
      let author = try writes.author()
      let touched = try changes.map { try writes.merge($0, by: author) }
      try automation.react(to: touched, at: now)
      try automation.conclude(at: now)
    }
  }
}
