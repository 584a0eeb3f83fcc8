// The invariants that are checked when everything has come to rest.
//
// Order independence is checked by rebuilding every record from the accepted changes alone, in
// commit order and in another order that causality allows, and comparing what survives with what
// the hub stored (I1); losses and resurrections by asking the ghost (I3, I13).

import Digest
import FollowUp
import Hub
import Replica
import Storage
import SyncCore
import Wire

extension Cluster {
  func checkEnd() throws {
    try checkHub()
    try checkConvergence()
    try checkLogs()
    try checkPast()
    try checkOpenConflicts()
    try checkReminders()
    let changes = try hub.acceptedChanges()
    try checkGhost(changes)
    try checkClaims(changes)
    try checkOrderIndependence(changes)
  }

  /// I9, I12: every laptop is at the head, with the hub's records, the hub's digest, nothing pending.
  func checkConvergence() throws {
    for laptop in living {
      let narrowing = try laptop.store.state().narrowing
      let projection = try hub.projection(for: laptop.user, narrowedTo: narrowing)
      var digest = SetDigest()
      for image in projection.values { digest.add(record: image.record, asOf: image.asOf) }
      let state = try laptop.store.state()
      let pending = try laptop.store.db.count(
        "SELECT (SELECT count(*) FROM change_log) + (SELECT count(*) FROM pending)")
      if pending > 0 { throw Violation("I12", "\(laptop.name) still has pending edits") }
      if state.cursor != hub.store.head {
        throw Violation("I12", "\(laptop.name) is not at the head")
      }
      if state.settings != hub.store.settingsVersion {
        throw Violation("I12", "\(laptop.name) works by settings that are not the hub's")
      }
      let cut = Cut(
        epoch: state.epoch, position: state.cursor, user: laptop.user, narrowing: narrowing)
      projections[cut] = projection
      try checkExactCut(laptop, state)
      if state.digest != digest { throw Violation("I9", "digest of \(laptop.name)") }
      try checkViewLaw(on: laptop)
    }
  }

  /// I4: logs without gaps, committed in order; I2: an edit, an effect.
  func checkLogs() throws {
    let db = hub.store.db
    try db.each(
      """
      SELECT r.replica, r.counter, count(l.counter), coalesce(max(l.counter), 0)
      FROM replicas r LEFT JOIN log l ON l.replica = r.replica GROUP BY r.replica
      """
    ) { row in
      if row.integer(1) != row.integer(2) || row.integer(1) != row.integer(3) {
        throw Violation("I4", "the log of replica \(row.integer(0)) has gaps")
      }
    }
    var last: [Int64: Int64] = [:]
    try db.each(
      "SELECT replica, position FROM edits WHERE position IS NOT NULL ORDER BY replica, counter"
    ) { row in
      if row.integer(1) <= last[row.integer(0), default: 0] {
        throw Violation("I4", "replica \(row.integer(0)) was committed out of order")
      }
      last[row.integer(0)] = row.integer(1)
    }
  }

  /// The chains over the past hold, and no laptop was told another one.
  func checkPast() throws {
    if let finding = try AuditCheck.run(on: hub.store).findings.first {
      throw Violation("audit", "\(finding.kind.rawValue): \(finding.text)")
    }
    if mutant?.kind == .sameEpoch { return }
    for laptop in living {
      guard let doubt = try laptop.store.incidents().first(where: \.isDoubt) else { continue }
      throw Violation("audit", "\(laptop.name) doubts an honest hub: \(doubt.kind)")
    }
  }

  /// What is open is asked of the siblings; the ledger's records must say the same.
  func checkOpenConflicts() throws {
    var open: Set<LedgerKey> = []
    for (record, collection) in try hub.allRecords() where try !hub.isDead(record) {
      let siblings = try hub.siblings(of: record, in: collection) ?? [:]
      var units = 0
      for (unit, values) in siblings.sorted(by: { $0.key < $1.key })
      where collection.rule(of: unit).choose(values).settlement == .open {
        units += 1
        open.insert(
          LedgerKey(record: record.description, field: collection.displayName(of: unit)))
      }
      let counted = try hub.store.db.count(
        "SELECT disputed FROM \"\(collection.name)\" WHERE id = ?", .id(record))
      if counted != units {
        throw Violation("I5", "\(record) counts \(counted) open, has \(units)")
      }
    }
    let told = try hub.store.db.all("SELECT record, field FROM conflict WHERE status = 'open'") {
      LedgerKey(record: $0.text(0), field: $0.text(1))
    }
    let alive = try told.filter { key in
      guard let id = ULID(key.record) else { return true }
      return try !hub.isDead(id)
    }
    if Set(alive) != open || Set(alive).count != alive.count {
      throw Violation(
        "I5",
        "the ledger has open \(alive.map { "\($0.record) \($0.field)" }.sorted()), the "
          + "siblings say \(open.map { "\($0.record) \($0.field)" }.sorted())")
    }
  }

