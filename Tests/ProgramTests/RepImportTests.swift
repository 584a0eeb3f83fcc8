// `rounds import` and `rounds export` as a rep runs them, and what the hub says to the result.
//
// Files that are read are in memory; what is written goes into the folder of the laptop.

import CommandKit
import Foundation
import Notation
import Testing

@testable import rounds

@Suite struct RepImportTests {
  /// Runs a command that reads these files.
  private func run(
    _ laptop: Laptop, _ files: [String: String], _ words: String..., language: String = "en"
  ) -> RepRun {
    run(laptop, files.mapValues { Array($0.utf8) }, words, language: language)
  }

  private func run(
    _ laptop: Laptop, _ files: [String: [UInt8]], _ words: [String], language: String = "en"
  ) -> RepRun {
    let state = laptop.field.state
    state.pass(1000)
    let console = Console(
      environment: ["ROUNDS_HOME": laptop.home, "ROUNDS_LANG": language], now: { state.now() },
      readFile: { path in
        guard let bytes = files[path] else { throw CommandFailure.unreadableFile(path) }
        return bytes
      })
    let outside = Outside(
      line: { _ in preconditionFailure("an import makes no call") },
      random: { FieldRandom(state: state) }, deviceName: { "laptop" }, runHook: { _, _ in },
      interruption: laptop.interruption)
    let exit = commandTable(outside).run(words, console: console)
    return RepRun(exit: exit, out: console.output.text, err: console.errors.text)
  }

  private let companies = "客户编号,客户名称,电话,颜色\nK1,平安银行,1,红\nK2,万  科Ａ,2,\n"

