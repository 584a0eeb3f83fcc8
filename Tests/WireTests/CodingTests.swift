// Reading what was written, and proto3's rules for bytes that another program wrote.

import SyncCore
import Testing

@testable import Wire

struct CodingTests {
  @Test(arguments: MessageKind.all)
  func `what was written reads as equal and is written the same`(_ kind: MessageKind) throws {
    var generator = SeededGenerator(seed: 20_260_302)
    for _ in 0..<2_000 {
      let bytes = kind.random(&generator)
      #expect(try kind.rewrite(bytes) == bytes)
    }
  }

  @Test func `every message has its name in the table`() {
    let parts: Set<MessageName> = [.elements, .replicaCounter, .forked, .gap, .branched]
    #expect(Set(MessageKind.all.map(\.name)).union(parts) == Set(MessageName.allCases))
  }

  @Test func `an edit written change by change has the same bytes`() {
    var generator = SeededGenerator(seed: 7)
    for _ in 0..<200 {
      let edit = generator.edit()
      var writer = ProtobufWriter()
      Edit.encodeHead(
        id: edit.id, stampCounter: edit.stampCounter, isAtomic: edit.isAtomic,
        isReferred: edit.isReferred, into: &writer)
      for change in edit.changes { Edit.encodeChange(change, into: &writer) }
      #expect(writer.bytes == edit.encoded())
    }
  }

  @Test(arguments: [0, 1, 127, 128, 16_383, 16_384, 2_097_151, 2_097_152])
  func `a nested message of any length has the shortest length before it`(_ count: Int) throws {
    var writer = ProtobufWriter()
    writer.writeMessage(field: 1) { writer in
      for index in 0..<count { writer.writeVarint(UInt64(index & 0x7F)) }
    }
    var plain = ProtobufWriter()
    plain.write(bytes: (0..<count).map { UInt8($0 & 0x7F) }, field: 1)
    #expect(writer.bytes == plain.bytes)
  }

  @Test func `order and repetition that mean nothing leave no trace in the bytes`() {
    let record = ULID(high: 1, low: 1)
    let writes = [FieldWrite.put(FieldID(3), .text("c")), .put(FieldID(2), .set(["b", "a", "b"]))]
    let sorted = [FieldWrite.put(FieldID(2), .set(["a", "b"])), .put(FieldID(3), .text("c"))]
    func bytes(_ writes: [FieldWrite]) -> [UInt8] {
      Change(record: record, collection: CollectionID(1), seen: VectorClock(), writes: writes)
        .encoded()
    }
    #expect(bytes(writes) == bytes(sorted))
  }

  @Test func `the last of a repeated scalar wins and submessages are merged`() throws {
    #expect(try Value(decoding: [0x12, 1, 0x61, 0x18, 2]) == .integer(1))
    // Two sets are joined; a text between them starts anew.
    #expect(try Value(decoding: [0x42, 3, 10, 1, 0x61, 0x42, 3, 10, 1, 0x62]) == .set(["a", "b"]))
    #expect(
      try Value(decoding: [0x42, 3, 10, 1, 0x61, 0x12, 0, 0x42, 3, 10, 1, 0x62]) == .set(["b"]))
    #expect(
      try PushedEdit(decoding: [0x1A, 2, 8, 5, 0x1A, 2, 0x10, 1]).receipt
        == Receipt(position: Position(5), isDuplicate: true))
  }

  @Test func `repeated integers are read packed and one by one`() throws {
    let fields = [FieldID(2), FieldID(300)]
    let packed: [UInt8] = [0x32, 3, 2, 0xAC, 2]
    #expect(try StoredChange(decoding: packed).shown == fields)
    #expect(try StoredChange(decoding: packed).encoded() == packed)
    #expect(try StoredChange(decoding: [0x30, 2, 0x30, 0xAC, 2]).shown == fields)
    #expect(try StoredChange(decoding: [0x30, 2, 0x32, 2, 0xAC, 2]).shown == fields)
  }

  @Test func `absent and 0 differ where the message says optional`() throws {
    for frontier in [nil, Moment(milliseconds: 0)] {
      var request = GoldenVector.idleRequest
      request.frontier = frontier
      #expect(try SyncRequest(decoding: request.encoded()).frontier == frontier)
    }
    for position in [nil, Position.start] {
      let receipt = Receipt(position: position)
      #expect(try Receipt(decoding: receipt.encoded()).position == position)
    }
  }

  @Test func `a reason of a newer hub is read as unspecified`() throws {
    let bytes = [0x0A] + HostileBytesTests.ulid + [0x18, 99, 0x22, 2] + "no".utf8
    let refusal = try Refusal(decoding: bytes)
    #expect(refusal.reason == .unspecified)
    #expect(refusal.text == "no")
  }

  @Test func `a slice is read like an array and its offsets count from the slice`() throws {
    let bytes = GoldenVector.idleRequest.encoded()
    #expect(try SyncRequest(decoding: ([1, 2] + bytes)[2...]) == GoldenVector.idleRequest)
    let cut = WireError(message: .value, offset: 1, fault: .truncated)
    #expect(throws: cut) { try Value(decoding: [0, 0, 0x18][2...]) }
    #expect("\(cut)" == "Value, byte 1: truncated")
  }
}
