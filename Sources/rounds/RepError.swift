// What can go wrong in a command of `rounds`, as facts: `Failures` words them, in two languages.
//
// Errors of the libraries below pass through as they are. It must never hold a sentence.

import FollowUp
import Replica
import SyncCore
import Wire

enum RepError: Error, Hashable {
  // The place.
  case homeUnknown
  case folder(path: String, reason: String)
  case badAddress(String)
  case syncRunning
  case noThread(reason: String)
  case key(KeyFault)

  // References.
  case noReference(String)
  case recordMissing(reference: String)
  case ambiguous(reference: String, candidates: [FoundRecord])
  case collectionUnknown(String, known: [String])
  /// The record is of a collection that the command cannot do this to.
  case unsuitable(FoundRecord, suitable: [String])
  /// The hub's rules are written in a language that this program does not know yet.
  case rulesUnreadable
  /// No customer stands behind the record.
  case noCustomer(FoundRecord)

  // Fields.
  case fieldUnknown(String, collection: String, known: [String])
  case valueUnreadable(field: String, text: String, type: ValueType)
  case valueNotAllowed(field: String, text: String, allowed: [String])
  case notASet(field: String)
  case titleMissing(collection: String, field: String)
  case hubOnly(collection: String, field: String?)
  case reasonNeedsDeal
  /// A colleague contacted the customer less than a day ago, as far as this laptop knows.
  case colleagueWasThere(String, hoursAgo: Int)
  /// What was accepted needs a plan to be written into.
  case planMissing
  /// Somebody who wants no contact.
  case doNotContact(String)
  /// What should be linked belongs to another customer.
  case otherCustomer(FoundRecord)

  // The sales process.
  case stageNotDone(RecordID, stage: Titles, missing: [Titles])
  case overrideForbidden(role: String)
  case overrideNeedsReason
  /// The field of the deal that shows it; nil: a text.
  case evidenceMissing(task: String, field: String?)
  case evidenceNotAsked

  case managersOnly(role: String)
  case taskWithoutQueue(FoundRecord)
  case taskNotYours(FoundRecord)
  /// Somebody else is reminded.
  case reminderNotYours(FoundRecord, person: String)
  /// A strong reminder is answered with a note.
  case noteMissing
  case nothingToDo

  // Times.
  case timeUnreadable(option: String, typed: String)
  case inTheFuture(option: String)
  case notAhead(option: String)

  // Disputes and conflicts.
  case disputed(record: RecordID, field: String, branches: [Branch])
  case notDisputed(field: String)
  case noSuchBranch(Int, field: String, branches: Int)
  case conflictMissing(String)
  /// Somebody has decided already, or the rule has.
  case conflictClosed(RecordID, status: String)
  /// The case awaits a decision; restoring would be one in disguise.
  case conflictOpen(RecordID)
  case nothingLost(RecordID)
  /// Customers share a code: which of them is kept is not a laptop's to decide.
  case duplicateCustomers(RecordID)
  case takeOrValue

  // Drafts, reminders.
  case draftMissing(String)
  case draftAmbiguous(String)
  case onlyForeseen(RecordID)
  case hookFailed(command: String, reason: String)

  /// This laptop carries as many bundles as it takes.
  case carriesEnough(Int)
  case nothingToFind
  /// In bytes of UTF-8.
  case tooLongToFind(max: Int)
  case sqlFailed(reason: String)
  case sqlWrites
  case findings(Int)
  /// What waits there is somebody else's, or for another hub.
  case notOwnFolder(path: String, user: String, workspace: String)
  /// Of a damaged replica not even the list of tables can be read; the files are kept there.
  case nothingToRescue(path: String)
  /// So it is with the files of another folder; this laptop is well.
  case nothingToTakeOver(path: String)
  /// Who it was cannot be read; what waits can.
  case identityLost(kept: String, waiting: Int)
  /// The hub could not be reached, or cannot serve; what was written is here, and so many edits wait. One that is
  /// busy may have said when to come again.
  case offline(waiting: Int, why: HubLinkError, retryAfterSeconds: Int?)
  /// Joined, and the first download has yet to be finished.
  case joinedOffline(HubLinkError)
}

extension HubLinkError {
  /// Whether the hub is as good as not there: later is not never.
  var isAbsence: Bool {
    switch self {
    case .unreachable, .unavailable: true
    case .refused: false
    }
  }
}
