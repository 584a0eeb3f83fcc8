// Zones as tables: each second of a year is read back as itself, and gaps and doubles as documented.

import Notation
import Testing

struct OffsetTableTests {
  @Test func `a table is refused unless its changes follow each other and change something`() {
    typealias Change = OffsetTable.Change
    func table(_ changes: [Change]) -> OffsetTable? { OffsetTable(first: 3600, changes: changes) }
    #expect(table([]) != nil)
    #expect(table([Change(at: 5, offset: 7200), Change(at: 9, offset: 3600)]) != nil)
    #expect(table([Change(at: 5, offset: 3600)]) == nil)
    #expect(table([Change(at: 5, offset: 7200), Change(at: 5, offset: 3600)]) == nil)
    #expect(table([Change(at: 5, offset: 86_400)]) == nil)
    #expect(OffsetTable(first: -86_400, changes: []) == nil)
  }

  @Test func `every quarter of an hour around a change is read back, the first of two`() throws {
    // Forward at 01:00 UTC of 2026-03-29, back half an hour at 2026-04-05T00:00Z.
    let (spring, autumn): (Int64, Int64) = (1_774_746_000, 1_775_347_200)
    let zone = LocalZone.table(
      try #require(
        OffsetTable(
          first: 3600,
          changes: [.init(at: spring, offset: 7200), .init(at: autumn, offset: 5400)])))
    var doubles = 0
    for second in stride(from: spring - 86_400, to: autumn + 86_400, by: 900) {
      let civil = zone.civilTime(atMilliseconds: second * 1000)
      let read = try #require(zone.milliseconds(of: civil)) / 1000
      if read != second {
        doubles += 1
        #expect(read == second - 1800 && (autumn..<autumn + 1800).contains(second))
      }
    }
    #expect(doubles == 2)
    let skipped = CivilTime(year: 2026, month: 3, day: 29, hour: 2, minute: 30)
    let read = zone.civilTime(atMilliseconds: try #require(zone.milliseconds(of: skipped)))
    #expect((read.hour, read.minute) == (3, 30))
  }

  @Test func `days are counted, named and read`() throws {
    for number in stride(from: -700_000, through: 2_900_000, by: 997) {
      let day = CivilDay(number: number)
      #expect(CivilDay(day.midnight) == day)
      #expect(CivilDay(day.description) == day)
    }
    #expect(CivilDay("1970-01-01")?.number == 0)
    #expect(CivilDay("1970-01-01")?.weekday == 3)
    #expect(CivilDay("1969-12-28")?.weekday == 6)
    #expect(CivilDay("2026-11-22")?.weekday == 6)
    for text in ["2026-02-29", "2026-2-1", "2026-02-28x", "0000-01-01", "", "2026-13-01"] {
      #expect(CivilDay(text) == nil)
    }
    #expect(CivilDay(year: 2026, month: 2, clampingDay: 31)?.description == "2026-02-28")
    #expect(CivilDay(year: 2028, month: 2, clampingDay: 31)?.description == "2028-02-29")
    #expect(CivilDay(year: 2026, month: 13, clampingDay: 31) == nil)
  }
}
