// A conflict as the hub's ledger tells it.
//
// Values are numbered from 1 in the hub's order, because that is how `--take` and the hub count. It
// must never trap on a strange document: what is missing is missing, and shown so.

import CommandKit
import Notation

/// One conflict; reads the document of `Protocol/Commands.md`.
struct Conflict {
  enum Status: String, CaseIterable {
    case open, settled, resolved

    var word: Phrase {
      switch self {
      case .open: Phrase(en: "open", zh: "待处理")
      case .settled: Phrase(en: "settled", zh: "已按规则处理")
      case .resolved: Phrase(en: "resolved", zh: "已解决")
      }
    }
  }

  struct Candidate {
    let number: Int
    let document: JSONValue
    var value: JSONValue { document["value"] ?? .null }
  }

  let document: JSONValue
  let candidates: [Candidate]
  /// Nil for a status that this program does not know.
  let status: Status?

  init(_ document: JSONValue) {
    self.document = document
    let values = document["values"]?.array ?? []
    candidates = zip(1..., values).map { Candidate(number: $0, document: $1) }
    status = document["status"]?.string.flatMap { Status(rawValue: $0) }
  }

  /// The numbers of the values that are shown; none when the shown value is another one.
  var shownNumbers: Set<Int> {
    let shown = document["shown"] ?? .null
    return Set(candidates.filter { $0.value == shown }.map(\.number))
  }

  /// Whether it is about customers that share a code: its values name customers, and one is kept.
  var isDuplicate: Bool { document["rule"]?.string == "duplicate" }

  func statusWord(_ screen: Screen) -> String {
    status.map { screen.word($0.word) } ?? screen.text(document["status"])
  }
}
