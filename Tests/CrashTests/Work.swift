// The work that is interrupted: each piece is done from the same scene, on one machine that breaks.
//
// A piece of work can be done again after it was cut short, as people do it: it does what is missing.
// The scenes are made once: two laptops in sync, then edits of both that meet at the hub – new
// customers, a value for review, and one that the hub refuses.

import FaultyDisk
import FollowUp
import Hub
import Notation
import Replica
import Storage
import SyncCore
import Testing

struct Work: Sendable, CustomTestStringConvertible {
  let name: String
  let victim: Machine
  var scene = Scene.open
  /// Laptops that sync to the end afterwards.
  var laptops = [0, 1]
  /// Where a fault refuses the whole, each part is tried alone, and one may get through.
  var isTriedApart = false
  let body: @Sendable (Stage) throws -> Void

  var testDescription: String { name }
}

extension Scene {
  /// Everybody sees everything.
  static let open = Result<Scene, any Error> { try Scene.make(isClosed: false) }
  /// Everybody sees his own.
  static let closed = Result<Scene, any Error> { try Scene.make(isClosed: true) }
  /// Nothing anywhere.
  static let blank = Result<Scene, any Error> { Scene() }
  /// Both machines were killed while they worked: their logs are still to be taken in.
  static let killed = Result<Scene, any Error> {
    let stage = Stage(try Scene.open.get(), seed: 5)
    try stage.sync(1)
    try stage.sync(0)
    return stage.scene()
  }

  /// Customers with a past: some changes are over, some still stand, and one is disputed.
  static let grown = Result<Scene, any Error> {
    let stage = Stage(try Scene.open.get(), seed: 10)
    for number in [1, 0, 1] { try stage.sync(number) }
    for phone in 1...4 {
      try stage.set("phone", of: "old-2", to: "\(phone)", on: 0)
      try stage.set("phone", of: "bobs-1", to: "\(phone)", on: 1)
      for number in [0, 1] { try stage.sync(number) }
    }
    try stage.delete("old-9", on: 0)
    for number in [0, 1] { try stage.sync(number) }
    stage.close()
    return stage.scene()
  }

  /// Both files as version 1 of the programs left them.
  static let old = Result<Scene, any Error> {
    let stage = Stage(try Scene.open.get(), seed: 6)
    for (machine, sql) in [(Machine.hub, hubDowngrade), (.laptop(0), replicaDowngrade)] {
      try stage.connection(machine).execute(sql)
    }
    stage.close()
    return stage.scene()
  }

  /// Collections and columns that version 1 of the schema did not have; but for the reason of a reminder,
  /// which is in the history of these files.
  private static let schemaDowngrade = """
    DROP TABLE ticket; DROP TABLE contract; DROP TABLE message; DROP TABLE promise;
    DROP TABLE feedback; DROP TABLE plan;
    ALTER TABLE customer DROP COLUMN stageSince; ALTER TABLE customer DROP COLUMN priority;
    ALTER TABLE customer DROP COLUMN cadence; ALTER TABLE customer DROP COLUMN customerSince;
    ALTER TABLE contact DROP COLUMN doNotContact;
    ALTER TABLE opportunity DROP COLUMN stageSince; ALTER TABLE opportunity DROP COLUMN priority;
    ALTER TABLE opportunity DROP COLUMN pipeline; ALTER TABLE opportunity DROP COLUMN background;
    ALTER TABLE task DROP COLUMN opportunity; ALTER TABLE task DROP COLUMN rule;
    ALTER TABLE task DROP COLUMN subject; ALTER TABLE task DROP COLUMN anchor;
    ALTER TABLE task DROP COLUMN stage; ALTER TABLE task DROP COLUMN isRequired;
    ALTER TABLE task DROP COLUMN evidence; ALTER TABLE task DROP COLUMN queue;
    ALTER TABLE reminder DROP COLUMN subject; ALTER TABLE reminder DROP COLUMN step;
    """

  private static let hubDowngrade = """
    DROP TABLE rules; DROP TABLE due; DROP TABLE events; DROP TABLE runs; DROP INDEX task_ruled;
    \(schemaDowngrade)
    DROP TABLE checkpoints; DROP TABLE audit;
    DROP TABLE calendar; DROP TABLE team_hours; DROP TABLE holidays; DROP TABLE process;
    DROP TABLE recycle_terms; DROP TABLE recycling; DROP TABLE recycled;
    DROP TABLE deliveries; DROP TABLE delivery_places; DROP TABLE templates; DROP TABLE archives;
    ALTER TABLE hub DROP COLUMN key; ALTER TABLE hub DROP COLUMN durable;
    ALTER TABLE replicas DROP COLUMN key; ALTER TABLE replicas DROP COLUMN signed_counter;
    ALTER TABLE replicas DROP COLUMN signed_hash; ALTER TABLE replicas DROP COLUMN signature;
    ALTER TABLE replicas DROP COLUMN doubt;
    ALTER TABLE log DROP COLUMN stamp; ALTER TABLE log DROP COLUMN record;
    ALTER TABLE log DROP COLUMN sealed;
    DROP TABLE absences; DROP TABLE contacts_judged; DROP TABLE twins; DROP TABLE duplicates; DROP TABLE duplicate_records; DROP INDEX customer_code;
    DROP INDEX customer_key; DROP INDEX contact_key; DROP INDEX followUp_key;
    DROP INDEX opportunity_key;
    DROP TABLE lineage;
    CREATE TABLE lineage (
      replica INTEGER NOT NULL, ancestor INTEGER NOT NULL, counter INTEGER NOT NULL,
      PRIMARY KEY (replica, ancestor)
    ) STRICT, WITHOUT ROWID;
    PRAGMA user_version = 1
    """

