// What can be read in a hub's folder and its backup: no token and no code, and only by its owner.
//
// The bytes of every file are searched after a day of use: what a query does not show any more may still
// stand on a page. Tokens are looked up by their hash, so no comparison of ours takes longer for a
// better guess.

import Digest
import FollowUp
import Foundation
import Storage
import SyncCore
import Testing
import Wire

@testable import Hub

@Suite struct SecretTests {
  private let folder: TemporaryFolder
  private let now = Moment(milliseconds: 1_764_000_000_000)

  init() throws { folder = try TemporaryFolder() }

  private func files() throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
  }

  /// The names of the files in which one of these texts can be found.
  private func holders(of texts: [String]) throws -> [String] {
    try files().filter { name in
      let bytes = try Data(contentsOf: URL(filePath: folder.path + "/" + name))
      return texts.contains { text in
        bytes.range(of: Data(text.utf8)) != nil
          || bytes.range(of: Data(text.lowercased().utf8)) != nil
      }
    }
  }

  private func modes() throws -> Set<Int> {
    try Set(
      files().map {
        try FileManager.default.attributesOfItem(atPath: folder.path + "/" + $0)[.posixPermissions]
          as? Int ?? 0
      })
  }

  private func serve(_ body: (Routes) throws -> Void) throws {
    let served = try HubFolder(serving: folder.path)
    defer { withExtendedLifetime(served) {} }
    let now = now
    let (store, _) = try served.openStore(now: now, random: SystemRandom())
    try body(Routes(store) { now })
    try store.setClean(true)
  }

  /// Joins, so that the hub keeps the token until it hears it again.
  private func join(_ routes: Routes, _ code: String) throws -> JoinResponse {
    var random = SystemRandom()
    let request = JoinRequest(
      code: code, device: "laptop", request: ULID(moment: now, using: &random))
    return try JoinResponse(
      decoding: routes.answer(HubRequest("POST", "/v1/join", body: request.encoded())).body)
  }

  private func sync(_ routes: Routes, _ welcome: JoinResponse) -> Int {
    let request = SyncRequest(
      request: 1, replica: welcome.replica, epoch: welcome.epoch, cursor: .start, head: .empty,
      clock: now)
    return routes.answer(
      HubRequest("POST", "/v1/sync", bearerToken: welcome.token, body: request.encoded())
    ).status
  }

  @Test func `after a day of use no file and no backup has a token or a code`() throws {
    let admin = try HubFolder.initialise(
      folder.path, workspace: "Acme", admin: "root", now: now, random: SystemRandom())
    var secrets = [admin]
    try serve { routes in
      let manager = try routes.store.addUser("max", role: .manager, team: nil, now: now)
      secrets.append(try #require(manager))
      _ = try routes.store.addUser("ann", role: .rep, team: nil, now: now)
      for _ in 0..<30 {
        let code = try routes.store.invite("ann", expiresAt: now.advanced(milliseconds: 60_000))
        let welcome = try join(routes, code)
        secrets += [code, welcome.token]
        #expect(sync(routes, welcome) == 200)
      }
      #expect(
        routes.answer(
          HubRequest("GET", "/v1/admin/users", bearerToken: admin)
        ).status == 200)
    }
    #expect(secrets.count == 62)
    try Backup.write(from: folder.path, to: folder.path + "/backup")
    #expect(try files().contains("backup"))
    #expect(try holders(of: secrets) == [])
    // The search would find something if it were there.
    #expect(try holders(of: ["root"]).contains("hub.sqlite"))
    #expect(try modes() == [0o600])
  }

  @Test func `a token whose laptop was not heard again is in no file either`() throws {
    _ = try HubFolder.initialise(
      folder.path, workspace: "Acme", admin: "root", now: now, random: SystemRandom())
    try serve { routes in
      _ = try routes.store.addUser("ann", role: .rep, team: nil, now: now)
      let code = try routes.store.invite("ann", expiresAt: now.advanced(milliseconds: 60_000))
      let welcome = try join(routes, code)
      // Neither in the database nor in the log of writes, while the daemon runs.
      #expect(try holders(of: [welcome.token, code]) == [])
    }
  }

  @Test(arguments: [mode_t(0), 0o022, 0o077])
  func `whatever the umask, files are 0600 and folders 0700`(mask: mode_t) throws {
    let former = umask(mask)
    defer { umask(former) }
    let inner = folder.path + "/hub"
    defer { #expect(throws: Never.self) { try FileManager.default.removeItem(atPath: inner) } }
    _ = try HubFolder.initialise(
      inner, workspace: "Acme", admin: "root", now: now, random: SystemRandom())
    try Backup.write(from: inner, to: inner + "/backup")
    let names = try FileManager.default.contentsOfDirectory(atPath: inner)
    #expect(names.contains("backup") && names.contains("hub.sqlite"))
    for path in names.map({ inner + "/" + $0 }) {
      let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions]
      #expect(mode as? Int == 0o600, "\(path)")
    }
    let mode = try FileManager.default.attributesOfItem(atPath: inner)[.posixPermissions]
    #expect(mode as? Int == 0o700)
  }

  @Test func `a code is read in either case, once, and is over in time`() throws {
    let world = try World()
    let code = try world.code(for: "ann")
    _ = try world.join(code.lowercased(), request: world.identity())
    let message = JoinRequest(code: code, device: "x", request: world.identity())
    let again = world.routes.answer(HubRequest("POST", "/v1/join", body: message.encoded()))
    #expect(again.status == 403)
    #expect(!String(decoding: again.body, as: UTF8.self).contains(code))
  }
}
