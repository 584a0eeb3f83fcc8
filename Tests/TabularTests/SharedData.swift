// Where the tests find tables that real programs wrote, and how they print what was read.
//
// The samples lie beside the package in `shared/data`, are not part of it, and are not ours to
// change. Tests that need them are skipped, with a remark, where they are absent.

import FoundationEssentials
import Testing

@testable import Tabular

enum SharedData {
  /// `../shared/data` from the package root.
  static let folder: String = {
    var path = FilePathParts(#filePath)
    path.dropLast(4)
    return path.joined + "/shared/data"
  }()

  static let remark: Comment = "the shared sample data is not on this machine"

  static var isPresent: Bool { FileManager.default.fileExists(atPath: folder) }

  static func bytes(_ name: String) throws -> [UInt8] {
    let data = try #require(FileManager.default.contents(atPath: folder + "/" + name), "\(name)")
    return [UInt8](data)
  }

  static func text(_ name: String, as encoding: String? = nil) throws -> DecodedText {
    try TextDecoder.decode(bytes(name), as: encoding.map { try TextEncoding(name: $0) })
  }

  /// The paths of all files below a folder that end in `suffix`, sorted.
  static func files(in name: String, suffix: String) throws -> [String] {
    try FileManager.default.subpathsOfDirectory(atPath: folder + "/" + name)
      .filter { $0.hasSuffix(suffix) }.sorted().map { name + "/" + $0 }
  }

  /// A path as its components; Foundation's URL is more than these tests need.
  private struct FilePathParts {
    var parts: [Substring]
    init(_ path: String) { parts = path.split(separator: "/") }
    mutating func dropLast(_ count: Int) { parts.removeLast(count) }
    var joined: String { "/" + parts.joined(separator: "/") }
  }
}

/// What a table holds, all of it, for tests.
struct Table: Equatable {
  var header: [String] = []
  var rows: [[String]] = []
  var rejected: [RejectedRow] = []

  init(_ text: DecodedText, delimiter: CSVDelimiter? = nil) throws {
    let reader = try CSVReader(text, delimiter: delimiter)
    header = reader.header.names
    while let record = try reader.next() {
      switch record {
      case .row(let row): rows.append(row.cells)
      case .rejected(let row): rejected.append(row)
      }
    }
  }
}

/// A table as a transcript: `number@line` and the cells, or the reason of a rejection.
func transcript(_ csv: String, delimiter: CSVDelimiter? = nil) throws -> [String] {
  let reader = try CSVReader(TextDecoder.decode(csv), delimiter: delimiter)
  var lines = ["header@\(reader.header.line) " + show(reader.header.names)]
  try reader.forEachRecord { record in
    switch record {
    case .row(let row): lines.append("\(row.number)@\(row.line) " + show(row.cells))
    case .rejected(let row): lines.append("\(row.number)@\(row.line) \(row.reason)")
    }
  }
  return lines
}

private func show(_ cells: [String]) -> String {
  cells.map { cell in
    String(
      cell.flatMap { character -> String in
        switch character {
        case "\n": "\\n"
        case "\r": "\\r"
        case "\r\n": "\\r\\n"
        default: String(character)
        }
      })
  }.joined(separator: "|")
}

/// A seeded generator: the same seed, the same bytes, on every machine.
struct SplitMix64: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}
