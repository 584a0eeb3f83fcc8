// Looking at a machine after something happened to it: is everything there, whole, and once?
//
// Facts come back as sentences; none means that all is well. Everything is read through the same
// doors as the programs use, and the invariants are theirs: `Doctor` and `HubCheck` (I2–I11).

import FaultyDisk
import Hub
import Replica
import Simulator
import Storage
import SyncCore

extension Stage {
  /// What is wrong with a machine; it is switched on for it.
  func findings(on machine: Machine) throws -> [String] {
    var found: [String] = []
    switch machine {
    case .hub:
      // A hub that was not founded is an empty file, and sound.
      if try !isFounded() { return [] }
      found += try HubCheck.run(on: routes().store).map { "\($0.kind): \($0.text)" }
      found += try missing(on: machine, in: routes().store.db)
    case .laptop(let number):
      let store = try store(number)
      let doctor = Doctor(store)
      let verdicts =
        try store.stateIfJoined() == nil
        ? [try doctor.checkIntegrity(isDeep: true)]
        : [
          try doctor.checkIntegrity(isDeep: true), try doctor.checkViewLaw(isDeep: true),
          try doctor.checkDigest(), try doctor.checkChain(),
        ]
      found += verdicts.compactMap(\.self).map { "\($0)" }
      found += try missing(on: machine, in: store.db)
    }
    return found.map { "\(machine): \($0)" }
  }

  private func isFounded() throws -> Bool {
    if openRoutes != nil { return true }
    return try connection(.hub).first("PRAGMA user_version") { $0.bool(0) } ?? false
  }

  /// What was confirmed and is not there (I11), or is there twice (I2).
  private func missing(on machine: Machine, in db: Connection) throws -> [String] {
    try (confirmed[machine] ?? []).sorted().compactMap { name in
      let count = try db.first("SELECT count(*) FROM customer WHERE name = ?", .text(name)) {
        $0.int(0)
      }
      return count == 1 ? nil : "\(name) was confirmed, and is there \(count ?? 0) times"
    }
  }

  /// Everything syncs until nobody has news, and every pair of digests agrees (I9, I12).
  func settle(_ laptops: [Int]) throws -> [String] {
    for _ in 0..<2 { for number in laptops { try sync(number) } }
    var found: [String] = []
    for number in laptops {
      let store = try store(number)
      if try store.waitingCount() != 0 { found.append("laptop \(number): edits still wait") }
      let line = Line(stage: self, token: try store.state().token)
      let verdict = try Doctor(store).compare(with: line, clock: clock.now)
      guard case .same = verdict else {
        found.append("laptop \(number) and the hub: \(verdict)")
        continue
      }
    }
    return found
  }

  /// What people see on a machine, without identities and times, which differ from run to run.
  func contents(of machine: Machine) throws -> [String] {
    let db = try machine == .hub ? routes().store.db : store(machine.number).db
    var lines = try db.all(
      """
      SELECT name, coalesce(phone, '–'), coalesce(owner, '–'), coalesce(legalName, '–')
      FROM customer ORDER BY 1, 2, 3, 4
      """
    ) { row in (0..<4).map { row.text($0) }.joined(separator: " ") }
    lines += try db.all("SELECT name FROM contact ORDER BY 1") { "contact " + $0.text(0) }
    lines += try db.all("SELECT status, field FROM conflict ORDER BY 1, 2") {
      "conflict \($0.text(0)) \($0.text(1))"
    }
    if machine != .hub { lines.append("drafts \(try store(machine.number).drafts().count)") }
    return lines
  }
}

extension Machine {
  var number: Int { if case .laptop(let number) = self { number } else { -1 } }
}

/// A hash over every row of every table of the database on a disk, and SQLite's own verdict on its
/// pages: within one process, equal if nothing differs.
func fingerprint(_ image: FaultyDisk.Image, of machine: Machine) throws -> Int {
  let disk = FaultyDisk(image)
  let db = try Connection(path: machine.path, vfs: disk.name)
  let tables = try db.all(
    "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name"
  ) { $0.text(0) }
  var hasher = Hasher()
  try db.each("PRAGMA integrity_check") { hasher.combine($0.text(0)) }
  for table in tables {
    hasher.combine(table)
    let columns = try db.all("SELECT name FROM pragma_table_info(?)", .text(table)) { $0.text(0) }
    let all = columns.map { "quote(\"\($0)\")" }.joined(separator: " || '|' || ")
    try db.each("SELECT \(all) FROM \"\(table)\"") { hasher.combine($0.text(0)) }
  }
  return hasher.finalize()
}
