// `bundle take`: what goes to the hub is the file, and what comes back is written for its laptop.
//
// The hub is scripted: what a bundle is only it knows.

import CommandKit
import Foundation
import HTTPServing
import Testing

@testable import rounds_admin

@Suite struct AdminBundleTests {
  private let folder = FileManager.default.temporaryDirectory
    .appending(path: "rounds-\(UUID().uuidString)").path()

  private var answerPath: String { folder + "/ann.answer" }

  private func take(
    _ words: String..., answer: HTTPResponse = .json("RoundsB1 answer")
  ) async throws -> AdminRun {
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    return try await admin(
      ["bundle", "take"] + words, ["POST /v1/bundle": answer],
      files: ["ann.bundle": "RoundsB1 bundle"])
  }

  @Test func `the hub's answer is written beside, and nothing of it is changed`() async throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let run = try await take("ann.bundle", "--answer", answerPath)
    #expect(run.exit == .done, "\(run.err)")
    #expect(run.asked.first?.text == "RoundsB1 bundle")
    #expect(run.out.hasPrefix("The hub has taken the bundle; take the answer back:"))
    let written = FileManager.default.contents(atPath: answerPath)
    #expect(written == Data("RoundsB1 answer".utf8))
    let again = try await take("ann.bundle", "--answer", answerPath)
    #expect(again.exit == .refused)
    let forced = try await take("ann.bundle", "--answer", answerPath, "--force", "--json")
    #expect(forced.exit == .done && forced.out.contains(#""bytes":15"#))
  }

  @Test func `what the hub refuses leaves no file`() async throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let refusal = HTTPResponse.refusal(403, "forged", "The bundle was altered.")
    let run = try await take("ann.bundle", "--answer", answerPath, answer: refusal)
    #expect(run.exit == .refused)
    #expect(run.err == "rounds-admin: The bundle was altered.\n")
    #expect(!FileManager.default.fileExists(atPath: answerPath))
    #expect(try await take("ann.bundle").exit == .usage)
    #expect(try await take("none", "--answer", answerPath).exit == .notFound)
  }
}
