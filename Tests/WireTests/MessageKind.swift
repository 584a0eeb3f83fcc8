// The table of all message types, for tests that treat each of them alike.

import SyncCore
import Testing

@testable import Wire

struct MessageKind: Sendable, CustomTestStringConvertible {
  let name: MessageName
  /// The canonical bytes of a random message.
  let random: @Sendable (inout SeededGenerator) -> [UInt8]
  /// Reads, and checks that writing gives something that reads as equal; returns what was written.
  let rewrite: @Sendable ([UInt8]) throws -> [UInt8]

  var testDescription: String { name.rawValue }

  struct Unequal: Error {
    var message: MessageName
    var bytes: [UInt8]
  }

  init<Message: WireMessage>(
    _ type: Message.Type, _ random: @escaping @Sendable (inout SeededGenerator) -> Message
  ) {
    name = Message.messageName
    self.random = { random(&$0).encoded() }
    rewrite = { bytes in
      let message = try Message(decoding: bytes)
      let written = message.encoded()
      guard written != bytes else { return written }
      // Read again only where the bytes differ: equal bytes read alike, since reading is a function.
      guard try Message(decoding: written) == message else {
        throw Unequal(message: Message.messageName, bytes: bytes)
      }
      return written
    }
  }

  static let all: [MessageKind] = [
    MessageKind(Value.self) { $0.value() },
    MessageKind(FieldValues.self) { $0.values() },
    MessageKind(FieldValues.Entry.self) { $0.entry() },
    MessageKind(Dot.self) { $0.dot() },
    MessageKind(FieldWrite.self) { generator in
      let field = generator.field()
      return generator.write(field)
    },
    MessageKind(Change.self) { $0.change() },
    MessageKind(Edit.self) { $0.edit() },
    MessageKind(JoinRequest.self) { $0.joinRequest() },
    MessageKind(JoinResponse.self) { $0.joinResponse() },
    MessageKind(LogHead.self) { $0.head() },
    MessageKind(PushedEdit.self) { $0.pushedEdit() },
    MessageKind(Narrowing.self) { $0.narrowing() },
    MessageKind(SyncRequest.self) { $0.syncRequest() },
    MessageKind(SyncResponse.self) { $0.syncResponse() },
    MessageKind(Receipt.self) { $0.receipt() },
    MessageKind(Refusal.self) { $0.refusal() },
    MessageKind(RecordImage.self) { $0.recordImage() },
    MessageKind(Undisturbed.self) { $0.undisturbed() },
    MessageKind(Decision.self) { $0.decision() },
    MessageKind(Detour.self) { $0.detour() },
    MessageKind(Settings.self) { $0.settings() },
    MessageKind(User.self) { generator in
      let name = generator.text()
      return generator.user(name)
    },
    MessageKind(CompareRequest.self) { $0.compareRequest() },
    MessageKind(CompareResponse.self) { $0.compareResponse() },
    MessageKind(Bundle.self) { $0.bundle() },
    MessageKind(BundleBody.self) { $0.bundleBody() },
    MessageKind(BundleContent.self) { $0.bundleContent() },
    MessageKind(StoredState.self) { $0.storedState() },
    MessageKind(StoredChange.self) { $0.storedChange() },
    MessageKind(ArchiveBlock.self) { $0.archiveBlock() },
    MessageKind(ArchivedChange.self) { $0.archivedChange() },
  ]

  static func named(_ name: String) -> MessageKind? { all.first { $0.name.rawValue == name } }
}
