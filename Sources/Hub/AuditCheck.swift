// Does the past still say what it said? The chains are followed from their beginnings and compared.
//
//     history    every row, link by link, to every checkpoint, through the archives
//     archive    each is there and whole, and says of a change what the database still says of it
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
    case history, audit, log, signature, archive
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

  let store: HubStore
  private var report = Report()
  /// Digests of edits whose changes stand in archives alone.
  var archivedEdits: [EditID: [UInt8]] = [:]
  var lostArchives: [Archive] = []

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

  mutating func found(_ kind: Kind, _ text: String) { report.found.add(kind, text) }

  // MARK: History

  /// The archives in their order, and then what is younger than all of them.
  private mutating func followHistory() throws {
    var rest = try store.db.all(
      "SELECT position, hash, audit FROM checkpoints ORDER BY position"
    ) { Told(position: $0.position(0), hash: ChainHash(bytes: $0.blob(1)), audit: $0.integer(2)) }[
      ...]
    var walk = ChainWalk()
    var archived = Position.start
    for archive in try store.archives() {
      let told = rest.prefix { $0.position <= archive.last }
      rest.removeFirst(told.count)
      archived = archive.last
      do {
        try follow(linksOf(archive), through: Array(told), &walk)
      } catch let fault as ArchiveFault {
        found(.archive, "\(fault.name): \(fault.reason)")
        lostArchives.append(archive)
        // What follows is judged by itself.
        if let last = told.last, let hash = last.hash {
          walk = ChainWalk(hash: hash, audit: last.audit)
        }
      }
    }
    try follow(liveLinks(after: archived), through: Array(rest), &walk)
    if report.position < store.head {
      found(.history, "the last checkpoint is \(report.position.rawValue), and not the head")
    }
  }

  /// A checkpoint as it stands in the table.
  private struct Told {
    var position: Position
    var hash: ChainHash?
    var audit: Int64
  }

  private mutating func follow(
    _ links: [HistoryLink], through checkpoints: [Told], _ walk: inout ChainWalk
  ) throws {
    var rest = links[...]
    for checkpoint in checkpoints {
      while let link = rest.first, link.key.position <= checkpoint.position {
        walk.add(link)
        rest.removeFirst()
        report.changes += 1
      }
      walk.add(audit: checkpoint.audit, try auditHash(at: checkpoint.audit))
      report.checkpoints += 1
      if checkpoint.hash != walk.hash {
        found(
          .history,
          "checkpoint \(checkpoint.position.rawValue): the history before it was changed")
        // What follows is judged by itself, so that one change is one finding.
        walk.hash = checkpoint.hash ?? walk.hash
      }
      (report.position, report.hash) = (checkpoint.position, walk.hash)
    }
    if let link = rest.first {
      found(.history, "position \(link.key.position.rawValue): no checkpoint follows it")
    }
  }

  /// What is in no archive, in order.
  private func liveLinks(after position: Position) throws -> [HistoryLink] {
    try store.db.all(
      "SELECT \(HubStore.historyColumns) FROM history WHERE position > ?", .position(position)
    ) { row in
      let change = try HubStore.archivedChange(row)
      return HistoryLink(key: change.key, bytes: HubStore.link(change))
    }.sorted { $0.key < $1.key }
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
      let sealed = try store.sealedBytes(of: entry, lookingInArchives: false)
      let digest = sealed.map { Digest.hash128($0) } ?? entry.edit.flatMap { archivedEdits[$0] }
      let next = digest.map { head.appending(digest: $0) }
      let isLost = try digest == nil && entry.edit.map(isInLostArchive) ?? false
      if next?.hash != entry.hash && !isLost {
        found(
          .log,
          "edit \(replica.rawValue):\(entry.counter.rawValue): is not what the laptop sealed")
      }
      head = LogHead(counter: entry.counter, hash: entry.hash ?? .none)
    }
  }
}
