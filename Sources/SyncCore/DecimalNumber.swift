// Exact decimal numbers in one canonical spelling, so that equal amounts have equal bytes.
//
// There is no arithmetic here: merging only asks whether two amounts are equal and which is greater.

public struct DecimalNumber: Hashable, Comparable, Sendable, CustomStringConvertible {
  /// The most digits a number may have, before and after the point together.
  public static let digitsMax = 38

  /// Canonical: no plus sign, no leading or trailing zeros, no exponent, never `-0`.
  public let description: String

  /// Reads `1200`, `-0.50`, `+3`, `1,200.5`. Nil for anything else: exponents, two points, nothing.
  public init?(_ text: some StringProtocol) {
    var digits = String(text).filter { $0 != "," && $0 != "_" }[...]
    let isNegative = digits.first == "-"
    if isNegative || digits.first == "+" { digits = digits.dropFirst() }
    let parts = digits.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
    let whole = parts[0].drop { $0 == "0" }
    var fraction = parts.count == 2 ? parts[1] : ""
    while fraction.last == "0" { fraction = fraction.dropLast() }
    let isNumber = digits.utf8.allSatisfy { (0x30...0x39).contains($0) || $0 == 0x2E }
    let hasDigit = digits.utf8.contains { $0 != 0x2E }
    guard isNumber, hasDigit, !fraction.contains("."),
      whole.utf8.count + fraction.utf8.count <= DecimalNumber.digitsMax
    else { return nil }
    let isZero = whole.isEmpty && fraction.isEmpty
    description =
      (isNegative && !isZero ? "-" : "") + (whole.isEmpty ? "0" : String(whole))
      + (fraction.isEmpty ? "" : "." + fraction)
  }

  public init(_ integer: Int64) { description = String(integer) }

  public static func < (left: Self, right: Self) -> Bool {
    switch (left.isNegative, right.isNegative) {
    case (true, false): true
    case (false, true): false
    case (false, false): left.magnitude(isBelow: right)
    case (true, true): right.magnitude(isBelow: left)
    }
  }

  private var isNegative: Bool { description.utf8.first == UInt8(ascii: "-") }

  private func magnitude(isBelow other: DecimalNumber) -> Bool {
    let (mine, theirs) = (parts, other.parts)
    if mine.whole.count != theirs.whole.count { return mine.whole.count < theirs.whole.count }
    if mine.whole != theirs.whole { return mine.whole.lexicographicallyPrecedes(theirs.whole) }
    return mine.fraction.lexicographicallyPrecedes(theirs.fraction)
  }

  private var parts: (whole: [UInt8], fraction: [UInt8]) {
    let digits = description.utf8.drop { $0 == UInt8(ascii: "-") }
    let halves = digits.split(separator: UInt8(ascii: "."), maxSplits: 1)
    return (Array(halves[0]), halves.count == 2 ? Array(halves[1]) : [])
  }
}
