// Joining, syncing and being offline: what is said, what is counted, what survives a lost answer.
//
// The network of a `Field` is up, down, or swallows answers after the hub has acted on them. Nobody
// waits for anything: time passes when a test says so.

import CommandKit
import Glibc
import Notation
import Testing

@testable import rounds

@Suite struct RepSyncTests {
  @Test func `joining makes a folder for nobody else, and once only`() throws {
    let field = try Field()
    let laptop = Laptop(field, "thinkpad")
    let run = laptop.run(
      "join", "http://127.0.0.1:7440/", "--code", try field.invite("ann"), "--device", "thinkpad")
    #expect(
      run
        == RepRun(
          exit: .done,
          out: "Joined acme as ann on thinkpad\n"
            + run.out.split(separator: "\n").dropFirst().joined() + "\n", err: ""))
    #expect(mode(laptop.home) == 0o700)
    #expect(mode(laptop.home + "/replica.sqlite") == 0o600)
    let again = laptop.run("join", "http://127.0.0.1:7440", "--code", try field.invite("ann"))
    #expect(again.exit == .refused)
    #expect(
      Laptop(field, "x").run("join", "ftp://x", "--code", "A").err.contains("is not the address"))
    #expect(Laptop(field, "x").run("join", "http://x").exit == .usage)
    #expect(Laptop(field, "x").run("join", "http://x", "--code", "ABC").exit == .refused)
  }

  private func mode(_ path: String) -> mode_t {
    var facts = stat()
    return stat(path, &facts) == 0 ? facts.st_mode & 0o777 : 0
  }

  @Test func `a join whose answer was lost is repeated with the same code`() throws {
    let field = try Field()
    let code = try field.invite("ann")
    let laptop = Laptop(field, "thinkpad")
    field.state.loseAnswers(1)
    let lost = laptop.run("join", "http://127.0.0.1:7440", "--code", code)
    #expect(lost.exit == .unreachable)
    let run = laptop.run("join", "http://127.0.0.1:7440", "--code", code, "--json")
    #expect(run.exit == .done)
    let document = try run.json
    #expect(document["user"] == "ann")
    #expect(document["replica"] == 1)
    #expect(document["sync"]?["upToDate"] == true)
    #expect(access(laptop.home + "/join.request", F_OK) != 0)
  }

  @Test func `the report of a sync is the documented one`() throws {
    let field = try Field()
    let (ann, bob) = (try field.laptop("a"), try field.laptop("b", of: "bob"))
    ann.run("add", "customer", "name=Acme")
    ann.run("add", "task", "title=Call")
    let sent = try ann.run("sync", "--json").json
    #expect(
      sent["pushed"] == ["accepted": 2, "duplicate": 0, "refused": 0, "parked": 0])
    #expect(sent["upToDate"] == true)
    #expect(sent["roundTrips"] == 1)
    let received = try bob.run("sync", "--json").json
    // The customer, its reminder, and the task.
    #expect(received["pulled"] == ["records": 3, "departed": 0])
    #expect(received["fingerprint"] == sent["fingerprint"])
    #expect(received["position"] == sent["position"])
    #expect(
      received.object?.keys.sorted() == [
        "bytesDown", "bytesUp", "conflicts", "fingerprint", "position", "pulled", "pushed",
        "roundTrips", "upToDate",
      ])
  }

  @Test func `offline is well: everything is saved, and a sync says so`() throws {
    let field = try Field()
    let laptop = try field.laptop("thinkpad")
    field.state.connect(false)
    #expect(laptop.run("add", "customer", "name=Acme").exit == .done)
    #expect(laptop.run("status").exit == .done)
    let run = laptop.run("sync")
    #expect(
      run
        == RepRun(
          exit: .unreachable, out: "",
          err: """
            rounds: The hub cannot be reached: no network. Everything is saved here; 1 edit waits to go up.
            Hint: Work on; sync again when there is a network.

            """))
    field.state.connect(true)
    field.state.loseAnswers(1)
    #expect(laptop.run("sync").exit == .unreachable)
    let again = try laptop.run("sync", "--json").json
    #expect(again["pushed"]?["duplicate"] == 1)
    #expect(try laptop.run("status", "--json").json["waiting"] == 0)
  }

  @Test func `the status is the documented one`() throws {
    let laptop = try Field().laptop("thinkpad")
    laptop.run("add", "customer", "name=Acme")
    #expect(
      laptop.run("status", "--json").out == """
        {"attention":0,"clockOffsetMilliseconds":0,"conflicts":0,"departed":0,"device":"thinkpad",\
        "encrypted":false,"incidents":[],"lastSync":"2026-11-22T09:00:01+00:00","position":1,"records":{"conflict":0,"contact":0,\
        "contract":0,"customer":1,"feedback":0,"followUp":0,"message":0,"opportunity":0,"plan":0,\
        "promise":0,"reminder":0,"task":0,"ticket":0},"replica":1,\
        "scope":"workspace","url":"http://127.0.0.1:7440","user":"ann","waiting":1,\
        "workspace":"acme"}

        """)
  }

  @Test func `a second sync of the same replica says so and goes`() throws {
    let laptop = try Field().laptop("thinkpad")
    let lock = try ReplicaFolder(laptop.home).lockForSync()
    let run = laptop.run("sync")
    #expect(run.exit == .refused)
    #expect(
      run.err == """
        rounds: Another program is syncing this folder, and one at a time may.
        Hint: Wait until it has ended; a rounds sync --watch takes up what you write by itself.

        """)
    #expect(laptop.run("doctor", "--rebuild").exit == .refused)
    // Everything else goes on.
    #expect(laptop.run("add", "task", "title=x").exit == .done)
    _ = consume lock
    #expect(laptop.run("sync").exit == .done)
  }

  @Test func `a due reminder calls once on each device, with or without the hub`() throws {
    let field = try Field()
    let laptop = try field.laptop("thinkpad")
    let customer = try laptop.id("add", "customer", "name=Acme")
    laptop.run("sync", "--notify", "show")
    #expect(field.state.hooks.isEmpty)
    field.state.pass(25 * Field.hour)
    field.state.connect(false)
    #expect(laptop.run("sync", "--notify", "show").exit == .unreachable)
    laptop.run("sync", "--notify", "show")
    #expect(field.state.hooks.count == 1)
    let call = field.state.hooks.first ?? [:]
    #expect(call["ROUNDS_REMINDER_TITLE"] == "First contact with Acme")
    #expect(call["ROUNDS_REMINDER_RECORD"] == customer)
    #expect(call["ROUNDS_REMINDER_KIND"] == "first-contact")
    #expect(call["ROUNDS_REMINDER_DUE"] == "2026-11-23T09:00:02+00:00")
    #expect(call["ROUNDS_REMINDER_ID"]?.count == 26)
    field.state.connect(true)
    let other = try field.laptop("second")
    let failing = other.run("sync", "--notify", "false")
    #expect(failing.exit == .done)
    #expect(failing.err == "The command false failed: status 1\n")
    other.run("sync", "--notify", "show")
    #expect(field.state.hooks.count == 1)
  }

  @Test func `a watch syncs, calls, and ends when asked`() throws {
    let field = try Field()
    let laptop = try field.laptop("thinkpad")
    laptop.run("add", "customer", "name=Acme")
    laptop.interruption.request()
    #expect(laptop.run("sync", "--watch").exit == .done)
    #expect(try laptop.run("status", "--json").json["waiting"] == 1)
  }

  @Test func `a watch backs off further with every failure, and never without end`() {
    var random = FieldRandom(state: FieldState())
    let pauses = (1...12).map { Watch.backOff($0, using: &random) }
    for (failures, pause) in zip(1..., pauses) {
      let longest = min(Int64(1000) << Int64(min(failures - 1, 10)), 60_000)
      #expect((longest / 2...longest).contains(pause))
    }
  }

  @Test func `a watch stays away as long as it was told, and a little longer`() {
    var random = FieldRandom(state: FieldState())
    let pauses = (0..<100).map { _ in
      Watch.pause(1, retryAfterSeconds: 30, using: &random)
    }
    #expect(pauses.allSatisfy { (30_000...45_000).contains($0) })
    #expect(Set(pauses).count > 50)
    // A hub that is away for long is not asked more often because it once said "soon".
    #expect(Watch.pause(12, retryAfterSeconds: 1, using: &random) >= 30_000)
    #expect((500...1_000).contains(Watch.pause(1, retryAfterSeconds: nil, using: &random)))
  }

  @Test func `the hook gets its reminder in the environment and prints to stderr`() throws {
    try Hook.run(
      "test \"$ROUNDS_REMINDER_TITLE\" = \"it's; \\$(x)\"", ["ROUNDS_REMINDER_TITLE": "it's; $(x)"])
    #expect(throws: RepError.hookFailed(command: "exit 3", reason: "status 3")) {
      try Hook.run("exit 3", [:])
    }
  }
}