  @Test func `an import says what became of every row`() throws {
    let laptop = try Field().laptop("thinkpad")
    let files = ["客户.csv": companies]
    let first = run(laptop, files, "import", "客户.csv", "--into", "customer")
    #expect(first.exit == .done)
    #expect(
      first.out == """
        客户.csv: 2 rows in UTF-8, matched by externalKey, name
          2  created
          0  updated
          0  unchanged
          0  skipped
          0  errors
        not imported: 颜色

        """)
    let second = run(laptop, files, "import", "客户.csv", "--into", "customer", language: "zh")
    #expect(
      second.out == """
        客户.csv：2 行，编码 UTF-8，按 externalKey, name 匹配
          0  新建
          0  更新
          2  未变
          0  跳过
          0  错误
        未导入的列：颜色

        """)
    let json = try run(laptop, files, "import", "客户.csv", "--into", "customer", "--json").json
    #expect(json["unchanged"] == 2 && json["created"] == 0 && json["errorsFile"] == .null)
    #expect(json["unmapped"] == ["颜色"])
  }

  @Test func `rows that were not imported go to a file that can be corrected`() throws {
    let laptop = try Field().laptop("thinkpad")
    let path = laptop.home + "/errors.csv"
    let files = ["a.csv": "name,nextFollowAt\nAcme,soon\nBirch,2026-12-01\nBirch,\n"]
    let words = ["import", "a.csv", "--into", "customer", "--errors", path]
    let first = run(laptop, files.mapValues { Array($0.utf8) }, words + ["--json"])
    #expect(try first.json["errors"] == 2 && first.json["errorsFile"] == .string(path))
    let written = try String(decoding: Data(contentsOf: URL(filePath: path)), as: UTF8.self)
    #expect(
      written == """
        \u{FEFF}row,line,reason,name,nextFollowAt
        1,2,nextFollowAt cannot be “soon”,Acme,soon
        3,4,name “Birch” stands in row 2 already,Birch,

        """)
    let corrected = written.replacing("soon", with: "2026-12-02")
    let again = run(laptop, [path: corrected], "import", path, "--into", "customer", "--json")
    #expect(try again.json["created"] == 1 && again.json["unchanged"] == 1)
    // An errors file of ours is replaced, anything else is left alone.
    #expect(run(laptop, files.mapValues { Array($0.utf8) }, words).exit == .done)
    try "mine".write(toFile: path, atomically: true, encoding: .utf8)
    #expect(run(laptop, files.mapValues { Array($0.utf8) }, words).exit == .refused)
    #expect(try String(contentsOfFile: path, encoding: .utf8) == "mine")
  }

  @Test func `a file in an unknown encoding is refused with its line and a hint`() throws {
    let laptop = try Field().laptop("thinkpad")
    let bytes = Array("name,city\nAcme,Paris\nCaf".utf8) + [0xE9] + Array(",Lyon\n".utf8)
    let words = ["import", "a.csv", "--into", "customer"]
    let refused = run(laptop, ["a.csv": bytes], words)
    #expect(refused.exit == .usage)
    #expect(refused.err.contains("Line 3 of a.csv is no text in GB18030"))
    #expect(refused.err.contains("Hint: Name the encoding, such as --encoding windows-1252 "))
    let read = run(laptop, ["a.csv": bytes], words + ["--encoding", "windows-1252", "--json"])
    #expect(try read.json["created"] == 2)
    #expect(laptop.run("list", "customer").out.contains("Café"))
  }

  @Test func `a damaged file is refused before anything is written`() throws {
    let laptop = try Field().laptop("thinkpad")
    let rows = (1...1200).map { "Company \($0),\($0)\n" }.joined()
    let file = "name,phone\n" + rows + "\"open,1\nnext,2\n"
    let refused = run(laptop, ["a.csv": file], "import", "a.csv", "--into", "customer")
    #expect(refused.exit == .usage)
    #expect(refused.err.contains("The quote that opens in line 1202 is never closed."))
    #expect(try laptop.run("list", "customer", "--json").json["total"] == 0)
  }

  @Test func `the hub accepts an import, and a second laptop sees it`() throws {
    let field = try Field()
    let laptop = try field.laptop("thinkpad")
    let rows = (1...510).map { "K\($0),Company \($0),\($0),a;b\n" }.joined()
    let imported = run(
      laptop, ["a.csv": "code,name,phone,tags\n" + rows], "import", "a.csv", "--into", "customer",
      "--json")
    #expect(try imported.json["created"] == 510)
    let contacts = "company,name\nCompany 7,李娜\nK8,Wu\nNobody,Xu\n"
    let people = run(
      laptop, ["c.csv": contacts], "import", "c.csv", "--into", "contact", "--errors",
      laptop.home + "/errors.csv", "--json")
    #expect(try people.json["created"] == 2 && people.json["errors"] == 1)
    let sync = try laptop.run("sync", "--json").json
    // Two batches of customers, one of contacts.
    #expect(sync["pushed"]?["accepted"] == 3 && sync["pushed"]?["refused"] == 0)
    let other = try field.laptop("desktop")
    #expect(try other.run("list", "customer", "--json").json["total"] == 510)
    #expect(other.run("show", "contact:李娜").exit == .done)
  }

  @Test func `what is exported can be imported again and changes nothing`() throws {
    let laptop = try Field().laptop("thinkpad")
    _ = run(laptop, ["a.csv": companies], "import", "a.csv", "--into", "customer")
    laptop.run("add", "customer", "name=Twin", "notes=two\nlines", "tags=a,b")
    laptop.run("add", "customer", "name=Twin", "nextFollowAt=+3d")
    let csv = laptop.run("export", "customer").out
    #expect(csv.hasPrefix("id,name,legalName,"))
    let again = run(laptop, ["b.csv": csv], "import", "b.csv", "--into", "customer", "--json")
    #expect(try again.json["unchanged"] == 4)
    let path = laptop.home + "/out.csv"
    let said = laptop.run("export", "customer", "--where", "name ~ 万", "-o", path)
    #expect(said.out == "1 records in \(path)\n")
    #expect(try String(contentsOfFile: path, encoding: .utf8).contains(",万  科Ａ,"))
    let json = try laptop.run("export", "customer", "--format", "json").json
    #expect(try json == laptop.run("list", "customer", "--json").json)
    let refused = laptop.run("export", "customer", "--format", "xml")
    #expect(refused.exit == .usage)
    #expect(refused.err.contains("csv, json, vcf or ics"))
  }
}
