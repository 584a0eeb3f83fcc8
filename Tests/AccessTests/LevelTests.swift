// Levels and relations: the order that every decision rests on.

import Access
import Testing

struct LevelTests {
  @Test func `a level reaches what the table says`() {
    let ledger: [(level: Level, reaches: [Relation])] = [
      (.none, []), (.own, [.own]), (.team, [.own, .team]), (.below, [.own, .team, .below]),
      (.all, [.own, .team, .below, .stranger]),
    ]
    #expect(ledger.map(\.level) == Level.allCases)
    for (level, reaches) in ledger {
      for relation in Relation.allCases {
        #expect(level.includes(relation) == reaches.contains(relation), "\(level) \(relation)")
      }
    }
  }

  @Test func `a wider level and a nearer record never take anything away`() {
    for level in Level.allCases {
      for wider in Level.allCases where wider >= level {
        for relation in Relation.allCases where level.includes(relation) {
          #expect(wider.includes(relation), "\(level) \(wider) \(relation)")
          for nearer in Relation.allCases where nearer >= relation {
            #expect(level.includes(nearer), "\(level) \(relation) \(nearer)")
          }
        }
      }
    }
  }

  @Test func `words are those of the policy language`() {
    #expect(Level.allCases.sorted() == Level.allCases)
    #expect(Relation.allCases.map(\.name) == ["stranger", "below", "team", "own"])
    #expect(Role.allCases.map(\.rawValue) == ["rep", "manager", "admin", "service"])
    #expect(
      Action.allCases.map(\.rawValue)
        == ["read", "create", "update", "delete", "export", "assign", "resolve"])
  }
}
