// Limits: one element more than allowed is refused, and before memory was taken for it.

import SyncCore
import Testing

@testable import Wire

struct LimitTests {
  /// `field` of no bytes, `count` times.
  private static func empties(_ field: UInt8, _ count: Int) -> [UInt8] {
    (0..<count).flatMap { _ in [field << 3 | 2, 0] }
  }

  private func fault<Message: WireMessage>(
    _ type: Message.Type, _ bytes: [UInt8]
  ) -> WireError.Fault? {
    do {
      _ = try Message(decoding: bytes)
      return nil
    } catch {
      return error.fault
    }
  }

  private func edit(changes count: Int) -> Edit {
    let changes = (0..<count).map { index in
      Change(
        record: ULID(high: 0, low: UInt64(index)), collection: CollectionID(1), seen: VectorClock(),
        writes: [])
    }
    return Edit(id: ULID(high: 1, low: 1), changes: changes)
  }

  @Test func `an edit holds as many changes as the limit says and no more`() throws {
    let most = edit(changes: Limits.changesPerPushMax)
    #expect(try Edit(decoding: most.encoded()) == most)
    let tooMany = edit(changes: Limits.changesPerPushMax + 1).encoded()
    #expect(fault(Edit.self, tooMany) == .tooMany(field: 4, countMax: Limits.changesPerPushMax))
  }

  @Test func `a push holds as many edits as the limit says and no more`() throws {
    let most = Self.empties(7, Limits.editsPerPushMax)
    #expect(try SyncRequest(decoding: most).edits.count == Limits.editsPerPushMax)
    let tooMany = WireError.Fault.tooMany(field: 7, countMax: Limits.editsPerPushMax)
    #expect(fault(SyncRequest.self, most + Self.empties(7, 1)) == tooMany)
  }

  @Test func `a record holds as many fields as the limit says and no more`() throws {
    let fields = (1...Limits.fieldsPerRecordMax + 1).map { number in
      FieldValues.Entry(field: FieldID(UInt32(number)), value: .boolean(true))
    }
    let most = FieldValues(fields.dropLast().map { ($0.field, $0.value) })
    #expect(try FieldValues(decoding: most.encoded()) == most)
    let tooMany = FieldValues(fields.map { ($0.field, $0.value) }).encoded()
    #expect(
      fault(FieldValues.self, tooMany)
        == .tooMany(field: 1, countMax: Limits.fieldsPerRecordMax))
  }

  @Test func `a set holds as many elements as the limit says and no more`() throws {
    let elements = (0...Limits.elementsMax).map { String($0 + 100_000) }
    let most = Value.set(Array(elements.dropLast()))
    #expect(try Value(decoding: most.encoded()) == most)
    let tooMany = Value.set(elements).encoded()
    #expect(fault(Value.self, tooMany) == .tooMany(field: 1, countMax: Limits.elementsMax))
  }

  @Test func `a value is as large as the limit says and no larger`() throws {
    // Tag and length of the text take four bytes.
    let most = FieldWrite.put(
      FieldID(2), .text(String(repeating: "x", count: Limits.valueBytesMax - 4)))
    #expect(try FieldWrite(decoding: most.encoded()) == most)
    let larger = FieldWrite.put(
      FieldID(2), .text(String(repeating: "x", count: Limits.valueBytesMax - 3)))
    #expect(
      fault(FieldWrite.self, larger.encoded())
        == .tooLarge(field: 2, bytesMax: Limits.valueBytesMax))
  }

  @Test func `values are as deep as the limit says and no deeper`() throws {
    var value = Value.boolean(true)
    for _ in 1..<Limits.valueDepthMax { value = .group(FieldValues([(FieldID(2), value)])) }
    #expect(try Value(decoding: value.encoded()) == value)
    value = .group(FieldValues([(FieldID(2), value)]))
    #expect(fault(Value.self, value.encoded()) == .tooDeep)
  }

  @Test func `a small input that claims much is refused at once`() {
    let huge: [UInt8] = [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F]
    let clock = ContinuousClock()
    let duration = clock.measure {
      for field in UInt8(1)...15 {
        for _ in 0..<100 {
          #expect(fault(StoredChange.self, [field << 3 | 2] + huge) != nil)
        }
        #expect(throws: WireError.self) { try SyncResponse(decoding: [0x2A] + huge) }
        #expect(throws: WireError.self) { try SyncRequest(decoding: [0x3A] + huge) }
      }
    }
    #expect(duration < .seconds(5))
  }

  @Test func `a body beyond the limit is refused before it is looked at`() {
    let body = [UInt8](repeating: 0, count: Limits.bodyBytesMax + 1)
    #expect(fault(User.self, body) == .tooLarge(field: 0, bytesMax: Limits.bodyBytesMax))
  }

  @Test func `a submessage repeated very often costs no more than its bytes`() throws {
    // A receipt in two hundred thousand parts, which are merged into one.
    let parts = Array(repeating: [0x1A, 2, 0x10, 1] as [UInt8], count: 200_000).flatMap(\.self)
    let pushed = try PushedEdit(decoding: parts)
    #expect(pushed.receipt == Receipt(position: nil, isDuplicate: true))
  }
}
