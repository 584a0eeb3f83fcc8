// Leads as they arrive: what is one, who is known already, and what is no lead.
//
// Through the route, as a form would, with a service account. The numbers are the ones that people type.

import FollowUp
import Notation
import SyncCore
import Testing

@testable import Hub

@Suite struct LeadTests {
  let world: World
  let ann: Laptop

  init() throws {
    world = try World()
    ann = try world.laptop("ann")
  }

  private func send(_ lead: JSONValue) throws -> (status: Int, json: JSONValue) {
    try world.admin("POST", "leads", body: lead)
  }

  private func count(_ collection: String) throws -> Int {
    try #require(try world.ask("GET", "records", ["collection": collection])["records"]?.array)
      .count
  }

  @Test(arguments: [
    ("13800000001", "138 0000 0001", true), ("+86 138-0000-0001", "13800000001", true),
    ("008613800000001", "+8613800000001", true), ("(0512) 6789 0123", "051267890123", true),
    ("8612345", "12345", false), ("13800000001", "13800000002", false), ("110", "110", false),
    ("", "", false), ("none", "none", false),
  ])
  func `numbers are compared by what is dialled`(one: String, other: String, isSame: Bool) {
    let (first, second) = (LeadDesk.number(one), LeadDesk.number(other))
    #expect((first != nil && first == second) == isSame)
  }

  @Test func `somebody new is nobody's, and somebody known is told to his person once`() throws {
    let acme = ann.customer("Acme", ["phone": .text("0512-67890123")])
    try ann.sync()
    let new = try send([
      "name": "Bolt", "source": "web", "email": "li@bolt.example", "contact": "Li",
    ])
    #expect(new.json["status"] == "new")
    let id = try #require(new.json["id"]?.string.flatMap { ULID($0) })
    #expect(try world.fields(of: id)["owner"] == nil)
    #expect(try count("contact") == 1)
    let known: JSONValue = [
      "name": "ACME Ltd", "source": "fair", "phone": "0512 6789 0123", "key": "k1",
    ]
    #expect(try send(known).json == ["status": "known"])
    #expect(try send(known).json == ["status": "repeated"])
    #expect(try count("task") == 1)
    #expect(try count("customer") == 2)
    try ann.sync()
    let task = try #require(
      ann.base.values.first { $0.values[field("kind", in: .task)] == .text("线索") })
    #expect(task.root == acme)
    #expect(task.values[field("assignee", in: .task)] == .text("ann"))
    // By the address of a contact, too.
    #expect(
      try send(["name": "x", "source": "y", "email": "LI@BOLT.example"]).json["status"] == "known")
  }

  @Test func `one key is one lead`() throws {
    for expected in ["new", "repeated", "repeated"] {
      #expect(
        try send(["name": "Acme", "source": "web", "key": "7"]).json["status"]?.string == expected)
    }
    #expect(try send(["name": "Acme", "source": "web", "key": "8"]).json["status"] == "new")
    #expect(try count("customer") == 2)
  }

  @Test func `a customer who was deleted is not known any more`() throws {
    let id = ann.customer("Acme", ["phone": .text("13800000001")])
    try ann.sync()
    ann.delete(id)
    try ann.sync()
    #expect(
      try send(["name": "Acme", "source": "web", "phone": "13800000001"]).json["status"] == "new")
  }

  @Test(arguments: [
    #"{"source":"x"}"#, #"{"name":"x"}"#, #"{"name":"  ","source":"x"}"#,
    #"{"name":1,"source":"x"}"#,
    #"{"name":"x","source":"y","owner":"ann"}"#, "{", "[]", "", "name", "name=%4&source=x",
    "name=%ff&source=x",
  ])
  func `what is no lead is refused, and nothing is written`(body: String) throws {
    let head = world.store.head
    let answer = world.routes.answer(
      HubRequest(
        "POST", "/v1/admin/leads", bearerToken: world.adminToken, body: Array(body.utf8)))
    #expect(answer.status == 400, "\(String(decoding: answer.body, as: UTF8.self))")
    #expect(world.store.head == head)
  }

  @Test func `a form's line breaks do not break a name`() throws {
    let answer = world.routes.answer(
      HubRequest(
        "POST", "/v1/admin/leads", bearerToken: world.adminToken,
        body: Array("name=A%0D%0AB+C&source=web&notes=one%0Atwo".utf8)))
    #expect(answer.status == 200)
    let id = try JSONValue(parsing: answer.body)["id"]?.string.flatMap { ULID($0) }
    let fields = try world.fields(of: try #require(id))
    #expect(fields["name"] == "A B C")
    #expect(fields["notes"] == "one\ntwo")
  }
}
