// The history that the workloads begin from, made once.
//
//     empty hub, A and B joined → A writes n customers and syncs → B downloads them
//
// Then A and B each write one field of all customers, apart from each other. What A and B send is kept as
// the very requests, to be played to copies of the hub as it was before them.

import Replica
import Storage
import SyncCore

struct Templates {
  let customers: Customers
  /// A hub that A and B have joined and that has no records.
  let emptyHub: String
  /// The hub with all customers; A and B are up to date.
  let fullHub: String
  /// The hub after A's one-field edits.
  let editedHub: String
  /// The laptop that wrote the customers, and the one that downloaded them.
  let writer: String
  let reader: String
  let creation: Recording
  /// As many other customers, whose owner nobody has named.
  let ownerless: Customers
  let ownerlessCreation: Recording
  /// B's edits of a field nobody else has touched.
  let updates: Recording
  /// B's edits of the field that A wrote meanwhile.
  let conflicts: Recording

  /// Requests of one replica, as they went up.
  struct Recording {
    let token: String
    let requests: [[UInt8]]
  }

  static let perEdit = 1_000

  init(_ customers: Customers, in files: Files) throws {
    self.customers = customers
    ownerless = Customers(customers.ids.count, at: present(), owned: false)
    (emptyHub, writer, reader) = (files.fresh(), files.fresh(), files.fresh())
    try OnDisk.makeHub(at: emptyHub)
    try Self.join([writer, reader], at: emptyHub)

    fullHub = try files.copy(of: emptyHub)
    ownerlessCreation = try Self.record(
      try files.copy(of: writer), try files.copy(of: emptyHub), Self.creating(ownerless))
    creation = try Self.record(writer, fullHub, Self.creating(customers))
    _ = try Self.record(reader, fullHub) { _ in }

    editedHub = try files.copy(of: fullHub)
    _ = try Self.record(
      try files.copy(of: writer), editedHub, Self.editing("notes", "A", customers))
    updates = try Self.record(
      try files.copy(of: reader), try files.copy(of: fullHub),
      Self.editing("phone", "+49", customers))
    conflicts = try Self.record(
      try files.copy(of: reader), try files.copy(of: editedHub),
      Self.editing("notes", "B", customers))
  }

  private static func join(_ replicas: [String], at hub: String) throws {
    let line = try OnDisk.openHub(at: hub)
    for path in replicas { try OnDisk.makeReplica(at: path, joining: line) }
  }

  private static func creating(_ customers: Customers) -> (ReplicaStore) throws -> Void {
    { store in
      for batch in customers.batches(of: perEdit) {
        try store.write(customers.creations(batch), at: present())
      }
    }
  }

  private static func editing(
    _ field: String, _ mark: String, _ customers: Customers
  ) -> (ReplicaStore) throws -> Void {
    { store in
      for batch in customers.batches(of: perEdit) {
        try store.write(customers.updates(batch, of: field, mark: mark), at: present())
      }
    }
  }

  /// Lets the replica write something, syncs it with the hub, and keeps what went up.
  private static func record(
    _ replica: String, _ hub: String, _ writing: (ReplicaStore) throws -> Void
  ) throws -> Recording {
    let store = try OnDisk.openReplica(at: replica)
    try writing(store)
    let line = try OnDisk.openHub(at: hub)
    try OnDisk.sync(store, over: line)
    return Recording(token: try store.state().token, requests: line.requests)
  }
}
