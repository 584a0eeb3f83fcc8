// What small worlds must come to, worked out from sets alone.
//
// An edit is a number, later ones are greater; what its author had seen is the set of the numbers
// that he had been shown or had written. Who survives, what is shown, what is disputed and what the
// ledger tells follow from these sets. Here are no clocks, dots, positions or digests, and no code of
// the engine that is judged: only the rules of the protocol, section 3, said once more.

/// What one edit does to the one customer of a small world.
public enum SmallEdit: String, CaseIterable, Sendable {
  /// A field of the rule `latest`.
  case phone
  /// A field of the rule `review`.
  case legalName
  /// The same, with the oldest branch left standing.
  case keepOldest
  case tag
  case untag
  case delete
  /// Says of a customer that is here that it lives: so a disputed deletion is settled.
  case revive
}

/// A world of two laptops, as sets.
struct SmallWorldModel {
  struct Write {
    var kind: SmallEdit?
    var seen: Set<Int>
    var kept: Set<Int> = []
    /// Of `seen`, what came from the hub.
    var based: Set<Int>
  }

  struct Desk {
    /// What the hub had accepted at the last cut.
    var base: Set<Int> = [0]
    var pending: [Int] = []
  }

  /// What is to be seen of the customer; nil: nothing, it is deleted.
  struct View: Hashable {
    var phone: Int
    var legalName: Int
    var isTagged: Bool
  }

  /// A case of the ledger about the legal name.
  struct Case: Hashable {
    var base: Int
    var closedBy: Int?
  }

  /// The first is the customer's making, which everybody has seen.
  private(set) var writes = [Write(kind: nil, seen: [], based: [])]
  private(set) var accepted: [Int] = [0]
  private(set) var desks = [Desk(), Desk()]
  private(set) var cases: [Case] = []

  // MARK: What happens

  /// - Returns: the number of the edit; nil where nobody could make it.
  mutating func write(_ kind: SmallEdit, on desk: Int) -> Int? {
    guard view(on: desk) != nil else { return nil }
    let base = desks[desk].base
    var write = Write(kind: kind, seen: base.union(desks[desk].pending), based: base)
    if kind == .keepOldest {
      let branches = names(in: base)
      guard branches.count > 1, let oldest = branches.min(),
        !desks[desk].pending.contains(where: { writesName($0) })
      else { return nil }
      write.kept = [oldest]
    }
    writes.append(write)
    desks[desk].pending.append(writes.count - 1)
    return writes.count - 1
  }

  func isIdle(_ desk: Int) -> Bool {
    desks[desk].pending.isEmpty && desks[desk].base == Set(accepted)
  }

  /// - Parameter isHeard: whether the answer arrives.
  mutating func sync(_ desk: Int, isHeard: Bool) {
    for number in desks[desk].pending where !accepted.contains(number) { accept(number) }
    guard isHeard else { return }
    desks[desk] = Desk(base: Set(accepted))
  }

  private mutating func accept(_ number: Int) {
    accepted.append(number)
    guard writesName(number) else { return }
    let branches = names(in: Set(accepted))
    let isOpen = branches.count > 1
    guard let last = cases.indices.last else {
      if isOpen { cases.append(Case(base: name(before: number))) }
      return
    }
    switch (cases[last].closedBy, isOpen) {
    case (nil, false): cases[last].closedBy = number
    case (let closing?, true) where branches.contains(closing): cases[last].closedBy = nil
    case (_?, true): cases.append(Case(base: name(before: number)))
    default: break
    }
  }

  /// The name that the author of an edit had from the hub.
  private func name(before number: Int) -> Int {
    accepted.last { writes[number].based.contains($0) && writesName($0) } ?? 0
  }

  // MARK: What survives

  private func writesName(_ number: Int) -> Bool {
    [nil, .legalName, .keepOldest].contains(writes[number].kind)
  }

  /// Those of `writers` that nobody of them who had seen them has replaced.
  private func survivors(
    of writers: [Int], in all: Set<Int>,
    replaces: (_ later: Int, _ earlier: Int) -> Bool = { _, _ in true }
  ) -> Set<Int> {
    let present = writers.filter(all.contains)
    return Set(
      present.filter { earlier in
        !present.contains { later in
          writes[later].seen.contains(earlier) && !writes[later].kept.contains(earlier)
            && replaces(later, earlier)
        }
      })
  }

  func names(in all: Set<Int>) -> Set<Int> {
    survivors(of: writes.indices.filter(writesName), in: all)
  }

  func phones(in all: Set<Int>) -> Set<Int> {
    survivors(of: writes.indices.filter { [nil, .phone].contains(writes[$0].kind) }, in: all)
  }

  /// The additions of the tag that nobody who had seen them took back.
  func tags(in all: Set<Int>) -> Set<Int> {
    let writers = writes.indices.filter { [.tag, .untag].contains(writes[$0].kind) }
    return survivors(of: writers, in: all).filter { writes[$0].kind == .tag }
  }

  /// Who says that the customer is deleted, and whether somebody says that it lives.
  func life(in all: Set<Int>) -> (deletions: Set<Int>, isAlive: Bool) {
    let left = survivors(of: Array(writes.indices), in: all) { later, earlier in
      // Ordinary work replaces the word that it lives, and never a deletion.
      [.delete, .revive].contains(writes[later].kind) || writes[earlier].kind != .delete
    }
    let deletions = left.filter { writes[$0].kind == .delete }
    return (deletions, deletions.count < left.count)
  }

  // MARK: What is shown

  /// What the hub shows once it has accepted these.
  func view(of all: Set<Int>) -> View? {
    guard life(in: all).isAlive else { return nil }
    return View(
      phone: phones(in: all).max() ?? 0, legalName: names(in: all).max() ?? 0,
      isTagged: !tags(in: all).isEmpty)
  }

  func view(on desk: Int) -> View? {
    var view = view(of: desks[desk].base)
    for number in desks[desk].pending {
      switch writes[number].kind {
      case .phone: view?.phone = number
      case .legalName, .keepOldest: view?.legalName = number
      case .tag: view?.isTagged = true
      case .untag: view?.isTagged = false
      case .delete: view = nil
      case .revive, nil: break
      }
    }
    return view
  }
}
