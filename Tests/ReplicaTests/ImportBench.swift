// A laptop in memory, a table as text, and what an import made of it: the harness of import tests.
//
// Randomness and the clock are fixed. Samples that real programs wrote lie beside the package and
// are not part of it; tests that need them are skipped, with a remark, where they are absent.

import FoundationEssentials
import Notation
import Storage
import SyncCore
import Tabular
import Testing
import Wire

@testable import Replica

/// One laptop, enrolled as Ann's, that knows of Ann and Bob.
final class ImportBench {
  static let now = Moment(milliseconds: 1_795_000_000_000)
  static let zone = LocalZone.fixed(offsetSeconds: 8 * 3600)
  let store: ReplicaStore
  var now = ImportBench.now

  init(path: String = ":memory:") throws {
    store = try ReplicaStore(
      Connection(path: path, durability: .off), schema: .followUp, random: SeededNumbers(seed: 7))
    let welcome = JoinResponse(
      replica: ReplicaID(1), token: "", epoch: 1, workspace: "w", user: "ann",
      hubTime: ImportBench.now)
    try store.enrol(welcome, url: "", device: "laptop", rules: "{}")
    try store.apply(
      Settings(
        version: 1, rules: Array("{}".utf8),
        users: ["ann", "bob"].map { User(name: $0, role: "rep", team: "t", isDisabled: false) }))
  }

  struct Outcome: Equatable {
    var report = ImportReport()
    var failed: [FailedRow] = []
    /// `created updated unchanged skipped errors`
    var counts: String {
      "\(report.created) \(report.updated) \(report.unchanged) \(report.skipped) \(report.errors)"
    }
    var problems: [ImportProblem] { failed.map(\.problem) }
  }

  /// Imports a table as the program does: batch by batch.
  @discardableResult
  func run(
    _ text: DecodedText, into name: String = "customer", map: FieldMap? = nil,
    key: String? = nil, mode: Import.Mode = .write
  ) throws -> Outcome {
    now = now.advanced(milliseconds: 1000)
    let collection = try #require(store.schema[name])
    let reader = try CSVReader(text)
    let columns = try ImportColumns(reader.header, map: map, into: collection)
    var work = try Import(store, columns, key: key, zone: ImportBench.zone, mode: mode)
    var outcome = Outcome()
    while case let batch = try reader.nextBatch(), !batch.isEmpty {
      outcome.failed += try work.take(batch, at: now)
    }
    outcome.report = work.report
    return outcome
  }

  @discardableResult
  func run(
    _ csv: String, into name: String = "customer", map: String? = nil, key: String? = nil,
    mode: Import.Mode = .write
  ) throws -> Outcome {
    let map = try map.map { try FieldMap(json: TextDecoder.decode($0)) }
    return try run(TextDecoder.decode(csv), into: name, map: map, key: key, mode: mode)
  }

  /// Records as `field=value field=value`, without what every record of its kind has, by title.
  func records(_ name: String = "customer") throws -> [String] {
    let collection = try #require(store.schema[name])
    let export = Export(store, of: collection, zone: ImportBench.zone)
    var lines: [String] = []
    try export.forEachRow(where: nil, at: now) { row in
      let cells = zip(export.header, export.cells(of: row)).dropFirst()
      lines.append(
        cells.filter { !$1.isEmpty && !["owner", "assignedAt", "customer"].contains($0) }
          .map { "\($0)=\($1)" }.joined(separator: " "))
    }
    return lines.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }

  /// The whole collection as `rounds export` prints it.
  func export(_ name: String = "customer") throws -> String {
    let collection = try #require(store.schema[name])
    let export = Export(store, of: collection, zone: ImportBench.zone)
    var writer = CSVWriter()
    writer.append(export.header)
    try export.forEachRow(where: nil, at: now) { writer.append(export.cells(of: $0)) }
    return String(decoding: writer.takeBytes(), as: UTF8.self)
  }

  func editCount() throws -> Int {
    try store.db.first("SELECT count(*) FROM change_log") { $0.int(0) } ?? 0
  }
}

/// Where the tables of real programs lie: `../shared/data` from the package root.
enum ImportSamples {
  static let folder: String = {
    let parts = #filePath.split(separator: "/").dropLast(4)
    return "/" + parts.joined(separator: "/") + "/shared/data"
  }()

  static let remark: Comment = "the shared sample data is not on this machine"
  static var isPresent: Bool { FileManager.default.fileExists(atPath: folder) }

  static func text(_ name: String, as encoding: String? = nil) throws -> DecodedText {
    let data = try #require(FileManager.default.contents(atPath: folder + "/" + name), "\(name)")
    return try TextDecoder.decode(
      [UInt8](data), as: encoding.map { try TextEncoding(name: $0) })
  }

  /// A csv-spectrum table. Its `_crlf` tables come from a version control that had made LF of their
  /// line ends, which are restored here; the oracles still have them.
  static func spectrum(_ name: String) throws -> DecodedText {
    let text = try text("csv-spectrum/csvs/\(name)")
    guard name.hasSuffix("_crlf.csv") else { return text }
    let lines = text.string.split(separator: "\n", omittingEmptySubsequences: false)
    return TextDecoder.decode(lines.joined(separator: "\r\n"))
  }

  static func salesforceMap(_ name: String) throws -> FieldMap {
    try FieldMap(sdl: text("salesforce-dataloader/samples/conf/\(name).sdl"))
  }
}

/// The same seed, the same numbers, on every machine (SplitMix64).
struct SeededNumbers: RandomNumberGenerator {
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
