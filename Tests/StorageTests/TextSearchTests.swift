// `holds` finds what LIKE finds, wherever in a text it stands and whatever stands around it.

import SyncCore
import Testing

@testable import Storage

@Suite struct TextSearchTests {
  let db: Connection

  init() throws { db = try Connection(path: ":memory:") }

  func holds(_ part: String, _ texts: String?...) throws -> Bool {
    let marks = texts.indices.map { ", ?\($0 + 2)" }.joined()
    let statement = try db.statement("SELECT holds(?1\(marks))")
    try statement.bind([.text(part)] + texts.map { .optional($0) })
    defer { statement.reset() }
    return try statement.step() && statement.bool(0)
  }

  @Test func `a part is found at every place of texts of every length`() throws {
    for part in ["x", "xy", "xyz-123", "xyzxyzxyzx", "Łódź", "高价值"] {
      for before in 0..<20 {
        for after in 0..<20 {
          let (front, back) = (
            String(repeating: "a", count: before), String(repeating: "b", count: after)
          )
          #expect(try holds(part, front + part + back))
          #expect(try !holds(part, front + part.dropLast() + back))
          #expect(try !holds(part, front + part.dropFirst() + back))
        }
      }
    }
  }

  @Test func `it agrees with LIKE on all short texts of few characters`() throws {
    let characters = ["a", "A", "b", "@", "`", "é", "价"]
    let words = characters + characters.flatMap { first in characters.map { first + $0 } }
    let padding = String(repeating: ".", count: 9)
    for part in words {
      for text in words.map({ $0 + padding }) + words {
        let isLike = try db.first("SELECT ? LIKE '%' || ? || '%'", .text(text), .text(part)) {
          $0.bool(0)
        }
        #expect(try holds(part, text) == isLike, "\(part) in \(text)")
      }
    }
  }

  @Test func `letters are looked for in both cases, and only letters`() throws {
    #expect(try holds("hamBURG food", "Shanghai, then HAMburg FOOD No. 7"))
    #expect(try holds("100%_\\", "at 100%_\\ of it"))
    // These differ in the same bit as a letter's two cases.
    for (part, other) in [("@", "`"), ("[", "{"), ("0", "\u{10}")] {
      #expect(try !holds(part, String(repeating: other, count: 12)))
      #expect(try !holds(other, String(repeating: part, count: 12)))
    }
    #expect(try !holds("É", "é"))
  }

  @Test func `any of the texts will do, and nothing holds nothing`() throws {
    #expect(try holds("b", nil, "aaa", nil, "abc"))
    #expect(try !holds("x", nil, "aaa", nil, "abc"))
    #expect(try !holds("x"))
    #expect(try !holds("x", nil))
    #expect(try holds("", "a"))
    #expect(try !holds("", nil))
    #expect(try db.first("SELECT holds(NULL, 'a')") { $0.bool(0) } == false)
    #expect(try db.first("SELECT holds()") { $0.bool(0) } == false)
  }
}
