// Tables that real programs wrote, imported twice: the second run must change nothing.

import FoundationEssentials
import Notation
import SyncCore
import Tabular
import Testing

@testable import Replica

@Suite(.enabled(if: ImportSamples.isPresent, ImportSamples.remark))
struct ImportSamplesTests {
  @Test(arguments: ["accountInsertMap", "accountUpdateMap", "accountExtractMap", ""])
  func `the Salesforce accounts through Salesforce's own maps`(name: String) throws {
    let bench = try ImportBench()
    let map = name.isEmpty ? nil : try ImportSamples.salesforceMap(name)
    let text = try ImportSamples.text(
      "salesforce-dataloader/samples/data/accountData.csv", as: "windows-1252")
    let first = try bench.run(text, map: map)
    #expect(first.counts == "423 0 0 0 0", "\(first.problems)")
    #expect(first.report.strangers == ["005x0000000fNSiAAM": 423])
    #expect(try bench.run(text, map: map).counts == "0 0 423 0 0")
    let records = try bench.records()
    #expect(
      records.contains {
        $0.hasPrefix("name=Gravity Investments address=00045742 150 Palmer Drive city=FORT COLLINS")
      })
  }

  @Test func `without a name for the encoding, the accounts are an error with a line`() throws {
    #expect {
      try ImportSamples.text("salesforce-dataloader/samples/data/accountData.csv")
    } throws: { error in
      guard case .invalidSequence(let encoding, .assumed, let place) = error as? TabularError
      else { return false }
      return encoding == .gb18030 && place.line > 1
    }
  }

  @Test func `the Salesforce opportunities find the accounts imported before`() throws {
    let bench = try ImportBench()
    let folder = "salesforce-dataloader/samples/"
    try bench.run(
      ImportSamples.text(folder + "data/accountData.csv", as: "windows-1252"),
      map: ImportSamples.salesforceMap("accountUpdateMap"))
    let deals = try ImportSamples.text(folder + "data/opportunityData.csv")
    #expect(try bench.run(deals, into: "opportunity").counts == "38 0 0 0 0")
    #expect(try bench.run(deals, into: "opportunity").counts == "0 0 38 0 0")
    // This map declines the ids; what is left as a key stands in the file up to three times.
    let other = try ImportBench()
    try other.run(
      ImportSamples.text(folder + "data/accountData.csv", as: "windows-1252"),
      map: ImportSamples.salesforceMap("accountUpdateMap"))
    let map = try ImportSamples.salesforceMap("opportunityInsertMap")
    #expect(try other.run(deals, into: "opportunity", map: map).counts == "19 0 0 0 19")
    #expect(try other.run(deals, into: "opportunity", map: map).counts == "0 0 19 0 19")
  }

  @Test func `the listed companies are the same in UTF-8 and in GBK`() throws {
    let (utf8, gbk) = (try ImportBench(), try ImportBench())
    let first = try ImportSamples.text("cn-listed-companies/a_share_codes.csv")
    let second = try ImportSamples.text("cn-listed-companies/a_share_codes.gbk.csv")
    #expect(second.encoding == .gb18030)
    #expect(try utf8.run(first).counts == "5640 0 0 0 0")
    #expect(try gbk.run(second).counts == "5640 0 0 0 0")
    let records = try utf8.records()
    #expect(try gbk.records() == records)
    #expect(records.contains("name=万  科Ａ externalKey=000002"))
    #expect(try utf8.run(second).counts == "0 0 5640 0 0")
    // By name alone, the later of two companies of one name is told apart, not merged.
    #expect(try ImportBench().run(first, key: "name").counts == "5635 0 0 0 5")
  }

  @Test func `every file of csv-spectrum becomes the records of its oracle`() throws {
    for name in try FileManager.default.contentsOfDirectory(
      atPath: ImportSamples.folder + "/csv-spectrum/csvs"
    ).sorted() {
      let stem = String(name.dropLast(4))
      let oracle = try JSONValue(
        parsing: ImportSamples.text("csv-spectrum/json/\(stem).json").string)
      let rows = try #require(oracle.array).compactMap(\.object)
      let text = try ImportSamples.spectrum(name)
      let headers = try CSVReader(text).header.names
      // The first column is the name; others go where text may be anything.
      let fields = zip(headers, ["name", "notes", "industry", "address", "phone"])
      let map = JSONValue.object(
        Dictionary(uniqueKeysWithValues: fields.map { ($0, .string($1)) }))
      let bench = try ImportBench()
      let outcome = try bench.run(
        text, map: FieldMap(json: TextDecoder.decode(map.text())))
      #expect(outcome.counts == "\(rows.count) 0 0 0 0", "\(name)")
      let collection = CollectionSchema.customer
      var records: [[String]] = []
      let export = Export(bench.store, of: collection, zone: .utc)
      try export.forEachRow(where: nil, at: bench.now) { row in
        records.append(
          fields.map { pair in
            guard let field = collection[pair.1], case .text(let text) = row.values[field.id]
            else { return "" }
            return text
          })
      }
      let expected = rows.map { row in headers.map { row[$0]?.string ?? "" } }
      #expect(Set(records) == Set(expected), "\(name)")
    }
  }

  @Test(arguments: ["UTF8", "UTF16LE", "UTF16BE", "UTF32LE", "UTF32BE"])
  func `files with a byte order mark are the same records`(name: String) throws {
    func records(_ file: String) throws -> [String] {
      let bench = try ImportBench()
      let text = try ImportSamples.text("salesforce-dataloader/testfiles/data/\(file).csv")
      let headers = try CSVReader(text).header.names
      let map = JSONValue.object([headers[0]: "name"]).text()
      let outcome = try bench.run(text, map: FieldMap(json: TextDecoder.decode(map)))
      #expect(outcome.report.created > 0 && outcome.failed.isEmpty)
      return try bench.records()
    }
    #expect(try records("csvtext_BOM_\(name)") == records("csvtext"))
  }
}
