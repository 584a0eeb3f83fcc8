// Plays one variant of a scenario: finds the command of each line, and keeps the names it gives.
//
// Commands about the world are here; what people type is in `ScenarioEdits`, what must hold in
// `ScenarioExpectations`.

import Access
import Hub
import Replica
import SyncCore

public final class ScenarioRunner {
  let scenario: Scenario
  let cluster: Cluster
  var records: [String: (id: RecordID, collection: CollectionSchema)] = [:]
  /// What must not be the case after any command.
  private var forbidden: [Scenario.Line] = []
  /// Every request is sent twice.
  private let repeatsRequests: Bool
  var pages: [String: Int] = [:]
  /// Commands of which somebody was told at once that he cannot.
  var declined: [String] = []

  public init(
    _ scenario: Scenario, repeatsRequests: Bool = false, pool: DiskPool = DiskPool()
  ) throws {
    self.scenario = scenario
    self.repeatsRequests = repeatsRequests
    cluster = try Cluster(seed: 1, pool: pool)
    cluster.keepsTrace = true
  }

  /// Plays the script as written, in its other orders, and with every request sent twice.
  ///
  /// - Parameter limit: of a script with more orders only so many, far from each other.
  public static func play(
    _ scenario: Scenario, ordersAtMost limit: Int = .max, pool: DiskPool = DiskPool()
  ) throws {
    let variants = scenario.variants
    let stride = max(1, variants.count / limit + (variants.count % limit == 0 ? 0 : 1))
    for index in Swift.stride(from: 0, to: variants.count, by: stride) {
      try ScenarioRunner(scenario, pool: pool).run(variants[index])
      try pool.takeBack()
    }
    try ScenarioRunner(scenario, repeatsRequests: true, pool: pool).run(variants[0])
    try pool.takeBack()
  }

  public var trace: [String] { cluster.trace }

  public func run(_ lines: [Scenario.Line]) throws {
    for line in lines {
      // No two commands fall into one millisecond, unless the script says so with `clock`.
      cluster.clock.advance(milliseconds: 10)
      do {
        try run(line)
        for other in forbidden { try refuse(other) }
      } catch var error as ScenarioFailure {
        error.trace = cluster.trace.suffix(ScenarioFailure.traceMax)
        throw error
      } catch {
        throw ScenarioFailure(scenario: scenario.name, line: line, text: "\(error)")
      }
    }
  }

  private func run(_ line: Scenario.Line) throws {
    let words = line.words
    let rest = Array(words.dropFirst())
    switch words[0] {
    case "story": break
    case "laptops": try join(rest)
    case "teams": try makeTeams(rest)
    case "listen": cluster.heard = [:]
    case "sync": for name in rest { try sync(try laptop(name)) }
    case "mend": for name in rest { try mend(try laptop(name)) }
    case "cut": try cut(try laptop(rest[0]), rest[1], rest.dropFirst(2).first.flatMap { Int($0) })
    case "delay":
      try cluster.exchange(
        try laptop(rest[0]), fate: rest[1] == "request" ? .delayedRequest : .delayedAnswer)
    case "arrive": try arrive()
    case "repeat":
      try cluster.sync(try laptop(rest[0])) { $0 % 2 == 0 ? .repeatedRequest : .repeatedAnswer }
    case "clock": try laptop(rest[0]).skewMilliseconds = try span(rest[1])
    case "tick":
      cluster.clock.advance(milliseconds: try span(rest[0]))
      try cluster.hub.routes.tick()
    case "clone": _ = try cluster.clone(try laptop(rest[0]), as: rest[2])
    case "retire": try laptop(rest[0]).isGone = true
    case "crash", "backup", "restore": try copy(words[0], rest)
    case "rot": try rot(try laptop(rest[0]), try record(rest[1]))
    case "full": try cluster.fillsUp(try laptop(rest[0]))
    case "pages": cluster.recordsMax = UInt32(rest[0]) ?? 0
    case "expect": try expect(rest, line)
    case "never": forbidden.append(line)
    case let word where word.hasSuffix(":"): try act(String(word.dropLast()), rest)
    default: throw Violation("script", "unknown command \(words[0])")
    }
  }

