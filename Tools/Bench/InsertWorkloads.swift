// W1, W1s and W2: what it costs a laptop to write, tracked, against plain SQLite that tracks nothing.
//
// What is written is made before the clock starts, so that only the store is measured: the view, the
// change log and the commit. Every run begins with a file of its own.

import Replica
import SyncCore

struct InsertWorkloads {
  let files: Files
  let options: Options

  /// W1: a thousand new records an edit and a transaction.
  func bulk(_ customers: Customers) throws -> Figure {
    let comparison = try insertion(customers, perTransaction: Templates.perEdit)
    return Figure(
      "W1", "insert, 1,000 a transaction, tracked", comparison, of: customers.ids.count, bar: 2.0)
  }

  /// W1s: one new record an edit and a transaction.
  func single(_ customers: Customers) throws -> Figure {
    let comparison = try insertion(customers, perTransaction: 1)
    return Figure(
      "W1s", "insert, one edit a transaction, tracked", comparison, of: customers.ids.count,
      bar: 1.5)
  }

  private func insertion(_ customers: Customers, perTransaction size: Int) throws -> Comparison {
    let batches = customers.batches(of: size).map { customers.creations($0) }
    return try Comparison(runs: options.runs) { _ in
      let path = files.fresh()
      defer { files.discard(path) }
      try OnDisk.makeReplica(at: path)
      let store = try OnDisk.openReplica(at: path)
      return try Cost.of { for batch in batches { try store.write(batch, at: present()) } }
    } baseline: { _ in
      let path = files.fresh()
      defer { files.discard(path) }
      let plain = try PlainSQLite(path: path)
      try plain.createTable(for: customers)
      return try Cost.of { try plain.insert(customers, perTransaction: size) }
    }
  }

  /// W2: one field of records that came from the hub.
  func update(_ templates: Templates) throws -> Figure {
    let customers = templates.customers
    let plainTemplate = try PlainTemplate(customers, in: files)
    let batches = customers.batches(of: Templates.perEdit).map {
      customers.updates($0, of: "phone", mark: "+49")
    }
    let comparison = try Comparison(runs: options.runs) { _ in
      let path = try files.copy(of: templates.reader)
      defer { files.discard(path) }
      let store = try OnDisk.openReplica(at: path)
      return try Cost.of { for batch in batches { try store.write(batch, at: present()) } }
    } baseline: { _ in
      try plainTemplate.update()
    }
    return Figure(
      "W2", "update of one field, 1,000 a transaction", comparison, of: customers.ids.count,
      bar: 2.0)
  }
}

/// A plain table with all customers in it, to be copied.
struct PlainTemplate {
  let files: Files
  let path: String
  let customers: Customers

  init(_ customers: Customers, in files: Files) throws {
    self.files = files
    self.customers = customers
    path = files.fresh()
    let plain = try PlainSQLite(path: path)
    try plain.createTable(for: customers)
    try plain.insert(customers, perTransaction: Templates.perEdit)
  }

  /// One field of every row, in a copy.
  func update() throws -> Cost {
    let copy = try files.copy(of: path)
    defer { files.discard(copy) }
    let plain = try PlainSQLite(path: copy)
    return try Cost.of {
      try plain.update(customers, field: "phone", perTransaction: Templates.perEdit)
    }
  }
}
