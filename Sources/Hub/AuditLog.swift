// The audit log: what people and laptops did to the hub, besides what they wrote about customers.
//
// It is only ever added to, and outlives what it tells of. Each entry is chained to the one before it,
// and the log's head goes into the next checkpoint of the history (`HistoryChain`), so that laptops
// hold proof of it, too. It names who, when, what and on what; never values of customers, tokens or
// codes: those who may read the log may not therefore read everything.

import Digest
import Notation
import Storage
import SyncCore

/// One thing that somebody did.
struct AuditEvent: Hashable {
  var user: String
  /// A noun and a verb: "user add", "conflict resolve", "laptop joined".
  var action: String
  /// On what: a name or an identity.
  var subject: String
  /// Further names and numbers, by what they are called.
  var details: [String: JSONValue] = [:]
}

/// An event as it stands in the log.
struct AuditEntry {
  var number: Int64
  var at: Moment
  /// The head of the history at that time.
  var position: Position
  var event: AuditEvent
  var hash: ChainHash

  /// The entry's digest: what is chained to the entry before it.
  var link: [UInt8] {
    let document: JSONValue = [
      "number": .integer(number), "at": .integer(at.milliseconds),
      "position": .integer(Int64(position.rawValue)), "user": .string(event.user),
      "action": .string(event.action), "subject": .string(event.subject),
      "details": .object(event.details),
    ]
    return Digest.hash128(Array(document.text().utf8))
  }

  func json(in zone: LocalZone) -> JSONValue {
    [
      "number": .integer(number),
      "at": .string(ISO8601.string(milliseconds: at.milliseconds, in: zone)),
      "position": .integer(Int64(position.rawValue)), "user": .string(event.user),
      "action": .string(event.action), "subject": .string(event.subject),
      "details": .object(event.details), "hash": .string(hash.text),
    ]
  }
}

/// Which entries somebody asks for.
struct AuditQuery {
  var user: String?
  /// The beginning of an action.
  var action: String?
  var subject: String?
  var since: Moment?
  var limit: Int
}

extension HubStore {
  func audit(_ event: AuditEvent, at now: Moment) throws {
    let last = try lastAudit() ?? (0, .none)
    var entry = AuditEntry(
      number: last.number + 1, at: now, position: head, event: event, hash: .none)
    entry.hash = last.hash.appending(entry.link)
    try db.run(
      "INSERT INTO audit VALUES (?, ?, ?, ?, ?, ?, ?, ?)", .integer(entry.number), .moment(now),
      .position(entry.position), .text(event.user), .text(event.action), .text(event.subject),
      .text(JSONValue.object(event.details).text()), .blob(entry.hash.bytes))
  }

  func lastAudit() throws -> (number: Int64, hash: ChainHash)? {
    try db.first("SELECT number, hash FROM audit ORDER BY number DESC LIMIT 1") { row in
      guard let hash = ChainHash(bytes: row.blob(1)) else {
        throw StorageError.corrupt(reason: "entry \(row.integer(0)) of the audit log has no hash")
      }
      return (row.integer(0), hash)
    }
  }

  /// The newest entries that fit, newest first.
  func auditEntries(_ query: AuditQuery) throws -> [AuditEntry] {
    try db.all(
      """
      SELECT number, at, position, user, action, subject, details, hash FROM audit
      WHERE (?1 IS NULL OR user = ?1) AND (?2 IS NULL OR substr(action, 1, length(?2)) = ?2)
        AND (?3 IS NULL OR subject = ?3) AND (?4 IS NULL OR at >= ?4)
      ORDER BY number DESC LIMIT ?5
      """, query.user.map { .text($0) } ?? .null, query.action.map { .text($0) } ?? .null,
      query.subject.map { .text($0) } ?? .null, query.since.map { .moment($0) } ?? .null,
      .integer(Int64(query.limit)), body: HubStore.auditEntry)
  }

  static func auditEntry(_ row: Statement) throws -> AuditEntry {
    guard let hash = ChainHash(bytes: row.blob(7)),
      case .object(let details)? = try? JSONValue(parsing: Array(row.text(6).utf8))
    else {
      throw StorageError.corrupt(reason: "entry \(row.integer(0)) of the audit log is not readable")
    }
    return AuditEntry(
      number: row.integer(0), at: row.moment(1), position: row.position(2),
      event: AuditEvent(
        user: row.text(3), action: row.text(4), subject: row.text(5), details: details), hash: hash)
  }
}
