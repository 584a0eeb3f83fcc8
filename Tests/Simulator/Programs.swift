// Programs of two versions side by side: laptops that know less than their hub, and a hub that knows less.
//
// The former program is today's with fields and a collection less, over files that it made itself. An
// update is what it is outside: another program opens the same file, which grows with the schema. What came for the missing columns before must be there afterwards (J2, J6), and
// what a newer laptop writes that the hub does not know is refused with a draft, never kept unseen.

import Hub
import Replica
import Storage
import SyncCore

extension Schema {
  /// This schema as a program before it might have had it.
  func without(_ fields: [String: [String]], collections gone: [String] = []) -> Schema {
    Schema(
      version: version - 1,
      collections: collections.filter { !gone.contains($0.name) }.map { collection in
        let missing = Set((fields[collection.name] ?? []).compactMap { collection[$0]?.id })
        let left = collection.fields.filter {
          !missing.contains($0.id) && !missing.contains($0.group ?? $0.id)
        }
        return CollectionSchema(
          collection.id.rawValue, collection.name, title: collection.titleField.rawValue,
          root: collection.rootField?.rawValue, isImmutable: collection.isImmutable,
          deletion: collection.deletion, fields: left)
      })
  }

  /// What a hub of the former program knows: a field less of three collections. What shipped rules and
  /// the policies of the workload name it must know.
  static let formerHub = Schema.followUp.without([
    "customer": ["region"], "contact": ["notes"], "opportunity": ["nextStep"],
  ])

  /// What a laptop of the former program knows: a field that is reviewed, a group and a collection less, too.
  static let formerLaptop = Schema.followUp.without(
    [
      "customer": ["region", "legalName", "postalAddress"], "contact": ["notes"],
      "opportunity": ["nextStep"],
    ], collections: ["promise"])
}

/// Which programs a world begins with.
public struct Programs: Sendable {
  /// Laptops that are still to be updated, by their order of joining.
  var formerLaptops: [Bool] = []
  var isHubFormer = false

  public init(formerLaptops: [Bool] = [], isHubFormer: Bool = false) {
    self.formerLaptops = formerLaptops
    self.isHubFormer = isHubFormer
  }

  /// Files of two versions must never come to histories of one.
  var isMixed: Bool { isHubFormer || formerLaptops.contains(true) }

  static let mixedPercent = 20

  static func draw(_ random: inout SplitMix64, laptops: Int) -> Programs {
    guard random.chance(mixedPercent) else { return Programs() }
    return Programs(
      formerLaptops: (0..<laptops).map { _ in random.chance(50) }, isHubFormer: random.chance(40))
  }
}

extension Cluster {
  /// Somebody installs today's program, on the hub or on a laptop.
  public func update(_ laptop: Laptop) throws {
    if hub.store.schema != schema, laptop.index == 0 || laptop.store.schema == schema {
      note("the hub is updated")
      coverage.note(.hubUpdated)
      return try openHub(on: moved(hub.disk), schema)
    }
    guard laptop.store.schema != schema else { return }
    note("\(laptop.name) is updated")
    coverage.note(.laptopUpdated)
    laptop.run = nil
    laptop.disk = try moved(laptop.disk)
    laptop.store = try replicaStore(laptop.disk, schema)
    // It may read everything again.
    laptop.memory.cursor = try laptop.store.state().cursor
  }

  /// The same file behind another connection: nothing that one program prepared reaches the next.
  private func moved(_ disk: Disk) throws -> Disk {
    let other = try lend(isHub: false)
    try disk.copied(onto: other)
    return other
  }
}

extension Schema {
  /// What a program of this schema cannot show of what one of another can.
  func unknown(of today: Schema) -> [HiddenUnit] {
    today.collections.flatMap { collection -> [HiddenUnit] in
      guard let known = self[collection.id] else { return [HiddenUnit(collection: collection.id)] }
      return collection.fields.filter { known[$0.id] == nil }.map {
        HiddenUnit(collection: collection.id, unit: $0.id)
      }
    }
  }
}

extension Laptop {
  /// Whether its program has a place for such a value.
  func knows(_ field: String, of collection: CollectionSchema) -> Bool {
    store.schema[collection.id]?[field] != nil
  }

  /// The write as its program makes it.
  func inItsTerms(_ write: RecordWrite) -> RecordWrite {
    guard let collection = store.schema[write.collection.id] else {
      preconditionFailure("\(name) has no \(write.collection.name)")
    }
    var write = write
    write.collection = collection
    return write
  }
}
