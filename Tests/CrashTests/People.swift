// What people do on a stage: add customers, write to them, import a table.
//
// Everything is called by name, and nothing is added that is there: somebody whose machine died in
// the middle does the same again, and must come to the same end.

import Replica
import Storage
import SyncCore
import Tabular
import Testing

extension CollectionSchema {
  func field(_ name: String) throws -> FieldID { try #require(self[name]).id }
}

extension Stage {
  func customer(_ name: String, on number: Int) throws -> RecordID? {
    try store(number).db.first("SELECT id FROM customer WHERE name = ?", .text(name)) {
      try $0.id(0)
    }
  }

  /// Adds a customer with a contact, in two edits, unless they are there.
  func add(_ name: String, on number: Int) throws {
    clock.advance(milliseconds: 1_000)
    let store = try store(number)
    let id = try customer(name, on: number) ?? store.mint(at: clock.now)
    if try customer(name, on: number) == nil {
      try store.write(
        [
          RecordWrite(
            id, in: .customer, [.put(CollectionSchema.customer.field("name"), .text(name))],
            isCreation: true)
        ], at: clock.now)
    }
    confirmed[.laptop(number), default: []].insert(name)
    let hasContact = try store.db.first("SELECT 1 FROM contact WHERE customer = ?", .id(id)) { _ in
      true
    }
    if hasContact != nil { return }
    let contact = CollectionSchema.contact
    try store.write(
      [
        RecordWrite(
          try store.mint(at: clock.now), in: .contact,
          [
            .put(contact.field("customer"), .reference(id)),
            .put(contact.field("name"), .text(name)),
          ],
          isCreation: true)
      ], at: clock.now)
  }

  /// Gives a field of a customer a value, unless it has it.
  func set(_ field: String, of name: String, to value: String, on number: Int) throws {
    clock.advance(milliseconds: 1_000)
    let store = try store(number)
    let id = try #require(try customer(name, on: number))
    let field = try CollectionSchema.customer.field(field)
    let row = try #require(try store.table(.customer).row(id, in: store.db))
    if row.values[field] == .text(value) { return }
    try store.write(
      [RecordWrite(id, in: .customer, [.put(field, .text(value))])], at: clock.now)
  }

  func delete(_ name: String, on number: Int) throws {
    guard let id = try customer(name, on: number) else { return }
    try store(number).delete(id, in: .customer, at: clock.now)
  }

  /// Imports a table as the program does: batch by batch.
  func importTable(_ csv: String, on number: Int) throws {
    let reader = try CSVReader(TextDecoder.decode(csv))
    let columns = try ImportColumns(reader.header, into: .customer)
    var work = try Import(store(number), columns, zone: .utc)
    while case let batch = try reader.nextBatch(), !batch.isEmpty {
      _ = try work.take(batch, at: clock.now)
      for case .row(let row) in batch {
        confirmed[.laptop(number), default: []].insert(row.cells[0])
      }
    }
  }
}
