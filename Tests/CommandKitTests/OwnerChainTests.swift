// Whose a customer has been, read off a history as the hub tells it: each way into and out of somebody's hands.
//
// The history is written by hand, so every cause is seen alone.

import CommandKit
import Notation
import Testing

@Suite struct OwnerChainTests {
  private static func entry(
    _ position: Int64, _ at: String, _ author: String, _ changes: [String: JSONValue]
  ) -> JSONValue {
    [
      "position": .integer(position), "at": .string(at), "author": .string(author),
      "changes": .object(changes),
    ]
  }

  private static let history: [JSONValue] = [
    entry(9, "t9", "boss", ["owner": "eve"]),
    entry(7, "t7", "bob", ["claim": "bob"]), entry(7, "t7", "bob", ["owner": "bob"]),
    entry(5, "t5", "ann", ["release": "east no time"]), entry(5, "t5", "ann", ["owner": .null]),
    // Written again as it is: nothing changed hands.
    entry(3, "t3", "ann", ["owner": "ann"]),
    entry(2, "t2", "ann", ["owner": "ann"]),
  ]

  @Test func `each owner has his time, and a reason`() {
    let lines = OwnerChain(history: OwnerChainTests.history).spans.map { span in
      "\(span.from)-\(span.until ?? "") \(span.owner ?? "-") \(span.pool ?? "-") "
        + "\(span.by) \(span.cause) \(span.reason ?? "-")"
    }
    #expect(
      lines == [
        "t2-t5 ann - ann created -", "t5-t7 - east ann released no time",
        "t7-t9 bob - bob claimed -", "t9- eve - boss assigned -",
      ])
  }

  @Test func `the order of the entries is no matter`() {
    let forward = OwnerChain(history: OwnerChainTests.history)
    #expect(OwnerChain(history: OwnerChainTests.history.reversed()) == forward)
    #expect(forward.json[1]?["reason"] == "no time")
    #expect(OwnerChain(history: []).spans.isEmpty)
  }

  @Test func `what went from one pool to another is told twice`() {
    let chain = OwnerChain(history: [
      OwnerChainTests.entry(1, "t1", "ann", ["owner": "ann"]),
      OwnerChainTests.entry(2, "t2", "ann", ["release": "east x", "owner": .null]),
      OwnerChainTests.entry(3, "t3", "boss", ["release": "cold too early"]),
    ])
    #expect(chain.spans.map(\.pool) == [nil, "east", "cold"])
    #expect(chain.spans.map(\.by) == ["ann", "ann", "boss"])
  }
}
