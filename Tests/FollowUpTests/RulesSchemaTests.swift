// `Protocol/Rules.schema.json` must not say yes where the language says no: editors check by the one, the hub by the
// other. The patterns of times are held against the readers, text by text.

import FollowUp
import Foundation
import Notation
import Testing

struct RulesSchemaTests {
  private func pattern(_ name: String) throws -> NSRegularExpression {
    let path = ShippedRuleFilesTests.folder + ".schema.json"
    let bytes = try #require(FileManager.default.contents(atPath: path))
    let schema = try JSONValue(parsing: Array(bytes))
    return try NSRegularExpression(
      pattern: #require(schema["$defs"]?[name]?["pattern"]?.string))
  }

  private func matches(_ text: String, _ pattern: NSRegularExpression) -> Bool {
    let whole = NSRange(text.startIndex..., in: text)
    return pattern.firstMatch(in: text, range: whole) != nil
  }

  @Test(arguments: [
    "0d", "0m", "00h", "0d0h", "0mo", "0wd", "1d", "10d", "1d0h", "0d1h", "1d12h", "2w", "3wd",
    "2wh", "1mo", "1mo2d", "d", "", "5x", "-1d",
  ])
  func `a span of time is one for both`(text: String) throws {
    #expect(try matches(text, pattern("delay")) == (Delay(text) != nil))
    #expect(try matches(text, pattern("timeSpan")) == (TimeSpan(text) != nil))
  }

  @Test func `what only says that it holds does nothing`() throws {
    let bytes = try #require(
      FileManager.default.contents(atPath: ShippedRuleFilesTests.folder + ".schema.json"))
    let text = String(decoding: bytes, as: UTF8.self).filter { !$0.isWhitespace }
    let hold = try #require(text.range(of: #""hold":{"type":"boolean"}},"#))
    #expect(
      text[hold.upperBound...].hasPrefix(#""anyOf":[{"required":["tag"]},{"required":["untag"]}]"#))
    let book = RuleLanguageTests.book(["created": [:]], do: [["hold": true]])
    #expect(RuleLanguageTests.fault(book) != "none")
  }
}
