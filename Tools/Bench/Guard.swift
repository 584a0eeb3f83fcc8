// Whether a figure became worse than it was when it was recorded.
//
// A file that `--json` wrote is what is held against (`Recorded.json`). A ratio of times swings on a
// machine that others use, so it may be worse by three quarters; sizes and bytes do not swing, and may be
// worse by a twentieth. Who makes something slower on purpose records anew, in a commit that says why.

import Foundation

struct Guard {
  private let recorded: [String: Double]

  private static let timeAllowance = 1.75
  private static let sizeAllowance = 1.05

  /// - Throws: where the file is not one that `--json` wrote.
  init(path: String) throws {
    struct Record: Decodable {
      struct Figure: Decodable {
        var name: String
        var what: String
        var value: Double
      }
      var figures: [Figure]
    }
    let record = try JSONDecoder().decode(
      Record.self, from: Data(contentsOf: URL(fileURLWithPath: path)))
    recorded = Dictionary(
      record.figures.map { (Guard.key($0.name, $0.what), $0.value) }, uniquingKeysWith: { $1 })
  }

  private static func key(_ name: String, _ what: String) -> String { "\(name): \(what)" }

  /// A sentence for each figure that is worse than it may be.
  func complaints(about figures: [Figure]) -> [String] {
    figures.compactMap { figure in
      guard let before = recorded[Guard.key(figure.name, figure.what)], before > 0 else {
        return nil
      }
      let isTime = figure.unit == "×" && !figure.name.hasPrefix("W5")
      let allowed = before * (isTime ? Guard.timeAllowance : Guard.sizeAllowance)
      guard figure.value > allowed else { return nil }
      return "\(figure.name) is \(decimal(figure.value)) and was \(decimal(before)): \(figure.what)"
    }
  }
}
