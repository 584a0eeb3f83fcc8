// Disks that outlive the programs that write them: crashes, backups, clones, and full disks.
//
// A disk is an in-memory SQLite database whose connection the simulator keeps. A program that dies
// loses its store, its sessions and whatever transaction was open; a new store is then opened over
// the same disk. A copy is made row by row, so a clone or a backup shares nothing with its original.

import Storage

public final class Disk {
  public let connection: Connection

  private init(_ connection: Connection) { self.connection = connection }

  public static func blank() throws -> Disk {
    Disk(try Connection(path: ":memory:", durability: .off))
  }

  /// Everything that is on it: what a disk image or a backup holds.
  public func copied(onto blank: Disk) throws {
    try Disk.copySchema(from: connection, to: blank.connection)
    try blank.connection.transaction {
      for table in try Disk.tables(of: connection) {
        try Disk.copyRows(of: table, from: connection, to: blank.connection)
      }
    }
  }

  /// Empties every table, so that the next history can have the disk without making them again.
  func wipe() throws {
    try connection.transaction {
      // What refers to other rows was created after them.
      for table in try Disk.tables(of: connection).reversed() {
        try connection.run("DELETE FROM \"\(table)\"")
      }
    }
    try makeRoom()
  }

  // MARK: A full disk

  /// From now on nothing fits any more: the next write that needs a page fails.
  public func fill() throws {
    // Free pages inside the file are room too.
    try connection.execute("VACUUM")
    let pages = try connection.count("PRAGMA page_count")
    try connection.execute("PRAGMA max_page_count = \(pages)")
  }

  public func makeRoom() throws { try connection.execute("PRAGMA max_page_count = 1073741823") }

  // MARK: Copying

  static func tables(of connection: Connection) throws -> [String] {
    try connection.all("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY rowid") {
      $0.text(0)
    }
  }

  private static func copySchema(from source: Connection, to target: Connection) throws {
    guard try tables(of: target).isEmpty else { return }
    let statements = try source.all(
      "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY rowid"
    ) { $0.text(0) }
    for sql in statements { try target.execute(sql) }
    for pragma in ["user_version", "application_id"] {
      let value = try source.first("PRAGMA \(pragma)") { $0.integer(0) } ?? 0
      try target.execute("PRAGMA \(pragma) = \(value)")
    }
  }

  private static func copyRows(
    of table: String, from source: Connection, to target: Connection
  ) throws {
    var insert: Statement?
    try source.each("SELECT * FROM \"\(table)\"") { row in
      let columns = row.columnCount
      let statement =
        try insert
        ?? target.statement(
          """
          INSERT INTO "\(table)" VALUES
            (\(Array(repeating: "?", count: columns).joined(separator: ", ")))
          """)
      insert = statement
      for index in 0..<columns { statement.bind(row.value(index), at: index) }
      try statement.run()
    }
  }
}

/// Used disks, wiped: making the tables of one takes longer than a short history.
public final class DiskPool {
  private var replicas: [Disk] = []
  private var hubs: [Disk] = []
  private var lent: [(disk: Disk, isHub: Bool)] = []

  public init() {}

  /// - Parameter isToday: whether its tables will be those of today's program from the first.
  func lend(isHub: Bool, isToday: Bool) throws -> Disk {
    guard isToday else { return try .blank() }
    let disk = try (isHub ? hubs.popLast() : replicas.popLast()) ?? .blank()
    lent.append((disk, isHub))
    return disk
  }

  /// Nobody uses the disks lent so far any more.
  public func takeBack() throws {
    for (disk, isHub) in lent {
      try disk.wipe()
      if isHub { hubs.append(disk) } else { replicas.append(disk) }
    }
    lent = []
  }
}
