// What `JSONValue` reads and writes, and how it says where a text is wrong.
// Printing is compared byte by byte, because `--json` is a contract; the faults are a table with
// one text a line, each with the message whole.

import Notation
import Testing

@Suite struct JSONValueTests {
  @Test func `keys are sorted, slashes and Chinese are left alone, control characters escaped`() {
    let value: JSONValue = [
      "z": [1, -2.5, true, nil], "名": "张/\"伟\"\n\u{1}", "a": [:], "b": [],
    ]
    #expect(
      value.text() == #"{"a":{},"b":[],"z":[1,-2.5,true,null],"名":"张/\"伟\"\n\u0001"}"#)
  }

  @Test func `pretty text is indented by two spaces and keeps empty lists on one line`() {
    let value: JSONValue = ["a": [1, ["b": "c"]], "d": []]
    #expect(
      value.text(pretty: true) == """
        {
          "a": [
            1,
            {
              "b": "c"
            }
          ],
          "d": []
        }
        """)
  }

  @Test func `what is printed reads back as itself`() throws {
    let value: JSONValue = [
      "integers": [0, -1, .integer(.max), .integer(.min)], "numbers": [1.5, 1e-9, 1e300],
      "texts": ["", "\\ \" / \t \u{1F600}", "客户"], "flags": [true, false, nil],
      "nested": [["deep": [["er": [[]]]]]],
    ]
    #expect(try JSONValue(parsing: value.text()) == value)
    #expect(try JSONValue(parsing: value.bytes(pretty: true)) == value)
  }

  @Test func `numbers print as JSON has them`() {
    let cases: [(Double, String)] = [
      (2, "2"), (-0.5, "-0.5"), (1e20, "1e+20"), (.nan, "null"), (.infinity, "null"),
    ]
    for (number, text) in cases { #expect(JSONValue.number(number).text() == text) }
  }

  @Test func `every kind of value is read`() throws {
    let cases: [(String, JSONValue)] = [
      ("null", nil), (" true ", true), ("false", false), ("-0", 0), ("12", 12),
      ("9223372036854775807", .integer(.max)), ("9223372036854775808", .number(0x1p63)),
      ("1.5", 1.5), ("1e3", 1000), ("\"\\u4e2d\\n\"", "中\n"), ("[]", []), ("{}", [:]),
      ("[1,[2]]", [1, [2]]), ("{\"a\":{\"b\":null}}", ["a": ["b": nil]]),
      ("{\"a\":{\"a\":1},\"b\":[{\"a\":2}]}", ["a": ["a": 1], "b": [["a": 2]]]),
    ]
    for (text, value) in cases { #expect(try JSONValue(parsing: text) == value, "\(text)") }
  }

  @Test func `a fault is told with its line and column`() {
    let cases: [(String, String)] = [
      ("", "line 1, column 1: the text ends too early"),
      ("[1,\n 2", "line 2, column 3: the text ends too early"),
      ("{\n  \"a\": [1, 2,}\n", "line 2, column 14: unexpected “}”"),
      ("{\"名字\" 1}", "line 1, column 7: unexpected “1”"),
      ("{\"a\":1,}", "line 1, column 8: unexpected “}”"),
      ("{1:2}", "line 1, column 2: unexpected “1”"),
      ("[1] x", "line 1, column 5: unexpected “x”"),
      ("[1 2]", "line 1, column 4: unexpected “2”"),
      ("[1]]", "line 1, column 4: unexpected “]”"),
      ("[}", "line 1, column 2: unexpected “}”"),
      ("nul", "line 1, column 1: “nul” is neither a number nor true, false or null"),
      ("01", "line 1, column 1: “01” is neither a number nor true, false or null"),
      ("[1.]", "line 1, column 2: “1.” is neither a number nor true, false or null"),
      ("[.5]", "line 1, column 2: “.5” is neither a number nor true, false or null"),
      ("1e", "line 1, column 1: “1e” is neither a number nor true, false or null"),
      ("{\"a\":\n\"b\nc\"}", "line 2, column 1: a string is not closed on its line"),
      ("[\"\\x\"]", "line 1, column 3: a backslash is followed by something that is no escape"),
      ("\"\\u12g4\"", "line 1, column 2: a backslash is followed by something that is no escape"),
      ("\"\\", "line 1, column 2: a backslash is followed by something that is no escape"),
      ("{\"a\":1,\n\"a\":2}", "line 2, column 1: the key “a” stands here twice"),
      (
        "[{\"a\":1},{\"a\":{\"a\":3},\"b\":0,\"a\":2}]",
        "line 1, column 29: the key “a” stands here twice"
      ),
      ("1e999", "a number or a character cannot be represented"),
    ]
    for (text, description) in cases { #expect(message(text) == description, "\(text)") }
  }

  @Test func `bytes that are not UTF-8 are refused`() {
    #expect(throws: JSONError.self) { try JSONValue(parsing: [0x22, 0xff, 0x22]) }
  }

  @Test func `nesting is limited in both directions of the limit`() throws {
    func nested(_ depth: Int) -> String {
      String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
    }
    _ = try JSONValue(parsing: nested(JSONValue.depthMax))
    #expect(message(nested(JSONValue.depthMax + 1)).hasSuffix("deeper than 64 levels"))
    #expect(message(String(repeating: "[", count: 1_000_000)).hasSuffix("64 levels"))
  }

  @Test func `access to another kind of value is nil`() {
    var value: JSONValue = ["n": 1, "list": ["x"]]
    #expect(value["n"]?.integer == 1)
    #expect(value["n"]?.number == 1.0)
    #expect(value["n"]?.string == nil)
    #expect(value["list"]?[0]?.string == "x")
    #expect(value["list"]?[1] == nil)
    #expect(value["missing"] == nil)
    value["n"] = nil
    value["b"] = true
    #expect(value == ["list": ["x"], "b": true])
  }

  private func message(_ text: String) -> String {
    do throws(JSONError) {
      _ = try JSONValue(parsing: text)
      return "no fault"
    } catch {
      return error.description
    }
  }
}
