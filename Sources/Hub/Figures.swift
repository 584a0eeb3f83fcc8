// What the hub has done since it was started, and how it stands: `GET /metrics` for Prometheus.
//
// Counters live in memory and move only with a commit (`Routes.answer`); gauges are asked of the
// tables at the moment of scraping. No names of people, devices or customers: replicas go by number.

import Storage
import SyncCore
import Wire

/// Counters.
struct Figures: Hashable {
  /// Transactions that are on the disk.
  var commits = 0
  var syncs = 0
  var accepted = 0
  var duplicates = 0
  var refused = 0
  var detours = 0
  var refusedRequests = 0
  var ticks = 0
  var tickChanges = 0

  mutating func note(_ response: SyncResponse) {
    syncs += 1
    if response.detour != nil { detours += 1 }
    for receipt in response.receipts {
      if receipt.isDuplicate {
        duplicates += 1
      } else if receipt.position != nil {
        accepted += 1
      } else {
        refused += 1
      }
    }
  }

  /// The exposition format of Prometheus, version 0.0.4.
  func text(of store: HubStore, now: Moment) throws -> String {
    var page = Page()
    page.add("commits_total", .counter, "Transactions on the disk, each synced once.", commits)
    page.add("syncs_total", .counter, "Syncs answered.", syncs)
    page.add("edits_accepted_total", .counter, "Edits accepted, in whole or in part.", accepted)
    page.add("edits_duplicate_total", .counter, "Edits that had arrived before.", duplicates)
    page.add("edits_refused_total", .counter, "Edits of which nothing was accepted.", refused)
    page.add("detours_total", .counter, "Syncs sent elsewhere: forks, gaps, epochs.", detours)
    page.add("requests_refused_total", .counter, "Requests refused.", refusedRequests)
    page.add("tick_runs_total", .counter, "Looks at what falls due by time.", ticks)
    page.add("tick_changes_total", .counter, "Customers whose reminders time changed.", tickChanges)
    page.add("head", .gauge, "Position of the last committed edit.", Int(store.head.rawValue))
    let shared = try Duplicates(store: store, now: Moment(milliseconds: 0)).open().count
    page.add(
      "conflicts_open", .gauge, "Fields that await a decision, and codes that customers share.",
      try store.openUnitCount() + shared)
    try page.addReplicas(of: store, now: now)
    return page.text
  }

  private struct Page {
    enum Kind: String { case counter, gauge }
    var text = ""

    mutating func head(_ name: String, _ kind: Kind, _ help: String) {
      text += "# HELP rounds_\(name) \(help)\n# TYPE rounds_\(name) \(kind.rawValue)\n"
    }

    mutating func add(_ name: String, _ kind: Kind, _ help: String, _ value: Int) {
      head(name, kind, help)
      text += "rounds_\(name) \(value)\n"
    }

    mutating func addReplicas(of store: HubStore, now: Moment) throws {
      let replicas = try store.replicaReports(now: now).filter { $0.status == "active" }
      add("replicas", .gauge, "Laptops that may sync.", replicas.count)
      head("replica_lag_seconds", .gauge, "How long a laptop has been behind; 0: it has all.")
      for replica in replicas {
        text += "rounds_replica_lag_seconds{replica=\"\(replica.id.rawValue)\"} "
        text += "\(replica.behindSeconds)\n"
      }
      head("replica_lag_changes", .gauge, "Positions that a laptop has not been sent.")
      for replica in replicas {
        text += "rounds_replica_lag_changes{replica=\"\(replica.id.rawValue)\"} "
        text += "\(replica.behindChanges)\n"
      }
    }
  }
}

extension HubStore {
  /// Fields of living records that await a decision, over all collections.
  func openUnitCount() throws -> Int {
    try schema.collections.reduce(0) { sum, collection in
      try sum
        + (db.first("SELECT sum(disputed) FROM \"\(collection.name)\" WHERE disputed > 0") {
          $0.int(0)
        } ?? 0)
    }
  }
}
