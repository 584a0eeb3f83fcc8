// Who works here, in which team, under whom.
//
// A value, made from the hub's tables or from the settings that a laptop received. Names are what
// everybody is known by. What the tables say may be wrong: a team that does not exist is a team of its
// own, and a cycle of parents, which `mayMove` prevents (story K6), is walked through once and then left.
//
// A workspace without teams is one team: its managers lead everybody, and nobody is a stranger.

public struct Organisation: Hashable, Sendable {
  public struct Member: Hashable, Sendable {
    public var name: String
    public var role: Role
    /// Nil: in no team.
    public var team: String?
    /// Nobody gets in under this name any more; what it owns is still its own.
    public var isDisabled: Bool

    public init(name: String, role: Role, team: String? = nil, isDisabled: Bool = false) {
      self.name = name
      self.role = role
      self.team = team
      self.isDisabled = isDisabled
    }
  }

  public struct Team: Hashable, Sendable {
    public var name: String
    /// The team above; nil at the top.
    public var parent: String?

    public init(name: String, parent: String? = nil) {
      self.name = name
      self.parent = parent
    }
  }

  private let membersByName: [String: Member]
  private let teamsByName: [String: Team]

  /// Of two members or teams with one name, the later one counts.
  public init(members: [Member], teams: [Team]) {
    membersByName = Dictionary(members.map { ($0.name, $0) }, uniquingKeysWith: { $1 })
    teamsByName = Dictionary(teams.map { ($0.name, $0) }, uniquingKeysWith: { $1 })
  }

  /// Sorted by name.
  public var members: [Member] { membersByName.values.sorted { $0.name < $1.name } }
  /// Sorted by name.
  public var teams: [Team] { teamsByName.values.sorted { $0.name < $1.name } }

  /// The member of this name; nil where nobody has it.
  public subscript(user: String) -> Member? { membersByName[user] }

  public var hasTeams: Bool { !teamsByName.isEmpty }

  // MARK: Teams

  /// The team itself and every team under it, at any depth.
  public func teams(below team: String) -> Set<String> {
    Set(teamsByName.keys.filter { isTeam($0, at: team) }).union([team])
  }

  /// Whether the team can be put under this parent without a cycle (story K6); nil: at the top.
  public func mayMove(_ team: String, under parent: String?) -> Bool {
    guard let parent else { return true }
    return !isTeam(parent, at: team)
  }

  /// Whether a team is `upper` or stands under it.
  func isTeam(_ team: String, at upper: String) -> Bool {
    path(upFrom: team).contains(upper)
  }

  /// The team itself, its parent, and so on up; where parents go in a cycle, each once.
  private func path(upFrom team: String) -> [String] {
    var path = [team]
    while let last = path.last, let parent = teamsByName[last]?.parent, !path.contains(parent) {
      path.append(parent)
    }
    return path
  }

  // MARK: People

  /// How near a record of this owner is to the user; nil: nobody owns it.
  public func relation(of user: String, toOwner owner: String?) -> Relation {
    guard let owner else { return .stranger }
    if owner == user { return .own }
    guard let person = membersByName[user], let other = membersByName[owner] else {
      return .stranger
    }
    guard hasTeams else { return .team }
    guard let team = person.team, let otherTeam = other.team else { return .stranger }
    if team == otherTeam { return .team }
    return isTeam(otherTeam, at: team) ? .below : .stranger
  }

  /// The managers of the nearest team upwards that has one, beginning with the user's own and
  /// without himself; sorted. Nobody where no team up to the top has a manager who gets in.
  public func supervisors(of user: String) -> [String] {
    let managers = members.filter { $0.role == .manager && !$0.isDisabled && $0.name != user }
    guard let person = membersByName[user] else { return [] }
    guard hasTeams else { return managers.map(\.name) }
    guard let team = person.team else { return [] }
    for level in path(upFrom: team) {
      let found = managers.filter { $0.team == level }
      if !found.isEmpty { return found.map(\.name) }
    }
    return []
  }
}
