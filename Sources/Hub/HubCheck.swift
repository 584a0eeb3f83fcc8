// Is this database what it claims to be? Everything that can be worked out twice is, and compared.
//
// Reads only, on one snapshot, also beside a daemon that serves. A finding is a fact with its place;
// none means: pages sound, digest, feed, siblings, columns, ledger and log agree with each other.

import Digest
import FollowUp
import Storage
import SyncCore
import Wire

public struct HubCheck {
  public enum Kind: String, CaseIterable, Sendable {
    case pages, foreignKeys, digest, state, columns, disputed, feed, ledger, log, edits
    case history, audit, signature, archive
  }

  public typealias Finding = Hub.Finding<Kind>

  private let store: HubStore
  private var findings = Findings<Kind>()

  /// Checks the hub in a folder.
  public static func run(on folder: String, random: any RandomNumberGenerator) throws -> [Finding] {
    let path = HubFolder.databasePath(in: folder)
    let connection: Connection
    do {
      try DatabaseFile.checkSize(of: path)
      connection = try Connection(path: path, access: .readOnly)
    } catch StorageError.cannotOpen {
      throw HubError.notInitialised(path: folder)
    }
    return try connection.reading {
      // Damaged pages first: what is read from them afterwards means nothing.
      let pages = try pages(of: connection)
      if !pages.isEmpty { return pages }
      return try run(on: HubStore(connection, schema: .followUp, random: random))
    }
  }

  /// Checks an open store.
  public static func run(on store: HubStore) throws -> [Finding] {
    var check = HubCheck(store: store)
    try store.db.reading {
      check.findings.add(try pages(of: store.db))
      try check.checkForeignKeys()
      try check.checkRecords()
      try check.checkGraves()
      try check.checkLogs()
      // What is open cannot be asked of states that cannot be read.
      let isReadable = !check.findings.list.contains { $0.kind == .state }
      if isReadable { try check.checkLedger() }
      try check.checkPast()
    }
    return check.findings.list
  }

  private init(store: HubStore) { self.store = store }

  /// Throws where the structure of the file is damaged.
  static func checkPages(of connection: Connection) throws {
    let verdict = try connection.first("PRAGMA quick_check(1)") { $0.text(0) }
    if verdict != "ok" { throw StorageError.corrupt(reason: verdict ?? "unreadable") }
  }

  private static func pages(of connection: Connection) throws -> [Finding] {
    try connection.all("PRAGMA integrity_check(\(findingsPerKindMax))") { $0.text(0) }
      .filter { $0 != "ok" }.map { Finding(kind: .pages, text: $0) }
  }

  private mutating func found(_ kind: Kind, _ text: String) {
    findings.add(kind, text)
  }

  private mutating func checkForeignKeys() throws {
    let broken = try store.db.all("PRAGMA foreign_key_check") { "\($0.text(0)) → \($0.text(2))" }
    for text in broken { found(.foreignKeys, text) }
  }

  /// The chains, as `AuditCheck` follows them.
  private mutating func checkPast() throws {
    for finding in try AuditCheck.run(on: store).findings {
      if let kind = Kind(rawValue: finding.kind.rawValue) { found(kind, finding.text) }
    }
  }

  // MARK: Records

  private mutating func checkRecords() throws {
    try checkDigests()
    for collection in store.schema.collections {
      guard let table = store.table(collection.id) else { continue }
      let ids = try store.db.all("SELECT id FROM \"\(table.name)\" ORDER BY id") { try $0.id(0) }
      for id in ids { try check(id, table) }
    }
  }

  private mutating func check(_ id: RecordID, _ table: CollectionTable) throws {
    let place = "\(table.name) \(id)"
    do {
      let found = try store.db.first(table.selectSQL + " WHERE id = ?", .id(id)) {
        (
          record: try store.record($0, table), row: try table.row($0),
          disputed: $0.int(table.additionsIndex + 2)
        )
      }
      guard let (record, row, disputed) = found else { return }
      let (shown, columns) = (record.shown, row.values)
      for field in table.columns where shown[field.id] != columns[field.id] {
        self.found(.columns, "\(place): \(field.name) shows something else")
      }
      if !record.state.isAlive(in: table.schema) {
        self.found(.state, "\(place): has a row and is deleted")
      }
      if record.state.openUnits(in: table.schema).count != disputed {
        self.found(.disputed, "\(place): counts \(disputed) open fields")
      }
      let newest = record.state.units.flatMap(\.state.siblings).map(\.stamp.position).max()
      if let newest, newest > record.asOf {
        self.found(.state, "\(place): holds a change of a later position")
      }
      try checkHistory(of: record, place)
      try checkFeed(record, place)
    } catch let error as StorageError where !error.stopsEverything {
      self.found(.state, "\(place): \(error)")
    } catch {
      self.found(.state, "\(place): the state cannot be read: \(error)")
    }
  }

