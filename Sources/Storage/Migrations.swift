// Numbered, immutable steps from an empty file to today's tables.
//
// Each step runs in one transaction with the version bump, so an interrupted migration is either
// done or not begun. A step sees only tables, never today's types. A file of a newer program is
// refused untouched.

public struct Migrations: Sendable {
  /// Identifies the file to `file(1)` and to us: a hub is never opened as a replica.
  public let applicationID: Int32
  /// Step n leads from version n to n + 1.
  public let steps: [@Sendable (Connection) throws -> Void]

  public init(applicationID: Int32, steps: [@Sendable (Connection) throws -> Void]) {
    self.applicationID = applicationID
    self.steps = steps
  }

  /// Brings the file to the last version.
  public func apply(to connection: Connection) throws {
    let found = try version(of: connection)
    guard found <= steps.count else {
      throw StorageError.newerSchema(found: found, known: steps.count)
    }
    for step in found..<steps.count {
      try connection.transaction {
        try steps[step](connection)
        try connection.execute("PRAGMA user_version = \(step + 1)")
        try connection.execute("PRAGMA application_id = \(applicationID)")
      }
    }
  }

  private func version(of connection: Connection) throws -> Int {
    let version = try connection.first("PRAGMA user_version") { $0.int(0) } ?? 0
    let id = try connection.first("PRAGMA application_id") {
      Int32(truncatingIfNeeded: $0.integer(0))
    }
    guard version == 0 || id == applicationID else {
      throw StorageError.corrupt(reason: "the file belongs to another program")
    }
    return version
  }
}
