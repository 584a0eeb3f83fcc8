// What rules have written for the world outside: which of it is to be sent now, and what became of it.
//
// A message is a record with a status; how often it was tried stands beside it, for a try is no change that
// anybody has to be sent. An attempt is noted before it is made: whoever dies in between makes it once more,
// under the same identity, by which the other side knows it. Whether its contact still wants messages is
// asked again at this last moment. Nothing here opens a connection: `roundsd` carries, the hub keeps count.

import FollowUp
import Notation
import Storage
import SyncCore

/// One message on its way.
public struct Delivery: Hashable, Sendable {
  public enum Channel: String, CaseIterable, Hashable, Sendable { case webhook, mail, sms }

  /// The message's identity, and the key by which a receiver knows it again.
  public var id: RecordID
  public var channel: Channel
  public var address: String
  public var title: String
  public var text: String
  /// When the hub first meant to send it.
  public var dueAt: Moment

  public init(
    id: RecordID, channel: Channel, address: String, title: String, text: String, dueAt: Moment
  ) {
    self.id = id
    self.channel = channel
    self.address = address
    self.title = title
    self.text = text
    self.dueAt = dueAt
  }

  /// What answers for it or keeps silent: the host of an address, else the channel.
  public var place: String {
    guard channel == .webhook, let scheme = address.range(of: "://") else {
      return channel.rawValue
    }
    return String(address[scheme.upperBound...].prefix { !"/?#".contains($0) }).lowercased()
  }
}

struct Outbox {
  /// Messages of one round: others are asked and answered in between.
  static let roundMax = 8
  /// How many that wait are looked at for it.
  private static let sightMax = 200
  /// After so long, an attempt that nobody told the end of is taken for lost, in milliseconds.
  static let leaseMilliseconds: Int64 = 5 * 60_000
  /// The longest reason that is kept, in characters.
  static let faultMax = 200

  let store: HubStore
  let now: Moment

  // MARK: Taking

  /// The next messages to send, with their attempts noted.
  func take(_ channels: Set<Delivery.Channel>) throws -> [Delivery] {
    guard !channels.isEmpty else { return [] }
    return try store.transaction {
      var rooms: [String: Int] = [:]
      var taken: [Delivery] = []
      for delivery in try waiting(channels) where taken.count < Outbox.roundMax {
        if let reason = try reasonNotToSend(delivery) {
          try end(delivery.id, "cancelled", reason)
          continue
        }
        let place = try place(delivery.place)
        let room = rooms[delivery.place] ?? place.room(at: now)
        guard room > 0 else {
          try postpone(delivery.id, until: place.restsUntil ?? now)
          continue
        }
        rooms[delivery.place] = room - 1
        try noteAttempt(delivery.id)
        taken.append(delivery)
      }
      return taken
    }
  }

  private func waiting(_ channels: Set<Delivery.Channel>) throws -> [Delivery] {
    let names = channels.map { "'\($0.rawValue)'" }.sorted().joined(separator: ", ")
    let found = try store.db.all(
      """
      SELECT m.id, m.channel, m.address, m.title, m.text, m.dueAt
      FROM message m LEFT JOIN deliveries d ON d.message = m.id
      WHERE m.status = 'queued' AND m.channel IN (\(names)) AND coalesce(d.next_at, 0) <= ?
      ORDER BY coalesce(d.next_at, 0), m.id LIMIT ?
      """, .moment(now), .count(Outbox.sightMax)
    ) { row -> Delivery? in
      guard let channel = Delivery.Channel(rawValue: row.text(1)) else { return nil }
      return Delivery(
        id: try row.id(0), channel: channel, address: row.optionalText(2) ?? "",
        title: row.optionalText(3) ?? "", text: row.optionalText(4) ?? "",
        dueAt: row.isNull(5) ? now : row.moment(5))
    }
    return found.compactMap(\.self)
  }

  /// Somebody may have changed his mind since the message was written.
  private func reasonNotToSend(_ delivery: Delivery) throws -> String? {
    try store.db.first(
      """
      SELECT CASE WHEN k.id IS NULL THEN 'the customer is gone'
                  WHEN m.contact IS NOT NULL AND c.id IS NULL THEN 'the contact is gone'
                  WHEN c.doNotContact IS 1 THEN 'the contact wants no messages'
                  WHEN p.status IN ('done', 'cancelled', '已完成', '已取消') THEN 'its sequence has ended' END
      FROM message m LEFT JOIN customer k ON k.id = m.root LEFT JOIN contact c ON c.id = m.contact
        LEFT JOIN plan p ON p.id = m.subject AND p.channel = '\(SequenceRun.channel)'
      WHERE m.id = ?
      """, .id(delivery.id)
    ) { $0.optionalText(0) } ?? nil
  }

