// Who works here: users, teams, invitations, and the tokens that let programs in.
//
// Secrets are drawn here and shown once; the database keeps only their hashes. A one-time code is
// used up by the join request that shows it; the same request, sent again because its answer was
// lost, gets the same answer.

import Access
import Digest
import FollowUp
import Storage
import SyncCore
import Wire

/// Who calls the admin interface.
public struct Caller: Sendable {
  public var user: String
  public var role: Role
}

extension HubStore {
  // MARK: Users and teams

  /// Adds a user. Admins, managers and services get a token for the admin interface, shown once.
  public func addUser(
    _ name: String, role: Role, team: String?, now: Moment
  ) throws -> String? {
    try HubStore.checkName(name)
    let token = role == .rep ? nil : secret()
    try changeRights {
      guard try user(name) == nil else { throw HubError.exists(what: "user", name: name) }
      if let team { try checkTeam(team) }
      try db.run(
        "INSERT INTO users VALUES (?, ?, ?, ?, ?, 0)", .text(name), .text(role.rawValue),
        .optional(team), token.map { .blob(Digest.ofSecret($0)) } ?? .null, .moment(now))
    }
    return token
  }

  /// Gives somebody another role, another team, or none.
  ///
  /// - Returns: a token for the admin interface, where the new role has one and the old had none.
  func changeUser(_ name: String, role: Role?, team: String??) throws -> String? {
    var token: String?
    try changeRights {
      guard let user = try user(name) else { throw HubError.notFound(what: "user", name: name) }
      if let team {
        if let team { try checkTeam(team) }
        try db.run("UPDATE users SET team = ? WHERE name = ?", .optional(team), .text(name))
      }
      guard let role, role.rawValue != user.role else { return }
      if user.role == Role.rep.rawValue { token = secret() }
      try db.run(
        """
        UPDATE users SET role = ?1, token = CASE WHEN ?1 = 'rep' THEN NULL ELSE coalesce(?2, token)
        END WHERE name = ?3
        """, .text(role.rawValue), token.map { .blob(Digest.ofSecret($0)) } ?? .null, .text(name))
    }
    return token
  }

  private func checkTeam(_ name: String) throws {
    let found = try db.first("SELECT 1 FROM teams WHERE name = ?", .text(name)) { _ in true }
    guard found != nil else { throw HubError.notFound(what: "team", name: name) }
  }

  public func addTeam(_ name: String, parent: String?) throws {
    try HubStore.checkName(name)
    try changeRights {
      if let parent { try checkTeam(parent) }
      guard
        try db.first("SELECT 1 FROM teams WHERE name = ?", .text(name), body: { _ in true }) == nil
      else {
        throw HubError.exists(what: "team", name: name)
      }
      try db.run("INSERT INTO teams VALUES (?, ?)", .text(name), .optional(parent))
    }
  }

  /// Puts a team under another one, or at the top.
  func moveTeam(_ name: String, under parent: String?) throws {
    try changeRights {
      try checkTeam(name)
      if let parent { try checkTeam(parent) }
      guard try permissions().organisation.mayMove(name, under: parent) else {
        throw Refused(
          409, "cycle",
          "\(name) cannot stand under \(parent ?? "") : that is itself below \(name) .")
      }
      try db.run("UPDATE teams SET parent = ? WHERE name = ?", .optional(parent), .text(name))
    }
  }

  func user(_ name: String) throws -> User? {
    try users().first { $0.name == name }
  }

  /// Fields that name a record which does not exist, nor is made by the same edit.
  func missingReferences(
    of change: Change, _ schema: CollectionSchema, besides created: Set<RecordID> = []
  ) throws -> Set<FieldID> {
    var missing: Set<FieldID> = []
    for write in change.writes {
      guard case .put(.reference(let id), _) = write.action, !created.contains(id),
        let field = schema[write.field], case .reference(let target) = field.type,
        let collection = self.schema[target]
      else { continue }
      if try load(id, in: collection) == nil { missing.insert(write.field) }
    }
    return missing
  }

  /// Owners and assignees that a change names and who would not see the record: a misspelt one hides it
  /// from everybody.
  func missingOwners(of change: Change, _ schema: CollectionSchema) throws -> Set<FieldID> {
    var missing: Set<FieldID> = []
    for field in ["owner", "assignee"].compactMap({ schema[$0] }) {
      guard let name = change.text(of: field.id), !name.isEmpty else { continue }
      let isHere = try db.first(
        "SELECT 1 FROM users WHERE name = ? AND is_disabled = 0", .text(name)
      ) { _ in true }
      if isHere == nil { missing.insert(field.id) }
    }
    return missing
  }

  func users() throws -> [User] {
    try db.all("SELECT name, role, team, is_disabled FROM users ORDER BY name") {
      User(name: $0.text(0), role: $0.text(1), team: $0.text(2), isDisabled: $0.bool(3))
    }
  }

  func teams() throws -> [(name: String, parent: String?)] {
    try db.all("SELECT name, parent FROM teams ORDER BY name") { ($0.text(0), $0.optionalText(1)) }
  }

  /// Nobody gets in under this name any more; what it wrote stays.
  func disableUser(_ name: String) throws {
    try changeRights {
      guard try user(name) != nil else { throw HubError.notFound(what: "user", name: name) }
      try db.run("UPDATE users SET is_disabled = 1, token = NULL WHERE name = ?", .text(name))
    }
  }

