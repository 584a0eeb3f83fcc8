// Who is away, and until when: rules give nobody a customer while he is.
//
// An absence is a span of time, known ahead or from now on; several of one person may lie one behind the other.
// It takes nothing from anybody: what he has stays his, reminders go to him, and he may claim and be given
// what somebody means for him by name. It only speaks to rules that assign.

import Notation
import Storage
import SyncCore

extension HubTables {
  static let absences = """
    -- When somebody is away: rules assign nothing to him.
    CREATE TABLE absences (
      user TEXT NOT NULL REFERENCES users (name),
      from_at INTEGER NOT NULL,
      until_at INTEGER NOT NULL,
      PRIMARY KEY (user, from_at)
    ) STRICT, WITHOUT ROWID;
    """
}

struct Absences {
  let store: HubStore

  /// Notes an absence; what is over is forgotten.
  func add(_ span: Range<Moment>, of user: String, now: Moment) throws {
    try store.transaction {
      try store.db.run(
        "DELETE FROM absences WHERE user = ? AND until_at <= ?", .text(user), .moment(now))
      try store.db.run(
        "INSERT OR REPLACE INTO absences VALUES (?, ?, ?)", .text(user), .moment(span.lowerBound),
        .moment(span.upperBound))
    }
  }

  /// He is here, and nothing is planned.
  func end(of user: String) throws {
    try store.transaction {
      try store.db.run("DELETE FROM absences WHERE user = ?", .text(user))
    }
  }

  func isAway(_ user: String, at moment: Moment) throws -> Bool {
    try store.db.first(
      "SELECT 1 FROM absences WHERE user = ?1 AND from_at <= ?2 AND ?2 < until_at", .text(user),
      .moment(moment)
    ) { _ in true } ?? false
  }

  /// The one that goes on or comes next.
  func next(of user: String, after now: Moment) throws -> Range<Moment>? {
    try store.db.first(
      """
      SELECT from_at, until_at FROM absences WHERE user = ? AND until_at > ?
      ORDER BY from_at LIMIT 1
      """, .text(user), .moment(now)
    ) { $0.moment(0)..<$0.moment(1) }
  }
}

extension AdminRoutes {
  /// `POST users/NAME/away {"from"?,"until"}`, `POST users/NAME/back`: whoever may invite him may say so.
  func absence(_ path: [String], _ request: HubRequest) throws -> HubResponse {
    try require(.decide)
    let name = path[1]
    guard let user = try store.user(name) else { throw HubError.notFound(what: "user", name: name) }
    try requireReach(to: name)
    let absences = Absences(store: store)
    if path[2] == "back" {
      try absences.end(of: name)
      return .json(try json(user))
    }
    let body = try RequestBody(request)
    let from = try body.optionalText("from").map { try moment($0, called: "from") } ?? now
    let until = try moment(try body.text("until"), called: "until")
    guard from < until, now < until else {
      throw HubError.badRequest("until is not after from and now: \(time(until).string ?? "") .")
    }
    try absences.add(from..<until, of: name, now: now)
    return .json(try json(user))
  }

  func away(_ user: String) throws -> JSONValue {
    guard let span = try Absences(store: store).next(of: user, after: now) else { return .null }
    return ["from": time(span.lowerBound), "until": time(span.upperBound)]
  }
}
