// Archiving: what is older than a moment goes from the history into files of its own.
//
// Three steps, in this order and no other: the file is written and followed link by link; the hub notes
// in one transaction that it has an archive up to there; then what need not stay is taken out of the
// database. Until the note, nothing has happened; after it, every change is in the archive, so it does
// not matter how much of the last step was done. It is for a process beside the daemon, which goes on.
//
// A boundary is always a checkpoint behind the head, and everything before it was both written and
// committed before the moment: what a laptop brings late is as young as its arrival.

import Digest
import Storage
import SyncCore

public struct Archiving {
  /// Entries of one archive, about: its chain is followed in memory.
  public static let entriesPerFile = 500_000

  /// What was done, or would be.
  public struct Report: Sendable {
    /// The archives that were made.
    public internal(set) var archives: [Archive] = []
    /// Entries that were archived, or would be.
    public internal(set) var entries = 0
    /// Up to where the history is archived now, or would be.
    public internal(set) var through = Position.start
    /// Archived entries that stay in the database, because syncs may need them.
    public internal(set) var kept = 0
    public internal(set) var removed = 0
    /// Bytes of the changes that left the database.
    public internal(set) var removedBytes: Int64 = 0
  }

  let store: HubStore
  let before: Moment
  let now: Moment
  var entriesPerFile = Archiving.entriesPerFile

  /// Archives what is older than a moment in the hub of a folder, also while a daemon serves it.
  public static func run(
    on folder: String, before: Moment, isTrial: Bool, now: Moment,
    random: any RandomNumberGenerator, entriesPerFile: Int = Archiving.entriesPerFile
  ) throws -> Report {
    try run(
      on: HubStore(openCurrent(folder), schema: .followUp, random: random), before: before,
      isTrial: isTrial, now: now, entriesPerFile: entriesPerFile)
  }

  /// The same in an open store, outside of its transactions.
  public static func run(
    on store: HubStore, before: Moment, isTrial: Bool = false, now: Moment,
    entriesPerFile: Int = Archiving.entriesPerFile
  ) throws -> Report {
    let archiving = Archiving(
      store: store, before: before, now: now, entriesPerFile: entriesPerFile)
    return isTrial ? try archiving.trial() : try archiving.run()
  }

  /// The archives of the hub in a folder, oldest first.
  public static func list(in folder: String) throws -> [Archive] {
    try HubStore(openCurrent(folder), schema: .followUp, random: SystemRandom()).archives()
  }

  /// No command but `serve` brings a file up to date: an older daemon may be using it.
  private static func openCurrent(_ folder: String) throws -> Connection {
    let path = HubFolder.databasePath(in: folder)
    try HubFolder.requireHub(in: folder)
    let connection = try Connection(path: path)
    let isCurrent = try connection.first(
      "SELECT 1 FROM sqlite_schema WHERE name = 'archives'", body: { _ in true })
    guard isCurrent != nil else { throw HubError.servedByOlder(path: folder) }
    return connection
  }

  // MARK: Doing it

  func run() throws -> Report {
    var report = Report()
    for piece in try store.db.reading({ try plan() }) {
      let bytes = try store.db.reading {
        try ArchiveWriter(store: store, piece: piece, now: now).write()
      }
      report.archives.append(try note(piece, bytes))
      report.entries += piece.entries
    }
    report.through = try store.archivedThrough()
    report.add(try HistoryPruning(store: store, boundary: report.through).run())
    return report
  }

  func trial() throws -> Report {
    try store.db.reading {
      var report = Report()
      let plan = try plan()
      report.entries = plan.reduce(0) { $0 + $1.entries }
      report.through = try plan.last?.last.position ?? store.archivedThrough()
      report.add(try HistoryPruning(store: store, boundary: report.through).trial())
      return report
    }
  }

  private func note(_ piece: ArchivePiece, _ bytes: Int64) throws -> Archive {
    let archive = Archive(
      after: piece.after.position, last: piece.last.position, name: piece.name,
      entries: piece.entries, bytes: bytes, madeAt: now)
    try store.transaction {
      // A daemon has gone on meanwhile.
      try store.reload()
      guard try store.archivedThrough() == archive.after else {
        throw HubError.exists(what: "archive", name: archive.name)
      }
      try store.db.run(
        "INSERT INTO archives VALUES (?, ?, ?, ?, ?, ?)", .position(archive.last),
        .position(archive.after), .text(archive.name), .count(archive.entries),
        .integer(archive.bytes), .moment(now))
      try store.audit(
        AuditEvent(
          user: "", action: "history archive", subject: archive.name,
          details: ["entries": .integer(Int64(archive.entries))]), at: now)
    }
    return archive
  }

  // MARK: Planning

  /// The pieces, oldest first; none where nothing is old enough.
  func plan() throws -> [ArchivePiece] {
    let start = try store.archivedThrough()
    let limit = try limit(after: start)
    let positions = try store.db.all(
      "SELECT position FROM history WHERE position > ? AND position <= ?", .position(start),
      .position(limit)
    ) { $0.position(0) }.sorted()
    var rest = positions[...]
    var pieces: [ArchivePiece] = []
    var piece = ArchivePiece(after: try checkpoint(at: start), last: .none, entries: 0)
    for checkpoint in try checkpoints(after: start, through: limit) {
      let count = rest.prefix { $0 <= checkpoint.position }.count
      rest.removeFirst(count)
      piece.entries += count
      piece.last = checkpoint
      guard piece.entries >= entriesPerFile else { continue }
      pieces.append(piece)
      piece = ArchivePiece(after: checkpoint, last: .none, entries: 0)
    }
    if piece.entries > 0 { pieces.append(piece) }
    return pieces
  }

  /// Everything up to here, and behind `start`, is older than the moment, and the head is not reached.
  private func limit(after start: Position) throws -> Position {
    let stamp = HybridTimestamp(moment: before)
    let young =
      try store.db.first(
        "SELECT min(position) FROM history WHERE position > ? AND time >= ?", .position(start),
        .bits(stamp.rawValue)
      ) { $0.isNull(0) ? nil : $0.position(0) } ?? nil
    let head = try store.db.first("SELECT head FROM hub") { $0.position(0) } ?? .start
    return Position(max(1, min(young ?? head, head).rawValue) - 1)
  }

  private func checkpoints(
    after start: Position, through limit: Position
  ) throws -> [Checkpoint] {
    try store.db.all(
      """
      SELECT position, hash, audit FROM checkpoints WHERE position > ? AND position <= ?
      ORDER BY position
      """, .position(start), .position(limit), body: HubStore.checkpoint)
  }

  /// Of the beginning there is none, and nothing comes before it.
  private func checkpoint(at position: Position) throws -> Checkpoint {
    if position == .start { return .none }
    let found = try store.db.first(
      "SELECT position, hash, audit FROM checkpoints WHERE position = ?", .position(position),
      body: HubStore.checkpoint)
    guard let found else {
      throw StorageError.corrupt(reason: "there is no checkpoint \(position.rawValue)")
    }
    return found
  }
}

extension Archiving.Report {
  fileprivate mutating func add(_ counts: HistoryPruning.Counts) {
    (kept, removed, removedBytes) = (counts.kept, counts.removed, counts.removedBytes)
  }
}

extension Checkpoint {
  /// Before everything.
  static let none = Checkpoint(position: .start, hash: .none, audit: 0)
}
