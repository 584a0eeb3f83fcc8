// Values, images and views as short text for traces and violations.

import SyncCore
import Wire

extension Schema {
  func describe(_ values: FieldValues?, of collection: CollectionID) -> String {
    guard let values else { return "nothing" }
    let fields = values.entries.map { entry in
      let name = self[collection]?[entry.field]?.name ?? "#\(entry.field.rawValue)"
      return "\(name)=\(Schema.describe(entry.value))"
    }
    return "{\(fields.joined(separator: " "))}"
  }

  func describe(_ image: RecordImage?) -> String {
    guard let image else { return "nothing" }
    return "\(describe(image.values, of: image.collection)) as of \(image.asOf.rawValue), "
      + "changed at \(image.updatedAt.milliseconds)"
  }

  static func describe(_ value: Value) -> String {
    switch value {
    case .null: "∅"
    case .text(let text): text
    case .integer(let number): String(number)
    case .boolean(let flag): String(flag)
    case .decimal(let number): number.description
    case .moment(let moment): String(moment.milliseconds)
    case .reference(let id): "→\(id)"
    case .set(let elements): "[\(elements.joined(separator: ","))]"
    case .group(let values):
      "(\(values.entries.map { describe($0.value) }.joined(separator: ",")))"
    }
  }
}
