// The daemon under load: a process of its own, as it would be run, and what it says of itself.
//
// Its memory and processor time are the kernel's word (proc(5)); its commits are its own, from /metrics.

import Foundation

final class HubProcess {
  private let process = Process()
  let port: UInt16

  enum Failure: Error { case didNotListen, didNotAnswer }

  convenience init(_ daemon: String, data: String) throws {
    try self.init(daemon, ["serve", "--data", data, "--listen", "127.0.0.1:0"])
  }

  /// - Parameter arguments: with which the program says where it listens, first of all.
  init(_ program: String, _ arguments: [String]) throws {
    process.executableURL = URL(fileURLWithPath: program)
    process.arguments = arguments
    let output = Pipe()
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    try process.run()
    // "listening on http://127.0.0.1:PORT"
    let line = String(decoding: output.fileHandleForReading.availableData, as: UTF8.self)
    let digits = line.split(separator: ":").last?.prefix { $0.isNumber } ?? ""
    guard let port = UInt16(digits) else { throw Failure.didNotListen }
    self.port = port
  }

  func stop() {
    process.terminate()
    process.waitUntilExit()
  }

  private func file(_ name: String) -> String {
    (try? String(contentsOfFile: "/proc/\(process.processIdentifier)/\(name)", encoding: .utf8))
      ?? ""
  }

  /// The most memory it ever had, in bytes.
  var memoryMax: Int { memory("VmHWM") }
  /// What it has now, in bytes.
  var memoryNow: Int { memory("VmRSS") }

  private func memory(_ name: String) -> Int {
    let line = file("status").split(separator: "\n").first { $0.hasPrefix(name) } ?? ""
    return (Int(line.filter(\.isNumber)) ?? 0) * 1_024
  }

  /// Its processor time so far, in seconds.
  var processor: Double {
    // The name of the program stands in parentheses and may have spaces; what follows has none.
    let fields = file("stat").split(separator: ")").last?.split(separator: " ") ?? []
    guard fields.count > 12, let user = Double(fields[11]), let system = Double(fields[12]) else {
      return 0
    }
    return (user + system) / Double(sysconf(Int32(_SC_CLK_TCK)))
  }

  /// Its transactions so far.
  func commits() -> Int {
    let lines = Lines(1, port: port)
    lines.get("/metrics", token: "", on: 0)
    while true {
      guard let answer = lines.next(milliseconds: 1_000).first else { continue }
      let page = String(decoding: answer.body, as: UTF8.self).split(separator: "\n")
      let line = page.first { $0.hasPrefix("rounds_commits_total ") } ?? ""
      return Int(line.split(separator: " ").last ?? "") ?? 0
    }
  }
}
