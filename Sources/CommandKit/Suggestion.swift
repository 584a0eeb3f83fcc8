// “Did you mean”: the names that are nearest to what was typed.
//
// It must never run anything on a guess; it only words a hint.

enum Suggestion {
  /// How many names a hint offers.
  static let countMax = 3

  /// The allowed names that are nearest to a word; none when nothing is near.
  static func nearest(to word: String, among names: [String]) -> [String] {
    let typed = Array(word.lowercased())
    let near = names.compactMap { name -> (name: String, distance: Int)? in
      let candidate = Array(name.lowercased())
      let isPrefix = typed.count >= 2 && candidate.starts(with: typed)
      let distanceMax = max(2, typed.count / 3)
      // No nearer than by what one is longer; and a very long word would take very long to compare.
      guard isPrefix || abs(candidate.count - typed.count) <= distanceMax else { return nil }
      // A letter changed, or two swapped, count two: one taken out and one put in.
      let distance = candidate.difference(from: typed).count
      guard isPrefix || distance <= distanceMax else { return nil }
      return (name, isPrefix ? 0 : distance)
    }
    let least = near.map(\.distance).min()
    let nearest = near.filter { $0.distance == least }.map(\.name)
    return Array(nearest.sorted().prefix(countMax))
  }

  /// The hint for a word that is not allowed: the near names, then all of them.
  static func hint(for word: String, among names: [String]) -> Phrase {
    let near = nearest(to: word, among: names)
    let all = names.joined(separator: ", ")
    let list = Phrase(en: "Write one of: \(all)", zh: "可以写：\(all)")
    guard !near.isEmpty else { return list }
    let nearText = near.joined(separator: ", ")
    return Phrase(en: "Did you mean \(nearText) ? ", zh: "您是想写 \(nearText) 吗？") + list
  }
}
