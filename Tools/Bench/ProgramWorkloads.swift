// What a person waits for: whole processes, from the start to the end, over a replica of many records.
//
// The baseline of starting is a Swift program that does nothing; of reading, SQLite's own shell over the
// same file; of finding, the same words as a LIKE over all columns in that shell. Both sides are started
// by the same few lines, in turns, and it is the wall that counts. Where SQLite's shell is not installed
// its figures are left out.

import Foundation
import Replica
import SyncCore

struct ProgramWorkloads {
  let files: Files
  let options: Options

  private static let records = 50_000
  private static let shell = "/usr/bin/sqlite3"

  private struct Timed {
    var name: String
    var what: String
    var words: [String]
    var baseline: [String]
    var bar: Double
  }

  func figures() throws -> [Figure] {
    let folder = "\(files.folder)/home"
    let count = min(Self.records, options.isQuick ? 5_000 : Self.records)
    let customer = try makeHome(folder, count)
    let replica = "\(folder)/replica.sqlite"
    var figures = [
      try figure(
        Timed(
          name: "START", what: "start of rounds against a program that does nothing",
          words: ["rounds", "--version"], baseline: [beside("Nothing")], bar: 1.5), folder),
      try figure(
        Timed(
          name: "STARTD", what: "start of roundsd", words: ["roundsd", "--version"],
          baseline: [beside("Nothing")], bar: 10), folder),
      try figure(
        Timed(
          name: "STARTA", what: "start of rounds-admin", words: ["rounds-admin", "--version"],
          baseline: [beside("Nothing")], bar: 10), folder),
    ]
    guard FileManager.default.isExecutableFile(atPath: Self.shell) else { return figures }
    let one = [Self.shell, replica, "SELECT 1"]
    let scan = [
      Self.shell, replica,
      "SELECT id FROM customer WHERE name LIKE '%Hamburg Food%' OR notes LIKE '%Hamburg Food%'",
    ]
    let commands: [(String, [String], [String], Double)] = [
      ("today", ["today"], one, 4), ("agenda", ["agenda"], one, 4),
      ("show", ["show", customer], one, 4), ("brief", ["brief", customer], one, 4),
      ("list", ["list", "customer", "--limit", "20"], one, 4), ("status", ["status"], one, 4),
      ("find", ["find", "Hamburg Food"], scan, 1),
      ("set", ["set", customer, "phone=+49 40 1"], one, 4),
      ("follow", ["follow", customer, "--channel", "call", "--text", "called"], one, 4),
    ]
    for (name, words, baseline, bar) in commands {
      figures.append(
        try figure(
          Timed(
            name: name.uppercased(), what: "rounds \(name), \(count) customers",
            words: ["rounds"] + words, baseline: baseline, bar: bar), folder))
    }
    return figures
  }

  /// A laptop that downloaded all of it, as most are.
  ///
  /// - Returns: one of the customers.
  private func makeHome(_ folder: String, _ count: Int) throws -> String {
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    let (hub, other, path) = (files.fresh(), files.fresh(), "\(folder)/replica.sqlite")
    defer { for file in [hub, other] { files.discard(file) } }
    try OnDisk.makeHub(at: hub)
    let line = try OnDisk.openHub(at: hub)
    for replica in [other, path] { try OnDisk.makeReplica(at: replica, joining: line) }
    let customers = Customers(count, at: present())
    let writer = try OnDisk.openReplica(at: other)
    for batch in customers.batches(of: Templates.perEdit) {
      try writer.write(customers.creations(batch), at: present())
    }
    try OnDisk.sync(writer, over: line)
    try OnDisk.sync(try OnDisk.openReplica(at: path), over: line)
    return customers.ids[count / 2].description
  }

  private func figure(_ timed: Timed, _ home: String) throws -> Figure {
    let words = [beside(timed.words[0])] + timed.words.dropFirst()
    // A process takes some milliseconds: one of them is none.
    let comparison = try Comparison(runs: options.runs * 5) { _ in
      try run(words, home)
    } baseline: { _ in
      try run(timed.baseline, home)
    }
    let (ours, baseline) = (
      median(comparison.ours.map(\.wall)), median(comparison.baseline.map(\.wall))
    )
    return Figure(
      timed.name, timed.what, ours / baseline, unit: "×", bar: timed.bar,
      remark: "\(decimal(ours * 1_000)) ms against \(decimal(baseline * 1_000)) ms of wall")
  }

  /// A program that was built together with this one.
  private func beside(_ program: String) -> String {
    URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
      .appendingPathComponent(program).path
  }

  /// Foundation's `Process` looks for the end every 50 ms, which is longer than what is measured here.
  private func run(_ words: [String], _ home: String) throws -> Cost {
    let environment = ["ROUNDS_HOME=\(home)", "PATH=/usr/bin:/bin", "LANG=C.UTF-8"]
    var (arguments, variables) = (words.map { strdup($0) }, environment.map { strdup($0) })
    defer { for text in arguments + variables { free(text) } }
    arguments.append(nil)
    variables.append(nil)
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    for descriptor in [STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO] {
      posix_spawn_file_actions_addopen(&actions, descriptor, "/dev/null", O_RDWR, 0)
    }
    return try Cost.of {
      var child = pid_t()
      var status: Int32 = 0
      guard posix_spawn(&child, words[0], &actions, nil, arguments, variables) == 0,
        waitpid(child, &status, 0) == child, status == 0
      else { throw ProgramFailure(words: words, status: status) }
    }
  }

  struct ProgramFailure: Error {
    var words: [String]
    var status: Int32
  }
}
