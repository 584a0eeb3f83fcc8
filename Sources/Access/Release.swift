// May somebody put this customer into a pool? Facts in, refusal out.
//
// Whoever gives a customer up, or takes it from somebody, says why: the next owner begins with that
// sentence. Checks are in order of precedence.

/// What the hub knows when somebody wants to put a customer into a pool.
public struct ReleaseFacts: Hashable, Sendable {
  public var user: String
  /// Whether the customer is in a pool already.
  public var isInPool: Bool
  /// Who has it now; nil: nobody.
  public var owner: String?
  /// Why it is released, in the user's words.
  public var reason: String

  public init(user: String, isInPool: Bool = false, owner: String?, reason: String) {
    self.user = user
    self.isInPool = isInPool
    self.owner = owner
    self.reason = reason
  }
}

/// Why a customer is not released, by precedence.
public enum ReleaseRefusal: Hashable, Sendable {
  case alreadyInPool
  /// The user is neither its owner, nor a manager of the owner, nor an admin.
  case notYours(owner: String?)
  case reasonMissing
}

extension Pool {
  /// Why the user does not put the customer into this pool; nil: he does. The owner may, whoever
  /// manages him, the pool's admins, and the admins of the workspace.
  public func decideRelease(
    _ facts: ReleaseFacts, _ organisation: Organisation
  ) -> ReleaseRefusal? {
    if facts.isInPool { return .alreadyInPool }
    if !mayRelease(facts, organisation) { return .notYours(owner: facts.owner) }
    return facts.reason.allSatisfy(\.isWhitespace) ? .reasonMissing : nil
  }

  private func mayRelease(_ facts: ReleaseFacts, _ organisation: Organisation) -> Bool {
    guard let person = organisation[facts.user], !person.isDisabled else { return false }
    if facts.owner == facts.user || isAdmin(facts.user) || person.role == .admin { return true }
    let relation = organisation.relation(of: facts.user, toOwner: facts.owner)
    return person.role == .manager && Level.below.includes(relation)
  }
}

extension ReleaseRefusal {
  /// What stands against it, in one word: `inPool`, `owner` or `reason`.
  public var rule: String {
    switch self {
    case .alreadyInPool: "inPool"
    case .notYours: "owner"
    case .reasonMissing: "reason"
    }
  }

  /// English sentences: what stands against it, and what to do.
  public var text: String {
    switch self {
    case .alreadyInPool:
      "The customer is in a pool already. There is nothing to do."
    case .notYours(let owner?):
      "The customer is \(owner)'s: only \(owner), a manager of \(owner) or an admin of the pool "
        + "releases it. Ask one of them."
    case .notYours(nil):
      "Nobody owns the customer: only an admin of the pool puts it there. Ask one of them."
    case .reasonMissing:
      "A release says why. Give a reason, for whoever claims the customer next."
    }
  }
}
