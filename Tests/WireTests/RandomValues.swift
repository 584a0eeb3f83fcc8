// Random values, edits and stored states: canonical, and of every shape the protocol has.
//
// Sizes are small on purpose, so that a fuzz run sees many shapes instead of much text. What must be
// sorted is sorted here, since a message that was read equals the one that was written only then.

import SyncCore

@testable import Wire

extension SeededGenerator {
  private static let words = [
    "", "x", "Anna", "Müller & Söhne", "+49 30 901820", "東京支店", "🚚 delivery", "a\u{301}",
    "line\nbreak",
  ]

  mutating func text() -> String { pick(Self.words) + (chance(30) ? String(below(1000)) : "") }

  mutating func ulid() -> ULID {
    chance(3) ? ULID(high: 0, low: 0) : ULID(high: next(), low: next())
  }

  mutating func small() -> UInt32 { UInt32(truncatingIfNeeded: magnitude()) }

  mutating func field() -> FieldID { FieldID(chance(90) ? UInt32(below(40)) + 1 : max(small(), 1)) }

  mutating func integer() -> Int64 { Int64(bitPattern: magnitude()) &* (chance(50) ? 1 : -1) }

  mutating func moment() -> Moment { Moment(milliseconds: integer()) }

  mutating func dot() -> Dot { Dot(ReplicaID(small()), Counter(magnitude())) }

  mutating func decimal() -> DecimalNumber {
    DecimalNumber(pick(["0", "12.5", "-0.01", "1000000", "-7", "99999999999999999999.5"]))
      ?? DecimalNumber(integer())
  }

  mutating func elements() -> [String] {
    let unique = Set((0..<below(4)).map { _ in Array(text().utf8) })
    return unique.sorted { $0.lexicographicallyPrecedes($1) }.map {
      String(decoding: $0, as: UTF8.self)
    }
  }

  mutating func values(depth: Int = 1) -> FieldValues {
    var values = FieldValues()
    for _ in 0..<below(4) { values[field()] = value(depth: depth + 1) }
    return values
  }

  mutating func value(depth: Int = 1) -> Value {
    switch below(depth < 3 ? 9 : 8) {
    case 0: .null
    case 1: .text(text())
    case 2: .integer(integer())
    case 3: .boolean(chance(50))
    case 4: .decimal(decimal())
    case 5: .moment(moment())
    case 6: .reference(ulid())
    case 7: .set(elements())
    default: .group(values(depth: depth))
    }
  }

  mutating func entry() -> FieldValues.Entry { FieldValues.Entry(field: field(), value: value()) }

  mutating func write(_ field: FieldID) -> FieldWrite {
    if chance(30) { return FieldWrite(field, .alter(adding: elements(), removing: elements())) }
    let keeping = Set((0..<(chance(20) ? below(3) : 0)).map { _ in dot() }).sorted()
    return FieldWrite(field, .put(value(), keeping: keeping))
  }

  mutating func change() -> Change {
    let fields = Set((0..<below(4)).map { _ in field() }).sorted()
    var seen = VectorClock(hub: Position(magnitude()))
    for _ in 0..<(chance(20) ? below(4) : 0) {
      seen.replicas[ReplicaID(small())] = Counter(magnitude())
    }
    return Change(
      record: ulid(), collection: CollectionID(small()), seen: seen,
      writes: fields.map { write($0) })
  }

  mutating func edit() -> Edit {
    var changes: [Change] = []
    for _ in 0..<below(3) {
      let change = change()
      if !changes.contains(where: { $0.record == change.record }) { changes.append(change) }
    }
    return Edit(
      id: ulid(), stampCounter: chance(30) ? UInt16(truncatingIfNeeded: next()) : 0,
      isAtomic: chance(30), isReferred: chance(20), changes: changes)
  }

  mutating func storedChange() -> StoredChange {
    var siblings: [FieldValues.Entry] = []
    for entry in (0..<below(3)).map({ _ in entry() })
    where !siblings.contains(where: { $0.field == entry.field }) {
      siblings.append(entry)
    }
    let stamp = ChangeStamp(
      position: Position(magnitude()), dot: dot(), time: HybridTimestamp(rawValue: next()),
      authority: pick([.member, .owner, .manager, .admin]))
    return StoredChange(
      stamp: stamp, shown: Set((0..<below(4)).map { _ in field() }).sorted(),
      siblings: siblings.sorted { $0.field < $1.field })
  }

  mutating func archivedChange() -> ArchivedChange {
    ArchivedChange(
      record: ulid(), position: Position(magnitude()), replica: ReplicaID(UInt32(below(9))),
      collection: CollectionID(UInt32(below(30))), time: HybridTimestamp(rawValue: next()),
      change: change().encoded(), refused: chance(20) ? receipt().encoded() : [],
      isDisturbed: chance(30), user: chance(30) ? "ann" : nil,
      skew: chance(30) ? Int64(below(9)) - 4 : nil)
  }

  mutating func archiveBlock() -> ArchiveBlock {
    let changes = (0..<below(4)).map { _ in archivedChange() }
    return ArchiveBlock(changes: changes.sorted { $0.record < $1.record })
  }

  mutating func storedState() -> StoredState {
    var changes: [StoredChange] = []
    for change in (0..<below(3)).map({ _ in storedChange() })
    where !changes.contains(where: { $0.stamp.position == change.stamp.position }) {
      changes.append(change)
    }
    changes.sort { $0.stamp.position < $1.stamp.position }
    // One edit that came to a record twice: as a change of its own, and by a child of it.
    if let last = changes.last, chance(30), last.stamp.time < HybridTimestamp(rawValue: .max) {
      var again = storedChange()
      again.stamp = last.stamp
      again.stamp.time = HybridTimestamp(rawValue: last.stamp.time.rawValue + 1)
      changes.append(again)
    }
    return StoredState(changes: changes)
  }
}
