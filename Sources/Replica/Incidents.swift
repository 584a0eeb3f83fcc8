// What happened to this laptop and its hub that its person may wonder about, and need not act on.
//
// A copy of the laptop turned up, the hub was restored: all of that is mended without anybody's help, and
// nothing is lost. It is written down, so that `rounds status` can explain why the laptop has a new number
// or sent everything again. What an incident means to people is for programs to say. Its person can clear
// what he has read; it stays in the table, and a doubt goes to the hub all the same.

import Storage
import SyncCore

public struct Incident: Hashable, Sendable {
  public enum Kind: Hashable, Sendable {
    /// Somebody else went on with this laptop's log (a cloned disk, a restored backup): it has another
    /// identity since.
    case copied(from: ReplicaID, to: ReplicaID)
    /// The hub was restored to this position of its history.
    case hubRestored(Position)
    /// The hub lacked so many edits that it had taken once; they went up again.
    case sentAgain(Int)
    /// The hub has another history where it had shown one up to here.
    case rewritten(Position)
    /// The hub goes on from before what it had shown, and has not said that it was restored.
    case rolledBack(Position)
    /// So many records were not what the hub has, and were mended.
    case healed(Int)
    /// The file was damaged; it was made anew from the hub, with so many unsent edits out of the old one.
    case rebuilt(edits: Int)
  }
  public var kind: Kind
  /// By this machine's clock.
  public var at: Moment

  /// Whether the hub's history is not what it was: whoever runs the hub has to look.
  public var isDoubt: Bool { doubted != nil }

  /// Up to where the hub's history is not the one that was shown here; nil: no doubt of that.
  var doubted: Position? {
    switch kind {
    case .rewritten(let position), .rolledBack(let position): position
    default: nil
    }
  }
}

extension ReplicaStore {
  /// Bits of `is_told`: the hub was told; its person has read it.
  static let (toldHub, readHere): (Int64, Int64) = (1, 2)

  func note(_ kind: Incident.Kind, at now: Moment) throws {
    let (name, position, detail) = kind.columns
    try db.run(
      "INSERT INTO incidents (at, kind, position, detail, is_told) VALUES (?, ?, ?, ?, 0)",
      .moment(now), .text(name), .position(position), .integer(detail))
  }

  /// All that happened and was not cleared, newest first.
  public func incidents() throws -> [Incident] {
    try db.all(
      "SELECT kind, position, detail, at FROM incidents WHERE is_told & ? = 0 ORDER BY number DESC",
      .integer(ReplicaStore.readHere)
    ) { row in
      Incident.Kind(row.text(0), row.position(1), row.integer(2)).map {
        Incident(kind: $0, at: row.moment(3))
      }
    }.compactMap(\.self)
  }

  /// Nothing of all this is told any more. What was shown before a doubt proves nothing now that the
  /// doubt is explained, so checkpoints up to it are not held against the hub again.
  public func clearIncidents() throws {
    try db.transaction {
      let doubted = try incidents().compactMap(\.doubted).max()
      if let doubted {
        try db.run("DELETE FROM checkpoints WHERE position <= ?", .position(doubted))
      }
      try db.run("UPDATE incidents SET is_told = is_told | ?", .integer(ReplicaStore.readHere))
    }
  }

  /// A doubt that the hub has not been told of: the position; `start` where there is none.
  func untoldDoubt() throws -> Position {
    try db.first(
      """
      SELECT position FROM incidents
      WHERE is_told & ? = 0 AND kind IN ('rewritten', 'rolledBack') ORDER BY number LIMIT 1
      """, .integer(ReplicaStore.toldHub)
    ) { $0.position(0) } ?? .start
  }
}

extension Incident.Kind {
  fileprivate var columns: (name: String, position: Position, detail: Int64) {
    switch self {
    case .copied(let parent, let child):
      ("copied", Position(UInt64(parent.rawValue)), Int64(child.rawValue))
    case .hubRestored(let position): ("hubRestored", position, 0)
    case .sentAgain(let count): ("sentAgain", .start, Int64(count))
    case .rewritten(let position): ("rewritten", position, 0)
    case .rolledBack(let position): ("rolledBack", position, 0)
    case .healed(let count): ("healed", .start, Int64(count))
    case .rebuilt(let edits): ("rebuilt", .start, Int64(edits))
    }
  }

  fileprivate init?(_ name: String, _ position: Position, _ detail: Int64) {
    switch name {
    case "copied":
      self = .copied(
        from: ReplicaID(UInt32(clamping: position.rawValue)),
        to: ReplicaID(UInt32(clamping: detail)))
    case "hubRestored": self = .hubRestored(position)
    case "sentAgain": self = .sentAgain(Int(detail))
    case "rewritten": self = .rewritten(position)
    case "rolledBack": self = .rolledBack(position)
    case "healed": self = .healed(Int(detail))
    case "rebuilt": self = .rebuilt(edits: Int(detail))
    default: return nil
    }
  }
}
