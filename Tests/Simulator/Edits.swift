// The edits of the workload: which field of which record gets which new value.

import FollowUp
import Notation
import Replica
import Storage
import SyncCore

extension Cluster {
  func performEdit(
    _ kind: Step.Kind, on laptop: Laptop, _ random: inout SplitMix64
  ) throws {
    do {
      try perform(kind, on: laptop, &random)
    } catch ReplicaError.departed(let record) {
      // Only pending edits still show it: nobody writes on.
      note("\(laptop.name) may not write …\(record.description.suffix(4))")
    }
  }

  private func perform(
    _ kind: Step.Kind, on laptop: Laptop, _ random: inout SplitMix64
  ) throws {
    switch kind {
    case .edit: try edit(laptop, &random)
    case .atomic: try editAtomically(laptop, &random)
    case .create: try create(1, on: laptop, &random)
    case .importMany:
      try create(6, on: laptop, &random)
      coverage.note(.importedMany)
    case .child: try createChild(laptop, &random)
    case .followUp: try followUp(laptop, &random)
    case .tag: try tag(laptop, &random)
    case .delete: try delete(laptop, &random)
    case .restoreLife: try affirm(laptop, &random)
    case .refused: try writeRefused(laptop, &random)
    case .keep: try keep(laptop, &random)
    case .retry: try retry(laptop)
    case .moveChild: try moveChild(laptop, &random)
    default: preconditionFailure("\(kind) is no edit")
    }
  }

  /// Fields that hold a token, by collection: one of every merge rule that keeps values.
  private static let editable: [(CollectionSchema, [String])] = [
    (.customer, ["phone", "name", "legalName", "region", "notes", "city", "stage"]),
    (.contact, ["phone", "notes", "birthday"]),
    (.opportunity, ["currency", "nextStep", "stage", "notes"]),
    (.task, ["title", "note", "status"]), (.promise, ["title", "note"]),
  ]

  private static let stages = ["lead", "visit", "offer", "lost", "won"]
  private static let states = ["open", "started", "cancelled", "done"]

  private func value(of field: String, _ random: inout SplitMix64) -> Value {
    switch field {
    case "stage": .text(random.pick(Cluster.stages))
    case "status": .text(random.pick(Cluster.states))
    default: .text(ghost.mint())
    }
  }

  private func target(
    _ laptop: Laptop, _ random: inout SplitMix64
  ) throws -> (RecordID, CollectionSchema, [String])? {
    for _ in 0..<3 {
      let (collection, all) =
        random.chance(70) ? Cluster.editable[0] : random.pick(Cluster.editable)
      let fields = all.filter { laptop.knows($0, of: collection) }
      let records = try records(collection, on: laptop)
      // Mostly the oldest: that is where people meet.
      if records.isEmpty { continue }
      let record = random.chance(60) ? records[0] : random.pick(records)
      return (record, collection, fields)
    }
    return nil
  }

  private func edit(_ laptop: Laptop, _ random: inout SplitMix64) throws {
    guard let (record, collection, fields) = try target(laptop, &random) else {
      return try create(1, on: laptop, &random)
    }
    var names: [String] = []
    for _ in 0...random.below(2) {
      let name = random.pick(Array(fields.prefix(random.chance(70) ? 4 : fields.count)))
      if !names.contains(name) { names.append(name) }
    }
    let writes = names.map { name in
      FieldWrite.put(
        self.field(name, of: collection),
        random.chance(5) ? .null : value(of: name, &random))
    }
    try write([RecordWrite(record, in: collection, writes)], on: laptop)
  }

  /// Two records, one edit: nobody may ever see half of it.
  private func editAtomically(_ laptop: Laptop, _ random: inout SplitMix64) throws {
    let customers = try records(.customer, on: laptop)
    guard customers.count > 1 else { return }
    let first = random.below(customers.count)
    let second = (first + 1 + random.below(customers.count - 1)) % customers.count
    var writes = [first, second].map { index in
      RecordWrite(
        customers[index], in: .customer, [.put(field("phone", of: .customer), .text(ghost.mint()))])
    }
    if random.chance(15) {
      // A part that will be refused takes the rest with it.
      writes[1].writes.append(.put(field("assignedAt", of: .customer), .moment(clock.now)))
      writes[1].writes.append(.put(field("owner", of: .customer), .text(ghost.mint())))
      coverage.note(.atomicRefusal)
    }
    try write(writes, isAtomic: true, on: laptop)
  }

  private func create(_ count: Int, on laptop: Laptop, _ random: inout SplitMix64) throws {
    let writes = try (0..<count).map { _ in
      var fields: [FieldWrite] = [.put(field("name", of: .customer), .text(ghost.mint()))]
      if random.chance(50) {
        fields.append(
          FieldWrite(field("tags", of: .customer), .alter(adding: ["高价值"], removing: [])))
      }
      return RecordWrite(
        try laptop.store.mint(at: now(on: laptop)), in: .customer, fields, isCreation: true)
    }
    try write(writes, on: laptop)
  }

  private func createChild(_ laptop: Laptop, _ random: inout SplitMix64) throws {
    let customers = try records(.customer, on: laptop)
    guard !customers.isEmpty else { return }
    let kinds = [
      (CollectionSchema.contact, "name"), (.opportunity, "name"), (.task, "title"),
      (.promise, "title"),
    ]
    let (collection, name) = random.pick(kinds.filter { laptop.knows($0.1, of: $0.0) })
    var fields: [FieldWrite] = [.put(field(name, of: collection), .text(ghost.mint()))]
    if collection != .task || random.chance(60) {
      fields.append(.put(field("customer", of: collection), .reference(random.pick(customers))))
    }
    let id = try laptop.store.mint(at: now(on: laptop))
    try write([RecordWrite(id, in: collection, fields, isCreation: true)], on: laptop)
  }

