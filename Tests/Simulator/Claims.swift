// Into a pool and out of it: laptops that claim one customer without a network, and who has it (K5).
//
// Worlds with teams have a pool that everybody is a member of. The checkers go by what the history
// says was asked and granted: a customer that came into the pool leaves it by one grant at most,
// whoever else asked keeps his request as a draft, and nobody is granted more than he may hold.

import FollowUp
import Hub
import Notation
import Replica
import Storage
import SyncCore
import Wire

/// A request for a customer of the pool.
struct Claim {
  var edit: EditID
  var record: RecordID
  var laptop: Int
  /// How many writes the ghost had seen: a laptop restored to before that has lost the request.
  var number: Int
}

extension Cluster {
  static let pool = "sea"
  /// How many open customers somebody may have and claim another.
  static let holdMax = 2

  /// A pool, which hides in half of the worlds what is to be known of a customer.
  func makePool(_ random: inout SplitMix64) throws {
    var settings: JSONValue = [
      "name": .string(Cluster.pool), "claimsPerDay": 100, "coolDownDays": 0,
      "holdMax": .integer(Int64(Cluster.holdMax)),
    ]
    if random.chance(50) {
      settings["hidden"] = ["customer": ["phone", "notes", "city"], "contact": ["phone"]]
    }
    try administer("pools", settings)
    for user in Set(laptops.map(\.user)) {
      ghost.hidden[user, default: []].formUnion(
        HiddenUnit.all(Eyes.fields(settings["hidden"], schema)))
    }
  }

  /// The first customer lies in the pool, and everybody sees it there.
  func fillPool() throws {
    let first = try hub.store.db.first("SELECT min(id) FROM customer") { try $0.id(0) }
    guard let first, try hub.store.db.count("SELECT count(*) FROM pools") > 0 else { return }
    try administer("pools/\(Cluster.pool)/take", ["record": .string(first.description)])
    for laptop in laptops { try sync(laptop) }
  }

  // MARK: Asking

  /// Several laptops ask for one customer, none of them knowing of the others.
  func claim(_ random: inout SplitMix64) throws {
    let waiting = try hub.store.db.all(
      "SELECT id FROM customer WHERE pool IS NOT NULL AND owner IS NULL ORDER BY id"
    ) { try $0.id(0) }
    guard !waiting.isEmpty else { return }
    let customer = random.pick(waiting)
    for laptop in living where random.chance(70) {
      let row = try laptop.store.table(.customer).row(customer, in: laptop.store.db)
      guard let row, !row.values[field("pool", of: .customer)].isNull else { continue }
      try request("claim", .text(laptop.user), of: customer, on: laptop)
    }
  }

  /// Somebody gives a customer up, or an administrator takes it from him.
  func release(_ laptop: Laptop, _ random: inout SplitMix64) throws {
    guard try hub.store.db.count("SELECT count(*) FROM pools") > 0 else { return }
    let customers = try records(.customer, on: laptop)
    guard !customers.isEmpty else { return }
    let customer = random.pick(customers)
    if random.chance(40) {
      let isHere = try hub.store.db.count(
        "SELECT count(*) FROM customer WHERE id = ? AND (owner IS NOT NULL OR pool IS NULL)",
        .id(customer))
      guard isHere > 0 else { return }
      try noteReplacedOwner(of: customer)
      try administer("pools/\(Cluster.pool)/take", ["record": .string(customer.description)])
    } else {
      try request("release", .text("\(Cluster.pool) no need"), of: customer, on: laptop)
    }
    coverage.note(.releasedToPool)
  }

  private func request(
    _ name: String, _ value: Value, of customer: RecordID, on laptop: Laptop
  ) throws {
    let write = RecordWrite(
      customer, in: .customer, [.put(field(name, of: .customer), value)])
    let edit: EditID
    do {
      edit = try self.write([write], on: laptop)
    } catch ReplicaError.departed {
      return
    }
    guard name == "claim" else { return }
    ghost.claims.append(
      Claim(edit: edit, record: customer, laptop: laptop.index, number: ghost.count))
  }

