// The file of a bundle: known by its first bytes, and refused where it is cut, whatever is in it.

import SyncCore
import Testing

@testable import Wire

struct BundleTests {
  private var bundle: Bundle {
    var generator = SeededGenerator(seed: 8)
    return generator.bundle()
  }

  @Test func `a file is read back as the bundle it holds`() throws {
    #expect(try Bundle(file: bundle.file) == bundle)
    #expect(bundle.file.starts(with: "RoundsB1".utf8))
  }

  @Test func `a file that does not begin like one is no bundle`() {
    let expected = WireError(message: .bundle, offset: 0, fault: .missing(field: 0))
    for bytes in [[], Array("Rounds".utf8), Array("PK34Rounds".utf8), bundle.encoded()] {
      #expect(throws: expected) { try Bundle(file: bytes) }
    }
  }

  /// Cut between its two fields it still reads as a bundle: one without a signature.
  @Test func `a file that was cut is no bundle, or one without a signature`() {
    let file = bundle.file
    for count in 0..<file.count {
      if let cut = try? Bundle(file: Array(file.prefix(count))) { #expect(cut.signature.isEmpty) }
    }
  }

  @Test func `a body without an id is none`() {
    #expect(throws: WireError.self) { try BundleBody(decoding: [0x10, 1]) }
  }

  @Test func `a box holds as many messages as the limit says and no more`() throws {
    let most = Array(repeating: [UInt8](), count: Limits.bundleMessagesMax)
    let content = BundleContent(messages: most)
    #expect(try BundleContent(decoding: content.encoded()) == content)
    let more = BundleContent(messages: most + [[]]).encoded()
    #expect(throws: WireError.self) { try BundleContent(decoding: more) }
  }
}
