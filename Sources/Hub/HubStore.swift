// The hub's database: one writer, and what every transaction moves – head, digest, feed.
//
// Not Sendable: one owner on one queue (`HubActor`), or a simulator. Time and randomness are passed
// in. `transaction` is the only way to write: head, digests and feed in memory move with what is on
// disk, and go back when a body throws.

import Access
import Digest
import FollowUp
import Storage
import SyncCore

public final class HubStore {
  public let db: Connection
  public let schema: Schema
  let tables: [CollectionID: CollectionTable]
  public private(set) var workspace = ""
  public private(set) var epoch: UInt32 = 0
  public private(set) var settingsVersion: UInt32 = 0
  /// Position of the last committed edit.
  public internal(set) var head = Position.start
  var random: any RandomNumberGenerator
  /// What laptops box things for, and the hub alone opens.
  private(set) var key: KeyPair

  /// The last one on the disk, or made in the open transaction.
  var checkpoint = Checkpoint(position: .start, hash: .none, audit: 0)
  var written = WrittenHistory()
  /// Numbers and digests of scopes as they are on the disk, as far as they were asked for.
  var scopeNumbers: [ScopeName: ScopeID] = [:]
  var digests: [ScopeID: SetDigest] = [:]
  var digestChanges = DigestChanges()
  /// Nil outside of a transaction.
  var atHand: AtHand?
  /// Roots that the innermost transaction has touched.
  var rootFeeds: [RecordID: RootFeed] = [:]
  /// Roots of which records were written and that narrowed laptops have yet to be asked about.
  var writtenRoots: Set<RecordID> = []
  /// What happened since somebody asked; what was taken back stays in it, and wakes a few for nothing.
  var news = News()
  /// Units whose changes are told with a merge, because a moment is kept for them or a rule waits for it.
  var watched = Automation.dated
  /// What happened to records in the request that is being answered, as far as it is watched.
  var happenings: [RecordID: RecordChange] = [:]
  var newcomers = Newcomers()
  /// As on the disk; nil: to be read.
  var knownNarrowings: [Narrowed]?
  /// Whether any record has become another; true, too, where that was taken back.
  var knownTwins: Bool?
  /// Policies that were parsed, by their text.
  var knownPolicies: [String: Policy] = [:]
  /// The permissions as of a version of the settings.
  var knownPermissions: (settings: UInt32, permissions: Permissions)?
  /// What those permissions hide, by person.
  var knownVeils: [String: Veil] = [:]
  /// The business calendar as of a version of the settings.
  var knownAlmanac: (settings: UInt32, almanac: Almanac?)?
  /// The sales process as of a version of the settings.
  var knownProcess: (settings: UInt32, process: SalesProcess?)?

  /// Opens a hub that `initialise` made.
  public init(
    _ db: Connection, schema: Schema, random: any RandomNumberGenerator
  ) throws {
    self.db = db
    self.schema = schema
    self.random = random
    tables = Dictionary(
      uniqueKeysWithValues: schema.collections.map {
        ($0.id, CollectionTable($0, additions: HubTables.additions))
      })
    try HubTables.migrations(schema).apply(to: db)
    key = try HubStore.key(in: db, &self.random)
    try reload()
    if checkpoint.position == .start { try transaction { try foundChain() } }
  }

  /// The hub's key; a hub from before there were keys is given one now.
  private static func key(
    in db: Connection, _ random: inout any RandomNumberGenerator
  ) throws -> KeyPair {
    let seed = try db.first("SELECT key FROM hub") { $0.isNull(0) ? nil : $0.blob(0) } ?? nil
    if let seed {
      guard let key = KeyPair(seed: seed) else {
        throw StorageError.corrupt(reason: "the hub's key is not readable")
      }
      return key
    }
    let key = KeyPair.make(using: &random)
    // The settings tell laptops of it.
    try db.run("UPDATE hub SET key = ?, settings = settings + 1", .blob(key.seed))
    return key
  }

  /// Makes a new hub in an empty database.
  public static func initialise(
    _ db: Connection, schema: Schema, workspace: String, rules: String, now: Moment,
    random: any RandomNumberGenerator
  ) throws {
    try HubTables.migrations(schema).apply(to: db)
    guard try db.first("SELECT 1 FROM hub", body: { _ in true }) == nil else {
      throw HubError.alreadyInitialised(path: db.path)
    }
    var random = random
    let epoch = UInt32(truncatingIfNeeded: random.next())
    try db.transaction {
      try db.run(
        // Position 1 is the founding: so a laptop that has synced once is never at 0, which means
        // that it has nothing yet.
        "INSERT INTO hub VALUES (1, ?, ?, 1, 1, ?, 0, 1, ?, 0)", .text(workspace), .epoch(epoch),
        .text(rules), .blob(KeyPair.make(using: &random).seed))
      try db.run("INSERT INTO epochs VALUES (?, 0, ?)", .epoch(epoch), .moment(now))
      try db.run(
        "INSERT INTO scopes VALUES (?, 'everything', '', ?)", .integer(everything),
        .blob(SetDigest().bytes))
    }
  }

