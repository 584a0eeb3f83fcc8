// Rows, row numbers and line numbers of hand-made tables; the oracle stands beside each table.
//
// A table is shown as `number@line cell|cell`, so one glance tells what was read and from where.
// Nothing here needs a file.

import Testing

@testable import Tabular

struct CSVReaderTests {
  @Test(arguments: [
    ("LF", "a,b\n1,2\n3,4\n", ["header@1 a|b", "1@2 1|2", "2@3 3|4"]),
    ("CRLF", "a,b\r\n1,2\r\n3,4\r\n", ["header@1 a|b", "1@2 1|2", "2@3 3|4"]),
    ("CR", "a,b\r1,2\r3,4\r", ["header@1 a|b", "1@2 1|2", "2@3 3|4"]),
    ("mixed", "a,b\r1,2\n3,4\r\n5,6", ["header@1 a|b", "1@2 1|2", "2@3 3|4", "3@4 5|6"]),
    ("CR at the end only", "a,b\n1,2\r", ["header@1 a|b", "1@2 1|2"]),
    ("no last line end", "a,b\n1,2", ["header@1 a|b", "1@2 1|2"]),
    ("open last cell", "a,b\n1,", ["header@1 a|b", "1@2 1|"]),
    ("header only", "a,b", ["header@1 a|b"]),
    ("blank lines", "\n\r\n a,b\n\n   \n1,2\n\n", ["header@3 a|b", "1@6 1|2"]),
  ])
  func `every line end counts once and blank lines are no rows`(
    name: String, csv: String, expected: [String]
  ) throws {
    #expect(try transcript(csv) == expected, "\(name)")
  }

  @Test(arguments: [
    ("commas", "a,b\n\"1,5\",2\n", ["1@2 1,5|2"]),
    ("doubled quotes", "a,b\n\"say \"\"hi\"\"\",2\n", ["1@2 say \"hi\"|2"]),
    ("empty quoted", "a,b\n\"\",\"\"\n", ["1@2 |"]),
    ("LF inside", "a,b\n\"x\ny\",2\n3,4\n", ["1@2 x\\ny|2", "2@4 3|4"]),
    ("CRLF inside", "a,b\r\n\"x\r\ny\",2\r\n3,4\r\n", ["1@2 x\\r\\ny|2", "2@4 3|4"]),
    ("CR inside", "a,b\r\"x\ry\",2\r3,4\r", ["1@2 x\\ry|2", "2@4 3|4"]),
    ("blank lines inside", "a,b\n\"x\n\n\ny\",2\n3,4", ["1@2 x\\n\\n\\ny|2", "2@6 3|4"]),
    ("outer spaces kept", "a,b\n\" x \",2\n", ["1@2  x |2"]),
    ("spaces around quotes", "a,b\n \"x,y\" , 2 \n", ["1@2 x,y|2"]),
    ("quote in unquoted", "a,b\n5\" pipe,6\"x\"y\n3,4\n", ["1@2 5\" pipe|6\"x\"y", "2@3 3|4"]),
    ("closed at the end", "a,b\n1,\"2\"", ["1@2 1|2"]),
  ])
  func `quotes hold delimiters, line ends and spaces together`(
    name: String, csv: String, expected: [String]
  ) throws {
    #expect(try Array(transcript(csv).dropFirst()) == expected, "\(name)")
  }

