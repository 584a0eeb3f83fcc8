// What may be saved as a template, and how it reads for a record.
//
// Each fault once, in a table; the words are filled by the same function that rules use.

import FollowUp
import SyncCore
import Testing

@Suite struct MessageTemplateTests {
  private func fault(
    _ text: String, name: String = "birthday.zh", on collection: String = "contact",
    title: String = ""
  ) -> MessageTemplate.Fault? {
    do {
      _ = try MessageTemplate(
        name: name, collection: collection, title: title, text: text, schema: .followUp)
      return nil
    } catch {
      return error
    }
  }

  @Test func `a name is one word of any script`() {
    for name in ["birthday.zh", "生日", "a-b_c.1"] { #expect(fault("x", name: name) == nil) }
    for name in ["", "a b", "a/b", "a\nb", String(repeating: "a", count: 65)] {
      #expect(fault("x", name: name) == .badName)
    }
  }

  @Test func `placeholders are those of its records`() {
    for text in ["{name}", "{customer} {owner} {years}", "{mobile}", "no braces", "{not closed"] {
      #expect(fault(text) == nil)
    }
    guard case .unknownPlaceholder("dueAt", let known) = fault("{dueAt}", on: "task") else {
      Issue.record("a moment was taken")
      return
    }
    #expect(known.contains("title") && known.contains("customer") && !known.contains("dueAt"))
    if case .unknownPlaceholder("x", _) = fault("y", title: "{x}") {
    } else {
      Issue.record("a title was not looked at")
    }
  }

  @Test func `it is about what people keep, says something, and not too much`() {
    for collection in ["", "nothing", "reminder", "message", "conflict"] {
      if case .unknownCollection(collection, _) = fault("x", on: collection) {
      } else {
        Issue.record("\(collection) was taken")
      }
    }
    #expect(fault(" \n") == .noText)
    #expect(fault(String(repeating: "x", count: 10_000)) == nil)
    #expect(fault(String(repeating: "x", count: 10_001)) == .tooLong(charactersMax: 10_000))
    #expect(fault("x", title: String(repeating: "x", count: 201)) == .tooLong(charactersMax: 200))
  }

  @Test func `it is filled from the record, its customer and their person`() throws {
    func values(_ schema: CollectionSchema, _ texts: [String: String]) -> FieldValues {
      var values = FieldValues()
      for (name, text) in texts {
        if let field = schema[name] { values[field.id] = .text(text) }
      }
      return values
    }
    let id = ULID(milliseconds: 1, randomHigh: 0, randomLow: 1)
    let contact = FactRecord(
      id: id, collection: CollectionSchema.contact.id, values: values(.contact, ["name": "Li {x}"]))
    let facts = CustomerFacts(
      record: id, values: values(.customer, ["name": "Acme", "owner": "ann"]))
    let template = try MessageTemplate(
      name: "a", collection: "contact", title: "{customer}",
      text: "{name} {mobile} {owner} {years}",
      schema: .followUp)
    let filled = template.filled(for: contact, facts, years: 3)
    // What stands in a record is no template.
    #expect(filled.title == "Acme")
    #expect(filled.text == "Li {x} – ann 3")
  }
}
