// What is written is what was asked for, and is read back unchanged.
//
// The law is tried on every short cell over the characters that mean something to a reader, and
// not on a random few.

import Testing

@testable import Tabular

struct CSVWriterTests {
  @Test func `only cells that need quotes get them`() {
    var writer = CSVWriter()
    writer.append([
      "plain", "a,b", "say \"hi\"", "two\nlines", " padded", "", "=1+1", "+86", "万  科Ａ",
    ])
    #expect(
      String(decoding: writer.bytes, as: UTF8.self)
        == "plain,\"a,b\",\"say \"\"hi\"\"\",\"two\nlines\",\" padded\",,=1+1,+86,万  科Ａ\n")
  }

  @Test func `line ends, the mark and the delimiter are the caller's choice`() {
    var writer = CSVWriter(
      delimiter: .semicolon, lineEnding: .carriageReturnLineFeed, byteOrderMark: .written)
    writer.append(["a,b", "c;d"])
    writer.append([])
    #expect(writer.takeBytes() == [0xEF, 0xBB, 0xBF] + Array("a,b;\"c;d\"\r\n\"\"\r\n".utf8))
    writer.append(["x"])
    #expect(writer.bytes == Array("x\r\n".utf8))
  }

  @Test(arguments: [CSVDelimiter.comma, .semicolon, .tab, .pipe])
  func `every short cell is read back as it was written`(delimiter: CSVDelimiter) throws {
    let alphabet = ["", "a", ",", ";", "\t", "|", "\"", "\n", "\r", " ", "客", "\u{3000}"]
    var writer = CSVWriter(delimiter: delimiter, lineEnding: .carriageReturnLineFeed)
    writer.append(["one", "two"])
    var written: [[String]] = []
    for first in alphabet {
      for second in alphabet {
        for third in alphabet {
          written.append([first + second + third, third + first])
        }
      }
    }
    for cells in written { writer.append(cells) }
    let table = try Table(TextDecoder.decode(writer.bytes), delimiter: delimiter)
    // Compared by scalars: CR and LF of two cells are not the one character CRLF.
    #expect(
      table.rows.map { $0.map { Array($0.utf8) } } == written.map { $0.map { Array($0.utf8) } })
    #expect(table.rejected.isEmpty)
  }

  @Test func `a single column of empty cells keeps its rows`() throws {
    var writer = CSVWriter()
    for cell in ["a", "", "x", ""] { writer.append([cell]) }
    #expect(try Table(TextDecoder.decode(writer.bytes)).rows == [[""], ["x"], [""]])
  }
}
