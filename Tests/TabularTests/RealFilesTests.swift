// Files that other programs wrote, against what is known of them.
//
// The files are read only. Where one is not what its name promises (line ends lost on the way, a
// mark of the wrong width, Latin letters among ASCII), the test says so beside the expectation.

import FoundationEssentials
import Testing

@testable import Tabular

@Suite(.enabled(if: SharedData.isPresent, SharedData.remark))
struct RealFilesTests {
  /// The text of a csv-spectrum table. Its `_crlf` tables come from a version control that had made
  /// LF of their line ends, which are restored here; the oracles still have them.
  func spectrum(_ name: String) throws -> DecodedText {
    let bytes = try SharedData.bytes(name)
    guard name.hasSuffix("_crlf.csv"), !bytes.contains(.carriageReturn) else {
      return try TextDecoder.decode(bytes)
    }
    return try TextDecoder.decode(
      bytes.flatMap { $0 == .lineFeed ? [.carriageReturn, .lineFeed] : [$0] as [UInt8] })
  }

  @Test func `every table of csv-spectrum equals its oracle`() throws {
    let names = try SharedData.files(in: "csv-spectrum/csvs", suffix: ".csv")
    #expect(names.count == 11)
    for name in names {
      let json = name.replacing("csvs/", with: "json/").replacing(".csv", with: ".json")
      let oracle = try JSONDecoder().decode(
        [[String: String]].self, from: Data(SharedData.bytes(json)))
      let table = try Table(spectrum(name))
      let rows = table.rows.map { row in
        Dictionary(uniqueKeysWithValues: zip(table.header, row))
      }
      #expect(rows == oracle, "\(name)")
      #expect(table.rejected.isEmpty, "\(name)")
    }
  }

