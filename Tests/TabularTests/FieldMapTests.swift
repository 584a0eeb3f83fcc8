// Maps from headers to fields, in JSON and in Java properties syntax.
//
// The table of properties follows the order of the rules at the head of the parser: separators,
// escapes, continuation lines, comments, empty keys.

import Testing

@testable import Tabular

struct FieldMapTests {
  func sdl(_ text: String) throws -> FieldMap { try FieldMap(sdl: TextDecoder.decode(text)) }
  func json(_ text: String) throws -> FieldMap { try FieldMap(json: TextDecoder.decode(text)) }

  @Test func `a JSON map finds headers in any case, width and spacing`() throws {
    let map = try json(#"{"Customer Name": "name", "电话": "phone, mobile", "内部": ""}"#)
    for header in ["Customer Name", "customername", "ＣＵＳＴＯＭＥＲ　ＮＡＭＥ", " customer name "] {
      #expect(map.destination(of: header) == .fields(["name"]))
    }
    #expect(map.destination(of: "电 话") == .fields(["phone", "mobile"]))
    #expect(map.destination(of: "内部") == .notImported)
    #expect(map.destination(of: "customer_name") == .unlisted)
    #expect(map.headers == ["Customer Name", "内部", "电话"])
  }

  @Test(arguments: ["", "[]", #"{"a": 1}"#, #"{"a": ["b"]}"#, "{", #"{"a": null}"#])
  func `JSON that is no object of strings is refused`(text: String) {
    #expect(throws: TabularError.fieldMapNotObjectOfStrings) { try json(text) }
  }

  @Test(
    arguments: [
      ("a=b", "a", "b"), ("a:b", "a", "b"), ("a b", "a", "b"), ("a = b", "a", "b"),
      ("  a  :  b", "a", "b"), ("a==b", "a", "=b"), ("a", "a", ""), ("a=", "a", ""),
      (#"a\ b=c"#, "a b", "c"), (#"a\:b\=c=d"#, "a:b=c", "d"), (#"a=\u5BA2\u6237"#, "a", "客户"),
      (#"a=\uD83D\uDE00"#, "a", "😀"), (#"a=x\ty\q\\"#, "a", "x\tyq\\"), ("a=b  ", "a", "b  "),
      ("a=b\\\n   c", "a", "bc"), ("a=b\\\r\n\tc", "a", "bc"), ("a=b\\\n#c", "a", "b#c"),
      ("# x\n! y\n\n  # z\\\na=b", "a", "b"), (#"a=b\"#, "a", "b"), ("客户=name", "客户", "name"),
      ("a\u{000C}b", "a", "b"), ("", nil, ""), ("#a=b", nil, ""), ("=b", "", "b"),
    ] as [(String, String?, String)])
  func `Java properties are read as Java reads them`(
    text: String, key: String?, value: String
  ) throws {
    let properties = try JavaProperty.parse(text)
    #expect(properties.first?.key == key)
    #expect(properties.first?.value ?? "" == value)
    #expect(properties.count == (key == nil ? 0 : 1))
  }

  @Test func `a mapping file gives targets, ignored columns and constants`() throws {
    let map = try sdl(
      """
      #Mapping values
      NAME=Name,RICHTEXT__c
      NumEmployees = NumberOfEmployees
      CREATEDBYID=
      =SYSTEMMODSTAMP
      "Some\\ Description"=Description
      "California" = BillingState, ShippingState
      ""=Industry
      " " = Rating
      "4-205817"=
      Who\\:Contact-Email=Who\\:Contact-Email
      """)
    #expect(map.destination(of: "name") == .fields(["Name", "RICHTEXT__c"]))
    #expect(map.destination(of: "numemployees") == .fields(["NumberOfEmployees"]))
    #expect(map.destination(of: "CreatedById") == .notImported)
    #expect(map.destination(of: "California") == .unlisted)
    #expect(map.destination(of: "Who:Contact-Email") == .fields(["Who:Contact-Email"]))
    #expect(
      map.constants.map(\.value) == ["Some Description", "California", "", " "])
    #expect(map.constants[1].fields == ["BillingState", "ShippingState"])
  }

  @Test func `two spellings of one header must agree`() throws {
    #expect(throws: Never.self) { try sdl("Id=key\nID=key\n") }
    #expect(throws: TabularError.fieldMapAmbiguous(header: "I D", otherHeader: "Id")) {
      try sdl("Id=key\nI\\ D=other\n")
    }
  }

  @Test(arguments: [#"a=\u12"#, #"a=\u12G4"#, #"a=\uD83D"#, #"a=\u+123"#, #"\uDE00=a"#])
  func `a malformed escape is an error with its line`(text: String) {
    #expect(throws: TabularError.fieldMapEscapeMalformed(line: 2)) { try sdl("# x\n" + text) }
  }

  @Test func `a map larger than its limit is refused`() {
    let text = String(repeating: "#", count: Limits.fieldMapBytesMax + 1)
    let error = TabularError.fileTooLarge(
      bytes: Limits.fieldMapBytesMax + 1, bytesMax: Limits.fieldMapBytesMax)
    #expect(throws: error) { try sdl(text) }
    #expect(throws: error) { try json(text) }
  }
}