  // MARK: Judging

  /// What somebody has in his hands.
  struct Hands {
    /// Open customers.
    var before = 0
    /// Claims that were ever granted to him.
    var grants = 0
  }

  func hands(of user: String) throws -> Hands {
    let held = try hub.store.db.count(
      """
      SELECT count(*) FROM customer
      WHERE owner = ? AND coalesce(stage, '') NOT IN ('won', 'lost')
      """, .text(user))
    let grants = try hub.store.db.count(
      "SELECT count(*) FROM claims WHERE user = ?", .text(user))
    return Hands(before: held, grants: grants)
  }

  /// One answer of the hub grants no more than there was room for. Whatever else the request brought
  /// may have freed a place; most often there is nothing else.
  func checkHands(of user: String, _ hands: Hands, _ request: SyncRequest) throws {
    let granted = try self.hands(of: user).grants - hands.grants
    guard granted > 0 else { return }
    let others = try request.edits.count { pushed in
      let changes = try Edit(decoding: hub.store.sealedBytes(of: pushed)).changes
      return changes.contains { $0.writes.contains { $0.field != field("claim", of: .customer) } }
    }
    let room = max(0, Cluster.holdMax - hands.before) + others
    if granted > room {
      throw Violation(
        "K5", "\(user) had \(hands.before) customers and was granted \(granted) more")
    }
  }

  /// Every stay in the pool ends with one grant at most, and every other request is a draft.
  func checkClaims(_ changes: [AcceptedChange]) throws {
    let (claim, release) = (field("claim", of: .customer), field("release", of: .customer))
    var granted: [RecordID: Int] = [:]
    let byRecord = Dictionary(grouping: changes, by: \.record)
    for (record, changes) in byRecord.sorted(by: { $0.key < $1.key }) {
      var isInPool = false
      for change in changes.sorted(by: { $0.position < $1.position }) {
        let asked = Set(change.writes.map(\.field))
        if asked.contains(release) { isInPool = true }
        guard asked.contains(claim) else { continue }
        if !isInPool { throw Violation("K5", "\(record) was granted twice out of one stay") }
        isInPool = false
        granted[record, default: 0] += 1
      }
    }
    let told = try hub.store.db.all("SELECT root FROM claims") { try $0.id(0) }
    if Dictionary(told.map { ($0, 1) }, uniquingKeysWith: +) != granted {
      throw Violation("K5", "the hub counts other grants than its history has")
    }
    coverage.note(.claimGranted, told.count)
    try checkRefusedClaims()
  }

  private func checkRefusedClaims() throws {
    let claimField = field("claim", of: .customer)
    for claim in ghost.claims {
      let verdict = try hub.store.db.first(
        "SELECT receipt FROM edits WHERE id = ?", .blob(claim.edit.bytes)
      ) { $0.isNull(0) ? [] : try Receipt(decoding: $0.blob(0)).refusals }
      // A restored hub has never heard of what a laptop could not keep for it.
      guard let refusals = verdict else {
        if coverage[.hubRestore] > 0 || coverage[.laptopRestore] > 0 { continue }
        throw Violation("K5", "nobody answered the request \(claim.edit)")
      }
      guard refusals.contains(where: { $0.field == claimField || $0.field == nil }) else {
        continue
      }
      coverage.note(.claimRefused)
      // Of a customer that left, its author has only a box: what is refused out of it, the hub keeps.
      let isParked = try hub.store.db.count(
        "SELECT count(*) FROM parked JOIN log USING (replica, counter) WHERE edit = ?",
        .blob(claim.edit.bytes))
      let isKept =
        try isParked > 0
        || living.contains { laptop in
          try laptop.store.db.count(
            "SELECT count(*) FROM drafts WHERE edit = ?", .blob(claim.edit.bytes)) > 0
        }
      if !isKept { throw Violation("K5", "\(claim.edit) was refused and is no draft") }
    }
  }
}
