// The shelf: names that say when, the newest that are kept, and files that are none of its business.

import FoundationEssentials
import Hub
import Notation
import Storage
import SyncCore
import Testing

@testable import roundsd

@Suite struct BackupShelfTests {
  private let base: String
  private let time: Int64 = 1_795_302_000_000
  private var folder: String { "\(base)/shelf" }

  init() throws {
    base = FileManager.default.temporaryDirectory.path + "/rounds-shelf-\(UUID().uuidString)"
    try FileManager.default.createDirectory(
      atPath: "\(base)/shelf", withIntermediateDirectories: true)
    _ = try HubFolder.initialise(
      "\(base)/hub", workspace: "Acme", admin: "root", now: Moment(milliseconds: 0),
      random: SystemRandomNumberGenerator())
  }

  private func ask(_ method: String, _ body: JSONValue = [:], at milliseconds: Int64 = 0) async
    -> (status: Int, json: JSONValue)
  {
    let moment = time + milliseconds
    let shelf = BackupShelf(data: "\(base)/hub", folder: folder) { moment }
    let answer = await shelf.answer(
      HubRequest(method, "/v1/admin/backups", bearerToken: "", body: body.bytes()))
    return (answer.status, (try? JSONValue(parsing: answer.body)) ?? .null)
  }

  private func names() throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
  }

  @Test func `a backup is named by its second, checked, and listed with its position`() async throws
  {
    let made = await ask("POST", ["check": true])
    #expect(made.status == 200)
    #expect(made.json["name"]?.string == "hub-20261121T230000Z.sqlite")
    #expect(made.json["position"] == 1)
    #expect(made.json["findings"]?.array == [])
    let list = await ask("GET").json
    #expect(list["backups"]?.array?.map { $0["name"] } == [made.json["name"]])
    #expect(list["backups"]?.array?.first?["readable"] == true)
    // Within the same second there is one already, and nothing is overwritten.
    #expect(await ask("POST", at: 999).status == 409)
  }

  @Test func `the newest are kept, and whatever else lies there is left alone`() async throws {
    let strangers = [
      "hub-20260101T000000Z.sqlite.partial", "hub-2026.sqlite", "hub-99999999T999999Z.sqlite",
      "notes.txt",
    ]
    for name in strangers {
      #expect(FileManager.default.createFile(atPath: "\(folder)/\(name)", contents: nil))
    }
    for second in 0..<4 { _ = await ask("POST", at: Int64(second) * 1000) }
    let made = await ask("POST", ["keep": 2], at: 4_000)
    #expect(made.json["removed"]?.array?.count == 3)
    #expect(
      try names()
        == (["hub-20261121T230003Z.sqlite", "hub-20261121T230004Z.sqlite"] + strangers).sorted())
  }

  @Test func `a file that cannot be read is listed as such`() async throws {
    let name = "hub-20260101T000000Z.sqlite"
    #expect(FileManager.default.createFile(atPath: "\(folder)/\(name)", contents: nil))
    let list = await ask("GET").json
    #expect(list["backups"]?.array?.first?["readable"] == false)
    #expect(list["backups"]?.array?.first?["at"]?.string == "2026-01-01T00:00:00+00:00")
  }

  @Test(arguments: [["keep": 0], ["keep": "all"], ["keep": 10_001]] as [JSONValue])
  func `a number that makes no sense is refused, and nothing is made`(_ body: JSONValue)
    async throws
  {
    #expect(await ask("POST", body).status == 400)
    #expect(try names() == [])
  }

  @Test func `without a folder it is refused, with what would help`() async {
    let shelf = BackupShelf(data: "\(base)/hub", folder: nil) { 0 }
    let answer = await shelf.answer(HubRequest("GET", "/v1/admin/backups"))
    #expect(answer.status == 409)
    #expect(String(decoding: answer.body, as: UTF8.self).contains("--backups"))
  }

  @Test(arguments: ["hub-20260230T000000Z.sqlite", "hub-20260101T246000Z.sqlite", "hub-Z.sqlite"])
  func `what is no moment is no name`(_ name: String) { #expect(BackupName(name) == nil) }
}
