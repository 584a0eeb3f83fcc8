// Crashes, clones, backups and restores of laptops and of the hub.
//
// A process that dies takes its transaction with it; its disk stays as the last commit left it. A
// clone or a restored backup is the same laptop twice, or once again: only the log can tell.

import Hub
import Replica
import Storage
import SyncCore

/// Thrown inside a transaction to make a program die there.
struct ProcessDied: Error {}

extension Cluster {
  // MARK: Dying

  /// The laptop's program ends; another one starts on the same disk.
  public func crash(_ laptop: Laptop) throws {
    laptop.run = nil
    laptop.store = try replicaStore(laptop.disk, laptop.store.schema)
    coverage.note(.laptopCrash)
  }

  /// The laptop dies while it takes an answer in: all of it is done, nothing of it is committed.
  func dies(_ laptop: Laptop, taking answer: [UInt8]) throws {
    guard let run = laptop.run else { return }
    do {
      try laptop.store.transaction {
        try run.receive(answer)
        throw ProcessDied()
      }
    } catch is ProcessDied {
      try crash(laptop)
    }
  }

  /// The laptop has no room left: what is written and what arrives is refused whole, and all that
  /// was there is still there.
  func fillsUp(_ laptop: Laptop) throws {
    try laptop.disk.fill()
    defer { laptop.run = nil }
    do {
      _ = try sync(laptop)
      let long = String(repeating: "long ", count: 10_000)
      let customers = try records(.customer, on: laptop)
      if let customer = customers.first {
        try laptop.store.write(
          [
            RecordWrite(customer, in: .customer, [.put(field("notes", of: .customer), .text(long))])
          ],
          at: now(on: laptop))
        throw Violation("E11", "50,000 bytes went onto a full disk")
      }
    } catch StorageError.diskFull {
      coverage.note(.diskFull)
    }
    try laptop.disk.makeRoom()
    try checkAfterAnswer(on: laptop)
  }

  /// The hub dies with the transaction of this request open.
  func hubDies(during request: Packet) throws {
    do {
      try hub.store.transaction {
        _ = hub.routes.answer(
          HubRequest("POST", "/v1/sync", bearerToken: request.token, body: request.bytes))
        throw ProcessDied()
      }
    } catch is ProcessDied {
      try restartHub()
    }
  }

  /// What `roundsd` does when it starts: after an end that was not in order, a new epoch.
  public func restartHub() throws {
    coverage.note(.hubCrash)
    try openHub(on: hub.disk)
    if try !hub.store.endedClean() { try hub.store.branchEpoch(now: clock.now) }
    try hub.store.setClean(false)
  }

  /// The hub's program ends and starts again, and does not notice.
  func reopenHub() throws { try openHub(on: hub.disk) }

  /// - Parameter schema: of the program that starts; nil: the same as before.
  func openHub(on disk: Disk, _ schema: Schema? = nil) throws {
    let clock = clock
    let schema = schema ?? hub.store.schema
    hub.disk = disk
    hub.tables = [:]
    hub.store = try HubStore(
      disk.connection, schema: schema, random: SplitMix64(seed: random.next()))
    hub.routes = Routes(hub.store, now: { clock.now })
  }

  // MARK: Copies of laptops

  /// Somebody copies the whole disk to a second machine.
  public func clone(_ laptop: Laptop, as name: String) throws -> Laptop {
    let disk = try lend(isHub: false)
    try laptop.disk.copied(onto: disk)
    let copy = Laptop(
      index: laptops.count, name: name, user: laptop.user, disk: disk,
      store: try replicaStore(disk, laptop.store.schema), skew: laptop.skewMilliseconds)
    copy.memory = laptop.memory
    ghost.noteClone(of: laptop.index, as: copy.index)
    laptops.append(copy)
    coverage.note(.clone)
    return copy
  }

  public func backUp(_ laptop: Laptop) throws {
    let disk = try lend(isHub: false)
    try laptop.disk.copied(onto: disk)
    laptop.backups.append((disk, laptop.memory))
  }

  /// The laptop goes back to a backup. What it wrote since and never synced is lost: that is what
  /// restoring an old backup means, so the oracle no longer asks for it.
  public func restore(_ laptop: Laptop, backup: Int) throws {
    let (image, memory) = laptop.backups[backup]
    let disk = try lend(isHub: false)
    try image.copied(onto: disk)
    ghost.excuse(writtenOn: laptop.index, after: memory.writes)
    laptop.disk = disk
    laptop.memory = memory
    laptop.run = nil
    laptop.store = try replicaStore(disk, laptop.store.schema)
    laptop.memory.cursor = try laptop.store.state().cursor
    coverage.note(.laptopRestore)
  }

  // MARK: Copies of the hub

  public func backUpHub() throws {
    let disk = try lend(isHub: true)
    try hub.disk.copied(onto: disk)
    hub.backups.append((disk, try hub.acceptedTokens()))
  }

  /// The hub goes back to a backup, in a new epoch.
  public func restoreHub(backup: Int) throws {
    try rollBackHub(backup: backup)
    if mutant?.kind != .sameEpoch { try hub.store.branchEpoch(now: clock.now) }
  }

  /// Somebody copies an old file over the hub's, and tells nobody.
  public func rollBackHub(backup: Int) throws {
    let image = hub.backups[backup].disk
    let before = try hub.acceptedTokens()
    let disk = try lend(isHub: true)
    try image.copied(onto: disk)
    try openHub(on: disk)
    let lost = before.subtracting(try hub.acceptedTokens())
    ghost.lostByHub.formUnion(lost)
    coverage.note(.hubRestore)
  }
}
