// Hostile bundles: files that honest laptops wrote, bent on the outside and on the inside.
//
// Anybody can bend a file; a hostile laptop can also sign and box whatever it likes, so the inside is
// bent and then signed again. At the hub nothing traps, nothing is answered with a fault of the hub's
// own, and it finds nothing wrong with itself. Its answers go to laptops, right and wrong ones, bent and
// whole: they are taken, or refused for a reason that people are told.

import Digest
import Hub
import Notation
import Replica
import SyncCore
import Wire

struct BundleTarget: Target {
  static let name = "bundle"
  private static let inputsPerCase = 20

  func run(_ dice: inout Dice, _ tally: inout Tally) throws {
    let hub = try SmallHub(seed: dice.next())
    try hub.day()
    try hub.sync(2)
    let requests = hub.heard.compactMap { try? SyncRequest(decoding: $0) }
    var answers: [[UInt8]] = []
    for _ in 0..<Self.inputsPerCase {
      hub.clock.pass(Int64(dice.below(100_000)))
      let laptop = dice.pick(hub.laptops)
      let packed: PackedBundle
      do {
        packed = try laptop.store.writeBundle(at: hub.clock.now)
      } catch is ReplicaError {
        // One that was turned away writes nothing any more.
        continue
      }
      let file = try bent(packed.file, by: laptop.key, among: requests, in: hub, &dice)
      Witness.note(file)
      let token = dice.pick([nil, laptop.token, hub.tokens["root"]])
      let answer = hub.post("/v1/bundle", file, token: token)
      try judge(answer)
      tally.note(isAccepted: answer.status == 200)
      if answer.status == 200 { answers.append(answer.body) }
      if !answers.isEmpty { try deliver(answers, to: hub, &dice) }
      if tally.isThorough { try hub.check() }
    }
    try hub.check()
  }

  private func judge(_ answer: HubResponse) throws {
    let text = String(decoding: answer.body.prefix(1000), as: UTF8.self)
    switch answer.status {
    case 200:
      guard let (_, body) = try? ReplicaStore.parse(answer.body), body.isAnswer else {
        throw Finding("an answer that is none")
      }
    case ..<500:
      let refusal = try? JSONValue(parsing: answer.body)
      guard refusal?["error"]?["message"]?.string?.isEmpty == false else {
        throw Finding("\(answer.status) without a word: \(text)")
      }
    default: throw Finding("\(answer.status) \(text)")
    }
  }

  /// Gives a laptop an answer, whosever it is; what it does not take it refuses as its programs can word.
  private func deliver(
    _ answers: [[UInt8]], to hub: SmallHub, _ dice: inout Dice
  ) throws {
    let (clock, laptop) = (hub.clock, dice.pick(hub.laptops))
    var file = dice.pick(answers)
    if dice.chance(3) { file = dice.mutated(file, with: answers) }
    do {
      _ = try BundleReading(laptop.store) { clock.now }.take(file)
    } catch {
      if error is BundleError || error is ReplicaError { return }
      throw Finding("an answer made a laptop fail: \(error)")
    }
  }

  // MARK: Bending

  private func bent(
    _ file: [UInt8], by key: KeyPair, among requests: [SyncRequest], in hub: SmallHub,
    _ dice: inout Dice
  ) throws -> [UInt8] {
    switch dice.below(4) {
    case 0: return file
    case 1: return dice.mutated(file, with: [file])
    case 2:
      var body = try BundleBody(decoding: Bundle(file: file).body)
      for _ in 0...dice.below(2) { bend(&body, &dice) }
      return signed(body.encoded(), key)
    default:
      var body = try BundleBody(decoding: Bundle(file: file).body)
      var content = BundleContent(messages: messages(requests, of: body.replica, &dice)).encoded()
      if dice.chance(5) { content = dice.mutated(content, with: [file]) }
      guard let box = try hub.publicKey().box(content, using: &dice) else { return file }
      body.box = box
      return signed(body.encoded(), key)
    }
  }

  private func signed(_ body: [UInt8], _ key: KeyPair) -> [UInt8] {
    Bundle(body: body, signature: key.sign(body, for: .bundle)).file
  }

  private func bend(_ body: inout BundleBody, _ dice: inout Dice) {
    switch dice.below(7) {
    case 0: body.replica = ReplicaID(UInt32(dice.below(6)))
    case 1: body.at = Moment(milliseconds: dice.pick([.min, .max, 0, -1]))
    case 2: body.version = dice.pick([0, 2, .max])
    case 3: body.isAnswer.toggle()
    case 4: body.hub = dice.bytes(upTo: 40)
    case 5: body.key = dice.bytes(upTo: 70)
    default: body.box = dice.mutated(body.box, with: [body.box])
    }
  }

  /// Up to four requests, mostly in this laptop's name.
  private func messages(
    _ requests: [SyncRequest], of replica: ReplicaID, _ dice: inout Dice
  ) -> [[UInt8]] {
    (0..<dice.below(5)).map { _ in
      var request = SyncTarget().bent(dice.pick(requests), among: requests, &dice)
      if !dice.chance(6) { request.replica = replica }
      let bytes = request.encoded()
      return dice.chance(6) ? dice.mutated(bytes, with: [bytes]) : bytes
    }
  }
}
