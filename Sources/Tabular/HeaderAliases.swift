// Our own table of what other programs call our fields: one line a field, headers after it.
//
// Salesforce, HubSpot, Zoho, Wukong, Fenxiang and plain spreadsheets, in English and Chinese. The
// headers are compared by `HeaderKey.bare`, so case, width, spaces, underscores and asterisks need
// no line of their own, and every field answers to its own name. A remark in parentheses is
// disregarded when the whole header is unknown.
//
// Within a collection a header stands for one field only (checked when the table is first used);
// several headers of one file may stand for the same field, and the importer must choose. First
// and last names are left out on purpose: neither alone is the name of a contact.

/// The built-in guesses from headers to fields.
public enum HeaderAliases {
  /// A collection that tables are imported into.
  public enum Collection: String, CaseIterable, Hashable, Sendable {
    case customer
    case contact
    case opportunity
  }

  /// The field that a header most likely means, or nil where the table does not know it.
  public static func field(for header: String, in collection: Collection) -> String? {
    let aliases = tables[collection]?.fieldByHeader ?? [:]
    return aliases[HeaderKey.bare(header)]
      ?? aliases[HeaderKey.bare(HeaderKey.withoutRemark(header))]
  }

  /// The fields of a collection that a column can be imported into, in display order.
  public static func fields(of collection: Collection) -> [String] {
    tables[collection]?.fields ?? []
  }

  private struct Table {
    var fields: [String] = []
    var fieldByHeader: [String: String] = [:]

    /// Reads lines `field: header, header, ...`; a line that starts with the colon continues the
    /// field before it.
    init(_ text: String) {
      for line in text.split(separator: "\n") {
        let parts = line.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        precondition(parts.count == 2, "an alias line without a colon: \(line)")
        let field = HeaderKey.trimmed(String(parts[0]))
        if !field.isEmpty {
          fields.append(field)
          add(field, for: fields.count - 1)
        }
        for header in parts[1].split(separator: ",") {
          add(String(header), for: fields.count - 1)
        }
      }
    }

    private mutating func add(_ header: String, for field: Int) {
      let key = HeaderKey.bare(header)
      let known = fieldByHeader[key]
      precondition(
        known == nil || known == fields[field],
        "the header \(header) stands for both \(known ?? "") and \(fields[field])")
      fieldByHeader[key] = fields[field]
    }
  }

  private static let tables: [Collection: Table] = [
    .customer: Table(customerText),
    .contact: Table(contactText),
    .opportunity: Table(opportunityText),
  ]
}
