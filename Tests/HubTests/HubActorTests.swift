// Many callers at once: every one gets his own answer, and they share transactions.
//
// What a group does to its members is tested on `Routes`, where it is decided; on the actor only
// that nobody is forgotten, and that news is told in order.

import Digest
import Dispatch
import FollowUp
import Notation
import Storage
import SyncCore
import Synchronization
import Testing
import Wire

@testable import Hub

@Suite struct HubActorTests {
  @Test func `fifty laptops that push at once are all answered, and news is told`() async throws {
    let (world, laptops) = try HubActorTests.laptops(50)
    let pushes = laptops.map { laptop in
      HubRequest(
        "POST", "/v1/sync", bearerToken: laptop.token, body: laptop.request().encoded())
    }
    // The world stays behind: the actor owns a copy of its database from here on.
    let path = try TemporaryFolder()
    try world.store.db.run("VACUUM INTO ?", .text("\(path.path)/hub.sqlite"))
    let news = Mutex<[Set<String>]>([])
    let hub = HubActor { people in news.withLock { $0.append(people) } }
    try await hub.open {
      let store = try HubStore(
        Connection(path: "\(path.path)/hub.sqlite"), schema: .followUp, random: SystemRandom())
      return Routes(store) { Moment(milliseconds: 1_764_000_000_000) }
    }
    let before = await hub.head
    let answers = try await withThrowingTaskGroup(of: SyncResponse.self) { group in
      for push in pushes {
        group.addTask { try SyncResponse(decoding: await hub.answer(push).body) }
      }
      return try await group.reduce(into: []) { $0.append($1) }
    }
    #expect(answers.count == 50)
    let positions = Set(answers.compactMap { $0.receipts.first?.position })
    #expect(positions.count == 50)
    #expect(await hub.head.rawValue == before.rawValue + 50)
    let told = news.withLock { $0 }
    // Everybody sees everything here, and nothing that nobody would see is told.
    let everybody = Set(["ann", "bob", "eve", "root"])
    #expect(told.allSatisfy { everybody.isSuperset(of: $0) })
    #expect(Set(told.joined()) == everybody)
    #expect(told.count <= 50)
    try await hub.close { store in
      let findings = try HubCheck.run(on: store)
      #expect(findings == [])
    }
    #expect(await hub.answer(HubRequest("GET", "/healthz")).status == 503)
  }

  @Test func `one bad request of a group leaves the others alone`() throws {
    let (world, laptops) = try HubActorTests.laptops(2)
    func push(_ laptop: Laptop, token: String) -> HubRequest {
      HubRequest("POST", "/v1/sync", bearerToken: token, body: laptop.request().encoded())
    }
    let head = world.store.head
    let answers = world.routes.answer([
      push(laptops[0], token: laptops[0].token), push(laptops[1], token: "stolen"),
      HubRequest("POST", "/v1/sync", body: [0xFF]),
      push(laptops[1], token: laptops[1].token),
    ])
    #expect(answers.map(\.status) == [200, 401, 400, 200])
    #expect(world.store.head.rawValue == head.rawValue + 2)
    try world.checkItself()
  }

  @Test func `where the disk is full nothing is half done, and reading goes on`() throws {
    let (world, laptops) = try HubActorTests.laptops(2)
    let (head, digest) = (world.store.head, try world.store.digest(of: HubStore.everything))
    try world.store.db.execute("PRAGMA max_page_count = 1")
    let filler = String(repeating: "x", count: 500_000)
    for laptop in laptops { _ = laptop.customer(filler) }
    let answers = world.routes.answer(
      laptops.map {
        HubRequest("POST", "/v1/sync", bearerToken: $0.token, body: $0.request().encoded())
      } + [HubRequest("GET", "/healthz")])
    #expect(answers.map(\.status) == [507, 507, 200])
    #expect(world.store.head == head)
    #expect(try world.store.digest(of: HubStore.everything) == digest)
    try world.store.db.execute("PRAGMA max_page_count = 1000000")
    try world.checkItself()
    for laptop in laptops { try laptop.sync() }
    #expect(world.store.head > head)
  }

  /// Laptops with one edit each that is not pushed yet.
  private static func laptops(_ count: Int) throws -> (World, [Laptop]) {
    let world = try World()
    let laptops = try (0..<count).map { index in
      let laptop = try world.laptop("ann")
      _ = laptop.customer(
        "Customer \(index)", ["owner": .text("ann"), "assignedAt": .moment(world.now)])
      return laptop
    }
    return (world, laptops)
  }
}