  @Test(arguments: [
    ("test_utf8_bom.csv", ["foo|bar|baz", "1|2|3", "4|5|ʤ"]),
    ("test_utf16_big.csv", ["a|b|c", "1|2|3", "4|5|ʤ"]),
    ("test_utf16_little.csv", ["a|b|c", "1|2|3", "4|5|ʤ"]),
    ("mac_newlines.csv", ["a|b|c", "1|2|3", "Once upon\ra time|5|6"]),
    ("null_byte.csv", ["a|b|c"]),
    ("blanks.csv", ["a|b|c|d|e|f", "|NA|N/A|NONE|NULL|."]),
    ("optional_quote_characters.csv", ["a|b|c", "1|2|3"]),
    ("bad.csv", ["column_a|column_b|column_c", "0|mixed types.... uh oh|17", "|I'm too short!|"]),
    (
      "bad_skip_lines.csv",
      ["column_a|column_b|column_c", "0|mixed types.... uh oh|17", "|I'm too short!|"]
    ),
    ("test_join_short_rows.csv", ["a|b|c", "1|cat|", "3|b|c", "dog|c|"]),
    ("test_extra_header.csv", ["a|b|c|d", "1|2|3|"]),
    ("test_empty_columns_short_row.csv", ["a|b|c", "||"]),
    ("test_empty_columns_long_row.csv", ["a|b|c"]),
    ("test_header_newline.csv", ["start \t\n\u{B}\u{C}\r end|b|c", "d|e|f"]),
    ("test_locale.csv", ["a|b|c", "1,7|200.000.000|"]),
    ("sniff_limit.csv", ["a|b|c", "1|2|3"]),
    ("dummy.tsv", ["a|b|c", "1|2|3"]),
    ("test_skip_lines.csv", ["a|b|c", "1|2|3"]),
  ])
  func `the oddities of csvkit are read`(name: String, expected: [String]) throws {
    let table = try Table(SharedData.text("csv-torture-csvkit/" + name))
    let lines = [table.header] + table.rows.sorted { $0.joined() < $1.joined() }
    #expect(
      lines.map { $0.joined(separator: "|") }.sorted() == expected.sorted(), "\(name)")
  }

  @Test func `bad rows of csvkit are rejected where they stand`() throws {
    func rejected(_ name: String) throws -> [RejectedRow] {
      try Table(SharedData.text("csv-torture-csvkit/" + name)).rejected
    }
    let surplus = RejectedRow.Reason.tooManyCells(found: 4, expected: 3)
    #expect(try rejected("null_byte.csv") == [RejectedRow(number: 1, line: 2, reason: .nulByte)])
    #expect(try rejected("bad.csv") == [RejectedRow(number: 1, line: 2, reason: surplus)])
    #expect(
      try rejected("bad_skip_lines.csv") == [RejectedRow(number: 1, line: 5, reason: surplus)])
    #expect(throws: TabularError.noHeader) { try rejected("empty.csv") }
    #expect(
      throws: TabularError.invalidSequence(
        encoding: .gb18030, evidence: .assumed(notUTF8AtOffset: 16),
        at: TextPlace(offset: 16, line: 3))
    ) { try rejected("test_latin1.csv") }
    let latin1 = try Table(SharedData.text("csv-torture-csvkit/test_latin1.csv", as: "latin1"))
    #expect(latin1.rows.last == ["4", "5", "©"])
  }

  @Test func `every table of csvkit gives rows or a reason`() throws {
    let names = try SharedData.files(in: "csv-torture-csvkit", suffix: ".csv")
    var errors: [String] = []
    for name in names {
      do {
        _ = try Table(SharedData.text(name))
      } catch is TabularError {
        errors.append(name)
      }
    }
    #expect(names.count >= 60)
    #expect(errors == ["csv-torture-csvkit/empty.csv", "csv-torture-csvkit/test_latin1.csv"])
  }

  @Test(arguments: [
    ("sample-chinese.txt", "Big5", "維基大典（Wikipedia）者"),
    ("sample-korean.txt", "EUC-KR", "역사적 예수 연구자들은"),
    ("sample-arabic-1.txt", "windows-1256", "بالموازاة مع"),
    ("sample-greek.txt", "ISO-8859-7", "Η ελληνική"),
    ("sample-hebrew-2.txt", "windows-1255", "אין כמעט"),
    ("sample-russian.txt", "MACCYRILLIC", "В гимназии"),
    ("sample-turkish.txt", "windows-1254", "İstanbul, Türkiye"),
    ("sample-french-1.txt", "latin1", "JEAN-BAPTISTE POQUELIN"),
  ])
  func `legacy text is read once its encoding is named`(
    name: String, encoding: String, start: String
  ) throws {
    let text = try SharedData.text("text-encodings/" + name, as: encoding)
    #expect(text.string.hasPrefix(start), "\(text.string.prefix(40))")
  }

  @Test func `Big5 read as GB18030 raises a doubt`() throws {
    let text = try SharedData.text("text-encodings/sample-chinese.txt")
    #expect(text.encoding == .gb18030)
    #expect(text.evidence == .assumed(notUTF8AtOffset: 0))
    #expect(text.privateUseCharacters > 10)
  }

  @Test func `the data loader's marked files all read the same`() throws {
    let folder = "salesforce-dataloader/testfiles/data/csvtext"
    let plain = try Table(SharedData.text(folder + ".csv"))
    #expect(plain.header == ["column1", "column2", "column3"])
    #expect(plain.rows.first == ["row1-1", "row1-2", "row1-3"])
    for mark in ["UTF8", "UTF16LE", "UTF16BE", "UTF32LE", "UTF32BE"] {
      let marked = try SharedData.text("\(folder)_BOM_\(mark).csv")
      #expect(marked.encoding.name.replacing("-", with: "") == mark)
      #expect(try Table(marked) == plain, "\(mark)")
    }
  }

  @Test func `every mapping file of the data loader is read`() throws {
    let names = try SharedData.files(in: "salesforce-dataloader", suffix: ".sdl")
    for name in names {
      let map = try FieldMap(sdl: SharedData.text(name))
      #expect(!map.headers.isEmpty, "\(name)")
    }
    #expect(names.count == 59)
    let insert = try FieldMap(
      sdl: SharedData.text("salesforce-dataloader/samples/conf/accountInsertMap.sdl"))
    #expect(insert.destination(of: "BillingPostalCode") == .fields(["BillingPostalCode"]))
    #expect(insert.destination(of: "CREATEDDATE") == .notImported)
  }

  @Test func `the data loader's sample tables have all their rows`() throws {
    // Five Spanish letters among the addresses: neither UTF-8 nor GB18030, and said so.
    let accountData = "salesforce-dataloader/samples/data/accountData.csv"
    #expect(
      throws: TabularError.invalidSequence(
        encoding: .gb18030, evidence: .assumed(notUTF8AtOffset: 33_254),
        at: TextPlace(offset: 33_254, line: 72))
    ) { try SharedData.text(accountData) }
    let accounts = try Table(SharedData.text(accountData, as: "windows-1252"))
    #expect(accounts.rows.count == 423)
    #expect(accounts.header.count == 38)
    #expect(accounts.rejected.isEmpty)
    let many = "salesforce-dataloader/testfiles/data/20kRows.csv"
    #expect(try Table(SharedData.text(many)).rows.count == 20_000)
    let opportunities = try Table(
      SharedData.text("salesforce-dataloader/samples/data/opportunityData.csv"))
    #expect(opportunities.rows.count == 38)
    #expect(opportunities.header.count == 31)
  }

  @Test func `the same companies are read from UTF-8 and from GBK`() throws {
    let utf8 = try SharedData.text("cn-listed-companies/a_share_codes.csv")
    let gbk = try SharedData.text("cn-listed-companies/a_share_codes.gbk.csv")
    #expect(gbk.encoding == .gb18030)
    #expect(gbk.privateUseCharacters == 0)
    let table = try Table(utf8)
    #expect(table.rows.count == 5_640)
    #expect(table.rows[1] == ["000002", "万  科Ａ", "1991-01-29"])
    #expect(try Table(gbk) == table)
  }
}
