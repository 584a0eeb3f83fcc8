// What the program was asked to measure, and how often.
//
//     Bench [--quick] [--json] [--only W1,W3] [--runs N] [--records N] [--folder PATH] [--against FILE]

struct Options {
  var isQuick = false
  var isJSON = false
  /// Names of the groups to run; empty: all.
  var only: Set<String> = []
  var runs = 5
  /// Records in each workload; nil: 20,000 when quick, else 100,000.
  var recordsWanted: Int?
  /// Where the files are made; on a real disk, like theirs.
  var folder = ".build"

  /// Figures that these may not be worse than; nil: nothing is compared.
  var recorded: String?

  static let usage =
    "usage: Bench [--quick] [--json] [--only W1,W3] [--runs N] [--records N] [--folder PATH] "
    + "[--against FILE]"

  var records: Int { recordsWanted ?? (isQuick ? 20_000 : 100_000) }

  func includes(_ group: String) -> Bool { only.isEmpty || only.contains(group) }

  /// Nil where the words are none that we know.
  init?(_ words: [String]) {
    var words = words.makeIterator()
    while let word = words.next() {
      switch word {
      case "--quick": isQuick = true
      case "--json": isJSON = true
      case "--only":
        guard let names = words.next() else { return nil }
        only = Set(names.split(separator: ",").map(String.init))
      case "--runs":
        guard let count = words.next().flatMap({ Int($0) }), count > 0 else { return nil }
        runs = count
      case "--records":
        guard let count = words.next().flatMap({ Int($0) }), count > 0 else { return nil }
        recordsWanted = count
      case "--against":
        guard let path = words.next() else { return nil }
        recorded = path
      case "--folder":
        guard let path = words.next() else { return nil }
        folder = path
      default: return nil
      }
    }
  }
}
