// All small worlds: two laptops, one customer, up to four edits, every order of edits and syncs.
//
// Each world is played by the real stores and by `SmallWorldModel`; after every step what both
// laptops show, and at the end what survives at the hub and what its ledger tells, must be the same.
// A world is a number of its family, so any can be played alone and all in parallel. Left out are
// worlds that are another one's mirror image, or differ by a sync that has nothing to do.

import Notation
import Replica
import Storage
import SyncCore

public struct SmallWorlds: Sendable {
  public enum Step: Hashable, Sendable {
    case write(SmallEdit, on: Int)
    case sync(Int, isHeard: Bool)
  }

  public let name: String
  let kinds: [SmallEdit]
  let edits: Int
  /// What may be synced between two edits. Longer orders bring nothing new to anybody.
  let orders: [[Int]]
  /// Whether each of the first so many answers is lost once; 0: none.
  let losses: Int

  /// The worlds that are looked at: few edits of all kinds with a lost answer, more edits of kinds
  /// that meet in one field.
  public static let families: [SmallWorlds] = [
    .init(name: "two edits", kinds: SmallEdit.allCases, edits: 2, orders: longOrders, losses: 5),
    .init(name: "three edits", kinds: SmallEdit.allCases, edits: 3, orders: longOrders, losses: 0),
    .init(
      name: "names", kinds: [.legalName, .keepOldest], edits: 4, orders: longOrders, losses: 0),
    .init(name: "tags", kinds: [.tag, .untag], edits: 4, orders: shortOrders, losses: 0),
    .init(
      name: "life", kinds: [.phone, .delete, .revive], edits: 4, orders: shortOrders, losses: 0),
  ]
  private static let shortOrders = [[], [0], [1], [0, 1], [1, 0]]
  private static let longOrders = shortOrders + [[0, 1, 0], [1, 0, 1]]

  /// Numbers of worlds, with those that are left out.
  public var count: Int {
    var count = (losses + 1) * 2
    for edit in 0..<edits { count *= kinds.count * (edit == 0 ? 1 : 2 * orders.count) }
    return count
  }

  /// The steps of a world.
  public func steps(of number: Int) -> [Step] {
    var rest = number
    func pick(_ bound: Int) -> Int {
      defer { rest /= bound }
      return rest % bound
    }
    var steps: [Step] = []
    for edit in 0..<edits {
      if edit > 0 {
        for desk in orders[pick(orders.count)] { steps.append(.sync(desk, isHeard: true)) }
      }
      // Laptops are told apart by nothing: the first edit may always be the first one's.
      steps.append(.write(kinds[pick(kinds.count)], on: edit == 0 ? 0 : pick(2)))
    }
    let first = pick(2)
    for desk in [first, 1 - first, first, 1 - first] { steps.append(.sync(desk, isHeard: true)) }
    let lost = pick(losses + 1)
    var syncs = 0
    return steps.map { step in
      guard case .sync(let desk, _) = step else { return step }
      syncs += 1
      return .sync(desk, isHeard: syncs != lost)
    }
  }

  /// Whether the world can be, and is no other one in disguise.
  func isWorthwhile(_ steps: [Step]) -> Bool {
    var model = SmallWorldModel()
    var isHeardLast = [true, true]
    for (index, step) in steps.enumerated() {
      switch step {
      case .write(let kind, let desk):
        if model.write(kind, on: desk) == nil { return false }
      case .sync(let desk, let isHeard):
        // The last four only bring everything to rest.
        if model.isIdle(desk) && (index < steps.count - 4 || !isHeard) { return false }
        model.sync(desk, isHeard: isHeard)
        isHeardLast[desk] = isHeard
      }
    }
    return isHeardLast == [true, true]
  }

  /// Plays one world.
  ///
  /// - Returns: whether it was one.
  public func play(_ number: Int, pool: DiskPool) throws -> Bool {
    let steps = steps(of: number)
    guard isWorthwhile(steps) else { return false }
    defer { try? pool.takeBack() }
    do {
      let world = try SmallWorld(pool: pool)
      for step in steps { try world.perform(step) }
      try world.checkRest()
    } catch {
      throw Violation("small world", "\(name) \(number): \(describe(steps)): \(error)")
    }
    return true
  }

  private func describe(_ steps: [Step]) -> String {
    steps.map { step in
      switch step {
      case .write(let kind, let desk): "\("AB".dropFirst(desk).prefix(1)): \(kind.rawValue)"
      case .sync(let desk, let isHeard):
        "\(isHeard ? "sync" : "lose") \("AB".dropFirst(desk).prefix(1))"
      }
    }.joined(separator: ", ")
  }
}

/// One small world under way: the real thing, and the sets that say what it must come to.
private final class SmallWorld {
  let cluster: Cluster
  let customer: RecordID
  var model = SmallWorldModel()