  @Test func `missing cells are empty and surplus cells reject only their row`() throws {
    #expect(
      try transcript("a,b,c\n1\n1,2,3,4\n,,,\n1,2,3\n") == [
        "header@1 a|b|c",
        "1@2 1||",
        "2@3 tooManyCells(found: 4, expected: 3)",
        "3@4 tooManyCells(found: 4, expected: 3)",
        "4@5 1|2|3",
      ])
  }

  @Test func `a row is rejected for the first reason that holds`() throws {
    #expect(
      try transcript("a,b\n\"x\"y,\0,3\n\0,2,3\n1,2,3\n\"x\"\"\" \"y\",2\n7,\"8\n\0\"\n9,9\n") == [
        "header@1 a|b",
        "1@2 textAfterClosingQuote",
        "2@3 nulByte",
        "3@4 tooManyCells(found: 3, expected: 2)",
        "4@5 textAfterClosingQuote",
        "5@6 nulByte",
        "6@8 9|9",
      ])
  }

  @Test(arguments: [
    ("last line", "a,b\n1,2\n3,\"4\n", 3),
    ("many lines before the end", "a,b\n1,\"2\n3,4\n5,6\n", 2),
    ("a second quote of the row", "a,b\n\"1\n2\",\"3\n4\n", 3),
    ("a second quote of the line", "a,b\n\"1\",\"3\n", 2),
    ("in the header", "a,\"b\n1,2\n", 1),
    ("at the very end", "a,b\n1,\"", 2),
  ])
  func `an unterminated quote is an error that names the line where it began`(
    name: String, csv: String, line: Int
  ) {
    #expect(throws: TabularError.unterminatedQuote(line: line), "\(name)") {
      try transcript(csv)
    }
  }

  @Test func `after an error there are no more records`() throws {
    let reader = try CSVReader(TextDecoder.decode("a\n\"1"))
    #expect(throws: TabularError.unterminatedQuote(line: 2)) { try reader.next() }
    #expect(try reader.next() == nil)
  }

  @Test(arguments: [
    ("", TabularError.noHeader),
    ("\n \r\n", .noHeader),
    ("a\0,b\n", .headerRejected(line: 1, reason: .nulByte)),
    ("\n\"a\"b,c\n", .headerRejected(line: 2, reason: .textAfterClosingQuote)),
  ])
  func `a table without a sound header is refused`(csv: String, error: TabularError) {
    #expect(throws: error) { try transcript(csv) }
  }

  @Test func `header names lose outer ASCII and ideographic spaces and cells do not`() throws {
    let csv = "\" a\t\", \u{3000}客户 名称\u{3000} ,\" \u{3000}\"\n\" x \",\u{3000}y\u{3000},z\n"
    #expect(
      try transcript(csv) == ["header@1 a|客户 名称|", "1@2  x |\u{3000}y\u{3000}|z"])
  }

  @Test func `empty and duplicate headers are reported with their columns`() throws {
    let reader = try CSVReader(TextDecoder.decode("Name,,电话, ,ＮＡＭＥ,电 话,Mail\n"))
    #expect(reader.header.emptyColumns == [1, 3])
    #expect(reader.header.duplicates.map(\.name) == ["Name", "电话"])
    #expect(reader.header.duplicates.map(\.columns) == [[0, 4], [2, 5]])
  }

  @Test func `a thousand columns are read and one more is refused`() throws {
    func header(_ count: Int) -> String { (1...count).map(String.init).joined(separator: ",") }
    #expect(try CSVReader(TextDecoder.decode(header(1_000))).header.names.count == 1_000)
    let error = TabularError.tooManyColumns(line: 1, found: 1_001, columnsMax: 1_000)
    #expect(throws: error) { try CSVReader(TextDecoder.decode(header(1_001))) }
  }

  @Test func `a cell of one MiB is read and a longer one ends the reading`() throws {
    let long = String(repeating: "x", count: Limits.cellBytesMax)
    #expect(try Table(TextDecoder.decode("a,b\n\(long),1\n")).rows == [[long, "1"]])
    let error = TabularError.cellTooLong(line: 2, bytesMax: Limits.cellBytesMax)
    #expect(throws: error) { try Table(TextDecoder.decode("a,b\n\(long)x,1\n")) }
    let lines = String(repeating: "xxxxxxx\n", count: Limits.cellBytesMax / 4)
    #expect(throws: error) { try Table(TextDecoder.decode("a,b\n\"\(lines)")) }
  }

  @Test(arguments: [
    ("a,b;c,d", CSVDelimiter.comma), ("a;b,c;d", .semicolon), ("a\tb", .tab), ("a|b|c", .pipe),
    ("a,b;c", .comma), ("a;b\tc", .semicolon), ("a", .comma), ("", .comma),
    ("\"a,b,c\";d", .semicolon), ("\"x\"\",,\";y", .semicolon), ("a\" , b;c;d", .semicolon),
    ("\n\na;b\n,,,,,", .semicolon), ("\"a\n,,,\";b;c", .semicolon), ("客户，名称|电话", .pipe),
  ])
  func `the delimiter is the candidate that occurs most in the header outside quotes`(
    header: String, expected: CSVDelimiter
  ) {
    #expect(CSVDelimiter.detect(in: ArraySlice(header.utf8)) == expected)
  }

  @Test func `a forced delimiter wins over a declared one and that over a guess`() throws {
    let csv = "sep=;\r\na,b;c,d\r\n1,2;3,4\r\n"
    #expect(try transcript(csv) == ["header@2 a,b|c,d", "1@3 1,2|3,4"])
    #expect(try transcript(csv, delimiter: .comma) == ["header@2 a|b;c|d", "1@3 1|2;3|4"])
    #expect(try transcript("sep=x,b\n1,2\n") == ["header@1 sep=x|b", "1@2 1|2"])
    let exclamation = try #require(CSVDelimiter("!"))
    #expect(try transcript("a!b\n1!2\n", delimiter: exclamation) == ["header@1 a|b", "1@2 1|2"])
    for refused: Character in ["\"", "\n", "\r", "\r\n", " ", "\0", "，"] {
      #expect(CSVDelimiter(refused) == nil)
    }
  }
}
