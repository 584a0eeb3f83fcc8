// A laptop made by hand: a log, what it has been shown, and syncs as bytes.
//
// It keeps just enough of a base to compare digests: after every completed pull what it holds must
// be exactly what the hub says it holds (I9), so every test that syncs proves that on the way.

import Digest
import FollowUp
import Storage
import SyncCore
import Testing
import Wire

@testable import Hub

final class Laptop {
  let world: World
  var replica: ReplicaID
  let token: String
  var epoch: UInt32
  var user: String
  /// The whole log, sealed.
  var log: [[UInt8]] = []
  /// How much of the log the hub is known to have.
  var acknowledged = 0
  var cursor = Position.start
  var settings: UInt32 = 0
  var narrowing: Narrowing?
  /// What it holds: as-of, values and root of each record.
  var base: [RecordID: Held] = [:]

  struct Held {
    var asOf: Position
    var values = FieldValues()
    var root: RecordID
  }

  init(_ world: World, _ answer: JoinResponse) {
    self.world = world
    replica = answer.replica
    token = answer.token
    epoch = answer.epoch
    user = answer.user
  }

  /// The same laptop, booted from a copy of its disk.
  func clone() -> Laptop {
    let other = Laptop(
      world,
      JoinResponse(
        replica: replica, token: token, epoch: epoch, workspace: "", user: user,
        hubTime: world.now))
    other.log = log
    other.acknowledged = acknowledged
    other.cursor = cursor
    other.base = base
    other.settings = settings
    other.narrowing = narrowing
    return other
  }

  // MARK: Writing

  /// Puts one edit into the log.
  func edit(isAtomic: Bool = false, _ changes: [Change]) {
    let edit = Edit(id: world.identity(), isAtomic: isAtomic, changes: changes)
    log.append(edit.encoded())
  }

  func change(
    _ record: RecordID, in schema: CollectionSchema = .customer, _ values: [String: Value]
  ) -> Change {
    let writes = values.map { name, value in
      name == "lifecycle"
        ? FieldWrite.put(.lifecycle, value) : .put(field(name, in: schema), value)
    }
    return Change(
      record: record, collection: schema.id,
      seen: VectorClock(hub: base[record]?.asOf ?? .start),
      writes: writes.sorted { $0.field < $1.field })
  }

  /// One edit that gives fields of one record values.
  func write(
    _ record: RecordID, in schema: CollectionSchema = .customer, _ values: [String: Value]
  ) {
    edit([change(record, in: schema, values)])
  }

  /// A new customer, not synced yet.
  func customer(_ name: String, _ values: [String: Value] = [:]) -> RecordID {
    let id = world.identity()
    write(id, values.merging(["name": .text(name)]) { first, _ in first })
    return id
  }

  func delete(_ record: RecordID, in schema: CollectionSchema = .customer) {
    write(record, in: schema, ["lifecycle": Lifecycle.deleted.value])
  }

  // MARK: Syncing

  /// Where its log ends, or was at a point of it.
  func head(_ count: Int? = nil) -> LogHead {
    log.prefix(count ?? log.count).reduce(.empty) { $0.appending($1) }
  }

  func request(after acknowledged: Int? = nil) -> SyncRequest {
    let known = acknowledged ?? self.acknowledged
    var request = SyncRequest(
      request: 7, replica: replica, epoch: epoch, cursor: cursor, head: head(known),
      clock: world.now)
    request.edits = log.dropFirst(known).map { PushedEdit(edit: $0) }
    request.settings = settings
    request.narrowing = narrowing
    return request
  }

  func send(_ request: SyncRequest) throws -> SyncResponse {
    let answer = world.routes.answer(
      HubRequest("POST", "/v1/sync", bearerToken: token, body: request.encoded()))
    try #require(answer.status == 200, "\(String(decoding: answer.body, as: UTF8.self))")
    try world.checkItself()
    return try SyncResponse(decoding: answer.body)
  }

  /// Pushes and pulls everything; `between` runs after each page but the last.
  @discardableResult
  func sync(recordsMax: UInt32 = 0, between: () throws -> Void = {}) throws -> [SyncResponse] {
    var answers: [SyncResponse] = []
    var page: [UInt8] = []
    repeat {
      var request = request()
      (request.recordsMax, request.page) = (recordsMax, page)
      let answer = try send(request)
      answers.append(answer)
      if let detour = answer.detour {
        Issue.record("unexpected detour: \(detour)")
        return answers
      }
      acknowledged = log.count
      page = answer.page
      if !page.isEmpty { try between() }
    } while !page.isEmpty
    try apply(answers)
    return answers
  }

  private func apply(_ answers: [SyncResponse]) throws {
    guard let last = answers.last else { return }
    var carried: Set<RecordID> = []
    for answer in answers {
      for image in answer.records {
        carried.insert(image.record)
        base[image.record] = Held(
          asOf: image.asOf, values: image.values, root: root(of: image))
      }
      for own in answer.undisturbed {
        carried.insert(own.record)
        let root = base[own.record]?.root ?? rootInLog(of: own.record)
        base[own.record, default: Held(asOf: .start, root: root)].asOf = own.asOf
      }
      for id in answer.departed { base = base.filter { $0.key != id && $0.value.root != id } }
    }
    if last.isSweep { base = base.filter { carried.contains($0.key) } }
    cursor = last.position
    if let settings = last.settings { self.settings = settings.version }
    #expect(digest.bytes == last.digest, "what the laptop holds is not the hub's cut")
  }

  var digest: SetDigest {
    var digest = SetDigest()
    for (id, held) in base { digest.add(record: id, asOf: held.asOf) }
    return digest
  }

  private func root(of image: RecordImage) -> RecordID {
    guard let field = Schema.followUp[image.collection]?.rootField,
      case .reference(let root) = image.values[field]
    else { return image.record }
    return root
  }

  /// What its own edits say a record belongs to.
  private func rootInLog(of record: RecordID) -> RecordID {
    for bytes in log {
      guard let edit = try? Edit(decoding: bytes) else { continue }
      for change in edit.changes where change.record == record {
        let root = Schema.followUp[change.collection]?.rootField
        for write in change.writes where write.field == root {
          if case .put(.reference(let id), _) = write.action { return id }
        }
      }
    }
    return record
  }

  func value(_ name: String, of record: RecordID, in schema: CollectionSchema = .customer) -> Value
  {
    base[record]?.values[field(name, in: schema)] ?? .null
  }
}