  init(pool: DiskPool) throws {
    cluster = try Cluster(seed: 1, pool: pool)
    try cluster.join("A", user: "ann", role: .rep)
    try cluster.join("B", user: "ann", role: .rep)
    let laptop = cluster.laptops[0]
    customer = try laptop.store.mint(at: cluster.now(on: laptop))
    let fields: [FieldWrite] = [
      .put(cluster.field("name", of: .customer), .text("Acme")),
      .put(cluster.field("phone", of: .customer), SmallWorld.value(0)),
      .put(cluster.field("legalName", of: .customer), SmallWorld.value(0)),
    ]
    try laptop.store.write(
      [RecordWrite(customer, in: .customer, fields, isCreation: true)],
      at: cluster.now(on: laptop))
    for laptop in cluster.laptops { try cluster.sync(laptop) }
  }

  private static func value(_ number: Int) -> Value { .text("e\(number)") }

  func perform(_ step: SmallWorlds.Step) throws {
    cluster.clock.advance(milliseconds: 10)
    switch step {
    case .write(let kind, let desk):
      let branches = model.names(in: model.desks[desk].base)
      guard let number = model.write(kind, on: desk) else { return }
      try write(kind, number, keeping: branches.min() ?? 0, on: cluster.laptops[desk])
    case .sync(let desk, let isHeard):
      model.sync(desk, isHeard: isHeard)
      let laptop = cluster.laptops[desk]
      try cluster.sync(laptop) { _ in isHeard ? .delivered : .afterCommit }
      if !isHeard { laptop.run = nil }
    }
    for desk in 0..<2 { try checkView(desk) }
  }

  private func write(
    _ kind: SmallEdit, _ number: Int, keeping oldest: Int, on laptop: Laptop
  ) throws {
    let write: FieldWrite
    switch kind {
    case .phone: write = .put(cluster.field("phone", of: .customer), SmallWorld.value(number))
    case .legalName:
      write = .put(cluster.field("legalName", of: .customer), SmallWorld.value(number))
    case .keepOldest:
      let kept = try cluster.branches(of: customer, "legalName", on: laptop)
        .filter { $0.value == .string("e\(oldest)") }.map(\.dot)
      if kept.isEmpty { throw Violation("ledger", "there is no branch e\(oldest) to keep") }
      write = FieldWrite(
        cluster.field("legalName", of: .customer), .put(SmallWorld.value(number), keeping: kept))
    case .tag, .untag:
      let (adding, removing) = kind == .tag ? (["vip"], []) : ([], ["vip"])
      write = FieldWrite(
        cluster.field("tags", of: .customer), .alter(adding: adding, removing: removing))
    case .delete: write = .put(.lifecycle, Lifecycle.deleted.value)
    case .revive: write = .put(.lifecycle, Lifecycle.alive.value)
    }
    try laptop.store.write(
      [RecordWrite(customer, in: .customer, [write])], at: cluster.now(on: laptop))
  }

  // MARK: Comparing

  private func expect<T: Equatable>(_ what: String, _ found: T, _ wanted: T) throws {
    if found != wanted { throw Violation(what, "found \(found), and it is to be \(wanted)") }
  }

  private func checkView(_ desk: Int) throws {
    let laptop = cluster.laptops[desk]
    let row = try laptop.store.table(.customer).row(customer, in: laptop.store.db)
    let found = row.map { row in
      ["phone", "legalName", "tags"].map { row.values[cluster.field($0, of: .customer)] }
    }
    let wanted = model.view(on: desk).map { view in
      [
        SmallWorld.value(view.phone), SmallWorld.value(view.legalName),
        Value(elements: view.isTagged ? ["vip"] : []),
      ]
    }
    try expect("view of \(laptop.name)", found, wanted)
  }

  /// What survives, what is disputed, and what the ledger tells.
  func checkRest() throws {
    try cluster.checkConvergence()
    try cluster.checkOpenConflicts()
    let all = Set(model.accepted)
    let siblings = try cluster.hub.siblings(of: customer, in: .customer) ?? [:]
    func values(_ unit: FieldID) -> [String] {
      (siblings[unit] ?? []).map { Schema.describe($0.value) }.sorted()
    }
    func described(_ numbers: Set<Int>) -> [String] { numbers.map { "e\($0)" }.sorted() }
    try expect(
      "phones", values(cluster.field("phone", of: .customer)), described(model.phones(in: all)))
    try expect(
      "names", values(cluster.field("legalName", of: .customer)), described(model.names(in: all)))
    try expect(
      "tags", values(cluster.field("tags", of: .customer)), model.tags(in: all).map { _ in "vip" })
    let life = model.life(in: all)
    try expect(
      "deletions", values(.lifecycle).count { $0 == "deleted" }, life.deletions.count)
    try expect("alive", values(.lifecycle).contains("alive"), life.isAlive)
    try checkLedger()
  }

  private func checkLedger() throws {
    let told = try cluster.hub.store.db.all(
      """
      SELECT base, status FROM conflict WHERE record = ? AND field = 'legalName' ORDER BY since
      """, .text(customer.description)
    ) { "\($0.text(0)) \($0.text(1))" }
    let wanted = model.cases.map { entry in
      "\"e\(entry.base)\" \(entry.closedBy == nil ? "open" : "resolved")"
    }
    try expect("cases", told, wanted)
  }
}
