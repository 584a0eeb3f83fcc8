// Backups that an administrator asks for over the network, in the folder that `serve` was given.
//
// Who asks is the hub's to judge, before anything here is called. The work is done beside the hub, on a
// queue of its own and one at a time: a copy of a large hub takes a while, and syncs go on. Only names
// that this file gives are ever listed or removed; where the folder is, no caller says.

import FoundationEssentials
import Glibc
import Hub
import Notation
import Storage
import SyncCore

actor BackupShelf {
  private nonisolated let executor = QueueExecutor(label: "rounds.backups")
  nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

  private let data: String
  /// Nil: backups are made on the machine itself, with `roundsd backup`.
  private let folder: String?
  private let now: @Sendable () -> Int64

  /// - Parameter now: the time, in milliseconds.
  init(data: String, folder: String?, now: @escaping @Sendable () -> Int64) {
    self.data = data
    self.folder = folder
    self.now = now
  }

  /// Whether this is asked for here, once the hub has allowed it.
  static func isAsked(_ request: HubRequest) -> Bool { request.path == "/v1/admin/backups" }

  func answer(_ request: HubRequest) -> HubResponse {
    do {
      guard let folder else { throw HubError.noBackupFolder }
      return .json(
        request.method == "POST"
          ? try make(in: folder, Order(request.body)) : try list(of: folder))
    } catch {
      return .refusal(error)
    }
  }

  /// What was asked for.
  private struct Order {
    var keep: Int?
    var isChecking: Bool

    init(_ body: [UInt8]) throws {
      let document = body.isEmpty ? [:] : try JSONValue(parsing: body)
      isChecking = document["check"]?.bool ?? false
      guard let keep = document["keep"], !keep.isNull else { return }
      guard case .integer(let number) = keep, (1...10_000).contains(number) else {
        throw HubError.badRequest("“keep” is a number from 1 to 10000.")
      }
      self.keep = Int(number)
    }
  }

  // MARK: Making one

  private func make(in folder: String, _ order: Order) throws -> JSONValue {
    let name = BackupName(at: now())
    let file = "\(folder)/\(name.text)"
    let archives = try Backup.write(from: data, to: file)
    let findings = order.isChecking ? try Backup.examine(file) : nil
    var members = try describe(name, in: folder)
    members["archives"] = .array(
      archives.map { ["name": .string($0.name), "outcome": .string($0.outcome.rawValue)] })
    members["findings"] =
      findings.map { .array($0.map { .string("\($0.kind.rawValue): \($0.text)") }) } ?? .null
    // A copy that is not sound is no reason to let go of those that are.
    let isSound = findings?.isEmpty ?? true && !archives.contains { $0.outcome == .missing }
    members["removed"] = .array(
      try isSound ? remove(beyond: order.keep, in: folder).map { .string($0) } : [])
    return .object(members)
  }

  /// The oldest, where there are more than are to be kept.
  private func remove(beyond count: Int?, in folder: String) throws -> [String] {
    guard let count else { return [] }
    return try names(in: folder).dropFirst(count).map { name in
      guard unlink("\(folder)/\(name.text)") == 0 else {
        throw StorageError.disk(reason: String(cString: strerror(errno)))
      }
      return name.text
    }
  }

  // MARK: Telling

  private func list(of folder: String) throws -> JSONValue {
    [
      "folder": .string(folder),
      "backups": .array(try names(in: folder).map { .object(try describe($0, in: folder)) }),
    ]
  }

  private func describe(_ name: BackupName, in folder: String) throws -> [String: JSONValue] {
    let file = "\(folder)/\(name.text)"
    var status = stat()
    let bytes = stat(file, &status) == 0 ? Int64(status.st_size) : 0
    // What cannot be opened is told as such: the list must not fail for one bad file.
    let position = try? Backup.position(of: file)
    return [
      "name": .string(name.text), "bytes": .integer(bytes),
      "at": .string(ISO8601.string(milliseconds: name.milliseconds, in: .utc)),
      "position": position.map { .integer(Int64(clamping: $0.rawValue)) } ?? .null,
      "readable": .bool(position != nil),
    ]
  }

  /// Newest first.
  private func names(in folder: String) throws -> [BackupName] {
    let found: [String]
    do {
      found = try FileManager.default.contentsOfDirectory(atPath: folder)
    } catch {
      throw StorageError.cannotOpen(path: folder, reason: "\(error)")
    }
    return found.compactMap { BackupName($0) }.sorted { $0.text > $1.text }
  }
}

/// `hub-20261122T070000Z.sqlite`: by the second, and sorted by name they are sorted by age.
struct BackupName: Hashable {
  let text: String
  let milliseconds: Int64

  init(at milliseconds: Int64) {
    let whole = milliseconds - milliseconds % 1000
    let time = ISO8601.string(milliseconds: whole, in: .utc).prefix(19)
    text = "hub-\(time.filter { $0 != "-" && $0 != ":" })Z.sqlite"
    self.milliseconds = whole
  }

  /// Nil for every other file.
  init?(_ name: String) {
    let digits = name.dropFirst(4).prefix(15)
    guard name.hasPrefix("hub-"), name.hasSuffix("Z.sqlite"), digits.count == 15 else { return nil }
    let (day, time) = (Array(digits.prefix(8)), Array(digits.suffix(6)))
    let text =
      "\(String(day[0..<4]))-\(String(day[4..<6]))-\(String(day[6..<8]))T"
      + "\(String(time[0..<2])):\(String(time[2..<4])):\(String(time[4..<6]))Z"
    guard let moment = ISO8601.parse(text, zone: .utc), BackupName(at: moment).text == name
    else { return nil }
    self.init(at: moment)
  }
}
