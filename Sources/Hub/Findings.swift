// What a check has found: facts with their places, told one by one up to a number of each kind.
//
// One change by an intruder, or one bad page, can spoil thousands of rows: the first few say what is
// wrong, and the rest only that there are more. Nothing is judged here, and nothing is dropped unsaid.

/// One thing that is not as it must be.
public struct Finding<Kind: Hashable & Sendable>: Hashable, Sendable {
  public var kind: Kind
  public var text: String
}

struct Findings<Kind: Hashable & Sendable>: Sendable {
  private(set) var list: [Finding<Kind>] = []

  mutating func add(_ kind: Kind, _ text: String) {
    let count = list.count { $0.kind == kind }
    if count < findingsPerKindMax {
      list.append(Finding(kind: kind, text: text))
    } else if count == findingsPerKindMax {
      list.append(Finding(kind: kind, text: "… and more of the same kind"))
    }
  }

  mutating func add(_ others: [Finding<Kind>]) {
    for finding in others { add(finding.kind, finding.text) }
  }
}

/// Findings of one kind that are told one by one.
let findingsPerKindMax = 20
