// Scope churn: customers that change hands, people and teams that move (I8).
//
// Some worlds have teams – north with the manager, south without – and in the others, as in every
// workspace without teams, everybody sees everything. Whoever is moved, and whatever is assigned, an
// administrator does, over the interface that administrators have.

import FollowUp
import Hub
import Notation
import Storage
import SyncCore
import Wire

extension Cluster {
  /// How many worlds of a hundred have teams.
  static let teamsPercent = 50

  private static let teams = ["north", "south"]

  func makeTeams() throws {
    for team in Cluster.teams { try administer("teams", ["name": .string(team)]) }
    for (user, team) in [("ann", "north"), ("mia", "north"), ("bob", "south")] {
      let isKnown = try hub.store.db.count(
        "SELECT count(*) FROM users WHERE name = ?", .text(user))
      if isKnown > 0 { try administer("users/\(user)", ["team": .string(team)]) }
    }
  }

  func changeHands(_ kind: Step.Kind, _ random: inout SplitMix64) throws {
    let hasTeams = try hub.store.db.count("SELECT count(*) FROM teams") > 0
    let users = Set(laptops.map(\.user)).sorted()
    switch kind {
    case .assign:
      let customers = try hub.store.db.all("SELECT id FROM customer ORDER BY id") { try $0.id(0) }
      guard !customers.isEmpty else { return }
      let (user, customer) = (random.pick(users), random.pick(customers))
      try noteReplacedOwner(of: customer)
      try administer(
        "records/\(customer)/set",
        ["assignments": .array([.string("owner=\(user)")])])
      coverage.note(.handedOver)
    case .moveUser where hasTeams:
      try administer("users/\(random.pick(users))", ["team": .string(random.pick(Cluster.teams))])
      coverage.note(.userMoved)
    case .moveTeam where hasTeams:
      try administer(
        "teams/south", ["parent": random.chance(50) ? .string("north") : .null])
      coverage.note(.teamMoved)
    default: break
    }
  }

  /// An administrator gives the customer to somebody else.
  func noteReplacedOwner(of customer: RecordID) throws {
    let replaced = try hub.siblings(of: customer, in: .customer)?[owner] ?? []
    for sibling in replaced { ghost.replacedByAdmin.formUnion(Token.all(in: sibling.value)) }
  }

  /// Somebody keeps less on a laptop from now on, or all again. Two copies of one laptop that nobody has
  /// written on since are one to the hub: there each would undo the other's wish with every sync.
  func narrow(_ laptop: Laptop, _ random: inout SplitMix64) throws {
    guard coverage[.clone] == 0 else { return }
    let narrowing = Narrowing(
      reach: random.pick(Narrowing.Reach.allCases), days: random.chance(30) ? 10_000 : 0,
      tags: random.chance(40) ? ["高价值"] : [])
    try laptop.store.keep(random.chance(30) ? nil : narrowing)
    coverage.note(.narrowed)
  }

  private var owner: FieldID {
    guard let field = CollectionSchema.customer["owner"] else {
      preconditionFailure("customers have no owner")
    }
    return field.id
  }

  func administer(_ path: String, _ body: JSONValue, method: String = "POST") throws {
    let answer = hub.routes.answer(
      HubRequest(
        method, "/v1/admin/\(path)", bearerToken: hub.adminToken, body: Array(body.bytes())))
    guard (200..<300).contains(answer.status) else {
      throw Violation("admin", "\(path): \(String(decoding: answer.body, as: UTF8.self))")
    }
  }
}
