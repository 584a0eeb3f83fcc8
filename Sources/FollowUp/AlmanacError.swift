// Why a text is no almanac, or no list of holidays: where in the file, what is wrong, what is allowed.
//
// Facts, never sentences: the programs word their messages from them, in two languages. What any JSON
// document may get wrong is made by `JSONNode`, which also finds line and column.

import Notation

/// Why a text is no almanac. Facts; a program words its message from them.
public struct AlmanacError: Error, Hashable, Sendable {
  public enum Problem: JSONProblem, Hashable, Sendable {
    case flaw(JSONFlaw)
    /// No hours, or a week without work.
    case badHours(String)
    case badDate(String)
    case dateTwice(String)
    /// A file of holidays that holds none: they are not published yet.
    case noDays(year: Int)
    /// The changes of the zone's offset, or the lunar months, do not follow each other.
    case outOfOrder
  }

  public var problem: Problem
  /// Where in the document, such as `$.days[3].date`.
  public var path: String
  /// Line and column, from 1, of the value at `path`; nil where they cannot be had.
  public var line: Int?
  public var column: Int?
  /// What could have stood there.
  public var allowed: [String]
}

extension AlmanacError: JSONFault {
  public init(_ problem: Problem, path: String, allowed: [String]) {
    self.init(problem: problem, path: path, allowed: allowed)
  }

  public var what: String {
    switch problem {
    case .flaw(let flaw): flaw.description
    case .badHours(let text): "“\(text)” are no working hours"
    case .badDate(let text): "“\(text)” is no date"
    case .dateTwice(let text): "\(text) is named twice"
    case .noDays(let year): "the holidays of \(year) are not published yet"
    case .outOfOrder: "this does not follow what is before it"
    }
  }
}
