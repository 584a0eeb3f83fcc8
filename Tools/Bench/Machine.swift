// What the figures were measured on: a number without its machine is no number.
//
// Read from the system when it is printed, so that a result can be pasted and still be understood.

import CSQLite
import Foundation

enum Machine {
  static var cores: Int { ProcessInfo.processInfo.activeProcessorCount }

  static var model: String {
    let text = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) ?? ""
    let line = text.split(separator: "\n").first { $0.hasPrefix("model name") }
    return line?.split(separator: ":").last.map { $0.trimmingCharacters(in: .whitespaces) }
      ?? "unknown processor"
  }

  static var sqlite: String { String(cString: sqlite3_libversion()) }

  static var isDebugBuild: Bool {
    #if DEBUG
      true
    #else
      false
    #endif
  }

  static var line: String {
    let build = isDebugBuild ? "DEBUG BUILD, the ratios mean nothing" : "release build"
    return "\(cores) cores, \(model), SQLite \(sqlite), \(build)"
  }
}
