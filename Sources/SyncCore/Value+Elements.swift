// Sets of texts: as values, in the one order they are ever written in, and as additions and removals.
//
// No order of a Swift `Set` may reach the wire, the disk or the screen, so whoever makes a set's value
// or a write to it does so here. An empty set and a cleared field are the same.

extension Value {
  /// The value of a set with these elements; null where there are none.
  public init(elements: Set<String>) {
    self = elements.isEmpty ? .null : .set(elements.inByteOrder)
  }

  /// The elements of a set; none of any other value.
  public var elements: Set<String> {
    if case .set(let elements) = self { Set(elements) } else { [] }
  }
}

extension Set<String> {
  /// Sorted by their UTF-8 bytes.
  public var inByteOrder: [String] {
    sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }
}

extension FieldWrite.Action {
  /// A set is never put as a whole: what is new is added, and what was seen and is not wanted goes.
  public static func replacing(_ old: Set<String>, with new: Set<String>) -> Self {
    .alter(
      adding: new.subtracting(old).inByteOrder, removing: old.subtracting(new).inByteOrder)
  }
}
