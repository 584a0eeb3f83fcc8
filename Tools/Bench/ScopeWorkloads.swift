// SCOPE: what a pull costs by what changed, whatever there is besides.
//
// Two workspaces, one a hundred times as large as the other. In both somebody changes the same number
// of customers, and a laptop that was up to date pulls. It is the hub's answer that is measured; the
// laptop is a request made by hand, for it is not to hold a million customers here.

import Replica
import Storage
import SyncCore
import Wire

struct ScopeWorkloads {
  let files: Files
  let options: Options

  static let changed = 100
  static let small = 10_000

  private var large: Int { options.isQuick ? 100_000 : 1_000_000 }

  func pulls() throws -> Figure {
    let (few, many) = (
      try Workspace(Self.small, files), try Workspace(large, files)
    )
    defer { for path in [few.path, many.path] { files.discard(path) } }
    // A pull takes a few milliseconds: one is none.
    let runs = options.runs * 10
    let comparison = try Comparison(runs: runs) {
      try many.pull($0)
    } baseline: {
      try few.pull($0)
    }
    return Figure(
      "SCOPE", "pull of \(Self.changed) among \(large) against \(Self.small)", comparison,
      of: Self.changed, bar: 1.2)
  }
}

/// A hub with many customers, somebody who writes to them, and a laptop that pulls.
private final class Workspace {
  static let perSync = 20_000

  let path: String
  private let line: Line
  private let writer: ReplicaStore
  /// Those that are written to.
  private let customers: Customers
  private let reader: JoinResponse

  init(_ count: Int, _ files: Files) throws {
    path = files.fresh()
    let laptop = files.fresh()
    try OnDisk.makeHub(at: path)
    line = try OnDisk.openHub(at: path)
    try OnDisk.makeReplica(at: laptop, joining: line)
    writer = try OnDisk.openReplica(at: laptop)
    reader = try line.join()
    var first: Customers?
    for begin in stride(from: 0, to: count, by: Self.perSync) {
      let batch = Customers(min(Self.perSync, count - begin), at: present())
      for part in batch.batches(of: Templates.perEdit) {
        try writer.write(batch.creations(part), at: present())
      }
      try OnDisk.sync(writer, over: line)
      first = first ?? batch
    }
    customers = first ?? Customers(0, at: present())
  }

  /// Changes some customers, and has the laptop hear of it.
  func pull(_ run: Int) throws -> Cost {
    let cursor = try writer.state().cursor
    let place = run * 37 % (customers.ids.count / ScopeWorkloads.changed)
    let range = place * ScopeWorkloads.changed..<(place + 1) * ScopeWorkloads.changed
    try writer.write(customers.updates(range, of: "phone", mark: "run \(run)"), at: present())
    try OnDisk.sync(writer, over: line)
    let request = SyncRequest(
      request: UInt32(run), replica: reader.replica, epoch: reader.epoch, cursor: cursor,
      head: .empty, clock: present())
    line.token = reader.token
    let before = line.cost
    let answer = try SyncResponse(decoding: try line.sync(request.encoded()))
    precondition(answer.records.count == ScopeWorkloads.changed && answer.isComplete)
    return line.cost - before
  }
}
