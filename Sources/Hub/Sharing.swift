// Sharing: a customer that somebody sees, or also writes to, beyond what his place gives him.
//
// It enters the scope that is the guest's own, whole and at a new position, and leaves it the same way;
// so it comes to his laptop and goes from it like anything that changes hands, also where the laptop
// was off. What ends by time ends before anybody is answered who could still see it.

import Access
import FollowUp
import Notation
import Storage
import SyncCore

/// Somebody with whom a root is shared.
struct Guest: Hashable {
  var user: String
  var mayWrite: Bool
  /// Nil: until somebody ends it.
  var expiresAt: Moment?
}

extension HubStore {
  /// Sorted by name.
  func guests(of root: RecordID) throws -> [Guest] {
    try db.all(
      "SELECT user, may_write, expires_at FROM guests WHERE root = ? ORDER BY user", .id(root)
    ) {
      Guest(
        user: $0.text(0), mayWrite: $0.bool(1), expiresAt: $0.isNull(2) ? nil : $0.moment(2))
    }
  }

  /// Shares a root; again, it changes how.
  func share(_ root: RecordID, with guest: Guest) throws {
    try transaction {
      try db.run(
        "INSERT OR REPLACE INTO guests VALUES (?, ?, ?, ?)", .id(root), .text(guest.user),
        .integer(guest.mayWrite ? 1 : 0), guest.expiresAt.map { .moment($0) } ?? .null)
      let scope = try scope(.guest(guest.user))
      if let entry = try rootFeed(root)[scope], !entry.isGone { return }
      head = head.next
      try changeFeed(of: root) { $0.enter(scope, at: head, isHome: false) }
    }
  }

  /// Shares a root within an edit, under its position; who is a guest of it already stays as he is.
  func admit(_ guest: Guest, to root: RecordID) throws {
    try db.run(
      "INSERT OR IGNORE INTO guests VALUES (?, ?, ?, NULL)", .id(root), .text(guest.user),
      .integer(guest.mayWrite ? 1 : 0))
    guard db.changes > 0 else { return }
    let scope = try scope(.guest(guest.user))
    try changeFeed(of: root) { $0.enter(scope, at: head, isHome: false) }
  }

  /// - Returns: whether it was shared.
  @discardableResult
  func endSharing(of root: RecordID, with user: String) throws -> Bool {
    try transaction {
      try db.run("DELETE FROM guests WHERE root = ? AND user = ?", .id(root), .text(user))
      guard db.changes > 0 else { return false }
      let scope = try scope(.guest(user))
      head = head.next
      try changeFeed(of: root) { $0.leave(scope, at: head) }
      return true
    }
  }

  /// Ends what was shared until now.
  func endSharing(upTo now: Moment) throws {
    let ended = try db.all(
      "SELECT root, user FROM guests WHERE expires_at <= ? ORDER BY root, user", .moment(now)
    ) { (try $0.id(0), $0.text(1)) }
    for (root, user) in ended { try endSharing(of: root, with: user) }
  }
}

extension AdminRoutes {
  /// `GET …/guests`, `POST …/share`, `POST …/unshare` of a record: who may assign may share.
  func sharing(_ path: [String], _ request: HubRequest) throws -> HubResponse {
    try require(request.method == "GET" ? .read : .decide)
    let record = try reference.record(path[1])
    guard record.schema.id == CollectionSchema.customer.id else {
      throw HubError.badRequest("A customer is shared, with all that belongs to it.")
    }
    if request.method == "POST" {
      try requireRight(.assign, in: record.schema, root: record.root)
      let body = try RequestBody(request)
      if path[2] == "share" {
        try store.share(record.root, with: guest(in: body))
      } else {
        let user = try body.text("with")
        guard try store.endSharing(of: record.root, with: user) else {
          throw HubError.notFound(what: "guest", name: user)
        }
      }
    }
    let guests = try store.guests(of: record.root).map { guest -> JSONValue in
      [
        "user": .string(guest.user), "mayWrite": .bool(guest.mayWrite),
        "until": guest.expiresAt.map { time($0) } ?? .null,
      ]
    }
    return .json(["record": .string(record.id.description), "guests": .array(guests)])
  }

  private func guest(in body: RequestBody) throws -> Guest {
    let name = try body.text("with")
    guard let user = try store.user(name), try knows(name) else {
      throw HubError.notFound(what: "user", name: name)
    }
    if user.isDisabled { throw HubError.disabled(user: name) }
    let until = try body.optionalText("until").map { try moment($0, called: "until") }
    if let until, until <= now {
      throw HubError.badRequest("The time until which it is shared is past already.")
    }
    return Guest(user: name, mayWrite: body["mayWrite"]?.bool ?? false, expiresAt: until)
  }
}
