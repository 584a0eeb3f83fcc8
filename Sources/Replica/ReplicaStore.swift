// The laptop's database: one file that any program may read and only this library writes.
//
// Not Sendable. Several processes may work on one folder at once (`rounds add` beside a watching
// `rounds sync`), so nothing that another process can move is kept in memory: every transaction
// reads what it needs. Time and randomness are passed in.

import Digest
import Storage
import SyncCore
import Wire

public enum ReplicaError: Error, Hashable, Sendable {
  /// This folder holds no replica; `rounds join` makes one.
  case notJoined(path: String)
  case alreadyJoined(path: String, workspace: String)
  /// The field holds concurrent values: say whether to settle them all or to change one branch.
  case disputed(record: RecordID, field: String, branches: Int)
  /// The field has no such branch.
  case noSuchBranch(field: String, branch: Int, branches: Int)
  case recordMissing(RecordID)
  /// The record left this laptop; what was written before is kept and goes up.
  case departed(RecordID)
  /// The value is parked at the hub, and its record is not here.
  case parked(RecordID)
  /// The schema forbids the write: a fact is never changed, a field is set once.
  case fixed(collection: String, field: String?)
  case tooLarge(field: String, bytesMax: Int)
  /// An answer of the hub that this program cannot make sense of.
  case protocolViolation(String)
  /// The hub speaks another protocol.
  case unsupported(protocolNeeded: UInt32)
  /// The hub has no use for this device any more; everything is kept.
  case revoked
  /// The device was revoked, handed over what it had, and is empty.
  case wiped(Revocation)
  /// The hub keeps asking for something else; the state is kept, and the next sync tries again.
  case noProgress(roundTrips: Int)
}

/// Who this laptop is and how far it has come, as one transaction sees it.
public struct ReplicaState: Hashable, Sendable {
  public var id: ReplicaID
  public var user: String
  public var device: String
  public var workspace: String
  public var url: String
  public var token: String
  public var epoch: UInt32
  public var cursor: Position
  public var digest: SetDigest
  /// The last own edit whose verdict has arrived.
  public var acknowledged: LogHead
  public var page: [UInt8]
  public var heard: HybridTimestamp
  /// The hub's clock minus ours.
  public var clockOffsetMilliseconds: Int64
  public var syncedAt: Moment?
  public var settings: UInt32
  public var rules: String
  public var hasMismatch: Bool
  /// While a purge is owed: up to where everything that left was off the disk before; nil: up to the
  /// cursor. `Apply` sets it with the cut, `purge` clears it.
  public var purged: Position?
  /// Records that have left since this laptop joined.
  public var departedCount: Int
  /// What this laptop keeps of all that it may hold; nil: all.
  public var narrowing: Narrowing?
  /// JSON: what the hub says of this person's rights, so that a command need not ask.
  public var access: String
}

public final class ReplicaStore {
  public let db: Connection
  public let schema: Schema
  let tables: [CollectionID: CollectionTable]
  var random: any RandomNumberGenerator
  /// Where an edit is encoded while it is written. Empty between writes but for the memory it keeps.
  var payload = ProtobufWriter()
  /// Where the state of a record is encoded while it is put aside.
  var image = ProtobufWriter()

  public init(
    _ db: Connection, schema: Schema, random: any RandomNumberGenerator
  ) throws {
    self.db = db
    self.schema = schema
    self.random = random
    tables = Dictionary(
      uniqueKeysWithValues: schema.collections.map { ($0.id, CollectionTable($0)) })
    try ReplicaTables.migrations(schema).apply(to: db)
  }