  private func noteAttempt(_ id: RecordID) throws {
    try store.db.run(
      """
      INSERT INTO deliveries VALUES (?1, 1, ?2, ?3, NULL)
      ON CONFLICT (message) DO UPDATE SET tries = tries + 1, next_at = ?2, tried_at = ?3
      """, .id(id), .moment(now.advanced(milliseconds: Outbox.leaseMilliseconds)), .moment(now))
  }

  private func postpone(_ id: RecordID, until moment: Moment) throws {
    try store.db.run(
      """
      INSERT INTO deliveries VALUES (?1, 0, ?2, NULL, 'its destination does not answer')
      ON CONFLICT (message) DO UPDATE SET next_at = ?2
      """, .id(id), .moment(moment))
  }

  // MARK: Settling

  /// Notes what became of attempts.
  func settle(_ results: [(delivery: Delivery, outcome: DeliveryOutcome)]) throws {
    try store.transaction {
      for (delivery, outcome) in results {
        var place = try place(delivery.place)
        place.note(outcome, at: now)
        try save(place, as: delivery.place, outcome)
        try settle(delivery, outcome)
      }
    }
  }

  private func settle(_ delivery: Delivery, _ outcome: DeliveryOutcome) throws {
    switch outcome {
    case .delivered: try end(delivery.id, "sent", nil, at: delivery.place)
    case .refused(let reason): try end(delivery.id, "failed", reason, at: delivery.place)
    case .unavailable(let reason, let seconds):
      let tries =
        try store.db.first(
          "SELECT tries FROM deliveries WHERE message = ?", .id(delivery.id)
        ) { $0.int(0) } ?? 1
      guard
        let next = DeliveryTerms.nextTry(after: tries, at: now, retryAfterSeconds: seconds)
      else { return try end(delivery.id, "failed", reason, at: delivery.place) }
      try store.db.run(
        "UPDATE deliveries SET next_at = ?, fault = ? WHERE message = ?", .moment(next),
        .text(String(reason.prefix(Outbox.faultMax))), .id(delivery.id))
    }
  }

  /// Its story is over, until a person begins it anew.
  private func end(
    _ id: RecordID, _ status: String, _ reason: String?, at place: String? = nil
  ) throws {
    let fault = reason.map { String($0.prefix(Outbox.faultMax)) }
    try write(id, ["status": .text(status), "fault": fault.map { .text($0) } ?? .null])
    try store.db.run("UPDATE deliveries SET fault = ? WHERE message = ?", .optional(fault), .id(id))
    var details: [String: JSONValue] = [:]
    if let place { details["to"] = .string(place) }
    try store.audit(
      AuditEvent(
        user: Outbox.actor, action: "message \(status)", subject: id.description, details: details),
      at: now)
  }

  /// Who the audit log names for what the daemon does by itself.
  static let actor = "roundsd"

  // MARK: Places

  private func place(_ name: String) throws -> DeliveryPlace {
    try store.db.first(
      "SELECT failures, rests_until FROM delivery_places WHERE name = ?", .text(name)
    ) { DeliveryPlace(failures: $0.int(0), restsUntil: $0.isNull(1) ? nil : $0.moment(1)) }
      ?? DeliveryPlace()
  }

  private func save(_ place: DeliveryPlace, as name: String, _ outcome: DeliveryOutcome) throws {
    guard place.failures > 0, case .unavailable(let reason, _) = outcome else {
      return try store.db.run("DELETE FROM delivery_places WHERE name = ?", .text(name))
    }
    try store.db.run(
      "INSERT OR REPLACE INTO delivery_places VALUES (?, ?, ?, ?)", .text(name),
      .count(place.failures), place.restsUntil.map { .moment($0) } ?? .null,
      .text(String(reason.prefix(Outbox.faultMax))))
  }

  // MARK: By a person

  /// Begins the story of a message anew: as many tries as a new one has, and its destination is asked at once.
  func retry(_ delivery: Delivery) throws {
    try write(delivery.id, ["status": .text("queued"), "fault": .null])
    try store.db.run("DELETE FROM deliveries WHERE message = ?", .id(delivery.id))
    try store.db.run("DELETE FROM delivery_places WHERE name = ?", .text(delivery.place))
  }

  func cancel(_ delivery: Delivery, by user: String) throws {
    try write(
      delivery.id, ["status": .text("cancelled"), "fault": .text("cancelled by \(user)")])
  }

  private func write(_ id: RecordID, _ values: [String: Value]) throws {
    try store.transaction {
      store.head = store.head.next
      try OwnWrites(store: store, now: now).write(id, in: .message, values)
    }
  }
}

extension Routes {
  /// The next messages to send through these channels.
  func takeDeliveries(_ channels: Set<Delivery.Channel>) throws -> [Delivery] {
    try Outbox(store: store, now: now()).take(channels)
  }

  func settleDeliveries(_ results: [(delivery: Delivery, outcome: DeliveryOutcome)]) throws {
    try Outbox(store: store, now: now()).settle(results)
  }
}
