// Bytes that are no message: one line a case, what is wrong and where.
//
// Written as a ledger, so that a fault nobody thought of is seen to be missing.

import SyncCore
import Testing

@testable import Wire

struct HostileBytesTests {
  struct Case: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var bytes: [UInt8]
    var error: WireError

    init(
      _ meaning: String, _ bytes: [UInt8], _ message: MessageName, _ offset: Int,
      _ fault: WireError.Fault
    ) {
      testDescription = meaning
      self.bytes = bytes
      error = WireError(message: message, offset: offset, fault: fault)
    }
  }

  static let ulid: [UInt8] = [16] + Array(repeating: 7, count: 16)
  /// A change of one record, before its other fields.
  static let record = [0x0A] + ulid

  static let values: [Case] = [
    Case("nothing", [], .value, 0, .missing(field: 1)),
    Case("a kind nobody knows", [0x50, 1], .value, 2, .missing(field: 1)),
    Case("field 0", [0x02, 0], .value, 1, .invalidFieldNumber),
    Case("field 2^29", [0x80, 0x80, 0x80, 0x80, 0x10], .value, 5, .invalidFieldNumber),
    Case("the start of a group", [0x53], .value, 1, .unsupportedWireType(3)),
    Case("the end of a group", [0x54], .value, 1, .unsupportedWireType(4)),
    Case("wire type 7", [0x57], .value, 1, .unsupportedWireType(7)),
    Case("a text as a varint", [0x10, 0], .value, 1, .unexpectedWireType(field: 2, 0)),
    Case("a tag without payload", [0x18], .value, 1, .truncated),
    Case("a varint that is cut", [0x18, 0x80], .value, 2, .truncated),
    Case(
      "a varint of eleven bytes", [0x18] + Array(repeating: 0x80, count: 10) + [0], .value, 11,
      .overlongInteger),
    Case(
      "a varint of 65 bits", [0x18] + Array(repeating: 0xFF, count: 9) + [2], .value, 11,
      .overlongInteger),
    Case("a text that is cut", [0x12, 2, 0x61], .value, 2, .truncated),
    Case(
      "a text of 2^63 bytes", [0x12] + Array(repeating: 0x80, count: 9) + [1], .value, 11,
      .truncated),
    Case("a text of 2 GiB, unknown", [0xA2, 1, 0xFF, 0xFF, 0xFF, 0xFF, 7], .value, 7, .truncated),
    Case("fixed32 that is cut, unknown", [0xA5, 1, 0, 0, 0], .value, 2, .truncated),
    Case("a lone continuation byte", [0x12, 1, 0x80], .value, 3, .invalidUTF8(field: 2)),
    Case("an overlong slash", [0x12, 2, 0xC0, 0xAF], .value, 4, .invalidUTF8(field: 2)),
    Case("a surrogate", [0x12, 3, 0xED, 0xA0, 0x80], .value, 5, .invalidUTF8(field: 2)),
    Case("cleared: false", [0x08, 0], .value, 2, .outOfRange(field: 1)),
    Case("boolean 2", [0x20, 2], .value, 2, .outOfRange(field: 4)),
    Case("decimal 1.50", [0x2A, 4] + "1.50".utf8, .value, 6, .nonCanonicalDecimal(field: 5)),
    Case("decimal +1", [0x2A, 2] + "+1".utf8, .value, 4, .nonCanonicalDecimal(field: 5)),
    Case("decimal -0", [0x2A, 2] + "-0".utf8, .value, 4, .nonCanonicalDecimal(field: 5)),
    Case("decimal 007", [0x2A, 3] + "007".utf8, .value, 5, .nonCanonicalDecimal(field: 5)),
    Case("decimal 1,000", [0x2A, 5] + "1,000".utf8, .value, 7, .nonCanonicalDecimal(field: 5)),
    Case("no decimal at all", [0x2A, 0], .value, 2, .nonCanonicalDecimal(field: 5)),
    Case(
      "a reference of 15 bytes", [0x3A, 15] + Array(repeating: 7, count: 15), .value, 17,
      .wrongByteCount(field: 7, expected: 16, found: 15)),
    Case("b before a", [0x42, 6, 10, 1, 0x62, 10, 1, 0x61], .elements, 8, .notAscending(field: 1)),
    Case("a twice", [0x42, 6, 10, 1, 0x61, 10, 1, 0x61], .elements, 8, .notAscending(field: 1)),
    Case(
      "members out of order",
      [0x4A, 16, 10, 6, 8, 2, 18, 2, 0x18, 0, 10, 6, 8, 1, 18, 2, 0x18, 0], .group, 18,
      .notAscending(field: 1)),
    Case(
      "a cleared member", [0x4A, 8, 10, 6, 8, 2, 18, 2, 0x08, 1], .group, 10,
      .contradiction(field: 1)),
    Case("a member without value", [0x4A, 4, 10, 2, 8, 2], .fieldValue, 6, .missing(field: 2)),
    Case("a member without field", [0x4A, 4, 10, 2, 18, 0], .fieldValue, 6, .missing(field: 1)),
  ]

  @Test(arguments: values)
  func `a value that is none is refused with its fault`(_ wrong: Case) {
    #expect(throws: wrong.error) { try Value(decoding: wrong.bytes) }
  }

  static let edits: [Case] = [
    Case("nothing", [], .edit, 0, .missing(field: 1)),
    Case(
      "an empty identity", [10, 0], .edit, 2, .wrongByteCount(field: 1, expected: 16, found: 0)),
    Case(
      "stamp counter 65536", record + [0x10, 0x80, 0x80, 4], .edit, 22, .outOfRange(field: 2)),
    Case("flags 4", record + [0x18, 4], .edit, 20, .outOfRange(field: 3)),
    Case("a change without record", record + [0x22, 0], .change, 20, .missing(field: 1)),
    Case(
      "one record twice", record + [0x22, 18] + record + [0x22, 18] + record, .edit, 58,
      .recordChangedTwice),
    Case(
      "a collection above 32 bits",
      record + [0x22, 24] + record + [0x10, 0x80, 0x80, 0x80, 0x80, 0x10], .change, 44,
      .outOfRange(field: 2)),
    Case(
      "replicas out of order", record + [0x22, 26] + record + [0x22, 2, 8, 2, 0x22, 2, 8, 1],
      .change, 46, .notAscending(field: 4)),
    Case(
      "one field written twice", record + [0x22, 26] + record + [0x2A, 2, 8, 2, 0x2A, 2, 8, 2],
      .change, 46, .notAscending(field: 5)),
    Case(
      "a write without field", record + [0x22, 20] + record + [0x2A, 0], .fieldWrite, 40,
      .missing(field: 1)),
    Case(
      "a put that alters",
      record + [0x22, 29] + record + [0x2A, 9, 8, 2, 18, 2, 24, 0, 26, 1, 97],
      .fieldWrite, 49, .contradiction(field: 3)),
    Case(
      "an alteration that keeps", record + [0x22, 24] + record + [0x2A, 4, 8, 2, 42, 0],
      .fieldWrite, 44, .contradiction(field: 5)),
  ]

  @Test(arguments: edits)
  func `an edit that is none is refused with its fault`(_ wrong: Case) {
    #expect(throws: wrong.error) { try Edit(decoding: wrong.bytes) }
  }

  @Test func `a log head has a hash exactly where it has a counter`() {
    let missing = WireError(message: .logHead, offset: 2, fault: .missing(field: 2))
    #expect(throws: missing) { try LogHead(decoding: [8, 1]) }
    let extra = WireError(message: .logHead, offset: 18, fault: .contradiction(field: 2))
    #expect(throws: extra) { try LogHead(decoding: [0x12] + Self.ulid) }
  }

  @Test func `a detour of an unknown kind is an error and not no detour`() {
    let unknown = WireError(message: .detour, offset: 4, fault: .missing(field: 1))
    #expect(throws: unknown) { try SyncResponse(decoding: [0x6A, 2, 0x30, 1] as [UInt8]) }
  }
}
