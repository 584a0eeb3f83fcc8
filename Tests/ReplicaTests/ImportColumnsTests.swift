// Which column goes where: the user's map, then names, then aliases; and exports that come back.

import SyncCore
import Tabular
import Testing

@testable import Replica

@Suite struct ImportColumnsTests {
  private func columns(
    _ headers: String, map: String? = nil, sdl: String? = nil, into name: String = "customer"
  ) throws -> ImportColumns {
    let reader = try CSVReader(TextDecoder.decode(headers + "\n"))
    var fieldMap = try map.map { try FieldMap(json: TextDecoder.decode($0)) }
    if let sdl { fieldMap = try FieldMap(sdl: TextDecoder.decode(sdl)) }
    let collection = try #require(Schema.followUp[name])
    return try ImportColumns(reader.header, map: fieldMap, into: collection)
  }

  private func show(_ columns: ImportColumns) -> String {
    let sources = columns.sources.map { source in
      let headers = source.columns.map { columns.header.names[$0] }.joined(separator: "+")
      return "\(headers)→\(source.field.name)"
    }
    let id = columns.idColumn.map { ["#\(columns.header.names[$0])"] } ?? []
    let unmapped = columns.unmapped.map { "-\($0)" }
    return (sources + id + unmapped).joined(separator: " ")
  }

  @Test func `headers are tried by name and by alias`() throws {
    let cases: [(headers: String, expected: String)] = [
      ("名称,电话,客户编号,颜色", "名称→name 电话→phone 客户编号→externalKey -颜色"),
      ("NAME,Billing City,SIC", "NAME→name Billing City→city -SIC"),
      ("name,手机,座机", "name→name 手机+座机→phone"),
      ("id,name", "name→name #id"),
      ("ID,name", "name→name ID→externalKey"),
      // Only the hub writes a group; its members are columns.
      ("name,postalAddress", "name→name -postalAddress"),
      ("name,,name ", "name+name→name"),
    ]
    for (headers, expected) in cases {
      #expect(show(try columns(headers)) == expected, "\(headers)")
    }
    #expect(
      show(try columns("company,subject,close date", into: "opportunity"))
        == "company→customer subject→name close date→closeAt")
    #expect(show(try columns("Title,DUE AT,电话", into: "task")) == "Title→title DUE AT→dueAt -电话")
  }

  @Test func `the map has the first word`() throws {
    let map = #"{"名称":"notes","电话":"","Phone 2":"phone","gone":"tier","Rank":"Rating","x":"y"}"#
    #expect(
      show(try columns("名称,客户,电话,phone 2,mobile,rank,x", map: map))
        == "客户→name phone 2+mobile→phone rank→tier 名称→notes -x")
    #expect(show(try columns("key,name", map: #"{"key":"id"}"#)) == "name→name #key")
  }

  @Test func `Salesforce's names for targets are understood`() throws {
    let sdl = "organization_name=Name\nORACLE=Oracle_Id__c\nsic=Sic\nIGN=\n\"US\"=BillingCountry\n"
    let columns = try columns("organization_name,ORACLE,sic,IGN", sdl: sdl)
    #expect(show(columns) == "organization_name→name ORACLE→externalKey -sic")
    #expect(columns.constants.map { "\($0.field.name)=\($0.text)" } == ["country=US"])
  }

  @Test func `a constant of the map fills what the row leaves empty`() throws {
    let bench = try ImportBench()
    let map = try FieldMap(sdl: TextDecoder.decode("\"US\"=country\n"))
    let text = TextDecoder.decode("name,country\na,\nb,CN\n")
    #expect(try bench.run(text, map: map).counts == "2 0 0 0 0")
    #expect(try bench.records() == ["name=a country=US", "name=b country=CN"])
  }

  @Test func `an export that is imported changes nothing`() throws {
    let bench = try ImportBench()
    try bench.run(
      #"""
      code,name,tags,notes,next follow up,owner
      ,"Acme ""Ltd""","a,b","two
      lines",2026-09-01T10:00:00.123Z,bob
      K2,万  科Ａ,,,,
      ,Twin,,,,
      """#)
    // Two of one name, and tags with separators, can only come from elsewhere.
    let twin = ULID(moment: bench.now, using: &bench.store.random)
    try bench.store.write(
      [
        RecordWrite(
          twin, in: .customer,
          [
            .put(FieldID(2), .text(" Twin ")),
            FieldWrite(FieldID(17), .alter(adding: ["x; y", "z"], removing: [])),
          ], isCreation: true)
      ], at: bench.now)
    try bench.run("company,name,birthday\nK2,Li,1990-01-02\n", into: "contact")
    try bench.run(
      "customer,text,occurredAt\nK2,Hello,2026-09-01\nK2,Hello,2026-09-02\n", into: "followUp")
    let edits = try bench.editCount()
    for (name, count) in [("customer", 4), ("contact", 1), ("followUp", 2)] {
      #expect(try bench.run(bench.export(name), into: name).counts == "0 0 \(count) 0 0", "\(name)")
    }
    #expect(try bench.editCount() == edits)
  }

  @Test func `an export makes the same records elsewhere, once`() throws {
    let (bench, other) = (try ImportBench(), try ImportBench())
    try bench.run("code,name,tags\nK1,Acme,\"a,b\"\n,Bolt,\n")
    let export = try bench.export()
    #expect(try other.run(export).counts == "2 0 0 0 0")
    #expect(try other.records() == bench.records())
    #expect(try other.run(export).counts == "0 0 2 0 0")
  }

  @Test func `an id of another program is an external key`() throws {
    let bench = try ImportBench()
    #expect(try bench.run("id,name\n17,Acme\n18,Acme\n").counts == "2 0 0 0 0")
    #expect(try bench.records() == ["name=Acme externalKey=17", "name=Acme externalKey=18"])
    #expect(try bench.run("id,name\n17,Acme\n18,Acme\n").counts == "0 0 2 0 0")
  }
}
