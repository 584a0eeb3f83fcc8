// Whose number or address this is: the contacts and customers of a replica, by telephone and mail.
//
// Numbers are compared by their digits, without the prefix of the country: +86 138 0000 0000, 0086-13800000000 and 13800000000 are
// one. What two customers share says nothing, so it finds nobody: a call must never be filed with the wrong one.

import FollowUp
import Storage
import SyncCore

public struct AddressBook {
  public struct Owner: Hashable, Sendable {
    public var customer: RecordID
    public var contact: RecordID?

    public init(customer: RecordID, contact: RecordID?) {
      self.customer = customer
      self.contact = contact
    }
  }

  /// Nil: several customers have it.
  private var owners: [String: Owner?] = [:]

  public init(_ store: ReplicaStore) throws {
    let rows = try store.db.all(
      """
      SELECT customer, id, mobile, phone, email FROM contact WHERE customer IS NOT NULL
      UNION ALL SELECT id, NULL, NULL, phone, email FROM customer
      """
    ) { row in
      (
        owner: Owner(customer: try row.id(0), contact: row.isNull(1) ? nil : try row.id(1)),
        numbers: [row.optionalText(2), row.optionalText(3)].compactMap { $0 },
        mail: row.optionalText(4)
      )
    }
    for row in rows {
      for number in row.numbers { note(AddressBook.number(number), row.owner) }
      if let mail = row.mail { note(AddressBook.mail(mail), row.owner) }
    }
  }

  private mutating func note(_ key: String?, _ owner: Owner) {
    guard let key else { return }
    guard let known = owners[key] else {
      owners[key] = .some(owner)
      return
    }
    if known?.customer != owner.customer { owners[key] = .some(nil) }
  }

  public func owner(ofNumber number: String) -> Owner? {
    AddressBook.number(number).flatMap { owners[$0] ?? nil }
  }

  public func owner(ofMail address: String) -> Owner? {
    AddressBook.mail(address).flatMap { owners[$0] ?? nil }
  }

  /// Digits without the country; nil for what is too short to be anybody's.
  static func number(_ text: String) -> String? {
    var digits = text.filter { $0.isASCII && $0.isNumber }
    for prefix in ["0086", "86"] where digits.hasPrefix(prefix) && digits.count >= prefix.count + 9
    {
      digits.removeFirst(prefix.count)
      break
    }
    // The 0 before the number of a town is dialled only within the country.
    if digits.hasPrefix("0") { digits.removeFirst() }
    return digits.count >= 7 ? digits : nil
  }

  static func mail(_ text: String) -> String? {
    let address = text.filter { !$0.isWhitespace }.lowercased()
    return address.contains("@") ? address : nil
  }
}
