// Whose a customer has been, one after the other: from when, until when, by whom, and why (P-27).
//
// Read off the history of its field `owner`, as the hub tells it with the requests that led to it: an assignment,
// a claim, a release with its reason. What the history does not tell is not guessed.

import Notation

public struct OwnerChain: Hashable, Sendable {
  public enum Cause: String, CaseIterable, Sendable { case created, assigned, claimed, released }

  public struct Span: Hashable, Sendable {
    /// Nil: nobody's; it lay in the pool, where that is told.
    public var owner: String?
    public var pool: String?
    /// ISO 8601, as the history says.
    public var from: String
    /// Nil: still.
    public var until: String?
    public var by: String
    public var cause: Cause
    public var reason: String?
  }

  /// The oldest first.
  public private(set) var spans: [Span] = []

  /// - Parameter history: entries of the field, in any order.
  public init(history: [JSONValue]) {
    let steps = Dictionary(grouping: history) { $0["position"]?.integer ?? .max }
    for (_, entries) in steps.sorted(by: { $0.key < $1.key }) { take(entries) }
  }

  /// What one position did: a request and what the hub wrote for it are two entries.
  private mutating func take(_ entries: [JSONValue]) {
    let changes = entries.compactMap { $0["changes"]?.object }
      .reduce(into: [:]) { all, some in all.merge(some) { $1 } }
    // From one pool to another nobody's customer stays nobody's.
    guard changes["owner"] != nil || changes["release"] != nil else { return }
    let owner = changes["owner"]?.string.flatMap { $0.isEmpty ? nil : $0 }
    let release = changes["release"]?.string.map { OwnerChain.words($0) }
    let claim = changes["claim"]?.string.map { OwnerChain.words($0) }
    let last = spans.last
    guard last == nil || last?.owner != owner || last?.pool != release?.first else { return }
    // Whoever asked did it; without a request, whoever wrote it.
    let asked = entries.first { entry in
      entry["changes"]?["release"] != nil || entry["changes"]?["claim"] != nil
    }
    let from = entries.compactMap { $0["at"]?.string }.min() ?? ""
    if let end = spans.indices.last { spans[end].until = from }
    let cause: Cause =
      if release != nil {
        .released
      } else if let claim {
        // What a rule assigned is noted like a claim for somebody.
        claim.rest?.hasPrefix("rule ") == true ? .assigned : .claimed
      } else {
        last == nil ? .created : .assigned
      }
    spans.append(
      Span(
        owner: owner, pool: owner == nil ? release?.first : nil, from: from, until: nil,
        by: (asked ?? entries.first)?["author"]?.string ?? "", cause: cause,
        reason: (release ?? claim)?.rest))
  }

  /// A request is a name, and perhaps a space and a reason.
  private static func words(_ text: String) -> (first: String, rest: String?) {
    let parts = text.split(separator: " ", maxSplits: 1).map(String.init)
    return (parts.first ?? "", parts.count > 1 ? parts[1] : nil)
  }

  public var json: JSONValue {
    .array(
      spans.map { span in
        func text(_ text: String?) -> JSONValue { text.map { .string($0) } ?? .null }
        return [
          "owner": text(span.owner), "pool": text(span.pool), "from": .string(span.from),
          "until": text(span.until), "by": .string(span.by), "why": .string(span.cause.rawValue),
          "reason": text(span.reason),
        ]
      })
  }
}
