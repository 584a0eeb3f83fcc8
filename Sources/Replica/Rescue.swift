// What can still be read out of a damaged replica: who it was, and what nobody else has.
//
// Records come back from the hub. What is only here is the identity, edits without a verdict, refused
// values, and what was done with them and with banners. Every table is read from both ends as far as the
// damage lets it: rows on a broken page are lost, and those around it are not. The damaged file itself is
// never opened – only a copy of it, so that nothing makes it worse.

import Digest
import Storage
import SyncCore
import Wire

public struct Rescue {
  /// A row by the names of its columns.
  typealias Row = [String: Binding]

  /// The one row that says who this laptop is; nil where it cannot be read.
  private let identity: Row?
  private let log: [Row]
  /// Rows of tables that are taken over as they are.
  private let others: [(table: String, rows: [Row])]
  /// Whether every row of every table was readable.
  public let isWhole: Bool

  /// Tables whose rows mean the same in the new file.
  private static let tablesKept = [
    "drafts", "retained", "notified", "checkpoints", "incidents", "bundles",
  ]
  /// What of the identity goes on. The cut does not: everything is read anew.
  private static let columnsKept = [
    "counter", "hash", "heard", "clock_offset", "synced_at", "rules", "access", "narrowing", "key",
    "hub_key", "signed", "departed_count", "chained_after", "almanac",
    "process",
  ]

  /// Reads what is left.
  ///
  /// - Parameters:
  ///   - path: of a copy of the damaged file, with its write-ahead log beside it.
  ///   - key: nil: the file is not encrypted.
  /// - Throws: `StorageError.corrupt` where no table can be read.
  public init(copy path: String, key: StorageKey? = nil) throws {
    let db = try Connection(path: path, access: .salvage, key: key)
    var isWhole = true
    var isReadable = false
    func salvage(_ table: String) -> [Row] {
      let (rows, isAll) = Rescue.salvage(table, in: db)
      if !isAll { isWhole = false }
      if isAll || !rows.isEmpty { isReadable = true }
      return rows
    }
    identity = salvage("replica").first
    log = salvage("change_log").sorted {
      Rescue.integer($0, "sequence") < Rescue.integer($1, "sequence")
    }
    others = Rescue.tablesKept.map { ($0, salvage($0)) }
    self.isWhole = isWhole
    guard isReadable else { throw StorageError.corrupt(reason: "no table can be read") }
  }

  /// Whether the identity is there; without it the laptop joins anew.
  public var isIdentified: Bool { welcome != nil }

  /// Edits that the hub has given no verdict on, as far as is known here.
  public var waiting: Int { log.count { $0["receipt"] == .null } }

  /// The rows of a table, read from its beginning until it breaks and from its end until it breaks.
  private static func salvage(_ table: String, in db: Connection) -> (rows: [Row], isAll: Bool) {
    var found: [[Binding]: Row] = [:]
    var isAll = true
    for order in ["ASC", "DESC"] {
      do {
        try db.each("SELECT * FROM \"\(table)\" ORDER BY 1 \(order)") { row in
          let values = (0..<row.columnCount).map(row.value)
          let names = (0..<row.columnCount).map(row.columnName)
          found[values] = Dictionary(zip(names, values), uniquingKeysWith: { first, _ in first })
        }
        break
      } catch {
        isAll = false
      }
    }
    return (Array(found.values), isAll)
  }

  // MARK: Into a new file

  /// What joining once gave; nil where the row or a part of it is lost.
  private var welcome: (response: JoinResponse, url: String, device: String, rules: String)? {
    guard let row = identity, case .integer(let id)? = row["id"],
      case .integer(let epoch)? = row["epoch"],
      case .text(let token)? = row["token"], case .text(let url)? = row["url"],
      case .text(let user)? = row["user"], case .text(let workspace)? = row["workspace"],
      case .text(let device)? = row["device"], case .text(let rules)? = row["rules"]
    else { return nil }
    let response = JoinResponse(
      replica: ReplicaID(UInt32(clamping: id)), token: token, epoch: UInt32(clamping: epoch),
      workspace: workspace, user: user, hubTime: Moment(milliseconds: 0))
    return (response, url, device, rules)
  }