  private static let replicaDowngrade = """
    DROP INDEX customer_cadence; DROP INDEX contact_birthday;
    \(schemaDowngrade)
    DROP TABLE checkpoints; DROP TABLE incidents; DROP TABLE bundles;
    ALTER TABLE replica DROP COLUMN key; ALTER TABLE replica DROP COLUMN hub_key;
    ALTER TABLE replica DROP COLUMN signed; ALTER TABLE replica DROP COLUMN durable;
    ALTER TABLE replica DROP COLUMN chained_after; ALTER TABLE replica DROP COLUMN almanac;
    ALTER TABLE replica DROP COLUMN process;
    ALTER TABLE change_log DROP COLUMN digest; ALTER TABLE retained DROP COLUMN digest;
    ALTER TABLE retained DROP COLUMN position;
    ALTER TABLE retained ADD COLUMN is_trimmed INTEGER NOT NULL DEFAULT 0;
    PRAGMA user_version = 1
    """

  private static func make(isClosed: Bool) throws -> Scene {
    let stage = Stage(Scene())
    let token = try found(on: stage)
    let routes = try stage.routes()
    for user in ["ann", "bob"] {
      _ = try routes.store.addUser(user, role: .rep, team: nil, now: stage.clock.now)
    }
    let until = stage.clock.now.advanced(milliseconds: 30 * 24 * 3_600_000)
    for (number, user) in ["ann", "bob"].enumerated() {
      try stage.join(number, code: routes.store.invite(user, expiresAt: until))
    }
    let code = try routes.store.invite("ann", expiresAt: until)
    for number in 0..<12 { try stage.add("old-\(number)", on: 0) }
    for number in [0, 1, 0] { try stage.sync(number) }
    stage.close()
    var scene = stage.scene()
    (scene.token, scene.code) = (token, code)
    return try isClosed ? partWays(scene) : meet(scene)
  }

  /// Founds a hub, unless there is one; the administrator's token.
  static func found(on stage: Stage) throws -> String {
    let connection = try stage.connection(.hub)
    // As `HubFolder.initialise` does it: a hub is there with its first administrator, or not at all.
    return try connection.transaction {
      try HubStore.initialise(
        connection, schema: .followUp, workspace: "w", rules: RuleBook.shippedText,
        now: stage.clock.now, random: stage.random(2))
      let store = try HubStore(connection, schema: .followUp, random: stage.random(3))
      let token = try store.addUser("root", role: .admin, team: nil, now: stage.clock.now)
      return try #require(token)
    }
  }

  /// Both have written, and nobody has synced yet.
  private static func meet(_ scene: Scene) throws -> Scene {
    let stage = Stage(scene, seed: 3)
    for number in 0..<3 { try stage.add("bobs-\(number)", on: 1) }
    try stage.set("legalName", of: "old-1", to: "South", on: 1)
    try stage.set("phone", of: "old-2", to: "22", on: 1)
    for number in 0..<3 { try stage.add("anns-\(number)", on: 0) }
    try stage.set("legalName", of: "old-1", to: "North", on: 0)
    try stage.set("phone", of: "old-3", to: "33", on: 0)
    try stage.set("owner", of: "old-4", to: "bob", on: 0)
    stage.close()
    return stage.scene()
  }

  /// Two of ann's customers have gone to bob, and her laptop does not know it yet.
  private static func partWays(_ scene: Scene) throws -> Scene {
    let stage = Stage(scene, seed: 4)
    try stage.admin("POST", "teams", ["name": "north"])
    for name in ["old-5", "old-6"] {
      try stage.admin(
        "POST", "records/customer:\(name)/set", ["assignments": ["owner=bob"]])
    }
    try stage.set("phone", of: "old-6", to: "66", on: 0)
    stage.close()
    return stage.scene()
  }
}