  /// Runs `body` in one transaction, or as a part of the one that is open.
  public func transaction<T>(_ body: () throws -> T) throws -> T {
    let isOutermost = !db.isInTransaction
    let before = (
      head, settingsVersion, digestChanges, rootFeeds, writtenRoots, checkpoint, happenings,
      newcomers
    )
    let mark = written.mark
    if isOutermost { atHand = AtHand() }
    do {
      let result = try db.transaction {
        let result = try body()
        if !writtenRoots.isEmpty { try pickWritten() }
        try flushFeeds()
        if isOutermost {
          if head != before.0 { try db.run("UPDATE hub SET head = ?", .position(head)) }
          try chainHistory()
          try saveDigests()
        }
        return result
      }
      if isOutermost {
        keepDigests()
        written.forget()
        atHand = nil
      }
      return result
    } catch {
      atHand = isOutermost ? nil : AtHand()
      // Scopes that were made here are gone with the rest, and so are rights that were changed.
      scopeNumbers.removeAll()
      if settingsVersion != before.1 {
        (knownPermissions, knownAlmanac, knownProcess) = (nil, nil, nil)
      }
      knownNarrowings = nil
      (
        head, settingsVersion, digestChanges, rootFeeds, writtenRoots, checkpoint, happenings,
        newcomers
      ) = before
      written.goBack(to: mark)
      throw error
    }
  }

  private func keepDigests() {
    for (scope, change) in digestChanges.byScope { digests[scope]? += change }
    digestChanges = DigestChanges()
  }

  func reload() throws {
    let found: Void? = try db.first("SELECT workspace, epoch, head, settings FROM hub") { row in
      workspace = row.text(0)
      epoch = row.epoch(1)
      head = row.position(2)
      settingsVersion = UInt32(clamping: row.integer(3))
    }
    guard found != nil else { throw HubError.notInitialised(path: db.path) }
    if let last = try lastCheckpoint() { checkpoint = last }
  }

  // MARK: Epochs

  /// Begins a new epoch at the head: after a restore, or an end that was not provably clean.
  public func branchEpoch(now: Moment) throws {
    let next = UInt32(truncatingIfNeeded: random.next())
    try transaction {
      try db.run("UPDATE hub SET epoch = ?", .epoch(next))
      try db.run(
        // Epochs are told apart by when they began, also where the clock stands still.
        """
        INSERT INTO epochs
          SELECT ?, ?, max(?, coalesce(max(began_at) + 1, 0)) FROM epochs
        """, .epoch(next), .position(head), .moment(now))
      try audit(
        AuditEvent(
          user: "", action: "epoch begin", subject: "\(next)",
          details: ["position": .integer(Int64(head.rawValue))]), at: now)
    }
    epoch = next
  }

  /// Where the epoch after `other` left it; nil where `other` is none of ours.
  func branchPosition(after other: UInt32) throws -> Position? {
    let began = try db.first("SELECT rowid FROM epochs WHERE epoch = ?", .epoch(other)) { _ in true
    }
    guard began != nil else { return nil }
    return try db.first(
      """
      SELECT min(branched_at) FROM epochs
      WHERE began_at >= (SELECT began_at FROM epochs WHERE epoch = ?1) AND epoch <> ?1
      """, .epoch(other)
    ) { $0.isNull(0) ? nil : $0.position(0) } ?? nil
  }

  /// Marks that a daemon serves (false), or has ended in order (true).
  public func setClean(_ isClean: Bool) throws {
    try db.run("UPDATE hub SET is_clean = ?", .integer(isClean ? 1 : 0))
  }

  public func endedClean() throws -> Bool {
    try db.first("SELECT is_clean FROM hub") { $0.bool(0) } ?? true
  }

  // MARK: Settings

  /// Rules or users changed: every replica is sent the settings with its next sync.
  func raiseSettingsVersion() throws {
    try db.run("UPDATE hub SET settings = settings + 1")
    settingsVersion += 1
    atHand?.forgetSubscriptions()
  }

  public func rules() throws -> String {
    try db.first("SELECT rules FROM hub") { $0.text(0) } ?? "{}"
  }

  /// Puts rules into force. What they ask of each customer follows with the next ticks.
  public func setRules(_ json: String, _ book: RuleBook, at now: Moment) throws {
    try transaction {
      try db.run("UPDATE hub SET rules = ?", .text(json))
      try raiseSettingsVersion()
      let former = Set(try db.all("SELECT id FROM rules") { $0.text(0) })
      for id in former.subtracting(book.rules.map(\.id)).sorted() {
        try db.run("DELETE FROM rules WHERE id = ?", .text(id))
        try db.run("DELETE FROM events WHERE rule = ?", .text(id))
      }
      for rule in book.rules {
        try db.run(
          """
          INSERT INTO rules VALUES (?1, ?2, ?3, NULL) ON CONFLICT (id) DO UPDATE SET version = ?2
          """, .text(rule.id), .count(rule.version), .moment(now))
      }
      try lookAtEverybody()
    }
  }

  /// Has the rules asked about every customer anew, as soon as there is time.
  func lookAtEverybody() throws { try db.run("UPDATE due SET at = 0") }

  /// Whether the rules in force may mean somebody by his place, who is another when people move.
  func rulesMeanOthers() throws -> Bool {
    let text = try rules()
    return ["\"supervisor\"", "\"role:", "\"team:"].contains { text.contains($0) }
  }
}
