// `share`, `unshare`, `guests`: what is sent, what is shown, and what makes no sense.

import CommandKit
import HTTPServing
import Testing

@testable import rounds_admin

private let none = #"{"record":"01JC0000000000000000000001","guests":[]}"#
private let two = """
  {"record":"01JC0000000000000000000001",
   "guests":[{"user":"bob","mayWrite":true,"until":"2026-12-06T02:24:22+00:00"},
             {"user":"小鲍","mayWrite":false,"until":null}]}
  """
private let path = "/v1/admin/records/customer:Acme"

@Suite struct AdminSharingTests {
  @Test func `a customer is shared for reading, or for writing until a time`() async throws {
    let answers: [String: HTTPResponse] = ["POST \(path)/share": .json(two)]
    let read = try await admin(["share", "customer:Acme", "--with", "bob"], answers)
    #expect(read.asked.first?.text == #"{"with":"bob"}"#)
    #expect(read.out == "customer:Acme is shared with bob.\n")
    let write = try await admin(
      ["share", "customer:Acme", "--with", "bob", "--write", "--until", "+14d"], answers,
      language: "zh")
    #expect(
      write.asked.first?.text
        == #"{"mayWrite":true,"until":"2026-12-06T10:24:22+08:00","with":"bob"}"#)
    #expect(write.out == "已将 customer:Acme 共享给 bob 。\n")
  }

  @Test func `sharing ends`() async throws {
    let answers: [String: HTTPResponse] = ["POST \(path)/unshare": .json(none)]
    let run = try await admin(["unshare", "customer:Acme", "--with", "bob"], answers)
    #expect(run.asked.first?.text == #"{"with":"bob"}"#)
    #expect(run.out == "customer:Acme is no longer shared with bob.\n")
    let json = try await admin(
      ["unshare", "customer:Acme", "--with", "bob", "--json"], answers)
    #expect(json.out == #"{"guests":[],"record":"01JC0000000000000000000001"}"# + "\n")
    let nobody = try await admin(
      ["unshare", "customer:Acme", "--with", "eve"],
      ["POST \(path)/unshare": .refusal(404, "notFound", "There is no guest eve .")])
    #expect(nobody.exit == .notFound)
    #expect(nobody.err == "rounds-admin: There is no guest eve .\n")
  }

  @Test func `guests are a table`() async throws {
    let answers: [String: HTTPResponse] = ["GET \(path)/guests": .json(two)]
    #expect(
      try await admin(["guests", "customer:Acme"], answers).out == """
        USER  MAY    UNTIL
        bob   write  2026-12-06 10:24 (in 14 days)
        小鲍  read   –

        """)
    #expect(
      try await admin(["guests", "customer:Acme"], answers, language: "zh").out == """
        用户  权限    截止
        bob   可修改  2026-12-06 10:24（14 天后）
        小鲍  只读    –

        """)
    let alone = try await admin(["guests", "customer:Acme"], ["GET \(path)/guests": .json(none)])
    #expect(alone.out == "Shared with nobody.\n")
  }

  @Test(arguments: [
    ["share", "customer:Acme"], ["unshare", "customer:Acme"], ["guests"],
    ["share", "customer:Acme", "--with", "bob", "--until", "soon"],
  ])
  func `what makes no sense asks the hub nothing`(words: [String]) async throws {
    let run = try await admin(words)
    #expect(run.exit == .usage)
    #expect(run.asked.isEmpty)
  }
}
