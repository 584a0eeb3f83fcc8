// Whether the people and pools that rules name are here.
//
// A role that there is not will never be: that is a fault of the file. A user, a team or a pool may come
// later, so the file holds, and whoever applies it is told, with the place: until then such a rule reaches nobody.

import Access
import FollowUp
import Notation
import Storage

struct RuleNames {
  let store: HubStore

  /// A name that is nobody's here, and the rule that uses it.
  struct Missing {
    var rule: Rule
    /// Of the rule in the book.
    var place: Int
    var name: RuleName
  }

  /// - Throws: a `RuleError` where a role does not exist.
  /// - Returns: what is not here yet, in the order of the book.
  func missing(from book: RuleBook, in text: [UInt8]) throws -> [JSONValue] {
    let organisation = try store.permissions().organisation
    let pools = Set(try store.db.all("SELECT name FROM pools") { $0.text(0) })
    let teams = Set(organisation.teams.map(\.name))
    var missing: [JSONValue] = []
    for (place, rule) in book.rules.enumerated() {
      for name in rule.names {
        let isHere =
          switch name {
          case .user(let user): organisation[user].map { !$0.isDisabled } ?? false
          case .team(let team): teams.contains(team)
          case .pool(let pool): pools.contains(pool)
          case .role(let role): Role(rawValue: role) != nil
          }
        if isHere { continue }
        let error = fault(of: Missing(rule: rule, place: place, name: name)).located(in: text)
        if case .role = name { throw error }
        missing.append([
          "rule": .string(rule.id), "kind": .string(name.kind), "name": .string(name.name),
          "path": .string(error.path), "line": error.line.map { .integer(Int64($0)) } ?? .null,
        ])
      }
    }
    return missing
  }

  private func fault(of missing: Missing) -> RuleError {
    let allowed: [String] =
      if case .role = missing.name { Role.allCases.map(\.rawValue) } else { [] }
    var error = RuleError(
      .notHere(kind: missing.name.kind, name: missing.name.name), path: "$.rules[\(missing.place)]",
      allowed: allowed)
    error.rule = missing.rule.id
    return error
  }
}
