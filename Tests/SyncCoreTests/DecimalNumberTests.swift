// Exact decimals: one spelling for equal amounts, and an order that is arithmetic.
//
// Every text of up to five of the characters that numbers are made of. So short a number is exact
// as a `Double`, which the standard library reads, so what is a number, and which is greater, is
// known.

import SyncCore
import Testing

struct DecimalNumberTests {
  static let characters = ["0", "1", "9", ".", "-", "+", ","]

  // 7 + 7² + … + 7⁵ texts.
  @Test func `every short text is a number or none, and equal numbers have one spelling`() {
    var spellings: [Double: String] = [:]
    var texts = [""]
    var cases = 0
    for _ in 1...5 {
      texts = texts.flatMap { text in DecimalNumberTests.characters.map { text + $0 } }
      for text in texts {
        cases += 1
        let expected = Double(text.replacing(",", with: ""))
        let number = DecimalNumber(text)
        if (number == nil) != (expected == nil) { Issue.record("\(text)") }
        guard let number, let expected else { continue }
        // -0.0 and 0.0 are one key.
        let spelling = spellings[expected, default: number.description]
        if spelling != number.description || DecimalNumber(spelling) != number {
          Issue.record("\(text) is \(number) and \(spelling)")
        }
        spellings[expected] = spelling
      }
    }
    #expect(cases == 19_607)
    #expect(spellings.count == 593)
    let sorted = spellings.sorted { $0.key < $1.key }.compactMap { DecimalNumber($0.value) }
    #expect(sorted == sorted.shuffledByDigits.sorted())
    #expect(sorted.first?.description == "-9999")
  }

  @Test func `numbers sort as numbers do`() {
    let texts = [
      "0", "0.1", "0.01", "0.19", "1", "1.0", "1.01", "9", "9.9", "10", "11", "99", "100",
    ]
    let all = texts.flatMap { [$0, "-" + $0] }
    var cases = 0
    for left in all {
      for right in all {
        guard let a = DecimalNumber(left), let b = DecimalNumber(right), let x = Double(left),
          let y = Double(right)
        else { continue }
        cases += 1
        #expect((a < b) == (x < y), "\(left) \(right)")
        #expect((a == b) == (x == y), "\(left) \(right)")
      }
    }
    #expect(cases == 26 * 26)
  }

  @Test func `a canonical spelling has no sign, zero or point too many`() {
    let ledger = [
      ("1200", "1200"), ("-0.50", "-0.5"), ("+3", "3"), ("1,200.5", "1200.5"), ("007", "7"),
      ("-0", "0"), ("-0.000", "0"), (".5", "0.5"), ("5.", "5"), ("1_000", "1000"),
    ]
    for (text, spelling) in ledger { #expect(DecimalNumber(text)?.description == spelling) }
    for text in ["", ".", "-", "1e3", "1.2.3", "--1", "1-", "0x1", "１", "nan", "∞", " 1"] {
      #expect(DecimalNumber(text) == nil, "\(text)")
    }
  }

  @Test func `there are at most thirty-eight digits`() {
    let digits = String(repeating: "9", count: DecimalNumber.digitsMax)
    #expect(DecimalNumber(digits)?.description == digits)
    #expect(DecimalNumber("-." + digits)?.description == "-0." + digits)
    #expect(DecimalNumber("000" + digits + ".000")?.description == digits)
    #expect(DecimalNumber(digits + "9") == nil)
    #expect(DecimalNumber(digits + ".9") == nil)
    #expect(DecimalNumber(Int64.min).description == "-9223372036854775808")
  }

  @Test func `values of all kinds have a total order`() {
    let values: [Value] = [
      .null, .boolean(false), .boolean(true), .integer(-1), .integer(2), .decimal(DecimalNumber(1)),
      .decimal(DecimalNumber(10)), .moment(Moment(milliseconds: 0)), .text(""), .text("a"),
      .text("é"), .reference(ULID(high: 0, low: 1)), .set([]), .set(["a"]), .set(["a", "b"]),
      .set(["b"]), .group(FieldValues()), .group(FieldValues([(FieldID(2), .text("a"))])),
    ]
    for (left, a) in values.enumerated() {
      for (right, b) in values.enumerated() { #expect((a < b) == (left < right)) }
    }
    #expect(values.count == 18)
  }
}

extension [DecimalNumber] {
  /// In an order that has nothing to do with their size.
  fileprivate var shuffledByDigits: [DecimalNumber] {
    sorted { $0.description.reversed().lexicographicallyPrecedes($1.description.reversed()) }
  }
}
