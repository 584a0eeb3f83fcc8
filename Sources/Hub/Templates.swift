// The company's templates in the hub's tables: what rules say to customers, by name.
//
// One that a rule in force names can be changed and not taken away, and a rule can only name one that is there and
// is for its records: so no message fails for want of words.

import FollowUp
import Storage
import SyncCore

struct Templates {
  let store: HubStore

  func all() throws -> [MessageTemplate] {
    try store.db.all("SELECT name, collection, title, text FROM templates ORDER BY name") {
      try template($0)
    }
  }

  subscript(name: String) -> MessageTemplate? {
    get throws {
      try store.db.first(
        "SELECT name, collection, title, text FROM templates WHERE name = ?", .text(name)
      ) { try template($0) }
    }
  }

  private func template(_ row: Statement) throws -> MessageTemplate {
    do {
      return try MessageTemplate(
        name: row.text(0), collection: row.text(1), title: row.text(2), text: row.text(3),
        schema: store.schema)
    } catch {
      // It was read when it was saved, so this is no fault of the one who asks now.
      throw StorageError.corrupt(reason: "the template \(row.text(0)) cannot be read: \(error)")
    }
  }

  func save(_ template: MessageTemplate) throws {
    try store.db.run(
      "INSERT OR REPLACE INTO templates VALUES (?, ?, ?, ?)", .text(template.name),
      .text(template.collection.name), .text(template.title), .text(template.text))
  }

  func remove(_ name: String) throws {
    try store.db.run("DELETE FROM templates WHERE name = ?", .text(name))
  }

  /// The rules that name it.
  static func rules(of book: RuleBook, naming name: String) -> [String] {
    book.templates.filter { $0.name == name }.map(\.rule)
  }

  /// - Throws: a refusal that names the rule.
  func check(_ book: RuleBook) throws {
    for (rule, name, collection) in book.templates {
      guard let template = try self[name] else {
        throw HubError.badRequest(
          "The rule “\(rule)” names the template \(name) , which is not there.")
      }
      guard template.collection == collection else {
        throw HubError.badRequest(
          """
          The rule “\(rule)” is about a \(collection.name), and the template \(name) is for a \
          \(template.collection.name).
          """)
      }
    }
  }
}
