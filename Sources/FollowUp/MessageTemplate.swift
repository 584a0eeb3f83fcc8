// A text that rules send: written once, by whoever knows how to write to customers, and named by rules.
//
// Its placeholders are those of the collection it is for, and are looked up while it is saved: a template can never
// ask for what a record does not have. What it says is filled in when a message is written, never when it is read.

import Notation
import SyncCore

public struct MessageTemplate: Hashable, Sendable {
  public static let nameMax = 64
  /// Characters.
  public static let titleMax = 200
  public static let textMax = 10_000
  public static let countMax = 500

  public enum Fault: Error, Hashable, Sendable {
    /// Letters of any script, digits, dot, hyphen and underscore.
    case badName
    case unknownCollection(String, known: [String])
    case noText
    case tooLong(charactersMax: Int)
    case unknownPlaceholder(String, known: [String])
  }

  public let name: String
  /// Whose records it is filled from.
  public let collection: CollectionSchema
  /// Of a mail; empty for a text message.
  public let title: String
  public let text: String

  public init(
    name: String, collection: String, title: String, text: String, schema: Schema
  ) throws(Fault) {
    let isPlain = name.allSatisfy { $0.isLetter || $0.isNumber || ".-_".contains($0) }
    guard isPlain, (1...MessageTemplate.nameMax).contains(name.count) else { throw .badName }
    guard let found = schema[collection], !MessageTemplate.made.contains(found) else {
      let known = schema.collections.filter { !MessageTemplate.made.contains($0) }.map(\.name)
      throw .unknownCollection(collection, known: known)
    }
    guard !text.allSatisfy(\.isWhitespace) else { throw .noText }
    guard title.count <= MessageTemplate.titleMax else {
      throw .tooLong(charactersMax: MessageTemplate.titleMax)
    }
    guard text.count <= MessageTemplate.textMax else {
      throw .tooLong(charactersMax: MessageTemplate.textMax)
    }
    let known = found.placeholders
    for name in Titles(en: title, zh: text).placeholders where !known.contains(name) {
      throw .unknownPlaceholder(name, known: known)
    }
    (self.name, self.collection, self.title, self.text) = (name, found, title, text)
  }

  /// What rules make themselves is nothing to write about.
  private static let made: [CollectionSchema] = [.reminder, .conflict, .message]

  /// As it would go out for a record.
  public func filled(
    for subject: FactRecord, _ facts: CustomerFacts, years: Int? = nil
  ) -> (title: String, text: String) {
    let filled = Titles(en: title, zh: text).filled {
      subject.words(for: $0, in: collection, facts, years: years)
    }
    return (filled.en, filled.zh)
  }
}

extension CollectionSchema {
  /// What may stand between braces in a text about its records. No moments: their words depend on a zone.
  var placeholders: [String] {
    columns.filter { $0.type != .moment }.map(\.name) + ["customer", "owner", "years"]
  }
}

extension FactRecord {
  /// The words for one placeholder.
  func words(
    for name: String, in schema: CollectionSchema, _ facts: CustomerFacts, years: Int?
  ) -> String {
    func text(_ value: Value) -> String {
      value.isNull ? "–" : FieldText.display(value, in: .utc)
    }
    switch name {
    case "customer": return text(facts.values[CollectionSchema.customer.titleField])
    case "owner": return owner(facts) ?? "–"
    case "years": return years.map(String.init) ?? "–"
    default: return schema[name].map { text(values[$0.id]) } ?? "–"
    }
  }

  /// Whose work the record is: its own owner, or the customer's.
  func owner(_ facts: CustomerFacts) -> String? {
    let own = Schema.followUp[collection]?["owner"].flatMap { values[$0.id].text }
    return own.flatMap { $0.isEmpty ? nil : $0 } ?? facts.owner
  }
}
