// `/v1/admin/audit`: who did what, and whether the past still says what it said.
//
// `GET audit` lists the log, newest first; `GET audit/verify` follows every chain from its beginning.
// With `position` and `hash`, which any laptop's doctor prints, the history is also held against what
// that laptop was once shown. For admins alone: the log is about everybody.

import Notation
import SyncCore

extension AdminRoutes {
  func audit(_ path: [String], _ request: HubRequest) throws -> HubResponse {
    try require(.administer)
    switch path.dropFirst().joined(separator: "/") {
    case "": return try auditLog(request)
    case "verify": return try verification(request)
    default: throw nowhere(request)
    }
  }

  private func auditLog(_ request: HubRequest) throws -> HubResponse {
    let query = AuditQuery(
      user: request.query["user"], action: request.query["action"],
      subject: request.query["subject"],
      since: try request.query["since"].map { try moment($0, called: "since") },
      limit: try limit(of: request))
    return .json(["entries": .array(try store.auditEntries(query).map { $0.json(in: zone) })])
  }

  private func verification(_ request: HubRequest) throws -> HubResponse {
    let shown = try shownCheckpoint(request)
    var report = try AuditCheck.run(on: store)
    if let shown { try report.compare(shown.position, shown.hash, with: store) }
    return .json(report.json)
  }

  /// What a laptop was shown, as somebody typed it.
  private func shownCheckpoint(
    _ request: HubRequest
  ) throws -> (position: Position, hash: String)? {
    switch (request.query["position"], request.query["hash"]) {
    case (nil, nil): return nil
    case (let position?, let hash?):
      guard let number = UInt64(position) else {
        throw HubError.badRequest("position is a whole number.")
      }
      return (Position(number), hash.lowercased())
    default: throw HubError.badRequest("position and hash belong together.")
    }
  }
}

extension AuditCheck.Report {
  /// Holds the history against a checkpoint that a laptop has kept.
  mutating func compare(
    _ position: Position, _ hash: String, with store: HubStore
  ) throws {
    guard try store.checkpoint(at: position)?.text != hash else { return }
    found.add(
      .history, "position \(position.rawValue): the laptop was shown another history")
  }

  var json: JSONValue {
    func count(_ number: Int) -> JSONValue { .integer(Int64(number)) }
    return [
      "ok": .bool(findings.isEmpty), "checkpoints": count(checkpoints), "changes": count(changes),
      "entries": count(entries), "edits": count(edits), "signedEdits": count(signedEdits),
      "position": .integer(Int64(position.rawValue)), "hash": .string(hash.text),
      "findings": .array(
        findings.map { ["kind": .string($0.kind.rawValue), "text": .string($0.text)] }),
    ]
  }
}
