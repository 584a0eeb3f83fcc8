// Cards and calendar entries as bytes: what other programs read.
//
// The formats are strict about ends of lines, folding and escapes, and forgiving about nothing.

import SyncCore
import Testing

@testable import FollowUp

private let made = Moment(milliseconds: 1_795_338_000_000)
private let id = RecordID(milliseconds: 1_795_338_000_000, randomHigh: 0, randomLow: 7)

private func record(
  _ collection: CollectionSchema, _ values: [String: Value], changedAfter seconds: Int64 = 0
) -> QueryRecord {
  QueryRecord(
    id: id,
    values: FieldValues(
      values.compactMap { name, value in collection[name].map { ($0.id, value) } }),
    updatedAt: made.advanced(milliseconds: seconds * 1000))
}

@Suite struct ContentLinesTests {
  @Test(arguments: ["a,b;c\\d", "one\ntwo", "one\r\ntwo", "tab\there"])
  func `no text begins a line of its own, and every separator is escaped`(text: String) {
    var lines = ContentLines()
    lines.add("NOTE", text)
    #expect(lines.text.hasSuffix("\r\n"))
    #expect(lines.text.split(separator: "\r\n").count == 1)
    #expect(!lines.text.dropLast(1).contains("\n"))
  }

  @Test func `a long line is folded between characters, to at most 75 bytes`() {
    var lines = ContentLines()
    let note = String(repeating: "跟进客户，", count: 40)
    lines.add("NOTE", note)
    let folded = lines.text.dropLast(1).split(separator: "\r\n", omittingEmptySubsequences: false)
    #expect(folded.count > 5)
    #expect(folded.allSatisfy { $0.utf8.count <= 75 })
    #expect(folded.dropFirst().allSatisfy { $0.hasPrefix(" ") })
    let unfolded = folded[0] + folded.dropFirst().map { String($0.dropFirst()) }.joined()
    #expect(unfolded == "NOTE:" + note)
  }

  @Test func `nothing said is no line`() {
    var lines = ContentLines()
    lines.add("ORG", nil)
    lines.add("ADR", parts: [nil, "", nil])
    lines.add("CATEGORIES", list: [])
    #expect(lines.text == "")
  }
}

@Suite struct VCardTests {
  private func card(_ values: [String: Value]) -> String {
    VCard.text(of: record(.contact, values), in: .contact, company: "Acme, Inc") ?? ""
  }

  @Test func `a person with every way to reach him`() {
    let text = card([
      "name": .text("王小明"), "mobile": .text("13800000000"), "phone": .text("021-5"),
      "email": .text("wang@acme.test"), "wechat": .text("wxm"), "title": .text("CTO"),
      "interests": .set(["quote", "delivery"]), "notes": .text("likes; tea"),
    ])
    #expect(
      text.split(separator: "\r\n").filter { !$0.hasPrefix("REV") && !$0.hasPrefix("UID") } == [
        "BEGIN:VCARD", "VERSION:3.0", "FN:王小明", "N:王小明;;;;", "ORG:Acme\\, Inc", "TITLE:CTO",
        "TEL;TYPE=CELL:13800000000", "TEL;TYPE=WORK,VOICE:021-5",
        "EMAIL;TYPE=INTERNET:wang@acme.test", "X-WECHAT:wxm", "NOTE:likes\\; tea",
        "CATEGORIES:delivery,quote", "END:VCARD",
      ])
  }

  @Test(
    arguments: [
      ("1990-02-28", "BDAY:1990-02-28"), ("--02-29", "BDAY:--02-29"),
      ("农历 08-15", "X-BIRTHDAY:农历 08-15"), ("in May", "X-BIRTHDAY:in May"),
    ])
  func `a birthday is as exact as it was said`(typed: String, line: String) {
    #expect(card(["name": .text("A"), "birthday": .text(typed)]).contains("\r\n\(line)\r\n"))
  }

  @Test func `a customer is a company with its address`() {
    let values: [String: Value] = [
      "name": .text("Acme"), "address": .text("Road 1"), "city": .text("苏州市"),
      "province": .text("江苏省"),
    ]
    let text = VCard.text(of: record(.customer, values), in: .customer, company: nil) ?? ""
    #expect(text.contains("\r\nORG:Acme\r\n"))
    #expect(text.contains("\r\nADR;TYPE=WORK:;;Road 1;苏州市;江苏省;;\r\n"))
  }

  @Test func `other records have no card`() {
    #expect(VCard.text(of: record(.task, [:]), in: .task, company: nil) == nil)
  }
}

@Suite struct CalendarEntryTests {
  private func entry(
    _ collection: CollectionSchema, _ values: [String: Value], changedAfter seconds: Int64 = 0
  ) -> [Substring] {
    let record = record(collection, values, changedAfter: seconds)
    return (CalendarEntry.text(of: record, in: collection, customer: "Acme") ?? "")
      .split(separator: "\r\n")
  }

  @Test func `a task is a to-do that calls as often as it was told to`() {
    let lines = entry(
      .task, ["title": .text("Call"), "dueAt": .moment(made), "remind": .text("1h,0")],
      changedAfter: 90)
    #expect(lines.first == "BEGIN:VTODO")
    #expect(lines.contains("SUMMARY:Acme: Call"))
    #expect(lines.contains("DUE:20261122T090000Z"))
    #expect(lines.contains("STATUS:NEEDS-ACTION"))
    #expect(lines.contains("SEQUENCE:90"))
    #expect(
      lines.filter { $0.hasPrefix("TRIGGER") } == [
        "TRIGGER;RELATED=END:-PT3600S", "TRIGGER;RELATED=END:-PT0S",
      ])
  }

  @Test(
    arguments: [
      ("open", "NEEDS-ACTION"), ("done", "COMPLETED"), ("cancelled", "CANCELLED"),
    ])
  func `how a task stands`(status: String, told: String) {
    let lines = entry(.task, ["dueAt": .moment(made), "status": .text(status)])
    #expect(lines.contains("STATUS:\(told)"))
  }

  @Test func `a reminder speaks the reader's language, and a withdrawn one is cancelled`() {
    let values: [String: Value] = [
      "title": .text(Titles(en: "Call", zh: "致电").stored), "dueAt": .moment(made),
      "status": .text("withdrawn"),
    ]
    let text = CalendarEntry.text(
      of: record(.reminder, values), in: .reminder, customer: nil, isChinese: true)
    #expect(text?.contains("SUMMARY:致电\r\n") == true)
    #expect(text?.contains("STATUS:CANCELLED\r\n") == true)
  }

  @Test func `a visit is an event as long as it took`() {
    let lines = entry(
      .followUp, ["text": .text("Visit"), "occurredAt": .moment(made), "minutes": .integer(45)])
    #expect(lines.first == "BEGIN:VEVENT")
    #expect(lines.contains("DTSTART:20261122T090000Z"))
    #expect(lines.contains("DURATION:PT45M"))
  }

  @Test func `what has no time has no entry`() {
    #expect(entry(.task, ["title": .text("Some day")]).isEmpty)
    #expect(entry(.plan, ["title": .text("Keep in touch")]).isEmpty)
  }
}
