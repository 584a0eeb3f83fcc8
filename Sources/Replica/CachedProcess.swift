// The sales process as the hub last sent it: stages, tasks and criteria, also without a network.
//
// It came with the settings, beside the rules. One of a newer form than this program knows counts as
// none: then the laptop holds nothing back, and the hub judges alone.

import FollowUp
import Storage

extension ReplicaStore {
  /// The hub's process; nil where nobody has applied one, or this program cannot read it.
  public func process() throws -> SalesProcess? {
    let text = try db.first("SELECT process FROM replica") { $0.optionalText(0) } ?? nil
    return text.flatMap { try? SalesProcess(parsing: Array($0.utf8)) }
  }

  /// What a person of this workspace is, as the hub last said.
  public func role(of user: String) throws -> String? {
    try db.first("SELECT role FROM people WHERE name = ?", .text(user)) { $0.text(0) }
  }

  /// The team whose hours count for somebody.
  public func team(of user: String) throws -> String? {
    let team = try db.first("SELECT team FROM people WHERE name = ?", .text(user)) { $0.text(0) }
    return team.flatMap { $0.isEmpty ? nil : $0 }
  }
}
