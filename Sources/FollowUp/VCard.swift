// A contact or a customer as a vCard, for telephones and mail programs.
//
// Version 3.0, which every one of them reads. The identity is the record's, so the same card a second time
// is the same entry there. A birthday of the lunar calendar has no place in a vCard: it stands in a line of
// our own, as it was typed, and never as a civil date.

import Notation
import SyncCore

public enum VCard {
  /// The collections that have cards.
  public static let collections = ["contact", "customer"]

  /// - Parameter company: the name of a contact's customer, where it is known.
  /// - Returns: nil for a record of another collection.
  public static func text(
    of record: QueryRecord, in collection: CollectionSchema, company: String?
  ) -> String? {
    guard collections.contains(collection.name) else { return nil }
    func text(_ name: String) -> String? { collection[name].flatMap { record.values[$0.id].text } }
    var lines = ContentLines()
    lines.add("BEGIN", raw: "VCARD")
    lines.add("VERSION", raw: "3.0")
    lines.add("UID", raw: record.id.description)
    let name = text("name") ?? record.id.description
    lines.add("FN", name)
    if collection == .contact {
      lines.addPerson(name, company: company, text)
    } else {
      lines.addCompany(name, text)
    }
    lines.add("NOTE", text("notes"))
    let words = record.values[(collection["tags"] ?? collection["interests"])?.id ?? .lifecycle]
    lines.add("CATEGORIES", list: words.elements.inByteOrder)
    lines.add("REV", raw: ISO8601.string(milliseconds: record.updatedAt.milliseconds, in: .utc))
    lines.add("END", raw: "VCARD")
    return lines.text
  }
}

extension ContentLines {
  fileprivate mutating func addPerson(
    _ name: String, company: String?, _ text: (String) -> String?
  ) {
    // Which part is the family's nobody has said: 欧阳娜 is not cut by guessing.
    add("N", parts: [name, nil, nil, nil, nil])
    add("ORG", company)
    add("TITLE", text("title"))
    add("ROLE", text("role"))
    add("TEL;TYPE=CELL", text("mobile"))
    add("TEL;TYPE=WORK,VOICE", text("phone"))
    add("EMAIL;TYPE=INTERNET", text("email"))
    add("X-WECHAT", text("wechat"))
    guard let typed = text("birthday") else { return }
    guard let day = MonthDay(typed), !day.isLunar else { return add("X-BIRTHDAY", typed) }
    // 2000 has every day there is.
    let date = ISO8601.string(
      date: CivilTime(year: day.year ?? 2000, month: day.month, day: day.day))
    add("BDAY", raw: day.year == nil ? "--" + date.dropFirst(5) : date)
  }

  fileprivate mutating func addCompany(_ name: String, _ text: (String) -> String?) {
    add("N", parts: [name, nil, nil, nil, nil])
    add("ORG", name)
    add("X-ABSHOWAS", raw: "COMPANY")
    add("TEL;TYPE=WORK,VOICE", text("phone"))
    add("EMAIL;TYPE=INTERNET", text("email"))
    add("URL", text("website"))
    add(
      "ADR;TYPE=WORK",
      parts: [
        nil, nil, text("address"), text("city"), text("province"), text("postalCode"),
        text("country"),
      ])
  }
}
