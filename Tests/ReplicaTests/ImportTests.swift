// What an import does to the records of a laptop, row by row.
//
// Counts are written as `created updated unchanged skipped errors`.

import FollowUp
import Notation
import Storage
import SyncCore
import Tabular
import Testing

@testable import Replica

@Suite struct ImportTests {
  @Test func `a second run of the same file changes nothing`() throws {
    let bench = try ImportBench()
    let csv = "客户名称,电话,标签,城市\n平安银行,0755-1,金融；重点,深圳\n万  科Ａ,0755-2,,深圳\n"
    #expect(try bench.run(csv).counts == "2 0 0 0 0")
    let (records, edits) = (try bench.records(), try bench.editCount())
    #expect(records[1] == "name=平安银行 phone=0755-1 city=深圳 tags=重点; 金融")
    #expect(records[0] == "name=万  科Ａ phone=0755-2 city=深圳")
    #expect(try bench.run(csv).counts == "0 0 2 0 0")
    #expect(try bench.records() == records)
    #expect(try bench.editCount() == edits)
  }

  @Test func `only fields that differ are written, and empty cells clear nothing`() throws {
    let bench = try ImportBench()
    try bench.run("code,name,phone,notes\nA1,Acme,1,old\nA2,Bolt,2,keep\n")
    let outcome = try bench.run("code,name,phone,notes\nA1,Acme,9,\nA2,,2,\n")
    #expect(outcome.counts == "0 1 1 0 0")
    #expect(
      try bench.records() == [
        "name=Acme phone=9 notes=old externalKey=A1", "name=Bolt phone=2 notes=keep externalKey=A2",
      ])
    let entry = try #require(try bench.store.pendingEntries().last)
    #expect(try entry.edit().changes.map { $0.writes.map(\.field) } == [[FieldID(9)]])
  }

  @Test func `tags are added and never removed`() throws {
    let bench = try ImportBench()
    try bench.run("name,tags\nAcme,\"a, b\"\n")
    #expect(try bench.run("name,tags,label\nAcme,c,b;d\n").counts == "0 1 0 0 0")
    #expect(try bench.records() == ["name=Acme tags=a; b; c; d"])
    #expect(try bench.run("name,tags\nAcme,a\n").counts == "0 0 1 0 0")
  }

  /// A row with key and name of its own, and what becomes of it beside the records of `bench`.
  @Test func `how rows find their records`() throws {
    let cases: [(csv: String, key: String?, counts: String)] = [
      // The external key decides, whatever the name.
      ("code,name\nK1,Other\n", nil, "0 1 0 0 0"),
      ("code,name\nK9,First\n", nil, "1 0 0 0 0"),
      // Without one the name does.
      ("code,name\n,First\n", nil, "0 0 1 0 0"),
      ("name\nFirst\n", nil, "0 0 1 0 0"),
      ("name\n　First \n", nil, "0 0 1 0 0"),
      ("name\nfirst\n", nil, "1 0 0 0 0"),
      // The user's own key decides alone.
      ("code,name\nK9,First\n", "name", "0 1 0 0 0"),
      ("code,name\n,First\n", "externalKey", "0 0 0 1 0"),
      ("code,name\n,First\n", "CODE", "0 0 0 1 0"),
      ("name,phone\nThird,1\n", "phone", "0 1 0 0 0"),
      ("name,phone\nThird,\n", "phone", "0 0 0 1 0"),
      // Two records of one key are nobody's to choose between.
      ("name\nTwin\n", nil, "0 0 0 0 1"),
      ("code,name\nT1,Twin\n", nil, "0 0 1 0 0"),
    ]
    for (csv, key, counts) in cases {
      let bench = try ImportBench()
      try bench.run("code,name,phone\nK1,First,1\nT1,Twin,2\nT2,Twin,3\n")
      #expect(try bench.run(csv, key: key).counts == counts, "\(csv)")
    }
  }

  @Test func `why rows are not imported`() throws {
    let cases: [(csv: String, problem: ImportProblem)] = [
      ("name,notes\na,b,c\n", .unreadable(.tooManyCells(found: 3, expected: 2))),
      ("code,name\nK1,a\nK1,b\n", .keyTwice(field: "externalKey", text: "K1", row: 1)),
      ("name\na\na\n", .keyTwice(field: "name", text: "a", row: 1)),
      ("code,name\nK1,a\n,a\n", .keyTwice(field: "name", text: "a", row: 1)),
      ("code,name,phone\nK1,,1\n", .missing(field: "name")),
      (
        "name,nextFollowAt\na,9/2/2024\n",
        .badValue(field: "nextFollowAt", FieldTextError("9/2/2024", isNot: .moment))
      ),
    ]
    for (csv, problem) in cases {
      #expect(try ImportBench().run(csv).problems == [problem], "\(csv)")
    }
  }

  @Test func `a bad value keeps its whole row out, and nothing else`() throws {
    let bench = try ImportBench()
    let csv = "name,phone,nextFollowAt\na,1,2026/9/2\nb,2,soon\nc,3,2026年9月12日\n"
    let outcome = try bench.run(csv)
    #expect(outcome.counts == "2 0 0 0 1")
    #expect(
      outcome.failed.map { "\($0.number)@\($0.line) \($0.cells)" } == [
        "2@3 [\"b\", \"2\", \"soon\"]"
      ])
    #expect(
      try bench.records() == [
        "name=a phone=1 nextFollowAt=2026-09-02T00:00:00+08:00",
        "name=c phone=3 nextFollowAt=2026-09-12T00:00:00+08:00",
      ])
  }

  @Test func `new customers are the importer's unless the file names somebody`() throws {
    let bench = try ImportBench()
    let outcome = try bench.run("name,owner\na,\nb,bob\nc,005x\nd,005x\n")
    #expect(outcome.report.strangers == ["005x": 2])
    let owners = try bench.store.db.all("SELECT name, owner, assignedAt FROM customer ORDER BY 1") {
      "\($0.text(0)) \($0.text(1)) \($0.isNull(2) ? "-" : String($0.integer(2)))"
    }
    let assigned = bench.now.milliseconds
    #expect(owners == ["a ann -", "b bob \(assigned)", "c ann -", "d ann -"])
    // An import never reassigns.
    let again = try bench.run("name,owner\na,bob\nb,bob\n")
    #expect(again.counts == "0 0 2 0 0")
    #expect(again.report.ownersKept == 1)
  }

  @Test func `contacts find their customer by name, key or id`() throws {
    let bench = try ImportBench()
    try bench.run("code,name\nK1,Acme\nK2,Twin\nK3,Twin\n")
    let id = try bench.store.db.first("SELECT id FROM customer WHERE name = 'Acme'") { $0.text(0) }
    let outcome = try bench.run(
      "company,name,phone\nAcme,Li,1\nK2,Li,2\n\(id ?? ""),Wu,3\nTwin,Xu,4\nNobody,Xu,5\n,Xu,6\n",
      into: "contact")
    #expect(outcome.counts == "3 0 0 0 3")
    #expect(
      outcome.problems == [
        .ambiguousReference(field: "customer", text: "Twin", count: 2),
        .unknownReference(field: "customer", text: "Nobody"), .missing(field: "customer"),
      ])
    // Two people of one name at two customers are two people.
    let again = try bench.run("company,name,phone\nAcme,Li,9\nK2,Li,2\n", into: "contact")
    #expect(again.counts == "0 1 1 0 0")
  }

  @Test func `a trial run tells what would be done and writes nothing`() throws {
    let bench = try ImportBench()
    try bench.run("name,phone\na,1\n")
    let (records, edits) = (try bench.records(), try bench.editCount())
    let csv = "name,phone\na,2\nb,3\nb,4\n"
    #expect(try bench.run(csv, mode: .trial).counts == "1 1 0 0 1")
    #expect(try bench.records() == records)
    #expect(try bench.editCount() == edits)
    #expect(try bench.run(csv).counts == "1 1 0 0 1")
  }

  @Test func `facts are imported once and never changed`() throws {
    let bench = try ImportBench()
    try bench.run("name\nAcme\n")
    let csv = "customer,occurredAt,channel,text\nAcme,2026-09-01 10:00,call,Hello\n"
    #expect(try bench.run(csv, into: "followUp").counts == "1 0 0 0 0")
    #expect(try bench.run(csv, into: "followUp").counts == "0 0 1 0 0")
    let changed = csv.replacing("call", with: "visit")
    #expect(try bench.run(changed, into: "followUp").problems == [.fixed(field: "channel")])
    let later = csv.replacing("10:00", with: "11:00")
    #expect(try bench.run(later, into: "followUp").counts == "1 0 0 0 0")
  }

  @Test func `what cannot be imported at all is refused before anything is read`() throws {
    let bench = try ImportBench()
    #expect(throws: ImportRefusal.collectionNotImportable("reminder")) {
      try bench.run("title\na\n", into: "reminder")
    }
    #expect(throws: ImportRefusal.nothingToCallBy(title: "name")) { try bench.run("tier\nA\n") }
    #expect(throws: ImportRefusal.keyNotInFile(field: "email")) {
      try bench.run("name\na\n", key: "email")
    }
    #expect(throws: ImportRefusal.keyNotText(field: "tags")) {
      try bench.run("name,tags\na,b\n", key: "tags")
    }
    #expect(throws: ImportRefusal.unknownKey("x", fields: ["name"])) {
      try bench.run("name\na\n", key: "x")
    }
  }
}
