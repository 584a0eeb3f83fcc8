// The business calendar as the hub last sent it: what working days are, also without a network.
//
// It came with the settings, beside the rules. Who has none, or one of a newer form than this program
// knows, is told so: nobody may take an ordinary week for the company's calendar in silence.

import FollowUp
import Notation
import Storage

extension ReplicaStore {
  /// The hub's calendar; nil where nobody has set one, or this program cannot read it.
  public func almanac() throws -> Almanac? {
    let text = try db.first("SELECT almanac FROM replica") { $0.optionalText(0) } ?? nil
    // A half understood calendar would be worse than none, and the next program will read it.
    return text.flatMap { try? Almanac(parsing: Array($0.utf8)) }
  }

  /// The zones in which a midnight is a date: the company's, and that of whoever looks.
  public func dueZones(with zone: LocalZone) throws -> [LocalZone] {
    try (almanac().map { [$0.zone] } ?? []) + [zone]
  }
}
