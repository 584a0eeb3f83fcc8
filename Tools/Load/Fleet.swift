// A hub with people, laptops and customers, made in its folder before the daemon is started.
//
// It is made by the hub's own code and through the hub's own routes, only without sockets: what the
// daemon finds is what it would have written.

import Foundation
import Hub
import SyncCore
import Wire

@Sendable func present() -> Moment {
  Moment(milliseconds: Int64(Date().timeIntervalSince1970 * 1_000))
}

struct Fleet {
  let folder: String
  var laptops: [Laptop] = []

  enum Failure: Error { case refused(path: String, status: Int) }

  /// - Parameters:
  ///   - laptops: how many, `each` of them one person's.
  ///   - customers: how many each person has.
  init(in parent: String, laptops count: Int, each: Int, customers: Int) throws {
    folder = "\(parent)/load-\(ProcessInfo.processInfo.processIdentifier)"
    try FileManager.default.createDirectory(atPath: parent, withIntermediateDirectories: true)
    _ = try HubFolder.initialise(
      folder, workspace: "load", admin: "admin", now: present(),
      random: SystemRandomNumberGenerator())
    let hub = try HubFolder(serving: folder)
    let (store, _) = try hub.openStore(now: present(), random: SystemRandomNumberGenerator())
    let routes = Routes(store, now: present)
    // One transaction for all of it: it is the load that is measured, and not this.
    laptops = try store.transaction {
      try Fleet.people(store, routes, laptops: count, each: each, customers: customers)
    }
    // As a daemon that ended in order leaves it.
    try hub.note(store)
    try store.setClean(true)
  }

  private static func people(
    _ store: HubStore, _ routes: Routes, laptops count: Int, each: Int, customers: Int
  ) throws -> [Laptop] {
    var random = SystemRandomNumberGenerator()
    var laptops: [Laptop] = []
    for number in 0..<count {
      let user = "rep\(number / each)"
      if number % each == 0 {
        // People without a team share what they have: it would be everybody's.
        try store.addTeam(user, parent: nil)
        _ = try store.addUser(user, role: .rep, team: user, now: present())
      }
      var laptop = try join(user, store, routes, &random)
      if number % each == 0 && customers > 0 {
        for _ in 0..<customers { laptop.create(at: present(), using: &random) }
        try push(&laptop, routes)
      }
      laptops.append(laptop)
    }
    return laptops
  }

  private static func join(
    _ user: String, _ store: HubStore, _ routes: Routes,
    _ random: inout SystemRandomNumberGenerator
  ) throws -> Laptop {
    let code = try store.invite(user, expiresAt: present().advanced(milliseconds: 60_000))
    let request = JoinRequest(
      code: code, device: "load", request: ULID(moment: present(), using: &random))
    let answer = routes.answer(HubRequest("POST", "/v1/join", body: request.encoded()))
    guard answer.status == 200 else {
      throw Failure.refused(path: "/v1/join", status: answer.status)
    }
    return Laptop(user: user, try JoinResponse(decoding: answer.body))
  }

  /// Brings what the laptop wrote, and all that it may see.
  private static func push(_ laptop: inout Laptop, _ routes: Routes) throws {
    repeat {
      let answer = routes.answer(
        HubRequest(
          "POST", "/v1/sync", bearerToken: laptop.token, body: laptop.request(at: present())))
      guard answer.status == 200, laptop.take(answer.body) else {
        throw Failure.refused(path: "/v1/sync", status: answer.status)
      }
    } while !laptop.isUpToDate
  }

  func remove() {
    do { try FileManager.default.removeItem(atPath: folder) } catch { print("left \(folder)") }
  }
}
