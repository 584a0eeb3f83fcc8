// A field's hub behind its real server: the daemon's own desk on a free port, while a body runs.
//
// The body blocks, so it has a thread of its own; the hub's handlers need those of the pool. The server
// is always stopped, also where the body throws.

import CommandKit
import HTTPServing
import Hub
import HubClient
import SyncCore
import Testing

@testable import roundsd

/// What the body is given: where the hub is, and an administrator's line to it.
struct ServedHub {
  let port: UInt16
  let admin: AdminClient
}

func withServedHub(
  of field: Field, _ body: @escaping @Sendable (ServedHub) throws -> Void
) async throws {
  let token = try #require(
    try field.routes.store.addUser(
      "root", role: .admin, team: nil, now: Moment(milliseconds: field.state.now())))
  // From here on the hub's queue alone touches them.
  let routes = Unchecked(field.routes)
  let room = WaitRoom(slotsMax: 8)
  let hub = HubActor { people in people.forEach(room.announce) }
  try await hub.open { routes.value }
  let desk = Desk(hub: hub, room: room)
  let server = HTTPServer(configuration: HTTPServerConfiguration(), waitRooms: [room]) {
    await desk.serve($0)
  }
  try server.start()
  let port = server.port
  let outcome = await Task {
    try await onThread {
      let address = try #require(HubAddress("http://127.0.0.1:\(port)"))
      let admin = AdminClient(address, token: token, languages: "en")
      try body(ServedHub(port: port, admin: admin))
    }
  }.result
  await server.stop(drainSeconds: 1)
  try await hub.close()
  try outcome.get()
}
