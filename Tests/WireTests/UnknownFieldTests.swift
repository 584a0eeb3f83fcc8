// What a program keeps of fields that are newer than itself, as the head of `rounds.proto` says.
//
// The oracle test does the same with Google's code on the other side; this one runs everywhere.

import SyncCore
import Testing

@testable import Wire

struct UnknownFieldTests {
  /// Fields 1000 to 1003, of every wire type.
  private func writeUnknown(into writer: inout ProtobufWriter) {
    writer.write(varint: 42, field: 1000)
    writer.write(fixed64: 43, field: 1001)
    writer.write(text: "newer", field: 1002)
    writer.write(fixed32: 44, field: 1003)
  }

  /// `edit-one-field` as a newer program could write it: unknown fields at every level.
  private var newerEdit: [UInt8] {
    let change = GoldenVector.phoneEdit.changes[0]
    var writer = ProtobufWriter()
    Edit.encodeHead(
      id: GoldenVector.editID, stampCounter: 0, isAtomic: false, into: &writer)
    writer.writeMessage(field: 4) { writer in
      writeUnknown(into: &writer)
      writer.write(identity: change.record, field: 1)
      writer.write(varint: 1, field: 2)
      writer.write(varint: change.seen.hub.rawValue, field: 3)
      writer.writeMessage(field: 5) { writer in
        writer.write(varint: 6, field: 1)
        writer.writeMessage(field: 2) { writer in
          writer.write(text: "+49 30 901820", field: 2)
          writeUnknown(into: &writer)
        }
        writeUnknown(into: &writer)
      }
    }
    writeUnknown(into: &writer)
    return writer.bytes
  }

  @Test func `an edit with unknown fields at every level reads like the edit without them`() throws
  {
    #expect(try Edit(decoding: newerEdit) == GoldenVector.phoneEdit)
  }

  @Test func `sealed bytes travel verbatim, unknown fields and all`() throws {
    let pushed = PushedEdit(edit: newerEdit)
    #expect(try PushedEdit(decoding: pushed.encoded()).edit == newerEdit)
    var request = GoldenVector.idleRequest
    request.edits = [pushed]
    #expect(try SyncRequest(decoding: request.encoded()).edits == [pushed])
  }

  @Test func `entries of a newer schema are ordinary entries`() throws {
    let values = FieldValues([
      (FieldID(2), .text("Anna")),
      (
        FieldID(4_000_000_000),
        .group(
          FieldValues([
            (FieldID(4_000_000_001), .integer(1))
          ]))
      ),
    ])
    let image = RecordImage(
      record: GoldenVector.customer, collection: CollectionID(4_000_000_002), asOf: Position(1),
      values: values, updatedAt: GoldenVector.nine)
    #expect(try RecordImage(decoding: image.encoded()) == image)
    #expect(try FieldValues(decoding: values.encoded()) == values)
  }

  @Test(arguments: MessageKind.all)
  func `unknown fields are passed over in every message`(_ kind: MessageKind) throws {
    var generator = SeededGenerator(seed: 11)
    var writer = ProtobufWriter()
    writeUnknown(into: &writer)
    for _ in 0..<100 {
      let known = kind.random(&generator)
      #expect(try kind.rewrite(known + writer.bytes) == known)
      #expect(try kind.rewrite(writer.bytes + known) == known)
    }
  }
}
