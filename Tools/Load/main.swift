// Drives thousands of laptops against a real daemon, over real sockets, and tells how it bears it.
//
//   Load [--scene NAME,…] [--laptops N] [--seconds S] [--json] [--folder PATH] [--roundsd PATH]
//
// Each scene has a hub of its own in a folder of its own, a daemon of its own, and laptops that speak the
// real protocol with a light state of their own (`Laptop`). See `Options` for the words and `Scenes` for
// what is played. Exit code 1: a laptop was answered wrongly, or not at all.

import Foundation
import HTTPServing

guard let options = Options(Array(CommandLine.arguments.dropFirst())) else {
  FileHandle.standardError.write(Data((Options.usage + "\n").utf8))
  exit(2)
}

// A connection for each laptop, here and in the daemon.
_ = DescriptorLimit.raise()

var reports: [Report] = []
do {
  for scene in options.scenes {
    let report = try scene.play(options)
    reports.append(report)
    if !options.isJSON { print(report.text) }
    fflush(nil)
  }
} catch {
  FileHandle.standardError.write(Data("load: \(error)\n".utf8))
  exit(1)
}
if options.isJSON { print("[" + reports.map(\.json).joined(separator: ",\n ") + "]") }
exit(reports.contains { $0.errors > 0 } ? 1 : 0)
