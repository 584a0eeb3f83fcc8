// Whom rules mean: roles, teams and supervisors, as the organisation has them now.
//
// Whoever the facts name (the owner, the author) is meant even when he has left: his work is still his until it
// is handed over. Whoever is meant by his place is somebody who works here.

import Access
import FollowUp

struct HubPeople: RulePeople {
  private let organisation: Organisation

  init(_ organisation: Organisation) { self.organisation = organisation }

  func users(_ recipient: Recipient, owner: String?, author: String?) -> [String] {
    switch recipient {
    // Named by the facts: whoever that is, until the facts change.
    case .owner: [owner].compactMap(\.self)
    case .author: [author].compactMap(\.self)
    case .user(let name): [name]
    case .supervisor: leaders(of: owner)
    case .role(let role): working { $0.role.rawValue == role }
    case .team(let team):
      working { [teams = organisation.teams(below: team)] in $0.team.map(teams.contains) ?? false }
    }
  }

  private func leaders(of owner: String?) -> [String] {
    let leaders = owner.map(organisation.supervisors(of:)) ?? []
    return leaders.isEmpty ? working { $0.role == .admin } : leaders
  }

  private func working(_ isMeant: (Organisation.Member) -> Bool) -> [String] {
    organisation.members.filter { isMeant($0) && !$0.isDisabled }.map(\.name)
  }

  /// Whether somebody gets in under this name.
  func works(_ user: String) -> Bool { organisation[user].map { !$0.isDisabled } ?? false }
}
