// May this change be made? Pure: facts in, verdict out; no clock, no disk.
//
// Checks in order of precedence, each with its reason. A refusal hits a single field where it can:
// the rest of the change is accepted, the refused value goes back to its author as a draft. An
// atomic edit is accepted or refused whole (`Judge.atomic`).

import Access
import SyncCore
import Wire

extension Role {
  /// Standing towards a record, stamped into what he writes.
  func authority(isOwner: Bool) -> Authority {
    switch self {
    case .admin: .admin
    case .manager: .manager
    case .rep, .service: isOwner ? .owner : .member
    }
  }
}

/// What the hub says to a request (`FieldSchema.isRequest`).
enum RequestAnswer: Hashable {
  case granted
  case refused(RefusalReason, String)
}

/// What became of a change: the writes to accept, and why the others are not.
struct Judgement {
  var writes: [FieldWrite]
  var refusals: [Refusal] = []
}

enum Judge {
  /// What the hub knows of the record a change is about, and of its author.
  struct Facts {
    var schema: CollectionSchema
    var standing: Standing
    var rights: Rights
    var isCreation: Bool
    /// The author had seen that the record is deleted, and does not restore it.
    var isKnownDeleted = false
    /// A reminder that is somebody else's to answer.
    var isForAnother = false
    /// He may take a fact back.
    var mayVoid = false
    /// References to records of a required kind that do not exist.
    var missingReferences: Set<FieldID> = []
    /// Owners who are not among the people of this hub, or are shut out.
    var missingOwners: Set<FieldID> = []
    /// Fields that await a decision, and that this change, which has seen every value, would decide.
    var contested: Set<FieldID> = []
    /// Units whose values were hidden from the author when he wrote: he would replace what he never saw.
    var unseen: Set<FieldID> = []
    /// What became of the change's requests, where somebody decided about them (`Pooling`).
    var requests: [FieldID: RequestAnswer] = [:]
    /// Fields set once that the change would set to what they are: two who made the same record.
    var unchanged: Set<FieldID> = []
    /// Why a deal may not go where the change moves it (`DealStages`).
    var stageRefusal: StageRefusal?
  }

  static func judge(_ change: Change, _ facts: Facts) -> Judgement {
    let whole = refuseWhole(change, facts)
    if let whole, facts.requests.isEmpty { return Judgement(writes: [], refusals: [whole]) }
    var judgement = Judgement(writes: [])
    for write in change.writes {
      if var refusal = whole, facts.requests[write.field] == nil {
        // A request is answered by itself, whatever becomes of the rest.
        refusal.field = write.field
        judgement.refusals.append(refusal)
      } else if let (reason, text) = refuse(write, facts) {
        judgement.refusals.append(
          Refusal(record: change.record, field: write.field, reason: reason, text: text))
      } else {
        judgement.writes.append(write)
      }
    }
    return judgement
  }

  /// Every part of an atomic edit shares the fate of its worst part.
  static func atomic(_ judgements: [Judgement], of changes: [Change]) -> [Judgement] {
    guard judgements.contains(where: { !$0.refusals.isEmpty }) else { return judgements }
    return zip(judgements, changes).map { judgement, change in
      let others = judgement.writes.map {
        Refusal(
          record: change.record, field: $0.field, reason: .atomic,
          text: "Another part of the same edit was refused, and it holds only as a whole.")
      }
      return Judgement(writes: [], refusals: judgement.refusals + others)
    }
  }

  /// Its author leaves to others what he has no right to; what nobody could write stays refused.
  static func referred(_ judgement: Judgement) -> Judgement {
    var judgement = judgement
    for index in judgement.refusals.indices {
      let reason = judgement.refusals[index].reason
      if reason == .forbidden || reason == .hubOnly { judgement.refusals[index].isParked = true }
    }
    return judgement
  }

  /// Its author cannot read it any more, so no draft can come of it there: whatever is refused is kept
  /// here.
  static func boxed(_ judgement: Judgement) -> Judgement {
    var judgement = judgement
    for index in judgement.refusals.indices { judgement.refusals[index].isParked = true }
    return judgement
  }

  // MARK: The whole change

