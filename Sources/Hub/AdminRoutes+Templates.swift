// `/v1/admin/templates`: what rules say to customers – list, save, remove, and how it would read.
//
// Variables are checked when a template is saved; a preview is filled from what the caller may see.

import FollowUp
import Notation
import SyncCore

extension AdminRoutes {
  func templates(_ path: [String], _ request: HubRequest) throws -> HubResponse {
    let templates = Templates(store: store)
    switch (request.method, path.count, path.count > 2 ? path[2] : "") {
    case ("GET", 1, _):
      try require(.read)
      return .json(["templates": .array(try templates.all().map(json))])
    case ("GET", 2, _):
      try require(.read)
      return .json(json(try find(path[1], templates)))
    case ("PUT", 2, _):
      try require(.administer)
      return .json(json(try save(path[1], request, templates)))
    case ("POST", 3, "remove"):
      try require(.administer)
      try remove(path[1], templates)
      return .json(["removed": .string(path[1])])
    case ("POST", 3, "preview"):
      try require(.read)
      return .json(try preview(find(path[1], templates), request))
    default: throw nowhere(request)
    }
  }

  private func find(_ name: String, _ templates: Templates) throws -> MessageTemplate {
    guard let found = try templates[name] else {
      throw HubError.notFound(what: "template", name: name)
    }
    return found
  }

  private func json(_ template: MessageTemplate) -> JSONValue {
    [
      "name": .string(template.name), "on": .string(template.collection.name),
      "title": .string(template.title), "text": .string(template.text),
      "rules": .array(
        Templates.rules(of: automation.rules, naming: template.name).map { .string($0) }),
    ]
  }

  // MARK: Changing

  private func save(
    _ name: String, _ request: HubRequest, _ templates: Templates
  ) throws -> MessageTemplate {
    let body = try RequestBody(request)
    let former = try templates[name]
    let template: MessageTemplate
    do throws(MessageTemplate.Fault) {
      let (on, title) = (
        (try? body.optionalText("on")) ?? nil, (try? body.optionalText("title")) ?? nil
      )
      template = try MessageTemplate(
        name: name, collection: on ?? former?.collection.name ?? "",
        title: title ?? former?.title ?? "",
        text: ((try? body.optionalText("text")) ?? nil) ?? former?.text ?? "",
        schema: store.schema)
    } catch {
      throw HubError.badRequest(AdminRoutes.words(for: error))
    }
    let users = Templates.rules(of: automation.rules, naming: name)
    if let former, former.collection != template.collection, let rule = users.first {
      throw Refused(
        409, "inUse", "The rule “\(rule)” fills it from a \(former.collection.name).")
    }
    let count = try templates.all().count
    guard former != nil || count < MessageTemplate.countMax else {
      throw HubError.badRequest("There are at most \(MessageTemplate.countMax) templates.")
    }
    try templates.save(template)
    return template
  }

  private func remove(_ name: String, _ templates: Templates) throws {
    _ = try find(name, templates)
    if let rule = Templates.rules(of: automation.rules, naming: name).first {
      throw Refused(
        409, "inUse", "The rule “\(rule)” names it.", hint: "Apply rules without it first.")
    }
    try templates.remove(name)
  }

  private static func words(for fault: MessageTemplate.Fault) -> String {
    switch fault {
    case .badName:
      """
      A template's name has 1 to \(MessageTemplate.nameMax) letters, digits, dots, hyphens and \
      underscores.
      """
    case .unknownCollection(let name, let known):
      "“on” says whose records it is for, and not “\(name)”: \(known.joined(separator: ", "))"
    case .noText: "A template without a text says nothing."
    case .tooLong(let charactersMax): "That is more than \(charactersMax) characters."
    case .unknownPlaceholder(let name, let known):
      "{\(name)} means nothing here; there are: \(known.joined(separator: ", "))"
    }
  }

  // MARK: Preview

  private func preview(_ template: MessageTemplate, _ request: HubRequest) throws -> JSONValue {
    let record = try reference.record(RequestBody(request).text("record"))
    guard record.schema == template.collection else {
      throw HubError.badRequest(
        "The template is for a \(template.collection.name), and that is a \(record.schema.name).")
    }
    guard let customer = try store.load(record.root, in: .customer) else {
      throw HubError.notFound(what: "customer", name: record.root.description)
    }
    let veil = try sight().veil(of: record.root)
    let subject = FactRecord(
      id: record.id, collection: record.schema.id,
      values: veil.veiled(record.shown, of: record.schema))
    let facts = CustomerFacts(
      record: customer.id, values: veil.veiled(customer.shown, of: .customer))
    let (title, text) = template.filled(for: subject, facts)
    return ["title": .string(title), "text": .string(text)]
  }
}
