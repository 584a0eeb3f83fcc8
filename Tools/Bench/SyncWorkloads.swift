// W5, the download, and what a sync says: sizes of files, round trips and bytes.
//
// The bytes are those of the protocol, before HTTP and compression.

import Replica
import SyncCore

struct SyncWorkloads {
  let files: Files
  let options: Options
  let templates: Templates

  /// W5: files after all customers are known everywhere, against a plain table.
  func sizes() throws -> [Figure] {
    let plain = try Files.size(of: try PlainTemplate(templates.customers, in: files).path)
    let remark = "plain \(whole(plain / 1_024)) KiB"
    func figure(_ name: String, _ what: String, _ path: String, bar: Double) throws -> Figure {
      let ratio = try Files.size(of: path) / plain
      return Figure(name, what, ratio, unit: "×", bar: bar, remark: remark)
    }
    return [
      try figure("W5w", "file of the laptop that wrote, acknowledged", templates.writer, bar: 1.3),
      try figure("W5r", "file of the laptop that downloaded", templates.reader, bar: 1.05),
      try figure("W5h", "file of the hub with its history", templates.fullHub, bar: 2.5),
    ]
  }

  /// The first sync of an empty laptop, hub and laptop together, against a plain insert.
  func download() throws -> Figure {
    let customers = templates.customers
    let comparison = try Comparison(runs: options.runs) { _ in
      let paths = (try files.copy(of: templates.fullHub), files.fresh())
      defer { for path in [paths.0, paths.1] { files.discard(path) } }
      let line = try OnDisk.openHub(at: paths.0)
      try OnDisk.makeReplica(at: paths.1, joining: line)
      let store = try OnDisk.openReplica(at: paths.1)
      return try Cost.of { try OnDisk.sync(store, over: line) }
    } baseline: { _ in
      let path = files.fresh()
      defer { files.discard(path) }
      let plain = try PlainSQLite(path: path)
      try plain.createTable(for: customers)
      return try Cost.of { try plain.insert(customers, perTransaction: Templates.perEdit) }
    }
    return Figure(
      "BOOT", "download by an empty laptop, both halves", comparison, of: customers.ids.count,
      bar: 2.0)
  }

  /// What goes over the line when nothing is new, and when one field is.
  func exchanges() throws -> [Figure] {
    let paths = (try files.copy(of: templates.fullHub), try files.copy(of: templates.reader))
    defer { for path in [paths.0, paths.1] { files.discard(path) } }
    let line = try OnDisk.openHub(at: paths.0)
    let store = try OnDisk.openReplica(at: paths.1)
    let idle = try OnDisk.sync(store, over: line)
    let edit = templates.customers.updates(0..<1, of: "phone", mark: "+49 40")
    try store.write(edit, at: present())
    let one = try OnDisk.sync(store, over: line)
    return figures("IDLE", "idle sync", idle) + figures("EDIT", "sync of one edited field", one)
  }

  private func figures(_ name: String, _ what: String, _ report: SyncReport) -> [Figure] {
    [
      Figure(name, "\(what): round trips", Double(report.roundTrips), unit: "", bar: 1),
      Figure(name, "\(what): up", Double(report.bytesUp), unit: "bytes"),
      Figure(name, "\(what): down", Double(report.bytesDown), unit: "bytes"),
    ]
  }
}