  private static func refuseWhole(_ change: Change, _ facts: Facts) -> Refusal? {
    func refusal(_ reason: RefusalReason, _ text: String) -> Refusal {
      Refusal(record: change.record, field: nil, reason: reason, text: text)
    }
    switch facts.standing {
    case .holds: break
    case .left where facts.schema.isImmutable && facts.isCreation:
      // A visit took place, whoever has the customer now.
      return nil
    case .left:
      var parked = refusal(
        .scopeLeft,
        "The record went to somebody else meanwhile. What you wrote is kept for its owner.")
      parked.isParked = true
      return parked
    case .stranger:
      // The same words whether it exists or not: who may not see it learns nothing.
      return refusal(.missingReference, "There is no such record among those you may see.")
    }
    if let action = facts.neededRight(of: change), !facts.rights.allows(action) {
      return refusal(
        .forbidden,
        "Your role may not \(action.rawValue) this \(facts.schema.name) (policy \(facts.rights.version))."
      )
    }
    if facts.isKnownDeleted {
      return refusal(.recordDeleted, "The record was deleted. Restore it before editing it.")
    }
    if facts.schema.isImmutable, !facts.isCreation, change.lifecycle == nil || !facts.mayVoid {
      return refusal(
        .immutable, "A \(facts.schema.name) is a fact and is never changed. Add a correction.")
    }
    if facts.isForAnother {
      return refusal(
        .forbidden,
        "The reminder is somebody else's: he answers it himself, or who leads him does.")
    }
    if let root = facts.schema.rootField, facts.missingReferences.contains(root) {
      return refusal(.missingReference, "The record it belongs to does not exist at the hub.")
    }
    return nil
  }

  // MARK: One field

  private static func refuse(_ write: FieldWrite, _ facts: Facts) -> (RefusalReason, String)? {
    if write.field == .lifecycle { return refuseLifecycle(write) }
    // Who may write it, and how it merges, a later program will know; nothing is taken in on trust.
    guard let field = facts.schema[write.field] else {
      return (
        .unknownField,
        "This hub does not know field \(write.field.rawValue) of a \(facts.schema.name) yet: have it updated, then retry."
      )
    }
    if !isWellTyped(write, field, facts.schema) {
      return (.wrongType, "\(field.name) does not hold this kind of value.")
    }
    if facts.missingReferences.contains(field.id) {
      return (.missingReference, "\(field.name) names a record that does not exist.")
    }
    if facts.rights.closed.contains(field.id) {
      return (
        .forbidden, "Your role does not write \(field.name) (policy \(facts.rights.version))."
      )
    }
    if facts.unseen.contains(field.id) {
      return (
        .forbidden,
        "\(field.name) was hidden from you when you wrote it. Look at it first, then write it again."
      )
    }
    if facts.contested.contains(field.id) && !facts.rights.allows(.resolve) {
      return (
        .forbidden,
        "Several values of \(field.name) await a decision that is not yours (policy \(facts.rights.version))."
      )
    }
    if let refusal = facts.stageRefusal, refusal.field == field.id {
      return (refusal.reason, refusal.text)
    }
    if field.isRequest { return refuseRequest(field, facts) }
    if let refusal = refuseByRule(field, facts) { return refusal }
    // Last, so that nobody learns who is here by trying names.
    if facts.missingOwners.contains(field.id) {
      return (
        .missingReference,
        "There is nobody of that name here, or no longer: nobody would see the record. Choose another \(field.name)."
      )
    }
    return nil
  }

  private static func refuseByRule(
    _ field: FieldSchema, _ facts: Facts
  ) -> (RefusalReason, String)? {
    switch field.rule {
    case .once where !facts.isCreation && !facts.unchanged.contains(field.id):
      return (.setOnce, "\(field.name) is set when the record is made and never again.")
    case .hubOnly:
      if facts.isCreation && field.isOpenAtCreation { return nil }
      if facts.rights.allows(.assign) && field.isOpenAtCreation { return nil }
      return field.isOpenAtCreation
        ? (
          .hubOnly,
          "Your role does not change \(field.name) of an existing record (policy \(facts.rights.version))."
        )
        : (.hubOnly, "Only the hub writes \(field.name).")
    default: return nil
    }
  }

  private static func refuseRequest(
    _ field: FieldSchema, _ facts: Facts
  ) -> (RefusalReason, String)? {
    switch facts.requests[field.id] {
    case .granted: nil
    case .refused(let reason, let text): (reason, text)
    case nil:
      (.hubOnly, "\(field.name) asks for a customer that there is, and is no value to be set.")
    }
  }

  private static func refuseLifecycle(_ write: FieldWrite) -> (RefusalReason, String)? {
    if case .put(let value, _) = write.action, Lifecycle(value) != nil { return nil }
    return (.wrongType, "A record is alive or deleted, nothing else.")
  }

  private static func isWellTyped(
    _ write: FieldWrite, _ field: FieldSchema, _ schema: CollectionSchema
  ) -> Bool {
    switch write.action {
    case .alter: return field.rule == .union
    case .put(let value, _):
      guard field.rule != .union, field.group == nil, field.type.accepts(value) else {
        return false
      }
      guard case .group(let members) = value else { return true }
      return members.entries.allSatisfy { schema[$0.field]?.type.accepts($0.value) ?? false }
    }
  }
}

extension Judge.Facts {
  /// What the change as a whole takes; assigning and deciding are asked field by field.
  fileprivate func neededRight(of change: Change) -> Action? {
    if change.lifecycle == .deleted { return .delete }
    if isCreation { return .create }
    // Bringing back is the other side of deleting.
    if change.lifecycle == .alive && isKnownDeleted { return .delete }
    return .update
  }
}
