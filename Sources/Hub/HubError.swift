// What the hub refuses to do, as facts. Routes turn them into status codes and sentences.
//
// The table from these to answers is `Refused`; programs word them for their own terminals.

public enum HubError: Error, Hashable, Sendable {
  /// There is no hub in this folder, or there is one already.
  case notInitialised(path: String)
  case alreadyInitialised(path: String)
  /// An older program made its tables, and may be using them.
  case servedByOlder(path: String)
  /// Another daemon serves this folder.
  case alreadyServed(path: String)
  case unauthorised
  case forbidden(role: String)
  case notFound(what: String, name: String)
  case ambiguous(reference: String, candidates: [String])
  case exists(what: String, name: String)
  /// The caller's words make no sense; the sentence says what would.
  case badRequest(String)
  /// The one-time code is unknown, used up or too old.
  case codeRefused
  case disabled(user: String)
  /// The daemon was given no folder for backups.
  case noBackupFolder
  /// The file is something else than a backup of a hub.
  case notABackup(path: String)
  /// The file was a backup once, and not all of it can be read any more.
  case backupDamaged(path: String, reason: String)
}
