// Archives on their way: beside a backup when one is made, beside a hub when one is restored.
//
// An archive never changes and its name says its hash, so one that is there already, of the right size,
// is the same and is not copied again. A copy gets its name when it is on the disk. One that is missing
// is told of, and holds nothing up: the hub does its work without.

import Storage

public struct CarriedArchive: Hashable, Sendable {
  public enum Outcome: String, Sendable { case copied, present, missing }

  public var name: String
  public var bytes: Int64
  public var outcome: Outcome

  /// Takes the archives that a hub's file names from one folder to another.
  static func carry(
    namedIn database: String, from source: String, to target: String
  ) throws -> [CarriedArchive] {
    try named(in: database).map { name, bytes in
      let (old, new) = ("\(source)/\(name)", "\(target)/\(name)")
      guard HubFolder.byteCount(of: new) != bytes else {
        return CarriedArchive(name: name, bytes: bytes, outcome: .present)
      }
      guard HubFolder.byteCount(of: old) == bytes else {
        return CarriedArchive(name: name, bytes: bytes, outcome: .missing)
      }
      try copy(old, to: new)
      return CarriedArchive(name: name, bytes: bytes, outcome: .copied)
    }
  }

  private static func named(in database: String) throws -> [(String, Int64)] {
    let connection = try Connection(path: database, access: .readOnly)
    // A file from before there were archives, or something that is no hub: that is found out later.
    let hasArchives = try connection.first(
      "SELECT 1 FROM sqlite_schema WHERE name = 'archives'", body: { _ in true })
    guard hasArchives != nil else { return [] }
    return try connection.all("SELECT name, bytes FROM archives ORDER BY last") {
      (ArchiveFile.name(of: $0.text(0)), $0.integer(1))
    }
  }

  private static func copy(_ file: String, to target: String) throws {
    try HubFolder.replacing(target) { draft in try DatabaseFile.copy(file, to: draft) }
  }
}
