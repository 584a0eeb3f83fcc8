// Planted bugs: each breaks one rule of the design from outside, and a run must notice it.
//
// The production code stays clean; a mutant manipulates what lies on a disk between two steps, or
// bytes between two programs, so that the real code behaves as if the rule were not there. A
// checker that lets one through is worth nothing. The rules are those of the design's §6.

import Replica
import Storage
import SyncCore
import Wire

public enum Mutant: String, CaseIterable, Sendable {
  /// An own edit leaves the view as soon as the hub has acknowledged it.
  case droppedOnAcknowledgement
  /// A change claims to have seen the hub's head instead of its record's as-of.
  case headAsSeen
  /// A copy of a laptop goes on with the hub's own point of the log.
  case noCloneDetection
  /// Two commits get one position.
  case repeatedPosition
  /// An edit that arrives under another dot is taken for another edit.
  case noEditIdentity
  /// Stamps from the future are kept as they are.
  case noStampClamp
  /// Refused values are thrown away.
  case draftsDropped
  /// Pages of a cut become visible one by one.
  case tornCut
  /// A page loses a record, and nobody compares digests.
  case digestIgnored
  /// A restored hub goes on in its old epoch.
  case sameEpoch
  /// Answers are taken for whatever question is open.
  case uncorrelatedAnswers
  /// Settled edits are not kept for a hub that is restored.
  case nothingRetained
  /// Reminders are never withdrawn.
  case noRetraction
  /// What a new identity knew under its old one is forgotten.
  case noLineage
  /// A page holds a record of somebody else's.
  case scopeLeak
  /// Hidden fields are sent like all others.
  case veilForgotten
  /// A scope that is given to somebody is not news to his laptops.
  case grantsWithoutPositions
  /// A customer that comes to somebody comes without what had been written about it before.
  case noBackfill

  /// Whether it is met only where customers change hands.
  var isAboutScopes: Bool {
    switch self {
    case .scopeLeak, .veilForgotten, .grantsWithoutPositions, .noBackfill: true
    default: false
    }
  }
}

struct MutantState {
  let kind: Mutant
  private var headHeard: [Int: Position] = [:]

  init(_ kind: Mutant) { self.kind = kind }

  // MARK: On the laptop

  mutating func afterWrite(_ laptop: Laptop, _ cluster: Cluster) throws {
    guard kind == .headAsSeen else { return }
    let db = laptop.store.db
    let last = try db.first(
      "SELECT sequence, payload FROM change_log ORDER BY sequence DESC LIMIT 1"
    ) { ($0.integer(0), $0.blob(1)) }
    guard let (sequence, payload) = last else { return }
    var edit = try Edit(decoding: payload)
    for index in edit.changes.indices where edit.changes[index].seen.hub > .start {
      edit.changes[index].seen.hub = max(
        edit.changes[index].seen.hub, headHeard[laptop.index] ?? .start)
    }
    try db.run(
      "UPDATE change_log SET payload = ? WHERE sequence = ?", .blob(edit.encoded()),
      .integer(sequence))
  }

  func beforeRequest(_ laptop: Laptop, _ cluster: Cluster) throws {
    guard kind == .noCloneDetection else { return }
    let state = try laptop.store.state()
    let known = try cluster.hub.store.db.first(
      "SELECT counter, hash FROM replicas WHERE replica = ?", .replica(state.id)
    ) { ($0.counter(0), $0.blob(1)) }
    guard let (counter, hash) = known, counter > state.acknowledged.counter else { return }
    try laptop.store.transaction {
      try laptop.store.db.run("UPDATE change_log SET counter = NULL, hash = NULL")
      try laptop.store.db.run(
        "UPDATE replica SET counter = ?, hash = ?", .counter(counter), .blob(hash))
    }
  }