  private func followUp(_ laptop: Laptop, _ random: inout SplitMix64) throws {
    let customers = try records(.customer, on: laptop)
    guard !customers.isEmpty else { return }
    let customer = random.pick(customers)
    let at = now(on: laptop).advanced(milliseconds: -Int64(random.below(72)) * 3_600_000)
    let id = try laptop.store.mint(at: now(on: laptop))
    let fields: [FieldWrite] = [
      .put(field("customer", of: .followUp), .reference(customer)),
      .put(field("occurredAt", of: .followUp), .moment(at)),
      .put(field("text", of: .followUp), .text(ghost.mint())),
    ]
    var writes = [RecordWrite(id, in: .followUp, fields, isCreation: true)]
    // Who notes a visit often says at once what comes next: one edit, of a child and of its root.
    if random.chance(40) {
      writes.append(
        RecordWrite(
          customer, in: .customer, [.put(field("phone", of: .customer), .text(ghost.mint()))]))
    }
    try write(writes, on: laptop)
  }

  private func tag(_ laptop: Laptop, _ random: inout SplitMix64) throws {
    let customers = try records(.customer, on: laptop)
    guard !customers.isEmpty else { return }
    let record = random.chance(60) ? customers[0] : random.pick(customers)
    let tags = field("tags", of: .customer)
    let row = try laptop.store.table(.customer).row(record, in: laptop.store.db)?.values
    var present: [String] = []
    if case .set(let elements)? = row?[tags] { present = elements }
    let adding = random.chance(70) ? [ghost.mint()] : []
    let removing = present.isEmpty || random.chance(50) ? [] : [random.pick(present)]
    guard !adding.isEmpty || !removing.isEmpty else { return }
    try write(
      [
        RecordWrite(
          record, in: .customer, [FieldWrite(tags, .alter(adding: adding, removing: removing))])
      ],
      on: laptop)
  }

  private func delete(_ laptop: Laptop, _ random: inout SplitMix64) throws {
    guard let (record, collection, _) = try target(laptop, &random) else { return }
    try write(
      [RecordWrite(record, in: collection, [.put(.lifecycle, Lifecycle.deleted.value)])],
      on: laptop)
  }

  /// Somebody decides that a disputed record lives.
  private func affirm(_ laptop: Laptop, _ random: inout SplitMix64) throws {
    guard let (record, collection, _) = try target(laptop, &random) else { return }
    try write(
      [RecordWrite(record, in: collection, [.put(.lifecycle, Lifecycle.alive.value)])], on: laptop)
  }

  /// A write that only the hub may make, beside one that anybody may.
  private func writeRefused(_ laptop: Laptop, _ random: inout SplitMix64) throws {
    let customers = try records(.customer, on: laptop)
    guard !customers.isEmpty else { return }
    try write(
      [
        RecordWrite(
          random.pick(customers), in: .customer,
          [
            .put(field("phone", of: .customer), .text(ghost.mint())),
            .put(field("owner", of: .customer), .text(ghost.mint())),
          ])
      ], on: laptop)
  }

  private func keep(_ laptop: Laptop, _ random: inout SplitMix64) throws {
    for record in try records(.customer, on: laptop) {
      for name in ["legalName", "notes"] where laptop.knows(name, of: .customer) {
        let branches = try branches(of: record, name, on: laptop)
        guard branches.count > 1 else { continue }
        let kept = random.pick(branches)
        try write(
          [
            RecordWrite(
              record, in: .customer,
              [
                FieldWrite(
                  field(name, of: .customer), .put(.text(ghost.mint()), keeping: [kept.dot]))
              ])
          ], keeping: Token.all(in: kept.value.text()), on: laptop)
        coverage.note(.keptBranch)
        return
      }
    }
  }

  /// Tries a draft again. A token is accepted once: where another copy of the laptop, or a restored
  /// hub, could bring the same draft a second time, nobody tries.
  private func retry(_ laptop: Laptop) throws {
    let isAlone = coverage[.clone] == 0 && laptops.allSatisfy(\.backups.isEmpty)
    guard isAlone, hub.backups.isEmpty, let draft = try laptop.store.drafts().first,
      let collection = laptop.store.schema[draft.collection]
    else { return }
    // What is deleted here cannot be written to.
    guard try laptop.store.table(collection).exists(draft.record, in: laptop.store.db) else {
      return
    }
    do {
      try retry(draft, on: laptop)
    } catch ReplicaError.parked(let record) {
      // It waits for somebody else, and only pending edits show the record here.
      note("\(laptop.name) may not try …\(record.description.suffix(4)) again")
    }
  }

  private func moveChild(_ laptop: Laptop, _ random: inout SplitMix64) throws {
    let customers = try records(.customer, on: laptop)
    let contacts = try records(.contact, on: laptop)
    guard !customers.isEmpty, !contacts.isEmpty else { return }
    try write(
      [
        RecordWrite(
          random.pick(contacts), in: .contact,
          [.put(field("customer", of: .contact), .reference(random.pick(customers)))])
      ], on: laptop)
    coverage.note(.movedChild)
  }
}