  /// What stands was once written: every value is that of the change that its stamp names.
  private mutating func checkHistory(of record: HubRecord, _ place: String) throws {
    // Conflicts are told by the hub from other records' siblings, and have no history of their own.
    if record.schema.id == CollectionSchema.conflict.id { return }
    var changes: [Dot: Change] = [:]
    for unit in record.state.units where unit.field != .lifecycle {
      for sibling in unit.state.siblings {
        let stamp = sibling.stamp
        if changes[stamp.dot] == nil {
          changes[stamp.dot] = try store.db.first(
            "SELECT change FROM history WHERE record = ? AND position = ? AND replica = ?",
            .id(record.id), .position(stamp.position), .replica(stamp.dot.replica)
          ) { try Change(decoding: $0.blob(0)) }
        }
        let write = changes[stamp.dot]?.writes.first { $0.field == unit.field }
        if !(write?.action.wrote(sibling.value) ?? false) {
          let name = record.schema.displayName(of: unit.field)
          found(.columns, "\(place): nobody ever wrote what \(name) shows")
        }
      }
    }
  }

  private mutating func checkGraves() throws {
    let ids = try store.db.all("SELECT record FROM graveyard ORDER BY record") { try $0.id(0) }
    for id in ids {
      let place = "grave \(id)"
      let living = try store.schema.collections.contains {
        try store.table($0.id)?.exists(id, in: store.db) ?? false
      }
      if living { found(.state, "\(place): has a row besides") }
      guard let schema = try store.collection(of: id), let record = try store.load(id, in: schema)
      else {
        found(.state, "\(place): the state cannot be read")
        continue
      }
      if !living { try checkFeed(record, place) }
    }
  }

  /// Every record lies behind its root's place in the feed of its home.
  private mutating func checkFeed(_ record: HubRecord, _ place: String) throws {
    let feed = try store.rootFeed(record.root)
    guard let home = feed.home else { return found(.feed, "\(place): its root has no home") }
    if home.position < record.asOf || home.position > store.head {
      found(.feed, "\(place): the feed stands at \(home.position.rawValue)")
    }
    if feed.collections & HubStore.bit(of: record.schema.id) == 0 {
      found(.feed, "\(place): the feed does not know of its collection")
    }
    if record.isAlive, let told = try store.home(of: record),
      try store.scopeName(home.scope) != told
    {
      found(.feed, "\(place): its home is another than its fields tell")
    }
  }

  /// The digests of roots are those of their records, and the digests of scopes those of their roots.
  private mutating func checkDigests() throws {
    let roots = try store.recomputedDigests()
    var scopes: [ScopeID: SetDigest] = [HubStore.everything: SetDigest()]
    let ids = try store.db.all("SELECT DISTINCT root FROM feed ORDER BY root") { try $0.id(0) }
    for id in ids {
      let feed = try store.rootFeed(id)
      let digest = roots[id] ?? SetDigest()
      if feed.digest != digest { found(.digest, "root \(id): its digest is not its records'") }
      guard feed.isAlive else { continue }
      for scope in feed.scopes { scopes[scope, default: SetDigest()] += digest }
    }
    // From the disk: the store remembers digests.
    let stored = try store.db.all("SELECT scope, digest FROM scopes ORDER BY scope") {
      ($0.integer(0), $0.blob(1))
    }
    for (scope, digest) in stored where digest != (scopes[scope] ?? SetDigest()).bytes {
      found(.digest, "scope \(scope): its digest is not its roots'")
    }
  }

  // MARK: Ledger

