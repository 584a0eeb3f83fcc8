// Does the past still say what it said? The chains are followed from their beginnings and compared.
//
//     history    every row, link by link, to every checkpoint
//     audit      every entry of the audit log, link by link
//     log        every laptop's log, from the very bytes it sealed – where the hub's own account of an
//                edit was changed, what it makes of the bytes is not what the laptop chained
//     signature  the head that each laptop signed is a point of its log, and the signature is its own
//
// Whoever can write the database can make new chains, but not the signatures of laptops, and not the
// checkpoints that they hold: `Report.compare` compares one of those. It only reads.

import Digest
import Storage
import SyncCore
import Wire

public struct AuditCheck {
  public enum Kind: String, CaseIterable, Sendable {
    case history, audit, log, signature
  }

  public typealias Finding = Hub.Finding<Kind>

  /// What was looked at, and what was found.
  public struct Report: Sendable {
    public var findings: [Finding] { found.list }
    var found = Findings<Kind>()
    public internal(set) var checkpoints = 0
    public internal(set) var changes = 0
    public internal(set) var entries = 0
    public internal(set) var edits = 0
    /// Edits that stand before a head which its laptop has signed.
    public internal(set) var signedEdits = 0
    public internal(set) var position = Position.start
    public internal(set) var hash = ChainHash.none
  }

  private let store: HubStore
  private var report = Report()

  /// Checks everything there is, on one snapshot.
  public static func run(on store: HubStore) throws -> Report {
    var check = AuditCheck(store: store)
    try store.db.reading {
      try check.followHistory()
      try check.followAudit()
      try check.followLogs()
    }
    return check.report
  }

  private init(store: HubStore) { self.store = store }

  private mutating func found(_ kind: Kind, _ text: String) { report.found.add(kind, text) }

  // MARK: History

  private mutating func followHistory() throws {
    var hash = ChainHash.none
    var audit: Int64 = 0
    let checkpoints = try store.db.all(
      "SELECT position, hash, audit FROM checkpoints ORDER BY position"
    ) { (position: $0.position(0), hash: ChainHash(bytes: $0.blob(1)), audit: $0.integer(2)) }
    var rest = try keysOfHistory()[...]
    for checkpoint in checkpoints {
      while let key = rest.first, key.position <= checkpoint.position {
        hash = hash.appending(try store.link(key))
        rest.removeFirst()
        report.changes += 1
      }
      if checkpoint.audit > audit, let entry = try auditHash(at: checkpoint.audit) {
        hash = hash.appending(entry.bytes)
        audit = checkpoint.audit
      }
      report.checkpoints += 1
      if checkpoint.hash != hash {
        found(
          .history,
          "checkpoint \(checkpoint.position.rawValue): the history before it was changed")
        // What follows is judged by itself, so that one change is one finding.
        hash = checkpoint.hash ?? hash
      }
      (report.position, report.hash) = (checkpoint.position, hash)
    }
    if let key = rest.first {
      found(.history, "position \(key.position.rawValue): no checkpoint follows it")
    }
    if report.position < store.head {
      found(.history, "the last checkpoint is \(report.position.rawValue), and not the head")
    }
  }

  /// The names of all rows, in order. They are a few dozen bytes each, so all of them fit.
  private func keysOfHistory() throws -> [HistoryKey] {
    try store.db.all("SELECT position, record, replica FROM history") { row in
      HistoryKey(position: row.position(0), record: try row.id(1), replica: row.replica(2))
    }.sorted()
  }

  private func auditHash(at number: Int64) throws -> ChainHash? {
    try store.db.first("SELECT hash FROM audit WHERE number = ?", .integer(number)) {
      ChainHash(bytes: $0.blob(0))
    } ?? nil
  }

  // MARK: Audit log

  private mutating func followAudit() throws {
    var last = (number: Int64(0), hash: ChainHash.none)
    let entries = try store.db.all(
      "SELECT number, at, position, user, action, subject, details, hash FROM audit ORDER BY number",
      body: HubStore.auditEntry)
    for entry in entries {
      report.entries += 1
      if entry.number != last.number + 1 {
        found(.audit, "entry \(last.number + 1): is missing")
      } else if last.hash.appending(entry.link) != entry.hash {
        found(.audit, "entry \(entry.number): was changed")
      }
      last = (entry.number, entry.hash)
    }
  }

  // MARK: Logs

  private mutating func followLogs() throws {
    let replicas = try store.db.all(
      "SELECT replica, key, signed_counter, signed_hash, signature FROM replicas ORDER BY replica"
    ) { row in
      (
        id: row.replica(0), key: PublicKey(bytes: row.blob(1)), counter: row.counter(2),
        hash: ChainHash(bytes: row.blob(3)), signature: row.blob(4)
      )
    }
    for replica in replicas {
      try followLog(of: replica.id)
      guard replica.counter > .none, let hash = replica.hash else { continue }
      let head = LogHead(counter: replica.counter, hash: hash)
      let place = "replica \(replica.id.rawValue)"
      if try store.logHash(replica.id, at: head.counter) != head.hash {
        found(.signature, "\(place): signed another edit \(head.counter.rawValue)")
      } else if replica.key?.verifies(
        replica.signature, of: head.signedBytes(of: replica.id), for: .logHead) != true
      {
        found(.signature, "\(place): the signature of edit \(head.counter.rawValue) is not its own")
      } else {
        report.signedEdits += Int(head.counter.rawValue)
      }
    }
  }

  private mutating func followLog(of replica: ReplicaID) throws {
    var head = LogHead.empty
    let entries = try store.db.all(
      "SELECT \(LoggedEdit.columns) FROM log WHERE replica = ? ORDER BY counter",
      .replica(replica), body: LoggedEdit.init)
    for entry in entries {
      report.edits += 1
      // From before the hub kept what was sealed.
      if entry.record == nil && entry.sealed.isEmpty {
        head = LogHead(counter: entry.counter, hash: entry.hash ?? .none)
        continue
      }
      let sealed = try store.sealedBytes(of: entry)
      let next = sealed.map { head.appending($0) }
      if next?.hash != entry.hash {
        found(
          .log,
          "edit \(replica.rawValue):\(entry.counter.rawValue): is not what the laptop sealed")
      }
      head = LogHead(counter: entry.counter, hash: entry.hash ?? .none)
    }
  }
}