  /// Writes down what joining a hub gave this laptop.
  ///
  /// - Parameter key: whose public half went with the request; nil: this laptop signs nothing.
  public func enrol(
    _ welcome: JoinResponse, url: String, device: String, rules: String, key: KeyPair? = nil
  ) throws {
    try transaction {
      if let state = try stateIfJoined() {
        throw ReplicaError.alreadyJoined(path: db.path, workspace: state.workspace)
      }
      try db.run(
        """
        INSERT INTO replica VALUES
          (1, ?, ?, ?, ?, ?, ?, ?, 0, ?, 0, ?, NULL, ?, 0, NULL, 0, ?, 0, NULL, 0, NULL, '{}',
            ?, NULL, 0, 0, 0, NULL, NULL)
        """, .replica(welcome.replica), .text(welcome.user), .text(device),
        .text(welcome.workspace), .text(url), .text(welcome.token), .epoch(welcome.epoch),
        .blob(SetDigest().bytes), .blob(ChainHash.none.bytes),
        .bits(HybridTimestamp(moment: welcome.hubTime).rawValue), .text(rules),
        key.map { .blob($0.seed) } ?? .null)
    }
  }

  public func state() throws -> ReplicaState {
    guard let state = try stateIfJoined() else { throw ReplicaError.notJoined(path: db.path) }
    return state
  }

  public func stateIfJoined() throws -> ReplicaState? {
    try db.first(
      """
      SELECT id, user, device, workspace, url, token, epoch, cursor, digest, counter, hash, page,
        heard, clock_offset, synced_at, settings, rules, has_mismatch, purged, departed_count,
        narrowing, access
      FROM replica
      """
    ) { row in
      guard let digest = SetDigest(bytes: row.blob(8)), let hash = ChainHash(bytes: row.blob(10))
      else { throw StorageError.corrupt(reason: "the replica's own row is not readable") }
      return ReplicaState(
        id: row.replica(0), user: row.text(1), device: row.text(2), workspace: row.text(3),
        url: row.text(4), token: row.text(5), epoch: row.epoch(6), cursor: row.position(7),
        digest: digest, acknowledged: LogHead(counter: row.counter(9), hash: hash),
        page: row.blob(11), heard: HybridTimestamp(rawValue: row.bits(12)),
        clockOffsetMilliseconds: row.integer(13),
        syncedAt: row.isNull(14) ? nil : row.moment(14),
        settings: UInt32(clamping: row.integer(15)), rules: row.text(16),
        hasMismatch: row.bool(17), purged: row.isNull(18) ? nil : row.position(18),
        departedCount: row.int(19),
        narrowing: row.isNull(20) ? nil : try Narrowing(decoding: row.blob(20)),
        access: row.text(21))
    }
  }

  /// Runs `body` in one transaction: all of it is on the disk when it returns, or nothing.
  public func transaction<T>(_ body: () throws -> T) throws -> T { try db.transaction(body) }

  public func table(_ collection: CollectionSchema) -> CollectionTable { table(collection.id) }

  func table(_ collection: CollectionID) -> CollectionTable {
    guard let table = tables[collection] else {
      preconditionFailure("collection \(collection.rawValue) is not in the schema of this replica")
    }
    return table
  }

  /// Has this laptop keep only this much, from the next sync on; nil: all that it may hold.
  public func keep(_ narrowing: Narrowing?) throws {
    try transaction {
      try db.run(
        "UPDATE replica SET narrowing = ?", narrowing.map { .blob($0.encoded()) } ?? .null)
    }
  }

  // MARK: Time

  /// The time that people and rules go by: ours, corrected by what the last sync measured.
  public func corrected(_ now: Moment) throws -> Moment {
    // One column of one row: every write asks for it.
    guard let offset = try db.first("SELECT clock_offset FROM replica", body: { $0.integer(0) })
    else { throw ReplicaError.notJoined(path: db.path) }
    return now.advanced(milliseconds: offset)
  }

  /// Measures the hub's clock against ours: half a round trip before the answer arrived (Cristian,
  /// "Probabilistic clock synchronization", 1989).
  public func noteClock(sentAt: Moment, receivedAt: Moment, hubTime: Moment) throws {
    let middle = sentAt.milliseconds + (receivedAt.milliseconds - sentAt.milliseconds) / 2
    try db.run(
      "UPDATE replica SET clock_offset = ?",
      .integer(hubTime.milliseconds(since: Moment(milliseconds: middle))))
  }
}
