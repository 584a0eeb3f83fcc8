// The table from errors to answers.
//
// Statuses and codes are a contract; the sentences are not.

import Notation
import Storage
import Testing

@testable import Hub

@Suite struct RefusedTests {
  @Test(arguments: [
    (HubError.notInitialised(path: "x"), 503, "notInitialised"),
    (.alreadyInitialised(path: "x"), 409, "alreadyInitialised"),
    (.alreadyServed(path: "x"), 503, "alreadyServed"),
    (.unauthorised, 401, "unauthorised"),
    (.forbidden(role: "rep"), 403, "forbidden"),
    (.notFound(what: "user", name: "x"), 404, "notFound"),
    (.ambiguous(reference: "x", candidates: ["a", "b"]), 409, "ambiguous"),
    (.exists(what: "user", name: "x"), 409, "exists"),
    (.badRequest("Why."), 400, "badRequest"),
    (.codeRefused, 403, "codeRefused"),
    (.disabled(user: "x"), 403, "disabled"),
  ])
  func `each refusal has its status and code`(error: HubError, status: Int, code: String) throws {
    let refused = Refused(error)
    #expect(refused.status == status)
    #expect(refused.code == code)
    let json = try JSONValue(parsing: refused.json.body)
    #expect(json["error"]?["code"] == .string(code))
    #expect(json["error"]?["message"]?.string?.hasSuffix(".") == true)
  }

  @Test(arguments: [
    (StorageError.diskFull, 507), (.busy, 503), (.readOnly, 503), (.disk(reason: "x"), 503),
    (.corrupt(reason: "x"), 500), (.constraint(reason: "x"), 500),
  ])
  func `a full disk is told as such, and a fault as ours`(error: StorageError, status: Int) {
    #expect(Refused(error).status == status)
  }
}
