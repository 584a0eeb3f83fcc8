// What a scene came to: one line of text, or one object of JSON.
//
// Both have the same names, each with its unit; a rate is of answers that were right.

import Foundation

struct Report {
  let scene: Scene
  let laptops: Int
  var seconds = 0.0
  /// Requests answered rightly.
  var answers = 0
  var errors = 0
  /// What the first wrong answer was: its status and how it began; 0: the line broke.
  var firstError: String?
  /// Requests that were told to come later, and did.
  var later = 0
  var latencies = Latencies()
  /// Records that laptops were sent.
  var records = 0
  /// Transactions of the daemon; each has cost one fsync.
  var commits = 0
  /// The most memory that the daemon ever had, in bytes.
  var memory = 0
  /// What it had at the end, in bytes.
  var memoryAtEnd = 0
  /// Processor time of the daemon, in seconds.
  var processor = 0.0

  /// What a server that only answers does, with the same lines in the same run; nil: not asked.
  var raw: RawRate?

  private var rate: Double { Double(answers) / max(seconds, 0.001) }

  private var figures: [(name: String, value: Double, unit: String)] {
    [
      ("laptops", Double(laptops), ""), ("seconds", seconds, "s"), ("answers", Double(answers), ""),
      ("rate", rate, "/s"), ("errors", Double(errors), ""),
      ("later", Double(later), ""),
      ("p50", latencies.percentile(0.5), "ms"), ("p99", latencies.percentile(0.99), "ms"),
      ("max", latencies.percentile(1), "ms"), ("records", Double(records), ""),
      ("fsyncs", Double(commits) / max(seconds, 0.001), "/s"),
      ("memory", Double(memory) / 1_048_576, "MiB"),
      ("memoryAtEnd", Double(memoryAtEnd) / 1_048_576, "MiB"), ("processor", processor, "s"),
    ] + (raw.map { [("raw", $0.perSecond, "/s"), ("ofRaw", rate / $0.perSecond, "")] } ?? [])
  }

  var text: String {
    let parts = figures.map {
      "\($0.name) \(Report.short($0.value))\($0.unit.isEmpty ? "" : " ")\($0.unit)"
    }
    let error = firstError.map { ", first error: \($0)" } ?? ""
    return "\(scene.rawValue): " + parts.joined(separator: ", ") + error
  }

  var json: String {
    let parts = figures.map { "\"\($0.name)\":\(Report.short($0.value))" }
    return "{\"scene\":\"\(scene.rawValue)\",\(parts.joined(separator: ","))}"
  }

  private static func short(_ value: Double) -> String {
    value == value.rounded() ? "\(Int(value))" : String(format: "%.2f", value)
  }
}
