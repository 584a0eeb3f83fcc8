// Who may do what: for each role and collection how far each action reaches, and which fields are
// hidden or read-only.
//
// A policy is data, read whole or not at all (`Policy+Parsing.swift`); the hub enforces it and the
// laptop foresees it, both by asking the same questions here. It never looks at a record: whose it is
// comes as a `Relation`, made by an `Organisation`.
//
// A field stands for the whole group that it merges with: half a value can be neither hidden nor
// protected. So the sets of fields name every member of a group, and the group itself.

import Notation

public struct Policy: Hashable, Sendable {
  /// The version of the policy language.
  public static let languageVersion = 1
  /// The key of the rights to every collection that has none of its own.
  public static let everyCollection = "*"
  /// The key of what holds for every queue that has no entry of its own.
  public static let everyQueue = "*"
  /// The collection whose records decide who sees what belongs to them.
  public static let leadingCollection = "customer"
  /// The longest title of a role, in characters.
  public static let titleCharactersMax = 60

  /// What holds while a workspace has no team.
  public enum WithoutTeams: String, CaseIterable, Sendable {
    /// Everybody may do everything, but assign by his role; services only read.
    case open
    /// The rights as written.
    case closed
  }

  struct Provision: Hashable, Sendable {
    let titleEN: String
    let titleZH: String
    /// Whose names are seen on conflicts and in histories.
    let directory: Level
    /// By collection; that of `everyCollection` has every action.
    let rights: [String: [Action: Level]]
    /// By collection; never an empty set.
    let hidden: [String: Set<String>]
    let readOnly: [String: Set<String>]
  }

  let withoutTeams: WithoutTeams
  /// Every role has one.
  let provisions: [Role: Provision]
  /// What may be told of a record that a task in a queue is about: by queue, or `*`, and collection.
  var queues: [String: [String: Set<String>]] = [:]

  /// Whether everything is open to everybody until the first team is made.
  public var isWithoutTeamsOpen: Bool { withoutTeams == .open }

  // MARK: Rights

  /// How far the role may do this with records of the collection.
  public func level(
    _ action: Action, on collection: String, role: Role, organisation: Organisation
  ) -> Level {
    if isOpened(action, role: role, organisation: organisation) { return .all }
    return right(action, on: collection, role: role).level
  }

  /// Whether the role may do this with a record that is as near as `relation`.
  public func allows(
    _ action: Action, on collection: String, role: Role, relation: Relation,
    organisation: Organisation
  ) -> Bool {
    level(action, on: collection, role: role, organisation: organisation).includes(relation)
  }

  /// Whether the right is wide open only because there are no teams.
  func isOpened(_ action: Action, role: Role, organisation: Organisation) -> Bool {
    guard isWithoutTeamsOpen, !organisation.hasTeams, action != .assign else { return false }
    return role != .service || action == .read
  }

  /// The level as written, and the key under which it is: the collection, or `everyCollection`.
  func right(_ action: Action, on collection: String, role: Role) -> (level: Level, key: String) {
    let rights = self[role].rights
    if let level = rights[collection]?[action] { return (level, collection) }
    let every = Policy.everyCollection
    return (rights[every]?[action] ?? .none, every)
  }

  // MARK: Fields

  /// Fields that the role does not see.
  public func hidden(_ collection: String, role: Role) -> Set<String> {
    self[role].hidden[collection] ?? []
  }

  /// Fields that the role does not write: those that are read-only to it, and the hidden ones.
  public func readOnly(_ collection: String, role: Role) -> Set<String> {
    hidden(collection, role: role).union(self[role].readOnly[collection] ?? [])
  }

  /// Fields that may be told, by collection, to whoever takes tasks out of a queue and does not see the record.
  ///
  /// - Parameter queue: nil: somebody who was given a task outside of any.
  public func allowed(in queue: String?) -> [String: Set<String>] {
    queue.flatMap { queues[$0] } ?? queues[Policy.everyQueue]
      ?? [Policy.leadingCollection: ["name"]]
  }

  // MARK: Names

  /// Whose names the role sees on conflicts and in histories.
  public func directory(of role: Role) -> Level { self[role].directory }

  /// What people call the role.
  public func title(of role: Role, chinese: Bool) -> String {
    chinese ? self[role].titleZH : self[role].titleEN
  }

  private subscript(role: Role) -> Provision {
    guard let provision = provisions[role] else {
      preconditionFailure("a policy was made without the role \(role)")
    }
    return provision
  }
}

extension Policy {
  /// The policy as a document, which reads as the same policy.
  public var json: JSONValue {
    let roles = provisions.map { ($0.key.rawValue, $0.value.json) }
    var json: JSONValue = [
      "policy": .integer(Int64(Policy.languageVersion)),
      "withoutTeams": .string(withoutTeams.rawValue),
      "roles": .object(Dictionary(uniqueKeysWithValues: roles)),
    ]
    if !queues.isEmpty { json["queues"] = .object(queues.mapValues(Policy.names)) }
    return json
  }
}

extension Policy {
  fileprivate static func names(_ fields: [String: Set<String>]) -> JSONValue {
    .object(fields.mapValues { .array($0.sorted().map { .string($0) }) })
  }
}

extension Policy.Provision {
  fileprivate var json: JSONValue {
    let rights = rights.mapValues { levels in
      JSONValue.object(
        Dictionary(uniqueKeysWithValues: levels.map { ($0.rawValue, .string($1.rawValue)) }))
    }
    var json: JSONValue = [
      "title": ["en": .string(titleEN), "zh": .string(titleZH)],
      "directory": .string(directory.rawValue),
      "rights": .object(rights),
    ]
    if !hidden.isEmpty { json["hidden"] = Policy.names(hidden) }
    if !readOnly.isEmpty { json["readOnly"] = Policy.names(readOnly) }
    return json
  }
}
