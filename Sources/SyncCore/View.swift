// The view law (I10): what a rep sees = the hub's base with his own pending edits applied on top.
//
// Nothing else ever writes what the rep sees. Refusal, rebase, first download, departure and a
// restored hub are all "replace the base, keep the pending edits, fold again".

/// A record as one replica shows it.
public struct RecordView: Hashable, Sendable {
  /// Nil where the record does not exist, or was deleted.
  public var values: FieldValues?

  public init(values: FieldValues?) { self.values = values }

  /// Applies one of the replica's own changes on top.
  public mutating func apply(_ change: Change, in schema: CollectionSchema) {
    switch change.lifecycle {
    case .deleted:
      values = nil
      return
    case .alive, nil: break
    }
    var values = self.values ?? FieldValues()
    values.reserveCapacity(values.entries.count + change.writes.count)
    for write in change.writes where write.field != .lifecycle {
      switch write.action {
      case .put(let value, _):
        guard schema.traits(of: write.field)?.isGroup == true else {
          values[write.field] = value
          continue
        }
        for (field, column) in schema.columnValues(of: write.field, value) {
          values[field] = column
        }
      case .alter(let adding, let removing):
        values[write.field] = RecordView.altered(
          values[write.field], adding: adding, removing: removing)
      }
    }
    self.values = values
  }

  private static func altered(_ value: Value, adding: [String], removing: [String]) -> Value {
    Value(elements: value.elements.subtracting(removing).union(adding))
  }
}
