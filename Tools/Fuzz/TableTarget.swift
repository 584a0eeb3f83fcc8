// CSV files: no bytes in any encoding trap, memory is bounded, and the same table is the same rows.
//
// Three promises besides not trapping: a second reading gives what the first gave; what was read and is
// written again reads the same; and so it does in UTF-16, as spreadsheets save it.

import Foundation
import Tabular

struct TableTarget: Target {
  static let name = "csv"
  private static let inputsPerCase = 50

  private let encodings: [TextEncoding?]
  private let corpus: [[UInt8]]

  init() throws {
    encodings = try [nil, nil, nil] + TextEncoding.commonNames.map { try TextEncoding(name: $0) }
    let tables = [
      "name,phone,stage\r\nAcme,\"+49 40 1\",won\r\n\"a \"\"b\"\"\",,\r\n",
      "sep=;\n客户名称;电话;标签\n上海贸易;021-1;\"高价值;老客户\"\n", "a\tb\n1\t2\n\n3\t4",
      "姓名,备注\n\"两\n行\",x\n", "x|y\n\"1|2\"|3\n", "a,b\n\"open", "a,a,\n1,2,3,4\n5\n",
    ]
    corpus = tables.flatMap { text in
      [
        Array(text.utf8), Array(text.data(using: .utf16LittleEndian) ?? Data()),
        Array(text.data(using: .utf16) ?? Data()),
      ]
    }
  }

  func run(_ dice: inout Dice, _ tally: inout Tally) throws {
    for _ in 0..<Self.inputsPerCase {
      var input = dice.mutated(dice.pick(corpus), with: corpus)
      // Now and then longer than any buffer on the way.
      if dice.chance(200) { input = Array(repeatElement(input, count: 1000).joined()) }
      Witness.note(input)
      tally.note(isAccepted: try read(input, as: dice.pick(encodings)))
    }
  }

  private func read(_ bytes: [UInt8], as encoding: TextEncoding?) throws -> Bool {
    do {
      let text = try TextDecoder.decode(bytes, as: encoding)
      _ = try? FieldMap(json: text)
      _ = try? FieldMap(sdl: text)
      let (header, records) = try rows(text)
      guard try rows(text) == (header, records) else { throw Finding("two readings differ") }
      try checkRewriting(header, records)
      return true
    } catch is TabularError {
      return false
    }
  }

  private func rows(_ text: DecodedText) throws -> (header: [String], records: [CSVRecord]) {
    let reader = try CSVReader(text)
    var records: [CSVRecord] = []
    try reader.forEachRecord { records.append($0) }
    return (reader.header.names, records)
  }

  private func checkRewriting(_ header: [String], _ records: [CSVRecord]) throws {
    let cells = records.compactMap { record in
      if case .row(let row) = record { row.cells } else { nil }
    }
    var writer = CSVWriter()
    for row in [header] + cells { writer.append(row) }
    let written = writer.takeBytes()
    let utf16 = Array(
      (String(decoding: written, as: UTF8.self)).data(using: .utf16LittleEndian) ?? Data())
    for (bytes, encoding) in [(written, .utf8), (utf16, .utf16LittleEndian)]
      as [([UInt8], TextEncoding)]
    {
      let reader = try CSVReader(try TextDecoder.decode(bytes, as: encoding), delimiter: .comma)
      var again: [[String]] = []
      try reader.forEachRecord { if case .row(let row) = $0 { again.append(row.cells) } }
      guard reader.header.names == header, again == cells else {
        throw Finding("what was written in \(encoding) reads differently")
      }
    }
  }
}
