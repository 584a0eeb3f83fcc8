// May somebody hand over all that one person has to another, or to a pool? Facts in, refusal out.
//
// Whoever hands over also shuts the first person out, so it takes more than assigning: the right has
// to reach both people, and nobody shuts out an admin, or a manager beside himself. Checks are in
// order of precedence; whether a pool takes the customers, the pool decides (`decideRelease`).

/// Who is to hand over what to whom.
public struct HandoverFacts: Hashable, Sendable {
  /// Who asks for it.
  public var user: String
  /// Who leaves.
  public var from: String
  /// Who is to have it; nil: a pool.
  public var to: String?

  public init(user: String, from: String, to: String?) {
    self.user = user
    self.from = from
    self.to = to
  }
}

/// Why nothing is handed over, by precedence.
public enum HandoverRefusal: Hashable, Sendable {
  case samePerson(String)
  /// Nobody shuts himself out.
  case oneself
  /// The asker is no admin, and does not manage this person.
  case notManaged(String)
  /// Nobody gets in under this name any more.
  case disabled(String)
  /// Whoever has this role owns nothing: it is a program's, or it reads no customers.
  case cannotOwn(String, Role)
}

extension Policy {
  /// Why the user does not hand over; nil: he may. Both people are members of the organisation.
  public func decideHandover(
    _ facts: HandoverFacts, _ organisation: Organisation
  ) -> HandoverRefusal? {
    if facts.from == facts.to { return .samePerson(facts.from) }
    if facts.from == facts.user { return .oneself }
    for person in [facts.from, facts.to].compactMap(\.self)
    where !reaches(person, by: facts.user, organisation) {
      return .notManaged(person)
    }
    if !mayShutOut(facts.from, facts.user, organisation) { return .notManaged(facts.from) }
    guard let to = facts.to, let heir = organisation[to] else { return nil }
    if heir.isDisabled { return .disabled(to) }
    let reads = level(
      .read, on: Policy.leadingCollection, role: heir.role, organisation: organisation)
    return heir.role == .service || reads == .none ? .cannotOwn(to, heir.role) : nil
  }

  /// Whether the user reads and assigns what is this person's.
  private func reaches(_ person: String, by user: String, _ organisation: Organisation) -> Bool {
    guard let asker = organisation[user], !asker.isDisabled else { return false }
    let relation = organisation.relation(of: user, toOwner: person)
    if readOnly(Policy.leadingCollection, role: asker.role).contains("owner") { return false }
    return [.read, .assign].allSatisfy { (action: Action) in
      allows(
        action, on: Policy.leadingCollection, role: asker.role, relation: relation,
        organisation: organisation)
    }
  }

  private func mayShutOut(_ person: String, _ user: String, _ organisation: Organisation) -> Bool {
    if organisation[user]?.role == .admin { return true }
    switch organisation[person]?.role {
    case .admin: return false
    case .manager: return organisation.relation(of: user, toOwner: person) == .below
    case .rep, .service, nil: return true
    }
  }
}

extension HandoverRefusal {
  /// English sentences: what stands against it, and what to do.
  public var text: String {
    switch self {
    case .samePerson(let name):
      "\(name) cannot be handed over to \(name) . Name somebody else."
    case .oneself:
      "Nobody hands himself over: he would shut himself out. Ask another admin."
    case .notManaged(let name):
      "Only an admin, or whoever manages both people, hands over; \(name) is not yours to manage."
    case .disabled(let name):
      "\(name) is disabled and gets nothing. Name somebody who works here."
    case .cannotOwn(let name, let role):
      "\(name) has the role \(role.rawValue), which owns no customers. Name somebody else."
    }
  }
}