  private mutating func checkLedger() throws {
    let open = try ConflictAdmin(store: store, zone: .utc).openConflicts()
    let duplicates = Duplicates(store: store, now: Moment(milliseconds: 0))
    let shared = try duplicates.open()
    for id in shared.sorted() {
      let members = try duplicates.row(id).map { try duplicates.members(of: $0) } ?? []
      if members.count < 2 { found(.ledger, "conflict \(id): is open, and no two share the code") }
    }
    if open.count != (try store.openUnitCount()) + shared.count {
      found(.ledger, "open fields and open cases differ in number")
    }
    let told = try store.db.all(
      "SELECT id FROM conflict WHERE status = ? ORDER BY id", .text(ConflictStatus.open.rawValue)
    ) { try $0.id(0) }
    for id in Set(told).subtracting(open).sorted() {
      let isGone = try isOfDeletedRecord(id)
      if !isGone { found(.ledger, "conflict \(id): says open, and the field is settled") }
    }
    for id in open.subtracting(told).sorted() {
      found(.ledger, "conflict \(id): does not say open, and the field is")
    }
  }

  private func isOfDeletedRecord(_ conflict: RecordID) throws -> Bool {
    try store.db.first(
      "SELECT 1 FROM ledger l JOIN graveyard g ON g.record = l.record WHERE l.conflict = ?",
      .id(conflict)
    ) { _ in true } ?? false
  }

  // MARK: Logs

  private mutating func checkLogs() throws {
    let replicas = try store.db.all(
      """
      SELECT r.replica, r.counter, r.hash, (SELECT count(*) FROM log l WHERE l.replica = r.replica),
        (SELECT hash FROM log l WHERE l.replica = r.replica AND l.counter = r.counter), r.sent
      FROM replicas r ORDER BY r.replica
      """
    ) { row in
      (
        id: row.integer(0), counter: row.integer(1), hash: row.blob(2), count: row.integer(3),
        last: row.blob(4), sent: row.position(5)
      )
    }
    for replica in replicas {
      if replica.count != replica.counter { found(.log, "replica \(replica.id): its log has gaps") }
      if replica.counter > 0 && replica.hash != replica.last {
        found(.log, "replica \(replica.id): its log ends with another hash")
      }
      if replica.sent > store.head { found(.log, "replica \(replica.id): was sent the future") }
    }
    try checkEdits()
  }

  private mutating func checkEdits() throws {
    let strays = try store.db.all(
      """
      SELECT l.replica, l.counter FROM log l LEFT JOIN edits e ON e.id = l.edit
      LEFT JOIN quarantine q ON q.replica = l.replica AND q.counter = l.counter
      WHERE e.id IS NULL AND q.replica IS NULL
      """
    ) { "\($0.integer(0)):\($0.integer(1))" }
    for dot in strays { found(.edits, "edit \(dot): is in a log and has no verdict") }
    let unlogged = try store.db.all(
      """
      SELECT e.replica, e.counter FROM edits e
      LEFT JOIN log l ON l.replica = e.replica AND l.counter = e.counter WHERE l.edit IS NOT e.id
      """
    ) { "\($0.integer(0)):\($0.integer(1))" }
    for dot in unlogged { found(.edits, "edit \(dot): has a verdict and is in no log") }
    let lost = try store.db.all(
      """
      SELECT position FROM edits WHERE position > ?
      EXCEPT SELECT position FROM history ORDER BY 1
      """, .position(try store.archivedThrough())
    ) { $0.integer(0) }
    for position in lost { found(.edits, "position \(position): was accepted and has no history") }
    let last = try store.db.first("SELECT max(position) FROM history") { $0.position(0) }
    if let last, last > store.head { found(.edits, "the history goes beyond the head") }
  }
}

extension HubStore {
  /// The digest of each root, from the records themselves.
  func recomputedDigests() throws -> [RecordID: SetDigest] {
    var digests: [RecordID: SetDigest] = [:]
    for collection in schema.collections {
      try db.each("SELECT id, root, as_of FROM \"\(collection.name)\"") {
        digests[try $0.id(1), default: SetDigest()].add(
          record: try $0.id(0), asOf: $0.position(2))
      }
    }
    return digests
  }
}

extension FieldWrite.Action {
  /// Whether this write put the value there.
  fileprivate func wrote(_ value: Value) -> Bool {
    switch self {
    case .put(let written, _): written == value
    case .alter(let adding, _): adding.contains { .text($0) == value }
    }
  }
}
