// Policies that are applied while people work, and what each of them hides from whom (I8).
//
// An administrator replaces the policy in force by another one. Laptops have pending edits under the
// old one, pages under way, cuts that show more than the new one does; what is sent from then on is
// judged by `Eyes`, page by page and field by field.

import Access
import Hub
import Notation
import SyncCore

/// A unit of a collection, or the whole collection.
struct HiddenUnit: Hashable {
  var collection: CollectionID
  /// Nil: nothing of the collection is shown.
  var unit: FieldID?

  static func all(_ fields: [CollectionID: Set<FieldID>]) -> [HiddenUnit] {
    fields.flatMap { collection, fields in
      fields.map { HiddenUnit(collection: collection, unit: $0) }
    }
  }
}

extension Cluster {
  func applyPolicy(_ random: inout SplitMix64) throws {
    var policy = try JSONValue(parsing: Policy.standardText)
    if random.chance(50) {
      policy["roles"]?["rep"]?["hidden"] = [
        "customer": ["phone", "notes", "city"], "contact": ["phone"],
      ]
      coverage.note(.hiddenField)
    }
    if random.chance(15) {
      policy["roles"]?["manager"]?["hidden"] = ["customer": ["legalName"]]
    }
    if random.chance(30) { policy["roles"]?["rep"]?["rights"]?["*"]?["read"] = "team" }
    if random.chance(50) { policy["withoutTeams"] = "closed" }
    try administer("policy", policy, method: "PUT")
    coverage.note(.policyChanged)
    try noteHidden()
  }

  /// Who deletes a record deletes what is hidden of it from him: the oracle is told what that may be.
  func noteHidden() throws {
    for user in Set(laptops.map(\.user)).sorted() {
      let eyes = try hub.eyes(of: user, schema)
      ghost.hidden[user, default: []].formUnion(
        eyes.hiddenCollections.map { HiddenUnit(collection: $0) } + HiddenUnit.all(eyes.hidden))
    }
  }
}
