// Writing offline: what is saved, what it says, and what is refused before it is written.
//
// Refusals are a table: the words typed, the exit code, and what the message says. None of them may
// print anything on stdout.

import CommandKit
import Notation
import Testing

@testable import rounds

@Suite struct RepWriteTests {
  @Test func `a customer is added, changed and shown, with what waits to go up`() throws {
    let field = try Field()
    let laptop = try field.laptop("thinkpad")
    let added = laptop.run("add", "customer", "name=Acme", "tags=vip,高价值", "city=Shanghai")
    #expect(added.exit == .done)
    #expect(readable(added.out) == "Saved Acme #1 (1 waiting to go up)\n")
    #expect(added.err == "")
    laptop.run("sync")
    let set = laptop.run(
      "set", "customer:Acme", "phone=021-5555", "tags-=vip", "tags+=new", "city=")
    #expect(readable(set.out) == "Saved Acme #1 (1 waiting to go up)\n")
    let shown = laptop.run("show", "customer:Acme", "--json")
    #expect(
      readable(shown.out) == """
        {"asOf":2,"collection":"customer","createdAt":"2026-11-22T09:00:02+00:00",\
        "disputed":{},"fields":{"assignedAt":"2026-11-22T09:00:02+00:00","name":"Acme",\
        "owner":"ann","phone":"021-5555","tags":["new","高价值"]},"id":"#1",\
        "pending":["phone","city","tags"],"updatedAt":"2026-11-22T09:00:04+00:00"}

        """)
  }

  @Test func `people see a record field by field`() throws {
    let laptop = try Field().laptop("thinkpad")
    laptop.run("add", "task", "title=Call back", "dueAt=2026-11-23 10:00")
    #expect(
      readable(laptop.run("show", "task:Call back").out) == """
        Call back  task #1
          title     Call back (waiting)
          dueAt     2026-11-23 10:00 (waiting)
          assignee  ann (waiting)
          status    open (waiting)

        """)
  }

  @Test func `what cannot be written is refused with what could be`() throws {
    let laptop = try Field().laptop("thinkpad")
    laptop.run("add", "customer", "name=Acme")
    laptop.run("add", "customer", "name=Acme")
    laptop.run("add", "customer", "name=Birch")
    laptop.run("follow", "customer:Birch", "--channel", "call", "--text", "Hello")
    let cases: [(words: [String], exit: ExitCode, says: String)] = [
      (["add", "customer", "phone=1"], .usage, "A customer needs a name."),
      (["add", "customer", "name= "], .usage, "A customer needs a name."),
      (["add", "customer", "nmae=x"], .usage, "A customer has no field nmae ."),
      (["add", "reminder", "title=x"], .refused, "Only the hub writes a reminder."),
      (["add", "followUp", "text=x"], .usage, "A followUp needs a customer."),
      (["add", "nothing", "x=y"], .usage, "nothing"),
      (["add", "task", "title=x", "dueAt=soon"], .usage, "The field dueAt cannot be soon ."),
      (["set", "customer:Acme", "phone=1"], .usage, "customer:Acme could mean several records:"),
      (["set", "customer:Cedar", "phone=1"], .notFound, "There is no record customer:Cedar here."),
      (["set", "01", "phone=1"], .notFound, "01 names no record."),
      (["set", "people:x", "phone=1"], .usage, "There is no collection people ."),
      (["set", "customer:Birch", "phone+=1"], .usage, "The field phone holds one value"),
      (["set", "customer:Birch", "name="], .usage, "A customer needs a name."),
      (["set", "followUp:Hello", "text=Bye"], .refused, "A followUp is a fact"),
      (["set", "customer:Birch", "phone=1", "--keep", "1"], .usage, "phone is not disputed"),
      (["stage", "customer:Birch", "far"], .usage, "stage cannot be far ."),
      (["stage", "customer:Birch", "won", "--reason", "x"], .usage, "A reason is kept"),
      (["stage", "followUp:Hello", "won"], .usage, "is a followUp; this is for: customer"),
      (["done", "customer:Birch"], .usage, "is a customer; this is for: task, reminder"),
      (["snooze", "customer:Birch", "--until", "-1d"], .usage, "--until must lie ahead."),
      (["follow", "customer:Birch", "--text", "x"], .usage, "needs the option --channel"),
      (
        ["follow", "customer:Birch", "--channel", "call", "--text", "x", "--at", "+6m"], .usage,
        "--at lies in the future"
      ),
      (["find", " "], .usage, "Nothing to search for was given."),
      (
        ["find", String(repeating: "长", count: 20_000)], .usage,
        "What is searched for is longer than 4000 bytes."
      ),
      (["add", "customer", "name=A", "name=B"], .usage, "The field name is given two values."),
      (
        ["set", "customer:Birch", "tags=a", "tags=b"], .usage,
        "The field tags is given two values."
      ),
      (["sql", "DELETE FROM customer"], .refused, "rounds sql only reads"),
      (["sql", "SELEC"], .usage, "SQLite refuses this"),
      (["conflicts", "show", "0123"], .notFound, "There is no conflict 0123 here."),
      (["attention", "retry", "0123"], .notFound, "Nothing under 0123 needs attention."),
      (["list", "customer", "--where", "fone = 1"], .usage, "unknown field “fone”"),
      (["list", "customer", "--sort", "fone"], .usage, "A customer has no field fone ."),
    ]
    for (words, exit, says) in cases {
      let run = laptop.run(words)
      #expect(run.exit == exit, "\(words): \(run)")
      #expect(run.err.contains(says), "\(words): \(run.err)")
      #expect(run.out == "", "\(words)")
    }
  }

  @Test func `whoever is given a record and is not known here is told of, and refused by the hub`()
    throws
  {
    let laptop = try Field().laptop("thinkpad")
    laptop.run("sync")
    let task = laptop.run("add", "task", "title=Call", "assignee=nosuch")
    #expect(task.exit == .done)
    #expect(task.err.contains("assignee: this laptop knows nobody called nosuch"))
    #expect(laptop.run("add", "task", "title=Mine", "assignee=ann").err == "")
    let sync = try laptop.run("sync", "--json").json
    #expect(sync["pushed"]?["refused"] == 1)
    let draft = try laptop.run("attention", "--json").json["attention"]?[0]
    #expect(draft?["field"] == "assignee" && draft?["value"] == "nosuch")
    #expect(try laptop.run("show", "task:Call", "--json").json["fields"]?["title"] == "Call")
  }

  @Test func `without a replica every command says how to get one`() throws {
    let laptop = Laptop(try Field(), "nothing")
    for words in [["today"], ["status"], ["add", "task", "title=x"], ["sync"], ["doctor"]] {
      let run = laptop.run(words)
      #expect(run.exit == .notFound)
      #expect(
        readable(run.err, home: laptop.home) == """
          rounds: There is no replica in HOME .
          Hint: Join a hub with: rounds join URL --code CODE

          """)
    }
  }

  @Test func `a stage may be spelled in Chinese, and a deal keeps the reason`() throws {
    let laptop = try Field().laptop("thinkpad")
    laptop.run("add", "customer", "name=Acme")
    laptop.run("add", "opportunity", "name=Deal", "customer=customer:Acme", "amount=1,200.50")
    #expect(laptop.run("stage", "opportunity:Deal", "输单", "--reason", "价格").exit == .done)
    let fields = try laptop.run("show", "opportunity:Deal", "--json").json["fields"]
    #expect(fields?["stage"] == "输单")
    #expect(fields?["stageReason"] == "价格")
    #expect(fields?["amount"] == "1200.5")
    #expect(fields?["owner"] == "ann")
  }

  @Test func `a deleted record is gone here at once and everywhere after a sync`() throws {
    let field = try Field()
    let (first, second) = (try field.laptop("first"), try field.laptop("second", of: "bob"))
    first.run("add", "customer", "name=Acme")
    first.run("sync")
    second.run("sync")
    #expect(second.run("show", "customer:Acme").exit == .done)
    #expect(first.run("delete", "customer:Acme").exit == .done)
    #expect(first.run("show", "customer:Acme").exit == .notFound)
    first.run("sync")
    second.run("sync")
    #expect(second.run("show", "customer:Acme").exit == .notFound)
  }

  @Test func `a value comes from a file, and a reference may be a name`() throws {
    let laptop = try Field().laptop("thinkpad")
    let customer = try laptop.id("add", "customer", "name=Acme")
    let contact = try laptop.id("add", "contact", "name=李娜", "customer=customer:Acme")
    let fields = try laptop.run("show", contact, "--json").json["fields"]
    #expect(fields?["customer"] == .string(customer))
    #expect(laptop.run("set", contact, "notes=@missing.txt").exit == .notFound)
  }
}