enum Works {
  static let laptops = [
    Work(name: "local writes", victim: .laptop(0)) { stage in
      try stage.add("new", on: 0)
      try stage.set("phone", of: "old-7", to: "77", on: 0)
      try stage.delete("old-8", on: 0)
    },
    Work(name: "an import of 600 rows", victim: .laptop(0)) { stage in
      let rows = (0..<600).map { "row-\($0),\($0)" }
      try stage.importTable((["name,phone"] + rows).joined(separator: "\n"), on: 0)
    },
    Work(name: "a sync: seal, push, verdicts, cut", victim: .laptop(0)) { stage in
      try stage.sync(1)
      try stage.sync(0)
    },
    Work(name: "a sync in pages", victim: .laptop(0)) { stage in
      try stage.sync(1)
      try stage.sync(0, recordsMax: 3)
    },
    Work(
      name: "joining: a new file, its tables, the first cut", victim: .laptop(2),
      laptops: [0, 1, 2]
    ) { stage in
      try stage.join(2, code: stage.code)
      try stage.sync(2)
    },
    Work(
      name: "a departure, and the file rewritten", victim: .laptop(0), scene: Scene.closed
    ) { stage in
      try stage.sync(0)
      // A purge that is still owed is paid by the next command.
      try stage.store(0).purgeIfOwed()
    },
    Work(name: "opening after a kill", victim: .laptop(0), scene: Scene.killed) { stage in
      _ = try stage.store(0)
    },
    Work(name: "a file of version 1, migrated", victim: .laptop(0), scene: Scene.old) { stage in
      _ = try stage.store(0)
    },
  ]

  static let hubs = [
    Work(name: "founding", victim: .hub, scene: Scene.blank, laptops: []) { stage in
      let isFounded = try stage.connection(.hub).first("PRAGMA user_version") { $0.int(0) }
      if isFounded == 0 { _ = try Scene.found(on: stage) }
    },
    Work(name: "a push of several edits", victim: .hub) { stage in
      try stage.sync(1)
      try stage.sync(0)
      stage.confirmed[.hub] = ["bobs-0", "bobs-1", "bobs-2", "anns-0", "anns-1", "anns-2"]
    },
    Work(name: "a commit of two laptops' pushes", victim: .hub, isTriedApart: true) {
      try groupCommit($0)
    },
    Work(name: "an administrator's writes", victim: .hub) { stage in
      try stage.admin("POST", "records/customer:old-7/set", ["assignments": ["phone=7"]])
      try stage.admin("POST", "records/customer:old-9/set", ["assignments": ["legalName=N"]])
    },
    Work(name: "a record deleted", victim: .hub) { stage in
      let isThere = try stage.routes().store.db.first(
        "SELECT 1 FROM customer WHERE name = 'old-8'"
      ) { _ in true }
      if isThere != nil { try stage.admin("POST", "records/customer:old-8/delete", [:]) }
    },
    Work(name: "people and teams", victim: .hub) { stage in
      let store = try stage.routes().store
      let users = try store.db.all("SELECT name FROM users") { $0.text(0) }
      if !users.contains("eve") {
        try stage.admin("POST", "users", ["name": "eve", "role": "manager"])
      }
      try stage.admin("POST", "users/eve", ["role": "rep"])
    },
    Work(name: "a laptop retired", victim: .hub, laptops: [0]) { stage in
      try stage.admin("POST", "replicas/2/retire", [:])
    },
    // It shuts ann out: her laptop has nothing more to say.
    Work(name: "a hand-over", victim: .hub, laptops: [1]) { stage in
      try stage.admin("POST", "users/ann/handover", ["to": "bob"])
    },
    Work(name: "history archived, in three files", victim: .hub, scene: Scene.grown) { stage in
      let tomorrow = stage.clock.now.advanced(milliseconds: 24 * 3_600_000)
      _ = try Archiving.run(
        on: stage.routes().store, before: tomorrow, now: stage.clock.now, entriesPerFile: 12)
    },
    Work(name: "opening after a kill", victim: .hub, scene: Scene.killed) { stage in
      _ = try stage.routes()
    },
    Work(name: "a file of version 1, migrated", victim: .hub, scene: Scene.old) { stage in
      _ = try stage.routes()
    },
  ]

  /// Both laptops' requests are in the mail box when the hub looks.
  private static func groupCommit(_ stage: Stage) throws {
    let clock = stage.clock
    let runs = try [0, 1].map { number in
      let store = try stage.store(number)
      return (run: SyncRun(store) { clock.now }, token: try store.state().token)
    }
    let answers = try stage.routes().answer(
      runs.map {
        HubRequest("POST", "/v1/sync", bearerToken: $0.token, body: try $0.run.nextRequest())
      })
    for (answer, run) in zip(answers, runs) {
      guard answer.status == 200 else { throw Refusal(status: answer.status, text: "sync") }
      try run.run.receive(answer.body)
    }
    stage.confirmed[.hub] = ["bobs-0", "bobs-1", "bobs-2", "anns-0", "anns-1", "anns-2"]
  }
}
