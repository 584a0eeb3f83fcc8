// What people say about fields – `owner=bob`, `tags+=vip`, a JSON value – as writes of one record.
//
// Fields of a group merge as one value, so writing a member writes the group with the other members
// as they are shown. Sets are altered, never replaced, so that what somebody adds meanwhile stays.

import FollowUp
import Notation
import SyncCore

struct FieldInput {
  let schema: CollectionSchema
  let shown: FieldValues
  let now: Moment
  let zone: LocalZone

  // MARK: Assignments

  /// The writes that a list of assignments means; later ones win.
  func writes(_ assignments: [String]) throws -> [FieldWrite] {
    var values = shown
    var touched: Set<FieldID> = []
    for assignment in assignments {
      let (field, value) = try read(assignment, over: values)
      values[field.id] = value
      touched.insert(schema.unit(of: field.id))
    }
    return touched.sorted().map { write(of: $0, as: schema.unitValue(of: $0, from: values)) }
  }

  /// The write that gives a unit this value.
  func write(of unit: FieldID, as value: Value) -> FieldWrite {
    guard schema.rule(of: unit) == .union else { return .put(unit, value) }
    return FieldWrite(unit, .replacing(shown[unit].elements, with: value.elements))
  }

  private func read(
    _ assignment: String, over values: FieldValues
  ) throws -> (FieldSchema, Value) {
    guard let equals = assignment.firstIndex(of: "=") else {
      throw HubError.badRequest("\(assignment) is no assignment. Write field=value.")
    }
    var name = assignment[..<equals]
    let text = String(assignment[assignment.index(after: equals)...])
    let sign = name.last
    if sign == "+" || sign == "-" { name = name.dropLast() }
    guard let field = schema[String(name)], !field.isGroup else { throw unknown(String(name)) }
    guard sign == "+" || sign == "-" else { return (field, try value(text, of: field)) }
    guard field.type == .set else {
      throw HubError.badRequest("\(field.name) is no set; write \(field.name)=value.")
    }
    let typed = Set(FieldText.elements(of: text))
    let old = values[field.id].elements
    let new = sign == "+" ? old.union(typed) : old.subtracting(typed)
    return (field, Value(elements: new))
  }

  private func value(_ text: String, of field: FieldSchema) throws -> Value {
    do {
      return try FieldText.parse(text, as: field.type, at: now, in: zone)
    } catch {
      throw HubError.badRequest("\(text) is no value of \(field.name).")
    }
  }

  private func unknown(_ name: String) -> HubError {
    let names = schema.columns.map(\.name).joined(separator: ", ")
    return .badRequest("A \(schema.name) has no field \(name) ; it has \(names).")
  }

  // MARK: JSON

  /// A JSON value as the value of a unit. One value for a group means its leading member.
  func value(_ json: JSONValue, ofUnit unit: FieldID) throws -> Value {
    if unit == .lifecycle {
      guard let word = json.string, let lifecycle = Lifecycle(.text(word)) else {
        throw HubError.badRequest("A record is alive or deleted, nothing else.")
      }
      return lifecycle.value
    }
    guard let field = schema[unit] else {
      throw HubError.badRequest("This hub does not know field #\(unit.rawValue); update it.")
    }
    guard case .group(let members) = field.type else { return try value(json, of: field) }
    if json.isNull { return .null }
    var values = FieldValues()
    if let object = json.object {
      for (name, member) in object.sorted(by: { $0.key < $1.key }) {
        guard let field = schema[name], members.contains(field.id) else { throw unknown(name) }
        values[field.id] = try value(member, of: field)
      }
    } else if let leading = members.first.flatMap({ schema[$0] }) {
      values = FieldValues(members.map { ($0, shown[$0]) })
      values[leading.id] = try value(json, of: leading)
    }
    return values.isEmpty ? .null : .group(values)
  }

  private func value(_ json: JSONValue, of field: FieldSchema) throws -> Value {
    switch json {
    case .null: return .null
    case .string(let text): return try value(text, of: field)
    case .integer(let number): return try value(String(number), of: field)
    case .number(let number): return try value("\(number)", of: field)
    case .bool(let flag): return try value(flag ? "yes" : "no", of: field)
    case .array(let elements) where field.type == .set:
      return Value(elements: Set(elements.compactMap(\.string)))
    case .array, .object:
      throw HubError.badRequest("\(json.text()) is no value of \(field.name).")
    }
  }
}
