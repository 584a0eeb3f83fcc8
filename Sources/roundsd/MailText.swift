// A mail as the bytes that are handed over: headers, an empty line, the text (RFC 5322, 2045, 2047).
//
// Pure. Whatever was typed into a customer's record arrives as text and never as a header: what has a
// control character in it is no address, and titles and texts travel encoded. The Message-ID is the message's
// identity, so that the same mail handed over twice is known as one.

import CommandKit
import Digest
import Hub
import Notation

struct MailText {
  /// A line of base64 (RFC 2045), and the bytes of one encoded word, with which its line still has at most 76
  /// characters (RFC 2047).
  private static let lineBytes = 57
  private static let wordBytes = 39

  /// Who sends it, as an address.
  var sender: String
  var delivery: Delivery

  /// Nil: one of the two addresses is none.
  var bytes: [UInt8]? {
    guard let to = MailText.address(delivery.address), let from = MailText.address(sender) else {
      return nil
    }
    let host = from[from.index(after: from.firstIndex(of: "@") ?? from.startIndex)...]
    let headers = [
      "From: \(from)", "To: \(to)", "Subject: \(MailText.encoded(delivery.title))",
      "Date: \(date)", "Message-ID: <\(delivery.id).rounds@\(host)>",
      "MIME-Version: 1.0", "Content-Type: text/plain; charset=utf-8",
      "Content-Transfer-Encoding: base64", "Auto-Submitted: auto-generated",
    ]
    let lines = headers + [""] + MailText.lines(of: delivery.text)
    return Array((lines.joined(separator: "\r\n") + "\r\n").utf8)
  }

  /// One plain address: no list, no name beside it, nothing that could begin a header.
  static func address(_ typed: String) -> String? {
    let address = typed.drop { $0 == " " }
    let isPlain = address.utf8.allSatisfy {
      $0 > 0x20 && $0 < 0x7F && !",;<>()\"\\".utf8.contains($0)
    }
    let parts = address.split(separator: "@", omittingEmptySubsequences: false)
    guard isPlain, parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty,
      !address.hasPrefix("-"), address.utf8.count <= 254
    else { return nil }
    return String(address)
  }

  /// ASCII as it is; anything else as encoded words, none of which ends within a character.
  private static func encoded(_ title: String) -> String {
    if title.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7F }), title.utf8.count <= 60 { return title }
    var words: [[UInt8]] = [[]]
    for character in title {
      let bytes = Array(String(character).utf8)
      if let last = words.last, last.count + bytes.count > wordBytes { words.append([]) }
      words[words.count - 1] += bytes
    }
    return words.map { "=?UTF-8?B?\(Base64.text(of: $0))?=" }.joined(separator: "\r\n ")
  }

  private static func lines(of text: String) -> [String] {
    let bytes = Array(text.utf8)
    return stride(from: 0, to: bytes.count, by: lineBytes).map {
      Base64.text(of: Array(bytes[$0..<min($0 + lineBytes, bytes.count)]))
    }
  }

  /// Of the moment it was written for, so that a second attempt is the same bytes.
  private var date: String {
    let time = LocalZone.utc.civilTime(atMilliseconds: delivery.dueAt.milliseconds)
    let days = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
    let months = [
      "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]
    func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
    let clock = "\(two(time.hour)):\(two(time.minute)):\(two(time.second))"
    return
      "\(days[CivilDay(time).weekday]), \(two(time.day)) \(months[time.month - 1]) \(time.year) \(clock) +0000"
  }
}
