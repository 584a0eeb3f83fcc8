// How `roundsd` fails at its own terminal: the sentence, the hint and the exit code.
//
// Whole commands run in process on real files; nothing here serves.

import CommandKit
import Foundation
import Testing

@testable import roundsd

@Suite struct HubFailureTests {
  private let folder = FileManager.default.temporaryDirectory
    .appending(path: "rounds-\(UUID().uuidString)").path()

  private func run(_ words: String...) -> (exit: ExitCode, err: String) {
    let console = Console(environment: ["ROUNDS_LANG": "en"])
    let exit = roundsdTable.run(words, console: console)
    return (exit, console.errors.text.replacing(folder, with: "FOLDER"))
  }

  @Test func `what is no backup is a matter of words, and a damaged one is not`() throws {
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let made = run("init", "--data", "\(folder)/hub", "--workspace", "W", "--admin", "root")
    #expect(made.exit == .done, "\(made.err)")
    let backup = run("backup", "--data", "\(folder)/hub", "--to", "\(folder)/backup")
    #expect(backup.exit == .done, "\(backup.err)")
    let whole = try #require(FileManager.default.contents(atPath: "\(folder)/backup"))
    for (name, bytes) in [("text", Data("a list".utf8)), ("half", whole.prefix(20_000))] {
      try bytes.write(to: URL(fileURLWithPath: "\(folder)/\(name)"))
    }
    func restore(_ name: String) -> (exit: ExitCode, err: String) {
      run("restore", "--from", "\(folder)/\(name)", "--data", "\(folder)/new")
    }
    let text = restore("text")
    #expect(text.exit == .usage)
    #expect(
      text.err == """
        roundsd: FOLDER/text is no backup of a hub.
        Hint: A backup is made with: roundsd backup --data DIR --to FILE

        """)
    let half = restore("half")
    #expect(half.exit == .fault)
    #expect(half.err.hasPrefix("roundsd: The backup FOLDER/half is damaged, and nothing was made"))
    #expect(half.err.contains("Hint: Restore an older one"))
    #expect(restore("none").exit == .notFound)
    #expect(restore("backup").exit == .done)
  }
}
