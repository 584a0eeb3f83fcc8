// Customers to insert: twelve filled fields each, with identities in the order in which they are minted.
//
// The same values go into our stores and into plain SQLite. For the plain side they lie end to end in
// one buffer, so that the baseline binds pointers and copies nothing.

import FollowUp
import Replica
import SyncCore

struct Customers {
  /// The twelve fields, in the order of the plain table's columns.
  let fields: [FieldSchema]
  let ids: [RecordID]
  /// For each customer its values, in the order of `fields`.
  let values: [[String]]
  /// Identity and values of all customers, end to end.
  let text: [UInt8]
  /// Where each of them lies: thirteen pieces a customer.
  let pieces: [Range<Int>]

  /// - Parameter owned: whether the author names the owner; where he does not, the hub assigns one.
  init(_ count: Int, at moment: Moment, owned: Bool = true) {
    fields = [
      "name", "industry", "region", "size", "source", "phone", "email", "city", "website",
      owned ? "owner" : "tier", "stage", "notes",
    ].map(Customers.field)
    var random = SystemRandomNumberGenerator()
    ids = (0..<count).map {
      ULID(moment: moment.advanced(milliseconds: Int64($0)), using: &random)
    }
    values = (0..<count).map { Customers.values($0, owned: owned) }
    var text: [UInt8] = []
    var pieces: [Range<Int>] = []
    for (id, values) in zip(ids, values) {
      for piece in [id.description] + values {
        pieces.append(text.count..<text.count + piece.utf8.count)
        text += Array(piece.utf8)
      }
    }
    self.text = text
    self.pieces = pieces
  }

  private static func values(_ number: Int, owned: Bool) -> [String] {
    let industries = ["Machinery", "Chemicals", "Food", "Textiles", "Electronics", "Logistics"]
    let cities = ["Hamburg", "Shanghai", "Lyon", "Chengdu", "Bologna", "Rotterdam", "Gdynia"]
    let name = "\(cities[number % 7]) \(industries[number % 6]) No. \(number) Ltd."
    return [
      name, industries[number % 6], "Region \(number % 40)",
      "\(number % 9 * 50)–\(number % 9 * 90)",
      "Fair \(number % 12)", "+49 40 \(1_000_000 + number * 7 % 8_999_999)",
      "office\(number)@customer-\(number).example", cities[number % 7],
      "https://customer-\(number).example", owned ? "rep" : "A", "lead",
      "Asked for samples of article \(number % 977); delivery in week \(number % 52 + 1).",
    ]
  }

  private static func field(_ name: String) -> FieldSchema {
    guard let field = CollectionSchema.customer[name] else {
      preconditionFailure("customers have no field \(name)")
    }
    return field
  }

  /// The edits that create customers in this range: one edit a batch.
  func creations(_ range: Range<Int>) -> [RecordWrite] {
    range.map { index in
      let writes = zip(fields, values[index]).map { field, value in
        FieldWrite.put(field.id, .text(value))
      }
      return RecordWrite(
        ids[index], in: .customer, writes.sorted { $0.field < $1.field }, isCreation: true)
    }
  }

  /// The edits that write one field of the customers in this range.
  func updates(_ range: Range<Int>, of field: String, mark: String) -> [RecordWrite] {
    let field = Customers.field(field)
    return range.map { index in
      RecordWrite(ids[index], in: .customer, [.put(field.id, .text("\(mark) \(index)"))])
    }
  }

  /// `0..<count` in pieces of `size`.
  func batches(of size: Int) -> [Range<Int>] {
    stride(from: 0, to: ids.count, by: size).map { $0..<min($0 + size, ids.count) }
  }
}