  // MARK: The world

  /// `A=ann:manager`; a laptop without a user belongs to one of its own name.
  private func join(_ words: [String]) throws {
    for word in words {
      let parts = word.split(separator: "=").map(String.init)
      let person = (parts.count > 1 ? parts[1] : parts[0].lowercased())
        .split(separator: ":").map(String.init)
      let role = person.count > 1 ? Role(rawValue: person[1]) ?? .rep : .rep
      try cluster.join(parts[0], user: person[0], role: role)
    }
  }

  func laptop(_ name: String) throws -> Laptop {
    guard let laptop = cluster[name] else { throw Violation("script", "no laptop \(name)") }
    return laptop
  }

  private func sync(_ laptop: Laptop) throws {
    var rounds = 0
    do {
      try cluster.sync(laptop) { round in
        rounds = round + 1
        return repeatsRequests ? .repeatedRequest : .delivered
      }
    } catch ReplicaError.wiped {
      laptop.isGone = true
    }
    pages[laptop.name] = rounds
  }

  private func mend(_ laptop: Laptop) throws {
    laptop.run = nil
    try sync(laptop)
  }

  private func cut(_ laptop: Laptop, _ place: String, _ page: Int?) throws {
    let fates: [String: Fate] = [
      "before_server": .beforeServer, "after_commit": .afterCommit, "hub_dies": .hubDies,
      "laptop_dies": .laptopDies,
    ]
    if let page {
      // The answer with this page is lost; those before it were heard.
      try cluster.sync(laptop) { $0 + 1 == page ? .afterCommit : .delivered }
      return
    }
    guard let fate = fates[place] else { throw Violation("script", "no place \(place)") }
    try cluster.exchange(laptop, fate: fate)
    laptop.run = nil
  }

  private func arrive() throws {
    var random = SplitMix64(seed: 1)
    while let packet = cluster.network.arrive(&random) { try cluster.deliverLate(packet) }
  }

  private func copy(_ verb: String, _ words: [String]) throws {
    let number = words.dropFirst().first.flatMap { Int($0) }.map { $0 - 1 } ?? 0
    switch (verb, words[0]) {
    case ("crash", "S"):
      try cluster.restartHub()
      if words.last == "twice" { try cluster.restartHub() }
    case ("backup", "S"): try cluster.backUpHub()
    case ("restore", "S"): try cluster.restoreHub(backup: number)
    case ("crash", let name): try cluster.crash(try laptop(name))
    case ("backup", let name): try cluster.backUp(try laptop(name))
    case (_, let name): try cluster.restore(try laptop(name), backup: number)
    }
  }

  /// A row disappears without anybody's doing.
  private func rot(
    _ laptop: Laptop, _ place: (id: RecordID, collection: CollectionSchema)
  ) throws {
    try laptop.store.table(place.collection).delete(place.id, in: laptop.store.db)
    laptop.memory.isDamaged = true
  }

  /// `6d`, `-3h`, `+5m`, `10s`, `1ms`, as milliseconds.
  func span(_ text: String) throws -> Int64 {
    let units: [(String, Int64)] = [
      ("ms", 1), ("d", WorldClock.day), ("h", 3_600_000), ("m", 60_000), ("s", 1_000),
    ]
    for (unit, length) in units where text.hasSuffix(unit) {
      let digits = text.dropLast(unit.count)
      if let number = Int64(digits.hasPrefix("+") ? digits.dropFirst() : digits) {
        return number * length
      }
    }
    throw Violation("script", "\(text) is no span of time")
  }

  private func refuse(_ line: Scenario.Line) throws {
    do {
      try expect(["view"] + line.words.dropFirst(), line)
    } catch is ScenarioFailure {
      return
    }
    throw ScenarioFailure(scenario: scenario.name, line: line, text: "it is so")
  }
}
