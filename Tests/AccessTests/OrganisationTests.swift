// Teams and relations: a sales company read aloud, and every small organisation against its closure.

import Access
import Testing

struct OrganisationTests {
  static let people = Organisation(
    members: [
      .init(name: "ann", role: .rep, team: "north"), .init(name: "bob", role: .rep, team: "north"),
      .init(name: "cid", role: .rep, team: "harbour"), .init(name: "dan", role: .rep),
      .init(name: "mei", role: .manager, team: "north"),
      .init(name: "noa", role: .manager, team: "north", isDisabled: true),
      .init(name: "liu", role: .manager, team: "sales"),
      .init(name: "boss", role: .admin, team: "sales"), .init(name: "erp", role: .service),
    ],
    teams: [
      .init(name: "sales"), .init(name: "north", parent: "sales"),
      .init(name: "south", parent: "sales"), .init(name: "harbour", parent: "north"),
    ])

  @Test func `a relation is made of teams`() {
    let ledger: [(user: String, owner: String?, relation: Relation)] = [
      ("ann", "ann", .own), ("ann", "bob", .team), ("ann", "cid", .below),
      ("cid", "ann", .stranger),
      ("mei", "cid", .below), ("liu", "cid", .below), ("liu", "boss", .team),
      ("mei", "liu", .stranger),
      ("ann", "dan", .stranger), ("dan", "ann", .stranger), ("dan", "erp", .stranger),
      ("ann", nil, .stranger), ("ann", "nobody", .stranger), ("nobody", "ann", .stranger),
      ("nobody", "nobody", .own), ("ann", "noa", .team),
    ]
    for (user, owner, relation) in ledger {
      #expect(
        OrganisationTests.people.relation(of: user, toOwner: owner) == relation,
        "\(user) \(owner ?? "nobody")")
    }
  }

  @Test func `a supervisor is the nearest manager upwards who gets in`() {
    let ledger: [(user: String, supervisors: [String])] = [
      ("ann", ["mei"]), ("cid", ["mei"]), ("mei", ["liu"]), ("liu", []), ("boss", ["liu"]),
      ("dan", []), ("nobody", []), ("noa", ["mei"]),
    ]
    for (user, supervisors) in ledger {
      #expect(OrganisationTests.people.supervisors(of: user) == supervisors, "\(user)")
    }
    let two = Organisation(
      members: [
        .init(name: "zoe", role: .manager, team: "a"),
        .init(name: "abe", role: .manager, team: "a"),
        .init(name: "ann", role: .rep, team: "a"),
      ], teams: [.init(name: "a")])
    #expect(two.supervisors(of: "ann") == ["abe", "zoe"])
    #expect(two.supervisors(of: "abe") == ["zoe"])
  }

  @Test func `a workspace without teams is one team`() {
    let people = Organisation(members: OrganisationTests.people.members, teams: [])
    #expect(!people.hasTeams && OrganisationTests.people.hasTeams)
    #expect(people.relation(of: "mei", toOwner: "dan") == .team)
    #expect(people.relation(of: "mei", toOwner: nil) == .stranger)
    #expect(people.relation(of: "mei", toOwner: "nobody") == .stranger)
    #expect(people.supervisors(of: "dan") == ["liu", "mei"])
    #expect(people.supervisors(of: "mei") == ["liu"])
  }

  @Test func `the second of two moves that would close a cycle is refused`() {
    let apart = Organisation(members: [], teams: [.init(name: "team1"), .init(name: "team2")])
    #expect(apart.mayMove("team1", under: "team2"))
    let moved = Organisation(
      members: [], teams: [.init(name: "team1", parent: "team2"), .init(name: "team2")])
    #expect(!moved.mayMove("team2", under: "team1"))
    #expect(!moved.mayMove("team2", under: "team2"))
    #expect(moved.mayMove("team1", under: nil))
    #expect(moved.mayMove("new", under: "team1"))
  }

  @Test func `names come sorted and the later of two counts`() {
    let twice = Organisation(
      members: [
        .init(name: "b", role: .rep), .init(name: "a", role: .rep), .init(name: "b", role: .admin),
      ],
      teams: [.init(name: "y"), .init(name: "x")])
    #expect(twice.members.map(\.name) == ["a", "b"])
    #expect(twice["b"]?.role == .admin)
    #expect(twice.teams.map(\.name) == ["x", "y"])
  }
}

