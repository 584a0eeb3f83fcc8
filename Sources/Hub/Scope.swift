// Scopes: the sets of roots that laptops hold, each with the digest of its records.
//
// Every root has one *home*: the scope of its owner, of its pool, of a queue, or of nobody. Homes are disjoint,
// so the digest of what a manager holds is the sum of the homes he sees, and a root with ten thousand
// records changes hands by moving one digest. Beside its home a root may be in the scope of a guest
// (somebody it was shared with) and of laptops that keep less than they may (`Narrowed.swift`). `everything` is no
// set that anybody keeps: it is all homes together.

import Digest
import Storage
import SyncCore

/// Number of a scope in the hub's tables.
typealias ScopeID = Int64

/// What a scope is the set of.
enum ScopeName: Hashable, Comparable {
  case everything
  /// Roots without an owner and outside every pool.
  case nobody
  /// What this person owns.
  case user(String)
  /// What was shared with this person.
  case guest(String)
  case pool(String)
  /// Tasks that wait for whoever of a team or a role takes them.
  case queue(String)
  /// What this laptop keeps of its person's homes.
  case narrowed(ReplicaID)

  /// As it is stored.
  var words: (kind: String, name: String) {
    switch self {
    case .everything: ("everything", "")
    case .nobody: ("nobody", "")
    case .user(let name): ("user", name)
    case .guest(let name): ("guest", name)
    case .pool(let name): ("pool", name)
    case .queue(let words): ("queue", words)
    case .narrowed(let replica): ("narrowed", String(replica.rawValue))
    }
  }

  init?(kind: String, name: String) {
    switch kind {
    case "everything": self = .everything
    case "nobody": self = .nobody
    case "user": self = .user(name)
    case "guest": self = .guest(name)
    case "pool": self = .pool(name)
    case "queue": self = .queue(name)
    case "narrowed":
      guard let number = UInt32(name) else { return nil }
      self = .narrowed(ReplicaID(number))
    default: return nil
    }
  }
}

/// What the open transactions have added to and taken from digests, until it is on the disk.
struct DigestChanges {
  /// Members added and removed; both, because a digest is a sum.
  private(set) var byScope: [ScopeID: SetDigest] = [:]

  var isEmpty: Bool { byScope.isEmpty }

  mutating func add(_ digest: SetDigest, to scope: ScopeID) {
    byScope[scope, default: SetDigest()] += digest
  }

  mutating func remove(_ digest: SetDigest, from scope: ScopeID) {
    byScope[scope, default: SetDigest()] -= digest
  }
}

extension HubStore {
  /// The scope that is all homes together.
  static let everything: ScopeID = 0

  /// The number of a scope; made where there is none yet.
  func scope(_ name: ScopeName) throws -> ScopeID {
    if name == .everything { return HubStore.everything }
    if let known = scopeNumbers[name] { return known }
    let (kind, text) = name.words
    var number = try db.first(
      "SELECT scope FROM scopes WHERE kind = ? AND name = ?", .text(kind), .text(text)
    ) { $0.integer(0) }
    if number == nil {
      try db.run(
        "INSERT INTO scopes (kind, name, digest) VALUES (?, ?, ?)", .text(kind), .text(text),
        .blob(SetDigest().bytes))
      number = db.lastInsertedRow
    }
    guard let number else { preconditionFailure("an inserted scope has a number") }
    scopeNumbers[name] = number
    return number
  }

  func scopeName(_ scope: ScopeID) throws -> ScopeName? {
    try db.first("SELECT kind, name FROM scopes WHERE scope = ?", .integer(scope)) {
      ScopeName(kind: $0.text(0), name: $0.text(1))
    } ?? nil
  }

  /// The digest over (record, as-of) of all records of a scope's living roots.
  func digest(of scope: ScopeID) throws -> SetDigest {
    var digest = try storedDigest(of: scope)
    if let change = digestChanges.byScope[scope] { digest += change }
    return digest
  }

  private func storedDigest(of scope: ScopeID) throws -> SetDigest {
    if let known = digests[scope] { return known }
    let bytes = try db.first("SELECT digest FROM scopes WHERE scope = ?", .integer(scope)) {
      $0.blob(0)
    }
    guard let digest = bytes.flatMap({ SetDigest(bytes: $0) }) else {
      throw StorageError.corrupt(reason: "scope \(scope) has no digest")
    }
    digests[scope] = digest
    return digest
  }

  /// Writes down what the transaction that is about to commit did to digests.
  func saveDigests() throws {
    for scope in digestChanges.byScope.keys.sorted() {
      try db.run(
        "UPDATE scopes SET digest = ? WHERE scope = ?", .blob(try digest(of: scope).bytes),
        .integer(scope))
    }
  }
}
