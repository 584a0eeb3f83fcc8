// Every way in which the hub says no: status, code, sentence, and what to do instead.
//
// The one table from errors to answers. Codes are part of the JSON contract; sentences are English
// and for people, and name no secret.

import Access
import FollowUp
import Notation
import Storage
import SyncCore
import Wire

/// A refusal on its way out: `{"error":{"code","message","hint"}}`.
public struct Refused: Error, Hashable, Sendable {
  public var status: Int
  public var code: String
  public var message: String
  public var hint: String?
  /// Further members of the error, such as the candidates of an ambiguous reference.
  public var details: [String: JSONValue] = [:]

  init(_ status: Int, _ code: String, _ message: String, hint: String? = nil) {
    self.status = status
    self.code = code
    self.message = message
    self.hint = hint
  }

  /// What an error of this target, or of one below it, is answered with.
  public init(_ error: any Error) {
    switch error {
    case let error as Refused: self = error
    case let error as HubError: self.init(hub: error)
    case let error as ArchiveFault: self.init(archive: error)
    case let error as BundleRefusal: self = error.refused
    case let error as StorageError: self.init(storage: error)
    case let error as RuleError: self.init(rules: error)
    case let error as PolicyError: self.init(policy: error)
    case let error as AlmanacError: self.init(almanac: error)
    case let error as ProcessError: self.init(process: error)
    case let error as QueryError:
      self.init(400, "badQuery", "The condition is no query: \(error)")
    case let error as JSONError:
      self.init(400, "badRequest", "The body is no JSON document: \(error)")
    case let error as WireError:
      self.init(400, "badRequest", "The body is no message of this protocol: \(error)")
    default:
      self.init(500, "fault", "The hub failed: \(error)", hint: "The log of roundsd says more.")
    }
  }

  var json: HubResponse {
    var error: [String: JSONValue] = details
    error["code"] = .string(code)
    error["message"] = .string(message)
    error["hint"] = hint.map { .string($0) } ?? .null
    return .json(["error": .object(error)], status: status)
  }

  var text: HubResponse {
    .text(hint.map { "\(message) \($0)" } ?? message, status: status)
  }

  /// The past that somebody asked for is in a file that cannot be read.
  init(archive fault: ArchiveFault) {
    self.init(
      409, "archiveMissing", "The archive \(fault.name) cannot be read: \(fault.reason).",
      hint: "Put it beside the hub's database, from a backup. roundsd check says more.")
    details["archive"] = .string(fault.name)
  }

  // MARK: The table

  private init(hub error: HubError) {
    switch error {
    case .notInitialised(let path):
      self.init(503, "notInitialised", "There is no hub in \(path) .", hint: "Run roundsd init.")
    case .alreadyInitialised(let path):
      self.init(409, "alreadyInitialised", "There is a hub in \(path) already.")
    case .servedByOlder(let path):
      self.init(
        503, "servedByOlder", "The hub in \(path) was last served by an older version.",
        hint: "Serve it once with this one.")
    case .alreadyServed(let path):
      self.init(503, "alreadyServed", "Another roundsd serves \(path) .")
    case .unauthorised:
      self.init(
        401, "unauthorised", "The token is missing or unknown here.",
        hint: "An administrator can issue a new one.")
    case .forbidden(let role):
      self.init(403, "forbidden", "The role \(role) may not do this.")
    case .notFound(let what, let name):
      self.init(404, "notFound", "There is no \(what) \(name) .")
    case .ambiguous(let reference, let candidates):
      self.init(
        409, "ambiguous", "\(reference) could mean \(candidates.count) records.",
        hint: "Write more of the id, or all of it.")
      details["candidates"] = .array(candidates.map { .string($0) })
    case .exists(let what, let name):
      self.init(409, "exists", "There is a \(what) \(name) already.")
    case .badRequest(let text):
      self.init(400, "badRequest", text)
    case .codeRefused:
      self.init(
        403, "codeRefused", "The code is unknown, used up or too old.",
        hint: "Ask for a new one: rounds-admin invite NAME.")
    case .disabled(let user):
      self.init(403, "disabled", "The user \(user) is disabled.")
    case .noBackupFolder:
      self.init(
        409, "noBackupFolder", "This hub has no folder for backups.",
        hint: "Start it with roundsd serve --backups DIR, or run roundsd backup on its machine.")
    case .notABackup(let path):
      self.init(400, "notABackup", "\(path) is no backup of a hub.")
    case .backupDamaged(let path, let reason):
      self.init(500, "backupDamaged", "The backup \(path) is damaged: \(reason)")
    }
  }

  private init(storage error: StorageError) {
    switch error {
    case .diskFull:
      self.init(
        507, "diskFull", "The hub's disk is full; nothing was written.",
        hint: "Nothing is lost: send it again when there is room.")
    case .busy:
      self.init(503, "busy", "The hub's database is locked by another program.")
    case .readOnly, .disk, .cannotOpen, .newerSchema, .wrongKey, .cannotEncrypt, .libraryTooOld:
      self.init(503, "storage", "The hub cannot write its database: \(error)")
    case .corrupt, .constraint, .sql:
      self.init(
        500, "fault", "The hub's database refused this: \(error)", hint: "Run roundsd check.")
    }
  }

  private init(rules error: RuleError) {
    self.init(400, "badRules", "The rules are unchanged: \(error)")
    details["rule"] = error.rule.map { .string($0) } ?? .null
    locate(error.path, error.line, error.column, error.allowed)
  }

  private init(policy error: PolicyError) {
    self.init(400, "badPolicy", "Nothing is changed: \(error)")
    locate(error.path, error.line, error.column, error.allowed)
  }

  private init(almanac error: AlmanacError) {
    self.init(400, "badCalendar", "The calendar is unchanged: \(error)")
    locate(error.path, error.line, error.column, error.allowed)
  }

  private init(process error: ProcessError) {
    self.init(400, "badProcess", "The process is unchanged: \(error)")
    locate(error.path, error.line, error.column, error.allowed)
  }

  private mutating func locate(
    _ path: String, _ line: Int?, _ column: Int?, _ allowed: [String]
  ) {
    details["path"] = .string(path)
    details["line"] = line.map { .integer(Int64($0)) } ?? .null
    details["column"] = column.map { .integer(Int64($0)) } ?? .null
    details["allowed"] = .array(allowed.map { .string($0) })
  }
}

extension HubResponse {
  /// What an error is answered with.
  public static func refusal(_ error: any Error) -> HubResponse { Refused(error).json }
}

extension StorageError {
  /// Whether it is the disk's fault and not this request's: nothing else can be written either.
  var stopsEverything: Bool {
    switch self {
    case .diskFull, .disk, .busy, .readOnly, .cannotOpen, .newerSchema, .wrongKey, .cannotEncrypt,
      .libraryTooOld:
      true
    case .corrupt, .constraint, .sql: false
    }
  }
}