/// Laws on every organisation of up to four teams, cycles and all.
struct OrganisationLawTests {
  @Test func `what is below a team is what reaches it`() {
    for tree in (0...4).flatMap(TeamTree.all) {
      let organisation = Organisation(members: [], teams: tree.teams)
      let isUnder = tree.isUnder
      for upper in tree.parents.indices {
        let below = Set(tree.parents.indices.filter { isUnder[$0][upper] }.map { String($0) })
        #expect(organisation.teams(below: String(upper)) == below, "\(tree) \(upper)")
      }
      #expect(organisation.teams(below: "absent") == ["absent"])
    }
  }

  @Test func `a move is refused where it would close a cycle and nowhere else`() {
    for tree in (1...4).flatMap(TeamTree.all) {
      let organisation = Organisation(members: [], teams: tree.teams)
      for team in tree.parents.indices {
        #expect(organisation.mayMove(String(team), under: nil))
        for parent in tree.parents.indices {
          let mayMove = organisation.mayMove(String(team), under: String(parent))
          guard tree.isSound else { continue }
          #expect(mayMove == tree.moved(team, under: parent).isSound, "\(tree) \(team) \(parent)")
        }
      }
    }
  }

  @Test func `two people are as near as their teams`() {
    for tree in (1...4).flatMap(TeamTree.all) {
      let isUnder = tree.isUnder
      let count = tree.parents.count
      for places in words(2, letters: count + 1) {
        let teams = places.map { $0 == count ? nil : $0 }
        let organisation = Organisation(
          members: zip(["ann", "bob"], teams).map {
            .init(name: $0, role: .rep, team: $1.map { String($0) })
          }, teams: tree.teams)
        #expect(organisation.relation(of: "ann", toOwner: "ann") == .own)
        #expect(
          organisation.relation(of: "ann", toOwner: "bob") == relation(teams[0], teams[1], isUnder),
          "\(tree) \(places)")
      }
    }
  }

  private func relation(_ user: Int?, _ owner: Int?, _ isUnder: [[Bool]]) -> Relation {
    guard let user, let owner else { return .stranger }
    return user == owner ? .team : isUnder[owner][user] ? .below : .stranger
  }

  @Test func `supervisors are the nearest that a walk upwards meets`() {
    for tree in (1...3).flatMap(TeamTree.all) {
      let count = tree.parents.count
      for places in words(4, letters: count + 1) {
        let teams = places.map { $0 == count ? nil : $0 }
        let names = ["ann", "bob", "cid", "dan"]
        let organisation = Organisation(
          members: zip(names, teams).map {
            .init(name: $0, role: $0 == "ann" ? .rep : .manager, team: $1.map { String($0) })
          }, teams: tree.teams)
        for (index, name) in names.enumerated() {
          let found = supervisors(of: index, names, teams, tree)
          #expect(organisation.supervisors(of: name) == found, "\(tree) \(places) \(name)")
        }
      }
    }
  }

  /// As many steps as there are teams see them all; a further one only repeats itself.
  private func supervisors(
    of user: Int, _ names: [String], _ teams: [Int?], _ tree: TeamTree
  ) -> [String] {
    var current = teams[user]
    for _ in tree.parents {
      guard let team = current else { return [] }
      let found = names.indices.dropFirst().filter { $0 != user && teams[$0] == team }
      if !found.isEmpty { return found.map { names[$0] } }
      current = tree.parents[team]
    }
    return []
  }
}