  /// Makes an empty store this laptop again: same identity, and everything that waits waits on. Records
  /// come with the next sync, which reads everything.
  ///
  /// - Returns: how many edits wait; nil where the identity is lost.
  public func rebuild(_ store: ReplicaStore, now: Moment) throws -> Int? {
    guard let row = identity, let (response, url, device, rules) = welcome else { return nil }
    return try store.transaction {
      try store.enrol(response, url: url, device: device, rules: rules)
      for column in Rescue.columnsKept {
        guard let value = row[column] else { continue }
        try store.db.run("UPDATE replica SET \"\(column)\" = ?", value)
      }
      for (table, rows) in others {
        for row in rows { try Rescue.insert(row, into: table, of: store) }
      }
      let adopted = try adopt(into: store)
      try store.note(.rebuilt(edits: adopted), at: now)
      return adopted
    }
  }

  /// Whose the file was, where that can be read: workspace and user.
  public var owner: (workspace: String, user: String)? {
    welcome.map { ($0.response.workspace, $0.response.user) }
  }

  /// Takes what waited over into another replica, which may have joined anew.
  ///
  /// - Returns: how many edits the store did not have.
  public func handOver(to store: ReplicaStore, now: Moment) throws -> Int {
    try store.transaction {
      let adopted = try adopt(into: store)
      if adopted > 0 { try store.note(.rebuilt(edits: adopted), at: now) }
      return adopted
    }
  }

  private func adopt(into store: ReplicaStore) throws -> Int {
    var adopted = 0
    for row in log {
      guard case .blob(let edit)? = row["edit"], case .blob(let payload)? = row["payload"],
        case .integer(let stamp)? = row["stamp"], case .integer(let epoch)? = row["epoch"]
      else { continue }
      if case .blob(let receipt)? = row["receipt"] {
        // The hub has it; what it refused becomes a draft here, where it would have become one.
        try store.keepDrafts(of: payload, receipt)
        continue
      }
      let isBoxed = row["digest"].map { $0 != .null } ?? false
      if !isBoxed, (try? Edit(decoding: payload)) == nil { continue }
      if try store.adopt(
        [.blob(edit), .integer(stamp), .integer(epoch), .blob(payload), row["digest"] ?? .null])
      {
        adopted += 1
      }
    }
    return adopted
  }

  /// Columns that the new file does not have are left out; rows that it will not take are, too.
  private static func insert(_ row: Row, into table: String, of store: ReplicaStore) throws {
    let known = try store.db.all("SELECT name FROM pragma_table_info(?)", .text(table)) {
      $0.text(0)
    }
    let columns = known.filter { row[$0] != nil }
    let names = columns.map { "\"\($0)\"" }.joined(separator: ", ")
    let marks = columns.map { _ in "?" }.joined(separator: ", ")
    let statement = try store.db.statement(
      "INSERT OR IGNORE INTO \"\(table)\" (\(names)) VALUES (\(marks))")
    try statement.bind(columns.compactMap { row[$0] })
    try statement.run()
  }

  private static func integer(_ row: Row, _ name: String) -> Int64 {
    if case .integer(let value)? = row[name] { value } else { 0 }
  }
}

extension ReplicaStore {
  /// Puts an edit out of another file at the end of the log, unless it is known here.
  ///
  /// - Parameter columns: edit, stamp, epoch, payload, digest.
  fileprivate func adopt(_ columns: [Binding]) throws -> Bool {
    let isKnown = try db.first(
      """
      SELECT 1 FROM change_log WHERE edit = ?1 UNION ALL SELECT 1 FROM retained WHERE edit = ?1
      """, columns[0]
    ) { _ in true }
    if isKnown != nil { return false }
    let statement = try db.statement(
      "INSERT INTO change_log (edit, stamp, epoch, payload, digest) VALUES (?, ?, ?, ?, ?)")
    try statement.bind(columns)
    try statement.run()
    let sequence = db.lastInsertedRow
    guard columns[4] == .null, case .blob(let payload) = columns[3] else { return true }
    for change in try Edit(decoding: payload).changes {
      try keepBase(of: change.record, in: change.collection)
      try db.run(
        "INSERT INTO pending VALUES (?, ?)", .blob(change.record.bytes), .integer(sequence))
      if let collection = schema[change.collection] { try refold(change.record, in: collection) }
    }
    return true
  }

  fileprivate func keepDrafts(of payload: [UInt8], _ receipt: [UInt8]) throws {
    guard let edit = try? Edit(decoding: payload), let receipt = try? Receipt(decoding: receipt)
    else { return }
    try keepDrafts(of: edit, receipt, at: edit.stamp.moment)
  }
}
