// RULE: what a hundred rules add to a change at the hub, and what a tick costs when nothing is due.
//
// The same one-field updates as W3d, played to a hub with a hundred rules and to one with none. The rules wait
// for silence, look at tags, stages and regions, and remind; none of them is about what the update changes, so
// what is measured is the asking, not the writing.

import FollowUp
import Hub
import Storage
import SyncCore

struct RuleWorkloads {
  let files: Files
  let options: Options
  let templates: Templates

  private var count: Int { templates.customers.ids.count }

  func figures() throws -> [Figure] {
    let ruled = try files.copy(of: templates.fullHub)
    let free = try files.copy(of: templates.fullHub)
    defer {
      files.discard(ruled)
      files.discard(free)
    }
    let planning = try apply(RuleWorkloads.book, at: ruled)
    _ = try apply(#"{"version":2,"rules":[]}"#, at: free)
    let comparison = try Comparison(runs: options.runs) { _ in
      try play(to: ruled)
    } baseline: { _ in
      try play(to: free)
    }
    let more =
      median(comparison.ours.map(\.processor)) - median(comparison.baseline.map(\.processor))
    let (idle, all) = try ticks(at: ruled)
    return [
      Figure(
        "RULE", "microseconds that 100 rules add to a change", more / Double(count) * 1e6,
        unit: "µs", bar: 1_000),
      Figure(
        "RULEp", "microseconds a customer when 100 rules change", planning / Double(count) * 1e6,
        unit: "µs"),
      Figure(
        "RULEt", "milliseconds of a tick with nothing due", idle * 1e3, unit: "ms", bar: 5,
        remark: "\(all) customers"),
    ]
  }

  /// Puts rules into force and lets every customer be looked at; in seconds of processor time.
  private func apply(_ book: String, at path: String) throws -> Double {
    let line = try OnDisk.openHub(at: path)
    let rules = try RuleBook(parsing: Array(book.utf8), schema: .followUp)
    try line.hub.store.setRules(book, rules, at: present())
    return try Cost.of { try line.hub.tick() }.processor
  }

  private func ticks(at path: String) throws -> (idle: Double, customers: Int) {
    let line = try OnDisk.openHub(at: path)
    try line.hub.tick()
    let costs = try (0..<options.runs).map { _ in try Cost.of { try line.hub.tick() }.wall }
    return (median(costs), count)
  }

  private func play(to hub: String) throws -> Cost {
    let path = try files.copy(of: hub)
    defer { files.discard(path) }
    let line = try OnDisk.openHub(at: path)
    line.token = templates.updates.token
    for request in templates.updates.requests { _ = try line.sync(request) }
    return line.cost
  }

  private static let book: String = {
    let rules = (0..<100).map { number -> String in
      let conditions = [
        "tags contains tag\(number)", "stage in (lead, contacted) and region = r\(number)",
        "industry = i\(number) or size = s\(number)", "tier = A and not tags contains t\(number)",
      ]
      return """
        {"id": "rule-\(number)", "version": 1, "on": "customer", "trigger": {"silence": {}},
         "where": "\(conditions[number % conditions.count])",
         "steps": [{"after": "\(number + 20)d", "do": [
           {"remind": "owner", "title": {"en": "{name}", "zh": "{name}"}}]}]}
        """
    }
    return #"{"version": 2, "rules": [\#(rules.joined(separator: ","))]}"#
  }()
}
