// The replica as one command sees it: the store, who we are, and the time – read once.
//
// `now` is this machine's own clock, which is what the store wants to be told; `today` is the same
// moment corrected by what the last sync measured, which is what people and rules go by.

import CommandKit
import FollowUp
import HubClient
import Notation
import Replica
import Storage
import SyncCore

struct OpenReplica {
  let store: ReplicaStore
  let state: ReplicaState
  let folder: ReplicaFolder
  let console: Console
  let outside: Outside
  /// Uncorrected.
  let now: Moment
  /// Corrected.
  let today: Moment
  /// Nil: the database is not encrypted.
  let key: StorageKey?

  init(_ invocation: Invocation, _ outside: Outside) throws {
    try self.init(
      ReplicaFolder(environment: invocation.console.environment), invocation.console, outside)
    try StrongReminders(replica: self).tell(during: invocation.command.path[0])
  }

  /// - Parameter key: where the caller has asked for it already; nil: it is found where it is needed.
  init(
    _ folder: ReplicaFolder, _ console: Console, _ outside: Outside, key: StorageKey? = nil
  ) throws {
    if let revocation = try folder.revocation() { throw ReplicaError.wiped(revocation) }
    guard folder.hasDatabase, !folder.isJoining else {
      throw ReplicaError.notJoined(path: folder.path)
    }
    try DatabaseFile.checkSize(of: folder.databasePath)
    self.folder = folder
    self.console = console
    self.outside = outside
    self.key = try key ?? KeyFinder(folder, console, outside).keyOfDatabase()
    store = try ReplicaStore(
      Connection(path: folder.databasePath, key: self.key), schema: .followUp,
      random: outside.random())
    if let revocation = try store.revocation() {
      try folder.wipe(after: revocation)
      throw ReplicaError.wiped(revocation)
    }
    // What left this laptop and could not be purged at once, because somebody was reading.
    try store.purgeIfOwed()
    state = try store.state()
    now = Moment(milliseconds: console.now())
    today = now.advanced(milliseconds: state.clockOffsetMilliseconds)
  }

  var zone: LocalZone { console.zone }

  /// The line to our hub; makes no call.
  func line(patience: HTTPHubLink.Patience = .init()) throws -> any HubLine {
    guard let address = HubAddress(state.url) else { throw RepError.badAddress(state.url) }
    return outside.line(
      HubCall(
        address: address, token: state.token, patience: patience,
        authoritiesPath: console.environment["ROUNDS_CA"]))
  }

  // MARK: Finding

  /// The one record that a REF means.
  func record(_ reference: String) throws -> FoundRecord {
    switch try Finder(store).reference(reference) {
    case .one(let found): return found
    case .several(let candidates):
      throw RepError.ambiguous(reference: reference, candidates: candidates)
    case .none: throw RepError.recordMissing(reference: reference)
    case .unreadable: throw RepError.noReference(reference)
    case .unknownCollection(let name, let known):
      throw RepError.collectionUnknown(name, known: known)
    }
  }

  func row(_ found: FoundRecord) throws -> CollectionRow {
    guard let row = try store.table(found.collection).row(found.id, in: store.db) else {
      throw RepError.recordMissing(reference: found.id.description)
    }
    return row
  }

  // MARK: Time

  /// A moment as people type it, seen from the corrected present.
  func moment(_ option: String, of invocation: Invocation) throws -> Moment? {
    guard let typed = invocation.option(option) else { return nil }
    let parsed = TimeText.parse(typed, now: today.milliseconds, zone: zone)
    guard let parsed else { throw RepError.timeUnreadable(option: option, typed: typed) }
    return Moment(milliseconds: parsed)
  }

  // MARK: Saying it

  /// The one line that every write prints, or its document.
  func printSaved(
    _ invocation: Invocation, _ what: String, _ id: RecordID, with more: [String: JSONValue] = [:]
  ) throws {
    guard !invocation.isJSON else {
      var document: JSONValue = .object(more)
      document["id"] = .string(id.description)
      return console.print(json: document)
    }
    let what = TextWidth.oneLine(what)
    let waiting = try store.waitingCount()
    console.print(
      Phrase(
        en: "Saved \(what.isEmpty ? "" : what + " ")\(id) (\(waiting) waiting to go up)",
        zh: "已保存 \(what.isEmpty ? "" : what + " ")\(id) （\(waiting) 项等待上传）"
      ).text(console.language))
  }
}

extension CollectionSchema {
  /// A field that the schema is known to have.
  func id(_ name: String) -> FieldID {
    guard let field = self[name] else { preconditionFailure("\(self.name) has no field \(name)") }
    return field.id
  }

  func title(of values: FieldValues) -> String {
    if case .text(let text) = values[titleField] { text } else { "" }
  }
}
