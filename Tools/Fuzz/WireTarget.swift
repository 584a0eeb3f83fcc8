// Messages: no bytes trap, and what was read is written so that it reads the same, and stays so.
//
// The corpus is what a hub and two laptops said to each other on a small day, and the edits in it. Any
// message may be taken for any other.

import SyncCore
import Wire

struct WireTarget: Target {
  static let name = "wire"
  private static let inputsPerCase = 200

  private typealias Reading = @Sendable ([UInt8]) throws -> Bool
  private let corpus: [(bytes: [UInt8], own: Reading)]
  private let kinds: [Reading] = [
    rewrite(SyncRequest.self), rewrite(SyncResponse.self), rewrite(JoinRequest.self),
    rewrite(JoinResponse.self), rewrite(Edit.self), rewrite(Change.self),
    rewrite(FieldWrite.self), rewrite(Value.self), rewrite(FieldValues.self),
    rewrite(FieldValues.Entry.self), rewrite(Dot.self), rewrite(LogHead.self),
    rewrite(PushedEdit.self), rewrite(Narrowing.self), rewrite(Receipt.self),
    rewrite(Refusal.self), rewrite(RecordImage.self), rewrite(Undisturbed.self),
    rewrite(Detour.self), rewrite(Settings.self), rewrite(User.self), rewrite(StoredState.self),
    rewrite(StoredChange.self), rewrite(Decision.self),
  ]

  init() throws {
    let hub = try SmallHub(seed: 1)
    try hub.day()
    var corpus: [(bytes: [UInt8], own: Reading)] = []
    func add<Message: WireMessage>(_ message: Message) {
      corpus.append((message.encoded(), Self.rewrite(Message.self)))
    }
    for message in hub.heard {
      if let request = try? SyncRequest(decoding: message) {
        add(request)
        for pushed in request.edits {
          add(pushed)
          let edit = try Edit(decoding: pushed.edit)
          add(edit)
          for change in edit.changes { add(change) }
        }
      }
      if let response = try? SyncResponse(decoding: message) {
        add(response)
        for receipt in response.receipts { add(receipt) }
        for image in response.records {
          add(image)
          add(image.values)
        }
        if let settings = response.settings { add(settings) }
      }
    }
    self.corpus = corpus.filter { $0.bytes.count < 4096 }
  }

  func run(_ dice: inout Dice, _ tally: inout Tally) throws {
    for _ in 0..<Self.inputsPerCase {
      let (bytes, own) = dice.pick(corpus)
      let input = dice.mutated(bytes, with: [dice.pick(corpus).bytes])
      Witness.note(input)
      tally.note(isAccepted: try (dice.chance(4) ? dice.pick(kinds) : own)(input))
    }
  }

  /// - Returns: a function that says whether the bytes are such a message.
  private static func rewrite<Message: WireMessage>(
    _ type: Message.Type
  ) -> @Sendable ([UInt8]) throws -> Bool {
    { bytes in
      let message: Message
      do {
        message = try Message(decoding: bytes)
      } catch is WireError {
        return false
      }
      let written = message.encoded()
      let again = try Message(decoding: written)
      guard again == message, again.encoded() == written else {
        throw Finding("\(type) reads differently after writing")
      }
      return true
    }
  }
}
