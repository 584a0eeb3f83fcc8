// Every organisation of a few teams and people, well-formed or not, and what is true of it by closure.

import Access

/// Teams "0", "1" … and who is above whom: parents[i] is the parent of team i, nil at the top.
struct TeamTree {
  let parents: [Int?]

  /// All assignments of parents to `count` teams, with cycles and teams that are their own parent.
  static func all(_ count: Int) -> [TeamTree] {
    words(count, letters: count + 1).map { word in
      TeamTree(parents: word.map { $0 == count ? nil : $0 })
    }
  }

  var teams: [Organisation.Team] {
    parents.enumerated().map {
      Organisation.Team(name: String($0), parent: $1.map { String($0) })
    }
  }

  /// isUnder[a][b]: team a is b, or reaches it by going up. Warshall's algorithm.
  var isUnder: [[Bool]] {
    let indices = parents.indices
    var reaches = indices.map { a in indices.map { b in a == b || parents[a] == b } }
    for middle in indices {
      for a in indices where reaches[a][middle] {
        for b in indices where reaches[middle][b] { reaches[a][b] = true }
      }
    }
    return reaches
  }

  /// Whether going up from every team ends.
  var isSound: Bool {
    parents.indices.allSatisfy { team in
      var (current, steps) = (parents[team], 0)
      while let next = current, steps <= parents.count {
        (current, steps) = (parents[next], steps + 1)
      }
      return current == nil
    }
  }

  func moved(_ team: Int, under parent: Int?) -> TeamTree {
    var parents = parents
    parents[team] = parent
    return TeamTree(parents: parents)
  }
}

/// All words of a length over the letters 0 ..< letters.
func words(_ length: Int, letters: Int) -> [[Int]] {
  (0..<length).reduce([[]]) { words, _ in
    words.flatMap { word in (0..<letters).map { word + [$0] } }
  }
}
