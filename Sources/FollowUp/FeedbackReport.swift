// What customers say about us, counted: by kind, channel, product and month, with how long it took to see to it, and the
// words that keep coming up.
//
// Pure. Words are counted once for each entry. Chinese is written without spaces, so there words are the stretches of two to
// four characters that come up again; of stretches that always come together only the longest is told. It must never
// count what is still open as quick: the median is of what was resolved.

import Notation
import SyncCore

public struct FeedbackEntry: Hashable, Sendable {
  public var madeAt: Moment
  public var resolvedAt: Moment?
  public var isOpen: Bool
  public var text: String
  /// By part, as it is stored; a missing one is empty.
  public var kind: String
  public var channel: String
  public var product: String

  public init(
    madeAt: Moment, resolvedAt: Moment? = nil, isOpen: Bool = true, text: String,
    kind: String = "", channel: String = "", product: String = ""
  ) {
    self.madeAt = madeAt
    self.resolvedAt = resolvedAt
    self.isOpen = isOpen
    self.text = text
    self.kind = kind
    self.channel = channel
    self.product = product
  }
}

public struct FeedbackReport: Hashable, Sendable {
  /// What lines are made by.
  public enum Part: String, CaseIterable, Sendable { case kind, channel, product, month }

  public struct Line: Hashable, Sendable {
    /// One for each part.
    public var keys: [String]
    public var count: Int
    public var open: Int
    /// Nil: nothing of it was resolved.
    public var medianMilliseconds: Int64?
  }

  public struct Keyword: Hashable, Sendable {
    public var word: String
    public var count: Int
  }

  public static let keywordsMax = 10

  public var lines: [Line]
  /// Everything as one line, without keys.
  public var total: Line
  public var keywords: [Keyword]

  public init(_ entries: [FeedbackEntry], by parts: [Part], in zone: LocalZone) {
    let groups = Dictionary(grouping: entries) { entry in parts.map { entry.key($0, in: zone) } }
    lines = groups.map { FeedbackReport.line($0.key, $0.value) }.sorted { left, right in
      left.keys.lexicographicallyPrecedes(right.keys) { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }
    total = FeedbackReport.line([], entries)
    keywords = FeedbackReport.keywords(of: entries.map(\.text))
  }

  private static func line(_ keys: [String], _ entries: [FeedbackEntry]) -> Line {
    let spans = entries.compactMap { entry in
      entry.resolvedAt.map { max(0, $0.milliseconds(since: entry.madeAt)) }
    }
    return Line(
      keys: keys, count: entries.count, open: entries.filter(\.isOpen).count,
      medianMilliseconds: median(spans))
  }

  /// Of an even number the mean of the two in the middle.
  static func median(_ values: [Int64]) -> Int64? {
    guard !values.isEmpty else { return nil }
    let sorted = values.sorted()
    let middle = sorted.count / 2
    return sorted.count.isMultiple(of: 2)
      ? sorted[middle - 1] + (sorted[middle] - sorted[middle - 1]) / 2 : sorted[middle]
  }

  // MARK: Words

  /// Those that come up in at least two texts, the most frequent first, the longer before the shorter.
  static func keywords(of texts: [String]) -> [Keyword] {
    var counts: [String: Int] = [:]
    for text in texts {
      for word in words(of: text) { counts[word, default: 0] += 1 }
    }
    let repeated = counts.filter { $0.value >= 2 }
    let longest = repeated.filter { word, count in
      !repeated.contains { $0.key.count > word.count && $0.value == count && $0.key.contains(word) }
    }
    return longest.map { Keyword(word: $0.key, count: $0.value) }.sorted { left, right in
      if left.count != right.count { return left.count > right.count }
      if left.word.count != right.word.count { return left.word.count > right.word.count }
      return left.word.utf8.lexicographicallyPrecedes(right.word.utf8)
    }.prefix(keywordsMax).map(\.self)
  }

  private static func words(of text: String) -> Set<String> {
    var words: Set<String> = []
    for run in text.split(whereSeparator: { !$0.isLetter }) {
      for stretch in run.split(omittingEmptySubsequences: true, whereSeparator: { !$0.isHan }) {
        for length in 2...4 where stretch.count >= length {
          let characters = Array(stretch)
          for start in 0...(characters.count - length) {
            words.insert(String(characters[start..<(start + length)]))
          }
        }
      }
      for word in run.split(whereSeparator: \.isHan) where word.count >= 4 {
        words.insert(word.lowercased())
      }
    }
    return words
  }
}

extension FeedbackEntry {
  fileprivate func key(_ part: FeedbackReport.Part, in zone: LocalZone) -> String {
    switch part {
    case .kind: kind
    case .channel: channel
    case .product: product
    case .month:
      String(
        ISO8601.string(date: zone.civilTime(atMilliseconds: madeAt.milliseconds)).prefix(7))
    }
  }
}

extension Character {
  /// Written without spaces between words.
  fileprivate var isHan: Bool {
    unicodeScalars.first.map { $0.properties.isIdeographic } ?? false
  }
}
