// Numbered, immutable steps from an empty file to today's tables, and growth with the schema.
//
// Steps change what no schema tells of; columns and collections that a later schema brings are added by
// its version alone, with no step of their own. Each runs in one transaction with the number it leads
// to, so an interrupted migration is either done or not begun. A step sees only tables, never today's
// types. A file of a newer program is refused untouched.

public struct Migrations: Sendable {
  /// What brings the tables of any earlier schema to this version of it.
  public struct Growth: Sendable {
    public let version: UInt32
    public let step: @Sendable (Connection) throws -> Void

    public init(to version: UInt32, step: @escaping @Sendable (Connection) throws -> Void) {
      self.version = version
      self.step = step
    }
  }

  /// Identifies the file to `file(1)` and to us: a hub is never opened as a replica.
  public let applicationID: Int32
  /// Step n leads from version n to n + 1.
  public let steps: [@Sendable (Connection) throws -> Void]
  public let growth: Growth

  public init(
    applicationID: Int32, steps: [@Sendable (Connection) throws -> Void],
    growth: Growth = Growth(to: 0) { _ in }
  ) {
    self.applicationID = applicationID
    self.steps = steps
    self.growth = growth
  }

  /// How far a file has come, as its header says it: the schema's version above the count of steps.
  private struct Version {
    var steps: Int
    var schema: Int

    init(steps: Int, schema: Int) {
      self.steps = steps
      self.schema = schema
    }

    init(header: Int) { self.init(steps: header & 0xFFFF, schema: header >> 16) }

    var header: Int { schema << 16 | steps }
  }

  /// Brings the file to the last version.
  public func apply(to connection: Connection) throws {
    var version = try version(of: connection)
    guard version.steps <= steps.count else {
      throw StorageError.newerSchema(found: version.steps, known: steps.count)
    }
    let schema = Int(growth.version)
    guard version.schema <= schema else {
      throw StorageError.newerSchema(found: version.schema, known: schema)
    }
    while version.steps < steps.count {
      let step = steps[version.steps]
      version.steps += 1
      try run(step, to: version, on: connection)
    }
    if version.schema < schema {
      version.schema = schema
      try run(growth.step, to: version, on: connection)
    }
  }

  private func run(
    _ step: (Connection) throws -> Void, to version: Version, on connection: Connection
  ) throws {
    try connection.transaction {
      try step(connection)
      try connection.execute("PRAGMA user_version = \(version.header)")
      try connection.execute("PRAGMA application_id = \(applicationID)")
    }
  }

  private func version(of connection: Connection) throws -> Version {
    let header = try connection.first("PRAGMA user_version") { $0.int(0) } ?? 0
    let id = try connection.first("PRAGMA application_id") {
      Int32(truncatingIfNeeded: $0.integer(0))
    }
    guard header == 0 || id == applicationID else {
      throw StorageError.corrupt(reason: "the file belongs to another program")
    }
    return Version(header: header)
  }
}
