// When two headers are the same header.
//
// Two degrees. `folded` forgives what keyboards and input methods do: case, full-width letters,
// spaces. It is for names that a user wrote into a field map. `bare` forgives also what programs
// and templates add: underscores, asterisks, slashes, units. It is for our own table of aliases.

/// Reduces headers to what they are compared by.
public enum HeaderKey {
  /// The header without ASCII white space and ideographic spaces around it.
  public static func trimmed(_ header: String) -> String {
    let scalars = header.unicodeScalars
    guard let first = scalars.firstIndex(where: { !isOuterSpace($0) }),
      let last = scalars.lastIndex(where: { !isOuterSpace($0) })
    else { return "" }
    return String(scalars[first...last])
  }

  /// The header in lower case, full-width ASCII made narrow, without any white space.
  public static func folded(_ header: String) -> String {
    var folded = String.UnicodeScalarView()
    for scalar in header.unicodeScalars {
      let narrow = narrowed(scalar)
      // U+FEFF is a mark that pasted text carries along invisibly.
      if narrow.properties.isWhitespace || narrow.value == 0xFEFF { continue }
      folded.append(narrow)
    }
    return String(folded).lowercased()
  }

  /// `folded`, with letters and digits only, and without the `__c` of custom Salesforce fields.
  public static func bare(_ header: String) -> String {
    var folded = folded(header)
    if folded.hasSuffix("__c") { folded.removeLast(3) }
    return String(
      String.UnicodeScalarView(
        folded.unicodeScalars.filter {
          $0.properties.isAlphabetic || $0.properties.numericType != nil
        }))
  }

  /// The header up to its first parenthesis, narrow or wide: `Amount (CNY)` is an amount.
  static func withoutRemark(_ header: String) -> String {
    String(header.prefix { !"(（[【".contains($0) })
  }

  private static func isOuterSpace(_ scalar: Unicode.Scalar) -> Bool {
    scalar == " " || (0x09...0x0D).contains(scalar.value) || scalar.value == 0x3000
  }

  /// U+FF01 ... U+FF5E are the ASCII characters from `!` to `~`, as wide as an ideograph.
  private static func narrowed(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
    guard (0xFF01...0xFF5E).contains(scalar.value) else { return scalar }
    return Unicode.Scalar(UInt8(scalar.value - 0xFF01 + 0x21))
  }
}
