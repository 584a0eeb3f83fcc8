// Chance from a seed, and what it does to bytes and to JSON.
//
// Mutation knows nothing of what it bends: it flips, cuts, splices and repeats, and puts in what has led
// programs astray before (greatest and least integers, lengths that claim much, quotes, marks).

import Notation

/// SplitMix64 (Steele et al. 2014).
struct Dice: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed &* 0xD134_2543_DE82_EF95 }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  mutating func below(_ bound: Int) -> Int { Int.random(in: 0..<bound, using: &self) }
  mutating func chance(_ of: Int) -> Bool { below(of) == 0 }

  mutating func pick<Element>(_ elements: [Element]) -> Element {
    elements[below(elements.count)]
  }

  // MARK: Bytes

  mutating func bytes(upTo count: Int) -> [UInt8] {
    (0..<below(count + 1)).map { _ in UInt8(truncatingIfNeeded: next()) }
  }

  /// One to eight bends.
  mutating func mutated(_ bytes: [UInt8], with others: [[UInt8]]) -> [UInt8] {
    var bytes = bytes
    for _ in 0..<(1 << below(4)) { bend(&bytes, with: others) }
    return bytes
  }

  private mutating func bend(_ bytes: inout [UInt8], with others: [[UInt8]]) {
    guard !bytes.isEmpty else {
      bytes = self.bytes(upTo: 24)
      return
    }
    let index = below(bytes.count)
    switch below(9) {
    case 0, 1: bytes[index] ^= 1 << UInt8(below(8))
    case 2: bytes[index] = UInt8(truncatingIfNeeded: next())
    case 3: bytes.removeSubrange(index..<min(bytes.count, index + 1 + below(8)))
    case 4: bytes.removeSubrange(index...)
    case 5:
      let other = pick(others)
      bytes.replaceSubrange(index..., with: other.suffix(below(other.count + 1)))
    case 6: bytes.replaceSubrange(index...index, with: pick(Dice.mischief))
    case 7:
      let end = min(bytes.count, index + 1 + below(32))
      if bytes.count < 1 << 16 { bytes.insert(contentsOf: bytes[index..<end], at: index) }
    default: bytes.insert(contentsOf: self.bytes(upTo: 6), at: index)
    }
  }

  private static let mischief: [[UInt8]] = [
    [0], [0x7F], [0xFF, 0x7F], [0xFF, 0xFF, 0xFF, 0xFF, 0x07],
    [0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x01],
    [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01],
    [0xEF, 0xBB, 0xBF], [0xFF, 0xFE], [0xFE, 0xFF], [0xC0, 0x80], [0xED, 0xA0, 0x80],
    Array("\"".utf8), Array("\"\"".utf8), Array("\r\n".utf8), Array("\\u0000".utf8),
    Array("-9223372036854775808".utf8), Array("1e999".utf8), Array("[[[[[[[[".utf8),
    Array("客户".utf8), Array("{\"a\":{\"a\":".utf8), Array("\t;,".utf8),
  ]

  // MARK: JSON

  /// The document with a few of its values changed, taken away, or put elsewhere.
  mutating func mutated(_ document: JSONValue, depth: Int = 0) -> JSONValue {
    if chance(depth == 0 ? 12 : 6) { return oddity(depth) }
    switch document {
    case .array(var items):
      guard !items.isEmpty else { return document }
      let index = below(items.count)
      switch below(5) {
      case 0: items.remove(at: index)
      case 1: items.append(items[index])
      default: items[index] = mutated(items[index], depth: depth + 1)
      }
      return .array(items)
    case .object(var members):
      // Sorted: the order of a dictionary is not the seed's.
      guard let key = members.keys.sorted().randomElement(using: &self) else { return document }
      switch below(6) {
      case 0: members[key] = nil
      case 1: members[pick(["", "name", "version", "客户", key + " ", "*"])] = members[key]
      default: members[key] = mutated(members[key] ?? .null, depth: depth + 1)
      }
      return .object(members)
    default: return oddity(depth)
    }
  }

  private mutating func oddity(_ depth: Int) -> JSONValue {
    if depth < 4, chance(5) { return chance(2) ? .array([oddity(depth + 1)]) : .object([:]) }
    return pick(Dice.oddities)
  }

  private static let oddities: [JSONValue] = [
    .null, .bool(true), .bool(false), .integer(0), .integer(-1), .integer(1), .integer(.max),
    .integer(.min), .number(0.5), .number(-1e300), .string(""), .string(" "), .string("*"),
    .string("\u{0}"), .string("\u{202E}x"), .string("客户"), .string("{name}"), .string("24h"),
    .string("999999999999999999d"), .string("-1h"), .string("own"), .string("customer"),
    .string("name"), .string("stage = won and (amount > 1"), .string("name ~ '"), .string("root"),
    .string("ann"), .string("team:north"), .string("customer:Acme"), .string("9999-12-31"),
    .string("2026-11-22T10:00:00+08:00"), .string(String(repeating: "(", count: 500)),
    .string(String(repeating: "长", count: 400)), .array([]), .object([:]),
  ]
}