  func afterAnswer(_ laptop: Laptop, _ cluster: Cluster) throws {
    let db = laptop.store.db
    switch kind {
    case .droppedOnAcknowledgement:
      try laptop.store.transaction {
        try db.run(
          """
          DELETE FROM pending WHERE sequence IN
            (SELECT sequence FROM change_log WHERE receipt IS NOT NULL)
          """)
        try db.run("DELETE FROM change_log WHERE receipt IS NOT NULL")
      }
    case .draftsDropped: try db.run("DELETE FROM drafts")
    case .nothingRetained: try db.run("DELETE FROM retained")
    default: break
    }
  }

  // MARK: On the way

  mutating func rewrite(
    answer bytes: inout [UInt8], for laptop: Laptop, _ cluster: Cluster
  ) throws {
    var response = try SyncResponse(decoding: bytes)
    headHeard[laptop.index] = cluster.hub.store.head
    switch kind {
    case .tornCut where !response.page.isEmpty:
      let state = try laptop.store.state()
      guard state.cursor > .start else { return }
      (response.page, response.position, response.digest) = ([], state.cursor, [])
    case .digestIgnored where response.detour == nil:
      if !response.isSweep && !response.records.isEmpty { response.records.removeLast() }
      response.digest = []
    case .uncorrelatedAnswers:
      // The laptop's question is the last one that it asked; whatever comes counts as its answer.
      response.request = cluster.lastRequest[laptop.index] ?? response.request
    default: return
    }
    bytes = response.encoded()
  }

  /// The hub's answer, as it leaves the hub.
  func leak(_ bytes: inout [UInt8], to user: String, _ cluster: Cluster) throws {
    guard kind == .scopeLeak || kind == .veilForgotten else { return }
    var response = try SyncResponse(decoding: bytes)
    let all = try cluster.hub.projection()
    if kind == .veilForgotten {
      response.records = response.records.map { all[$0.record] ?? $0 }
    } else if response.detour == nil {
      let seen = try cluster.hub.projection(for: user)
      let others = all.keys.filter { seen[$0] == nil }.sorted()
      response.records += others.prefix(1).compactMap { all[$0] }
    }
    bytes = response.encoded()
  }

  // MARK: At the hub

  func beforeHub(_ request: Packet, _ cluster: Cluster) throws {
    guard kind == .noEditIdentity else { return }
    let message = try SyncRequest(decoding: request.bytes)
    for pushed in message.edits {
      try cluster.hub.store.db.run(
        "DELETE FROM edits WHERE id = ? AND replica <> ?",
        .blob(try Edit(decoding: cluster.hub.store.sealedBytes(of: pushed)).id.bytes),
        .replica(message.replica))
    }
  }

  func afterHub(_ cluster: Cluster) throws {
    let db = cluster.hub.store.db
    switch kind {
    case .repeatedPosition:
      // The head in memory falls back behind what is on the disk.
      try db.run("UPDATE hub SET head = head - 1 WHERE head % 7 = 3")
      try cluster.reopenHub()
    case .noStampClamp:
      let raw = try db.first(
        "SELECT id FROM edits WHERE position = (SELECT max(position) FROM edits)"
      ) { ULID(bytes: $0.blob(0)) }
      guard let edit = raw ?? nil else { return }
      try db.run(
        "UPDATE history SET time = max(time, ?) WHERE position = (SELECT max(position) FROM edits)",
        .bits(HybridTimestamp(moment: edit.moment).rawValue))
    case .noRetraction:
      try db.run("UPDATE reminder SET status = 'active' WHERE status = 'withdrawn'")
    case .noLineage: try db.run("DELETE FROM lineage")
    case .grantsWithoutPositions: try db.run("UPDATE subscriptions SET granted_at = 0")
    case .noBackfill: try db.run("UPDATE feed SET granted_at = 0")
    default: break
    }
  }
}

extension Mutant {
  /// The seeds, from 1 on, within which a run notices it; nil: too rare for that. Answers taken for
  /// another question's are almost harmless by what else is compared before a cut is applied.
  public var seedsMax: Int? {
    self == .uncorrelatedAnswers ? nil : 30
  }
}
