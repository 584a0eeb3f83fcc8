// Who may see and change what, as the hub knows it at this moment: policy, organisation and pools.
//
// A value, made from the tables once per version of the settings. It answers with relations and
// levels; where a record is and whose it is, the store knows (`Standing`).

import Access
import FollowUp
import Notation
import Storage
import SyncCore

struct Permissions {
  /// The version of the policy in force; a verdict names it.
  let version: Int64
  let policy: Policy
  let organisation: Organisation
  /// Sorted by name.
  let pools: [Pool]
  /// Those that a task has lain in; sorted.
  var queues: [TaskQueue] = []
  /// On what terms pools take customers back, by name.
  var poolTerms: [String: PoolTerms] = [:]

  func pool(_ name: String) -> Pool? { pools.first { $0.name == name } }

  func level(_ action: Action, on collection: String, of user: String) -> Level {
    guard let member = organisation[user], !member.isDisabled else { return .none }
    return policy.level(action, on: collection, role: member.role, organisation: organisation)
  }

  // MARK: What a person's laptops hold

  /// The scopes that somebody's laptops are to hold.
  func scopes(of user: String) -> Set<ScopeName> {
    guard let member = organisation[user], !member.isDisabled else { return [] }
    let level = level(.read, on: CollectionSchema.customer.name, of: user)
    if level == .none { return [] }
    if level == .all { return [.everything] }
    var scopes: Set<ScopeName> = [.user(user), .guest(user)]
    for pool in pools where pool.isMember(user, organisation) || pool.isAdmin(user) {
      scopes.insert(.pool(pool.name))
    }
    scopes.formUnion(queueScopes(of: user))
    if level > .own {
      for other in organisation.members
      where level.includes(organisation.relation(of: user, toOwner: other.name)) {
        scopes.insert(.user(other.name))
      }
    }
    return scopes
  }

  /// The queues that somebody takes tasks out of.
  func queueScopes(of user: String) -> Set<ScopeName> {
    Set(queues.filter { $0.isMember(user, organisation) }.map { .queue($0.words) })
  }

  // MARK: What his laptops have to know

  /// `{"policy":3,"export":{"customer":["ann","bob"]},"recycle":{…}}`: whose records of a collection he
  /// may take out as a file – a collection that is not there he takes out whole – and on what terms his
  /// customers go to a pool, where they do.
  func access(of user: String, in schema: Schema) -> JSONValue {
    var export: [String: JSONValue] = [:]
    // Most collections have one level, and everybody is looked at once for each.
    var ownersByLevel: [Level: JSONValue] = [:]
    for collection in schema.collections {
      let level = level(.export, on: collection.name, of: user)
      if level == .all { continue }
      let owners = ownersByLevel[level] ?? owners(within: level, of: user)
      ownersByLevel[level] = owners
      export[collection.name] = owners
    }
    var access: JSONValue = ["policy": .integer(version), "export": .object(export)]
    if let terms = terms(of: user) { access["recycle"] = terms.json }
    return access
  }

  /// The names of those whose records are no further from him than this.
  private func owners(within level: Level, of user: String) -> JSONValue {
    if level == .none { return .array([]) }
    return .array(
      organisation.members.map(\.name).filter {
        level.includes(organisation.relation(of: user, toOwner: $0))
      }.map { .string($0) })
  }

  // MARK: What he does not see of it

  func veil(of user: String, in schema: Schema) -> Veil {
    var veil = Veil()
    guard let member = organisation[user] else { return veil }
    for collection in schema.collections {
      let hidden = policy.hidden(collection.name, role: member.role)
      if !hidden.isEmpty { veil.hidden[collection.id] = Permissions.fields(hidden, collection) }
      if level(.read, on: collection.name, of: user) == .none {
        veil.hiddenCollections.insert(collection.id)
      }
    }
    let directory = policy.directory(of: member.role)
    if directory != .all {
      let seen = organisation.members.filter {
        directory.includes(organisation.relation(of: user, toOwner: $0.name))
      }
      veil.directory = Set(seen.map(\.name)).union([user])
    }
    return veil
  }

  /// The teams that somebody is told of: of the people in his directory, and his own; nil: all.
  func teams(toldTo user: String) -> Set<String>? {
    guard let member = organisation[user] else { return [] }
    let directory = policy.directory(of: member.role)
    if directory == .all { return nil }
    let people = organisation.members.filter {
      directory.includes(organisation.relation(of: user, toOwner: $0.name))
    }
    var teams = Set(people.compactMap(\.team))
    guard let team = member.team else { return teams }
    teams.insert(team)
    return directory == .below ? teams.union(organisation.teams(below: team)) : teams
  }

  /// What a pool hides from its members until a customer is theirs.
  func veil(ofPool name: String, for user: String, in schema: Schema) -> Veil? {
    guard let pool = pool(name), !pool.isAdmin(user), !pool.hidden.isEmpty else { return nil }
    var veil = Veil()
    for (name, fields) in pool.hidden {
      guard let collection = schema[name] else { continue }
      veil.hidden[collection.id] = Permissions.fields(fields, collection)
    }
    return veil
  }

  private static func fields(_ names: Set<String>, _ collection: CollectionSchema) -> Set<FieldID> {
    Set(names.compactMap { collection[$0]?.id })
  }
}

extension HubStore {
  /// The permissions in force.
  func permissions() throws -> Permissions {
    if let known = knownPermissions, known.settings == settingsVersion { return known.permissions }
    let fresh = try readPermissions()
    knownPermissions = (settingsVersion, fresh)
    knownVeils = [:]
    return fresh
  }

  /// What the permissions in force hide from somebody.
  func veil(of user: String) throws -> Veil {
    let permissions = try permissions()
    if let known = knownVeils[user] { return known }
    let veil = permissions.veil(of: user, in: schema)
    knownVeils[user] = veil
    return veil
  }

  private func readPermissions() throws -> Permissions {
    let (version, text) =
      try db.first("SELECT version, text FROM policies ORDER BY version DESC LIMIT 1") {
        ($0.integer(0), $0.text(1))
      } ?? (0, Policy.standardText)
    do {
      let pools = try pools()
      return Permissions(
        version: version, policy: try policy(text), organisation: try organisation(),
        pools: pools, queues: try queues(), poolTerms: try poolTerms(of: pools))
    } catch let error as PolicyError {
      // It was checked when it was applied, so this is no fault of the one who asks now.
      throw StorageError.corrupt(reason: "the policy in force cannot be read: \(error)")
    }
  }

  private func queues() throws -> [TaskQueue] {
    try db.all("SELECT name FROM scopes WHERE kind = 'queue' ORDER BY name") {
      TaskQueue($0.text(0))
    }.compactMap(\.self)
  }

  /// A policy by its text: people and teams change more often than policies do.
  func policy(_ text: String) throws -> Policy {
    if let known = knownPolicies[text] { return known }
    let policy = try Policy(parsing: Array(text.utf8), schema: schema)
    knownPolicies[text] = policy
    return policy
  }

  private func organisation() throws -> Organisation {
    let members = try users().map { user in
      Organisation.Member(
        name: user.name, role: Role(rawValue: user.role) ?? .rep,
        team: user.team.isEmpty ? nil : user.team, isDisabled: user.isDisabled)
    }
    return Organisation(
      members: members, teams: try teams().map { .init(name: $0.name, parent: $0.parent) })
  }
}
