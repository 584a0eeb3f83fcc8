// Golden vectors: the bytes of the protocol do not change unless a file in `Protocol/Vectors` does.
//
// ROUNDS_RECORD=1 writes the files anew; read the difference before you commit it.

import Foundation
import Testing

@testable import Wire

struct GoldenVectorTests {
  static let isRecording = ProcessInfo.processInfo.environment["ROUNDS_RECORD"] == "1"

  @Test(arguments: GoldenVector.all)
  func `the bytes of a vector are the bytes of its value`(_ vector: GoldenVector) throws {
    if Self.isRecording {
      try vector.text.write(to: vector.file, atomically: true, encoding: .utf8)
    }
    let text = try String(contentsOf: vector.file, encoding: .utf8)
    #expect(text == vector.text)
    let bytes = try #require(GoldenVector.bytes(ofText: text))
    let read = try vector.rewrite(bytes)
    #expect(read.isEqual)
    #expect(read.bytes == bytes)
  }

  @Test func `every file among the vectors has a value here`() throws {
    let files = try FileManager.default.contentsOfDirectory(atPath: GoldenVector.folder.path)
    let texts = files.filter { $0.hasSuffix(".txt") }
    #expect(Set(texts) == Set(GoldenVector.all.map { $0.name + ".txt" }))
  }
}

/// What a sync may cost, as `Protocol/README.md` promises it.
struct BudgetTests {
  @Test func `a sync with nothing new takes at most 200 bytes both ways`() {
    let up = GoldenVector.idleRequest.encoded().count
    let down = GoldenVector.idleResponse.encoded().count
    print("idle sync: \(up) bytes up, \(down) bytes down, \(up + down) together")
    #expect(up + down <= 200)
  }

  @Test func `an edit of one field takes at most 120 bytes up`() {
    let edit = GoldenVector.phoneEdit.encoded().count
    let up = GoldenVector.request(pushing: GoldenVector.phoneEdit).encoded().count
    print("one-field edit: \(edit) bytes; request \(up) bytes")
    #expect(up <= 120)
  }
}