  /// What a laptop knows besides records. Who is outside its person's directory does not work here, as
  /// far as it knows.
  func settings(for user: String, _ veil: Veil) throws -> Settings {
    Settings(
      version: settingsVersion, rules: Array(try rules().utf8),
      users: try users().filter { veil.name($0.name) == $0.name },
      access: try permissions().access(of: user, in: schema).bytes(),
      hubKey: key.publicKey.bytes, almanac: try almanacText().map { Array($0.utf8) } ?? [],
      process: try processText().map { Array($0.utf8) } ?? [])
  }

  /// The user whom a token of the admin interface belongs to.
  public func caller(token: String) throws -> Caller? {
    try db.first(
      "SELECT name, role FROM users WHERE token = ? AND is_disabled = 0",
      .blob(Digest.ofSecret(token))
    ) { row in Role(rawValue: row.text(1)).map { Caller(user: row.text(0), role: $0) } } ?? nil
  }

  private static func checkName(_ name: String) throws {
    let isFine =
      !name.isEmpty && name.utf8.count <= Limits.nameBytesMax
      && name.unicodeScalars.allSatisfy { $0.value > 32 && $0 != "\u{7F}" }
    guard isFine else {
      throw HubError.badRequest(
        "A name has 1 to \(Limits.nameBytesMax) bytes and no spaces or control characters.")
    }
  }

  private func secret() -> String {
    func word() -> String { "\(ULID(high: random.next(), low: random.next()))" }
    return word() + word()
  }

  // MARK: Inviting and joining

  /// Makes a one-time code with which one laptop of this user joins.
  public func invite(_ user: String, expiresAt: Moment) throws -> String {
    // Twelve characters of base 32: 60 random bits, enough for a code that lives for hours.
    let code = String("\(ULID(high: random.next(), low: random.next()))".suffix(12))
    try transaction {
      guard let found = try self.user(user) else {
        throw HubError.notFound(what: "user", name: user)
      }
      if found.isDisabled { throw HubError.disabled(user: user) }
      try db.run(
        "INSERT INTO invites VALUES (?, ?, ?, NULL, NULL, NULL)", .blob(Digest.ofSecret(code)),
        .text(user), .moment(expiresAt))
    }
    return code
  }

  /// Enrols a laptop.
  func join(_ request: JoinRequest, now: Moment) throws -> JoinResponse {
    guard request.version == protocolVersion else {
      throw HubError.badRequest("This hub speaks protocol \(protocolVersion).")
    }
    let code = Digest.ofSecret(request.code.uppercased())
    let invite = try db.first(
      "SELECT user, expires_at, request, replica, secret FROM invites WHERE code = ?", .blob(code)
    ) {
      (
        user: $0.text(0), expiresAt: $0.moment(1), request: $0.blob(2), replica: $0.replica(3),
        secret: $0.optionalText(4)
      )
    }
    guard let invite else { throw HubError.codeRefused }
    if !invite.request.isEmpty {
      guard invite.request == request.request.bytes, let locked = invite.secret,
        let token = LockedText.unlock(locked, with: request.code.uppercased())
      else { throw HubError.codeRefused }
      // Its key it may have made anew, having heard no answer.
      try db.run(
        "UPDATE replicas SET key = ? WHERE replica = ?", HubStore.key(of: request),
        .replica(invite.replica))
      return welcome(invite.replica, token, invite.user, now)
    }
    guard now < invite.expiresAt else { throw HubError.codeRefused }
    return try transaction {
      let (replica, token) = (try issueReplicaID(), secret())
      try db.run(
        """
        INSERT INTO replicas VALUES
          (?, ?, ?, ?, 0, ?, 0, 0, 0, 0, ?, ?, 0, 0, 'active', NULL, ?, 0, NULL, NULL, 0)
        """, .replica(replica), .text(invite.user), .text(request.device),
        .blob(Digest.ofSecret(token)), .blob(ChainHash.none.bytes), .moment(now), .moment(now),
        HubStore.key(of: request))
      try audit(
        AuditEvent(
          user: invite.user, action: "laptop join", subject: request.device,
          details: ["replica": .integer(Int64(replica.rawValue))]), at: now)
      // The answer may be lost and asked for again, so the token is kept; but nobody who reads the file
      // gets it: what unlocks it is the code, of which the file has only a hash.
      let locked = LockedText.lock(token, with: request.code.uppercased(), using: &random)
      try db.run(
        "UPDATE invites SET request = ?, replica = ?, secret = ? WHERE code = ?",
        .blob(request.request.bytes), .replica(replica), .text(locked), .blob(code))
      return welcome(replica, token, invite.user, now)
    }
  }

  /// The laptop has shown its token: the copy kept for a lost answer is no longer needed.
  func forgetSecret(of replica: ReplicaID) throws {
    try db.run("UPDATE invites SET secret = NULL WHERE replica = ?", .replica(replica))
  }

  private static func key(of request: JoinRequest) -> Binding {
    PublicKey(bytes: request.key).map { .blob($0.bytes) } ?? .null
  }

  private func welcome(
    _ replica: ReplicaID, _ token: String, _ user: String, _ now: Moment
  ) -> JoinResponse {
    JoinResponse(
      replica: replica, token: token, epoch: epoch, workspace: workspace, user: user, hubTime: now)
  }
}
