// Exact sums of amounts, for reports.
//
// Amounts are brought to one scale and added as whole numbers of 128 bits. What does not fit there has no sum:
// it must never be a rounded one.

import SyncCore

extension DecimalNumber {
  /// Nil where the sum, or one of the numbers at the scale of the finest, is beyond 128 bits.
  public static func sum(_ numbers: some Sequence<DecimalNumber>) -> DecimalNumber? {
    let parts = numbers.map { number in
      number.description.split(separator: ".", maxSplits: 1).map(String.init)
    }
    let scale = parts.map { $0.count == 2 ? $0[1].utf8.count : 0 }.max() ?? 0
    var total: Int128 = 0
    for part in parts {
      let fraction = part.count == 2 ? part[1] : ""
      let digits = part[0] + fraction + String(repeating: "0", count: scale - fraction.utf8.count)
      guard let units = Int128(digits) else { return nil }
      let (next, isOver) = total.addingReportingOverflow(units)
      if isOver { return nil }
      total = next
    }
    let digits = String(total.magnitude)
    let padded = String(repeating: "0", count: max(0, scale + 1 - digits.utf8.count)) + digits
    let sign = total < 0 ? "-" : ""
    return DecimalNumber("\(sign)\(padded.dropLast(scale)).\(padded.suffix(scale))")
  }
}
