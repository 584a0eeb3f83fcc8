// Letting a laptop in: once, again because an answer was lost, and never with a worn-out code.
//
// Requests and answers are the bytes of the wire; a refusal is text for whoever joins.

import SyncCore
import Testing
import Wire

@testable import Hub

@Suite struct JoinTests {
  @Test func `a code lets one laptop in`() throws {
    let world = try World()
    let answer = try world.join(world.code(for: "ann"), request: world.identity())
    #expect(answer.user == "ann")
    #expect(answer.workspace == "Acme")
    #expect(answer.epoch == world.store.epoch)
    #expect(answer.replica == ReplicaID(1))
  }

  @Test func `the same request again gets the same answer`() throws {
    let world = try World()
    let (code, request) = (try world.code(for: "ann"), world.identity())
    #expect(try world.join(code, request: request) == world.join(code, request: request))
  }

  @Test func `another request with a used code is refused`() throws {
    let world = try World()
    let code = try world.code(for: "ann")
    _ = try world.join(code, request: world.identity())
    #expect(try refusal(world, code).status == 403)
  }

  @Test func `a code that is too old is refused, and so is one that never was`() throws {
    let world = try World()
    let code = try world.code(for: "ann", expiresInSeconds: 60)
    world.clock.advance(seconds: 61)
    #expect(try refusal(world, code).status == 403)
    #expect(try refusal(world, "0123456789AB").status == 403)
  }

  @Test func `after the first sync the lost answer is not repeated any more`() throws {
    let world = try World()
    let (code, request) = (try world.code(for: "ann"), world.identity())
    let laptop = Laptop(world, try world.join(code, request: request))
    try laptop.sync()
    #expect(try refusal(world, code, request: request).status == 403)
  }

  @Test func `an invitation for nobody is not made`() throws {
    let world = try World()
    #expect(try world.admin("POST", "invites", body: ["user": "nobody"]).status == 404)
    try world.ask("POST", "users/bob/disable")
    #expect(try world.admin("POST", "invites", body: ["user": "bob"]).status == 403)
  }

  @Test func `a laptop of a disabled user is told that it is revoked`() throws {
    let world = try World()
    let laptop = try world.laptop("bob")
    try world.ask("POST", "users/bob/disable")
    #expect(try laptop.send(laptop.request()).detour == .revoked)
  }

  private func refusal(
    _ world: World, _ code: String, request: ULID? = nil
  ) throws -> HubResponse {
    let message = JoinRequest(code: code, device: "x", request: request ?? world.identity())
    return world.routes.answer(HubRequest("POST", "/v1/join", body: message.encoded()))
  }
}
