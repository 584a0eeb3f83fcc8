// `/v1/admin/conflicts`: list, show, resolve, reopen.
//
// Words of a request become a filter or a verdict here; reading is `ConflictAdmin`, deciding is
// `ConflictDecision`.

import Notation
import SyncCore

extension AdminRoutes {
  func conflicts(_ path: [String], _ request: HubRequest) throws -> HubResponse {
    let admin = ConflictAdmin(store: store, zone: zone, sight: try sight())
    switch (request.method, path.count, path.last) {
    case ("GET", 1, _):
      try require(.read)
      let found = try admin.list(filter(request), limit: limit(of: request))
      return .json(["conflicts": .array(try found.map { try admin.json($0) })])
    case ("GET", 2, _):
      try require(.read)
      return .json(try admin.json(admin.find(path[1])))
    case ("POST", 3, "resolve"):
      try require(.decide)
      let (item, body) = (try admin.find(path[1]), try RequestBody(request))
      try requireRight(.resolve, in: item.collection, root: item.root)
      try decision.resolve(item, verdict(in: body), note: body.optionalText("note"))
      return .json(try admin.json(admin.find(item.id.description)))
    case ("POST", 3, "reopen"):
      try require(.decide)
      let item = try admin.find(path[1])
      try requireRight(.resolve, in: item.collection, root: item.root)
      try decision.reopen(item)
      return .json(try admin.json(admin.find(item.id.description)))
    default: throw nowhere(request)
    }
  }

  private var decision: ConflictDecision {
    ConflictDecision(store: store, writes: writes, zone: zone)
  }

  var writes: AdminWrites {
    AdminWrites(store: store, automation: automation, caller: caller, now: now)
  }

  private func verdict(in body: RequestBody) throws -> ConflictDecision.Verdict {
    switch (try body.optionalInteger("take"), body["value"]) {
    case (let number?, nil): return .take(Int(clamping: number))
    case (nil, let value?): return .value(value)
    default:
      throw HubError.badRequest("A resolution is either {\"take\":N} or {\"value\":V}.")
    }
  }

  private func filter(_ request: HubRequest) throws -> ConflictAdmin.Filter {
    var filter = ConflictAdmin.Filter()
    if let name = request.query["status"] {
      guard let status = ConflictStatus(rawValue: name) else {
        let all = ConflictStatus.allCases.map(\.rawValue).joined(separator: ", ")
        throw HubError.badRequest("There is no status \(name) ; there are \(all).")
      }
      filter.status = status
    }
    if let reference = request.query["record"] {
      filter.record = try self.reference.record(reference).id
    }
    filter.field = request.query["field"]
    filter.author = request.query["author"]
    filter.since = try request.query["since"].map { try moment($0, called: "since") }
    return filter
  }
}
