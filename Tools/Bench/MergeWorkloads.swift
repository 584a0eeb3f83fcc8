// W3, W3d and W4: what it costs the hub to take in what laptops send, against plain SQLite.
//
// The hub does all its work – judge, merge, row, history, feed, rules, ledger – in the same process
// through `Routes`, without HTTP. The requests were recorded, so no laptop is measured.

import Storage
import SyncCore

struct MergeWorkloads {
  let files: Files
  let options: Options
  let templates: Templates

  private var count: Int { templates.customers.ids.count }

  /// W3: new records whose owner is named.
  func newRecords() throws -> Figure {
    let comparison = try insertion(of: templates.customers, templates.creation)
    return Figure("W3", "hub merges new records", comparison, of: count, bar: 3.0)
  }

  /// W3o: new records without an owner: the hub assigns each to its author, and tells him.
  func ownerless() throws -> Figure {
    let comparison = try insertion(of: templates.ownerless, templates.ownerlessCreation)
    return Figure("W3o", "hub merges and assigns new records", comparison, of: count, bar: 3.0)
  }

  private func insertion(
    of customers: Customers, _ recording: Templates.Recording
  ) throws -> Comparison {
    try Comparison(runs: options.runs) { _ in
      try play(recording, to: templates.emptyHub)
    } baseline: { _ in
      let path = files.fresh()
      defer { files.discard(path) }
      let plain = try PlainSQLite(path: path)
      try plain.createTable(for: customers)
      return try Cost.of { try plain.insert(customers, perTransaction: Templates.perEdit) }
    }
  }

  /// W3d: one field of known records.
  func updates() throws -> Figure {
    let plain = try PlainTemplate(templates.customers, in: files)
    let comparison = try Comparison(runs: options.runs) { _ in
      try play(templates.updates, to: templates.fullHub)
    } baseline: { _ in
      try plain.update()
    }
    return Figure("W3d", "hub merges one-field updates", comparison, of: count, bar: 3.0)
  }

  /// W4: the same field as another laptop. Nothing is lost, and every case is in the ledger.
  func conflicts() throws -> [Figure] {
    var cases = 0
    let comparison = try Comparison(runs: options.runs) { _ in
      try play(templates.conflicts, to: templates.editedHub) { db in
        cases = try db.first("SELECT count(*) FROM ledger") { $0.int(0) } ?? 0
      }
    } baseline: { _ in
      try play(templates.updates, to: templates.fullHub)
    }
    return [
      Figure("W4", "hub merges conflicts (against W3d)", comparison, of: count, bar: 2.0),
      Figure(
        "W4n", "conflicts without an entry in the ledger", Double(count - cases), unit: "records",
        bar: 0),
    ]
  }

  /// Plays what a replica sent to a copy of a hub.
  private func play(
    _ recording: Templates.Recording, to hub: String,
    afterwards: (Connection) throws -> Void = { _ in }
  ) throws -> Cost {
    let path = try files.copy(of: hub)
    defer { files.discard(path) }
    let line = try OnDisk.openHub(at: path)
    line.token = recording.token
    for request in recording.requests { _ = try line.sync(request) }
    try afterwards(line.db)
    return line.cost
  }
}
