// Two hubs of one fate, of which one archives whenever it can: nobody may tell them apart.
//
// Both live through the same weeks, call for call, from one seed: laptops that sync often or seldom, or
// never hear an answer, edits that meet, deletions, restores by an administrator. After each round
// everything that can be asked is compared: what laptops hold, records, conflicts with their bases,
// parked changes, histories. Only where an entry of the history was read from may differ, and whether a
// laptop is told that its record is undisturbed or is sent it.

import Notation
import Storage
import SyncCore
import Testing
import Wire

@testable import Hub

@Suite struct ArchivedTwinTests {
  /// One of the two, with its laptops.
  private final class Twin {
    let folder: TemporaryFolder
    let world: World
    var laptops: [Laptop] = []
    /// What each once had: an answer that was lost leaves it there.
    var former: [Int: (cursor: Position, base: [RecordID: Laptop.Held])] = [:]
    var customers: [RecordID] = []
    let isArchiving: Bool

    init(isArchiving: Bool) throws {
      folder = try TemporaryFolder()
      world = try World(path: HubFolder.databasePath(in: folder.path))
      world.isCheckingItself = false
      for name in ["ann", "bob", "eve"] {
        laptops.append(try world.laptop(name))
      }
      self.isArchiving = isArchiving
    }

    func live(_ round: Int, _ random: inout SplitMix64) throws {
      func below(_ bound: Int) -> Int { Int(random.next() >> 33) % bound }
      world.clock.advance(seconds: Int64(below(20) + 1) * 3600)
      for number in 0..<3 {
        let laptop = laptops[number]
        for _ in 0..<below(3) { write(laptop, below, round) }
        // Some are away for long.
        if below(number * 2 + 2) == 0 { try sync(laptop, number, isOld: below(4) == 0) }
      }
      if below(4) == 0, let customer = customers.first {
        let at = world.now.milliseconds - Int64(below(72)) * 3_600_000
        try world.admin(
          "POST", "records/\(customer)/restore",
          body: ["at": .string(ISO8601.string(milliseconds: at, in: .utc))])
      }
      if isArchiving {
        _ = try Archiving.run(
          on: world.store, before: world.now, now: world.now, entriesPerFile: below(3) == 0 ? 3 : 99
        )
      } else {
        _ = below(3)
      }
    }

    private func write(_ laptop: Laptop, _ below: (Int) -> Int, _ round: Int) {
      if customers.count < 3 { return customers.append(laptop.customer("c\(round)")) }
      let customer = customers[below(customers.count)]
      let field = ["phone", "legalName", "notes"][below(3)]
      if below(12) == 0 { return laptop.delete(customer) }
      laptop.write(customer, [field: .text("\(laptop.user) \(round)")])
    }

    private func sync(_ laptop: Laptop, _ number: Int, isOld: Bool) throws {
      if isOld, let former = former[number] {
        (laptop.cursor, laptop.base) = (former.cursor, former.base)
      } else {
        former[number] = (laptop.cursor, laptop.base)
      }
      let answers = try laptop.sync(recordsMax: 2)
      #expect(answers.allSatisfy { $0.detour == nil })
    }

    /// What anybody can ask for.
    func story() throws -> [String] {
      var story = laptops.map { laptop in
        laptop.base.sorted { $0.key < $1.key }
          .map { "\($0.key) \($0.value.asOf.rawValue)" }.joined(separator: "\n")
      }
      for customer in customers {
        story.append(try world.admin("GET", "records/\(customer)").json.text())
        let history = try world.admin("GET", "records/\(customer)/history").json
        let entries = history["history"]?.array?.map { entry -> String in
          var members = entry.object ?? [:]
          members["archive"] = nil
          return JSONValue.object(members).text()
        }
        story.append((entries ?? ["none"]).joined(separator: "\n"))
        #expect(history["missing"] == nil)
      }
      for path in ["conflicts", "parked"] { story.append(try world.ask("GET", path).text()) }
      return story
    }
  }

  @Test(arguments: 1...3)
  func `nobody can tell a hub that archives from one that does not`(_ seed: UInt64) throws {
    let twins = try [Twin(isArchiving: false), Twin(isArchiving: true)]
    for round in 0..<20 {
      for twin in twins {
        var random = SplitMix64(state: seed &* 1_000 &+ UInt64(round))
        try twin.live(round, &random)
      }
      #expect(try twins[0].story() == twins[1].story(), "seed \(seed), round \(round)")
    }
    for twin in twins {
      for laptop in twin.laptops { try laptop.sync() }
      #expect(try HubCheck.run(on: twin.world.store) == [])
    }
    #expect(try twins[0].story() == twins[1].story())
    let archives = try twins[1].world.store.archives()
    #expect(archives.count > 5)
    let counts = try twins.map { twin in
      try twin.world.store.db.first("SELECT count(*) FROM history") { $0.int(0) } ?? 0
    }
    #expect(counts[1] < counts[0])
  }
}