  /// I6: the active reminders are what the rules ask for, given the facts.
  func checkReminders() throws {
    let table = CollectionTable(.customer)
    let horizon = clock.now.advanced(milliseconds: RuleBook.horizonMilliseconds)
    let customers = try hub.store.db.all(table.selectSQL) { try table.row($0) }
    let book = try RuleBook(parsing: Array(hub.store.rules().utf8), schema: schema)
    for row in customers {
      let wanted = book.reminders(
        for: CustomerFacts(record: row.id, values: row.values),
        within: RuleBook.window(at: clock.now), RuleContext(almanac: .utc), Owners()
      )
      .filter { $0.dueAt <= horizon }
      .map(\.identity)
      let active = try hub.store.db.all(
        "SELECT id FROM reminder WHERE customer = ? AND status = 'active'", .id(row.id)
      ) { try $0.id(0) }
      if Set(wanted) != Set(active) {
        throw Violation(
          "I6",
          "customer \(row.id) has the reminders \(active.sorted()), rules ask for "
            + "\(wanted.sorted())")
      }
    }
  }

  // MARK: I1, I14, I15

  func checkOrderIndependence(_ changes: [AcceptedChange]) throws {
    // Where laptops changed identity, or the hub its history, clocks mean more than they say.
    let hasLineage = try hub.store.db.count("SELECT count(*) FROM lineage") > 0
    guard !hasLineage, coverage[.hubRestore] == 0, !ghost.hasForgedClock else { return }
    // So does what was parked and accepted: its author knew what he himself had written before.
    let takenOver = try hub.store.db.all("SELECT record FROM parked WHERE status = 'accepted'") {
      try $0.id(0)
    }
    for (record, all) in Dictionary(grouping: changes, by: \.record).sorted(by: { $0.key < $1.key })
    where !takenOver.contains(record) {
      guard let first = all.first, let collection = schema[first.collection],
        let stored = try hub.siblings(of: record, in: collection)
      else { continue }
      let ordered = all.sorted { ($0.position, $1.replica) < ($1.position, $0.replica) }
      let rebuilt = try rebuild(ordered, checksStamps: true)
      let shuffled = try rebuild(otherOrder(of: ordered), checksStamps: false)
      for unit in Set(stored.keys).union(rebuilt.keys).sorted()
      where unit != .lifecycle && collection[unit]?.isRequest != true {
        let values = plain(stored[unit] ?? [])
        if plain(rebuilt[unit]?.siblings ?? []) != values
          || plain(shuffled[unit]?.siblings ?? []) != values
        {
          throw Violation(
            "I1",
            "\(collection.displayName(of: unit)) of \(record) has \(values); rebuilt: "
              + "\(plain(rebuilt[unit]?.siblings ?? [])), in another order: "
              + "\(plain(shuffled[unit]?.siblings ?? []))")
        }
        var random = SplitMix64(seed: record.low)
        let rule = collection.rule(of: unit)
        let siblings = stored[unit] ?? []
        if rule.choose(siblings.shuffled(using: &random)) != rule.choose(siblings) {
          throw Violation("I15", "the choice for \(record) depends on the order of its siblings")
        }
      }
    }
  }

  private struct Plain: Hashable {
    var value: Value
    var position: Position
    var dot: Dot
  }

  private func plain(_ siblings: [Sibling]) -> Set<Plain> {
    Set(siblings.map { Plain(value: $0.value, position: $0.stamp.position, dot: $0.stamp.dot) })
  }

  private func rebuild(
    _ changes: [AcceptedChange], checksStamps: Bool
  ) throws -> [FieldID: FieldState] {
    var states: [FieldID: FieldState] = [:]
    for change in changes {
      let stamp = change.stamp
      for write in change.writes {
        var state = states[write.field] ?? FieldState()
        if checksStamps, let covered = state.greatestTime(coveredBy: change.seen),
          covered >= stamp.time, change.replica != .hub
        {
          throw Violation("I14", "\(stamp.dot) overwrote a stamp that is not below its own")
        }
        switch write.action {
        case .put(let value, let keeping):
          state.put(value, stamp: stamp, seen: change.seen, keeping: Set(keeping))
        case .alter(let adding, let removing):
          state.alter(adding: adding, removing: removing, stamp: stamp, seen: change.seen)
        }
        states[write.field] = state
      }
    }
    return states
  }

  /// An order in which every change still comes after those its author had seen.
  private func otherOrder(of changes: [AcceptedChange]) -> [AcceptedChange] {
    var random = SplitMix64(seed: changes.first?.record.low ?? 0)
    var rest = changes
    var order: [AcceptedChange] = []
    while !rest.isEmpty {
      let ready = rest.indices.filter { index in
        !rest.contains { $0.stamp != rest[index].stamp && rest[index].seen.covers($0.stamp) }
      }
      order.append(rest.remove(at: ready.isEmpty ? 0 : random.pick(ready)))
    }
    return order
  }
}

extension AcceptedChange {
  var stamp: ChangeStamp {
    ChangeStamp(position: position, dot: Dot(replica, counter), time: time)
  }
  var seen: VectorClock { change.seen.knowingOwn(before: Dot(replica, counter)) }
}

/// All that the rules played here need to know of people.
private struct Owners: RulePeople {
  func users(_ recipient: Recipient, owner: String?, author: String?) -> [String] {
    recipient == .owner ? [owner].compactMap(\.self) : []
  }
}
