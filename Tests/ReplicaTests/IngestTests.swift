// The times of mails, and whose number or address something is.

import Notation
import Testing

@testable import Replica

@Suite struct IngestTests {
  @Test(
    arguments: [
      ("Sun, 22 Nov 2026 17:04:05 +0800", 1_795_338_245_000),
      ("22 Nov 2026 09:04:05 GMT", 1_795_338_245_000),
      ("Sun, 22 November 2026 04:04 -0500 (EST)", 1_795_338_240_000),
      ("22 Nov 2026 09:04:60 Z", 1_795_338_299_000),
    ] as [(String, Int64)])
  func `times of mails`(text: String, milliseconds: Int64) {
    #expect(MailDate.parse(text) == milliseconds)
  }

  @Test(arguments: [
    "", "Sun", "22 Nov", "31 Feb 2026 10:00 +0000", "22 Nov 2026 25:00 +0000",
    "22 Nov 2026 10:00 CST",
    "22 Nov 2026 10:00 +08", "Nov 22 2026 10:00 +0000", "22 Nov 26 10:00 +0000",
  ])
  func `anything else is no time`(text: String) { #expect(MailDate.parse(text) == nil) }

  @Test(arguments: [
    ("+86 138 0000 0000", "13800000000"), ("0086-13800000000", "13800000000"),
    ("(021) 5555-6666", "2155556666"), ("+86 21 5555 6666", "2155556666"), ("86123", nil),
    ("", nil), ("ext. 12", nil),
  ])
  func `numbers are compared by their digits`(text: String, digits: String?) {
    #expect(AddressBook.number(text) == digits)
  }

  @Test func `what is kept of something that belongs to nobody is read again`() {
    let item = Incoming(
      key: "k", channel: "mail", at: .init(milliseconds: 5), isIncoming: true, isReached: false,
      minutes: 3, others: ["a@b.example"], text: "“x”\n# y")
    #expect(Incoming(note: item.json.text()) == item)
    #expect(Incoming(note: "") == nil)
    #expect(Incoming(note: "{\"key\":1}") == nil)
  }
}
