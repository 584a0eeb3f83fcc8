// What to play, and with how many.
//
// The numbers that nobody gives are those of the design's table: they take a machine of two cores some
// minutes. `--laptops` and `--seconds` are for a quick look.

import Foundation

struct Options {
  var scenes: [Scene] = Scene.allCases
  /// Nil: as many as the scene is about.
  var laptops: Int?
  /// How long a scene that goes on and on is watched.
  var seconds = 10.0
  var isJSON = false
  /// Where the hubs are made; on a real disk, like theirs.
  var folder = ".build"
  /// The daemon; nil: the one beside this program.
  var daemon: String?

  static let usage =
    "usage: Load [--scene idle,steady,storm,bootstrap,waiting] [--laptops N] [--seconds S] [--json] "
    + "[--folder PATH] [--roundsd PATH]"

  /// Nil where the words are none that we know.
  init?(_ words: [String]) {
    var words = words.makeIterator()
    while let word = words.next() {
      if word == "--json" {
        isJSON = true
        continue
      }
      guard let value = words.next() else { return nil }
      switch word {
      case "--scene":
        let names = value.split(separator: ",").map { Scene(rawValue: String($0)) }
        guard !names.contains(nil) else { return nil }
        scenes = names.compactMap(\.self)
      case "--laptops":
        guard let count = Int(value), count > 0 else { return nil }
        laptops = count
      case "--seconds":
        guard let time = Double(value), time > 0 else { return nil }
        seconds = time
      case "--folder": folder = value
      case "--roundsd": daemon = value
      default: return nil
      }
    }
  }

  var daemonPath: String { daemon ?? Options.neighbour("roundsd") }
  /// The server that only answers.
  var helloPath: String { Options.neighbour("Hello") }

  private static func neighbour(_ name: String) -> String {
    URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
      .appendingPathComponent(name).path
  }
}
