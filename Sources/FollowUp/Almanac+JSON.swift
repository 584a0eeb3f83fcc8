// The almanac as JSON, version 1: what a hub sends to laptops, and what both keep.
//
//     {"almanac": 1, "zone": "Asia/Shanghai", "offset": 28800, "changes": [],
//      "hours": "mon-fri 09:00-18:00", "teams": {"Service": "mon-sun 08:00-20:00"},
//      "years": [2026], "days": [{"date": "2026-01-01", "name": "元旦", "working": false}],
//      "lunar": [{"first": "2026-02-17", "month": 1, "leap": false, "days": 30}]}
//
// Equal almanacs are equal bytes. Every key is required and no other is known: a calendar that is half
// understood would remind on the wrong days. A week without work is refused here, which is why no
// search needs to ask for it.

import Notation

typealias AlmanacNode = JSONNode<AlmanacError>

extension Almanac {
  /// The version of this form.
  public static let languageVersion = 1
  /// The most elements of each list. A hub writes some hundred.
  public static let elementsMax = 20_000

  /// Reads what `json` wrote.
  ///
  /// - Throws: the first fault, with its place and what is allowed there.
  public init(parsing bytes: [UInt8]) throws(AlmanacError) {
    self = try AlmanacNode.read(bytes) { (node) throws(AlmanacError) in try Almanac(node) }
  }

  private init(_ node: AlmanacNode) throws(AlmanacError) {
    try node.allowOnly([
      "almanac", "zone", "offset", "changes", "hours", "teams", "years", "days", "lunar",
    ])
    let version = try node.member("almanac")
    guard try version.integer() == Almanac.languageVersion else {
      throw version.notAllowed([String(Almanac.languageVersion)])
    }
    let zoneName = try node.member("zone").text()
    let zone = try LocalZone.table(OffsetTable(node))
    let hours = try node.member("hours").workingHours()
    var teamHours: [String: WorkingHours] = [:]
    for (team, member) in try node.member("teams").members() {
      teamHours[team] = try member.workingHours()
    }
    let years = try node.member("years").list { (year) throws(AlmanacError) in
      try year.integer(in: CivilDay.years)
    }
    self.init(
      zoneName: zoneName, zone: zone, hours: hours, teamHours: teamHours, years: Set(years),
      exceptions: try Almanac.exceptions(node.member("days")),
      lunarMonths: try Almanac.lunarMonths(node.member("lunar")))
  }

  private static func exceptions(
    _ node: AlmanacNode
  ) throws(AlmanacError) -> [CivilDay: Exception] {
    var exceptions: [CivilDay: Exception] = [:]
    for entry in try node.elements(atMost: elementsMax) {
      try entry.allowOnly(["date", "name", "working"])
      let date = try entry.member("date")
      let day = try date.day()
      guard exceptions[day] == nil else { throw date.error(.dateTwice(day.description)) }
      exceptions[day] = Exception(
        name: try entry.member("name").text(), isWorking: try entry.member("working").bool())
    }
    return exceptions
  }

  private static func lunarMonths(_ node: AlmanacNode) throws(AlmanacError) -> [LunarMonth] {
    var months: [LunarMonth] = []
    for entry in try node.elements(atMost: elementsMax) {
      try entry.allowOnly(["first", "month", "leap", "days"])
      let month = LunarMonth(
        first: try entry.member("first").day(),
        month: try entry.member("month").integer(in: 1...12),
        isLeap: try entry.member("leap").bool(),
        days: try entry.member("days").integer(in: 29...30))
      guard months.last?.end ?? month.first == month.first else {
        throw try entry.member("first").error(.outOfOrder)
      }
      months.append(month)
    }
    return months
  }
}

extension Almanac {
  /// The almanac as JSON, on one line when it is printed.
  public var json: JSONValue {
    let offsets = zone.offsets ?? OffsetTable(first: 0)
    let changes = offsets.changes.map { change -> JSONValue in
      ["at": .integer(change.at), "offset": .integer(change.offset)]
    }
    let days = exceptions.sorted { $0.key < $1.key }.map { day, exception -> JSONValue in
      [
        "date": .string(day.description), "name": .string(exception.name),
        "working": .bool(exception.isWorking),
      ]
    }
    return [
      "almanac": .integer(Almanac.languageVersion), "zone": .string(zoneName),
      "offset": .integer(offsets.first), "changes": .array(changes),
      "hours": .string(hours.description),
      "teams": .object(teamHours.mapValues { .string($0.description) }),
      "years": .array(years.sorted().map(JSONValue.integer)),
      "days": .array(days),
      "lunar": .array(lunarMonths.map(\.json)),
    ]
  }
}

extension LunarMonth {
  fileprivate var json: JSONValue {
    [
      "first": .string(first.description), "month": .integer(month), "leap": .bool(isLeap),
      "days": .integer(days),
    ]
  }
}

extension OffsetTable {
  fileprivate init(_ node: AlmanacNode) throws(AlmanacError) {
    let offsets = 1 - OffsetTable.offsetMax...OffsetTable.offsetMax - 1
    let first = try node.member("offset").integer(in: offsets)
    let list = try node.member("changes")
    var changes: [Change] = []
    for entry in try list.elements(atMost: Almanac.elementsMax) {
      try entry.allowOnly(["at", "offset"])
      changes.append(
        Change(
          at: try entry.member("at").integer(),
          offset: try entry.member("offset").integer(in: offsets)))
    }
    guard let table = OffsetTable(first: first, changes: changes) else {
      throw list.error(.outOfOrder)
    }
    self = table
  }
}

extension JSONValue {
  fileprivate static func integer(_ number: Int) -> JSONValue { .integer(Int64(number)) }
}

extension JSONNode<AlmanacError> {
  func elements(atMost count: Int) throws(AlmanacError) -> [JSONNode] {
    let elements = try elements()
    guard elements.count <= count else {
      throw error(.notAllowed("\(elements.count) elements"), allowed: ["at most \(count)"])
    }
    return elements
  }

  func list<Element>(
    _ read: (JSONNode) throws(AlmanacError) -> Element
  ) throws(AlmanacError) -> [Element] {
    var list: [Element] = []
    for element in try elements(atMost: Almanac.elementsMax) { list.append(try read(element)) }
    return list
  }

  func integer(in range: ClosedRange<Int>) throws(AlmanacError) -> Int {
    let number = try integer()
    guard let number = Int(exactly: number), range.contains(number) else {
      throw notAllowed(["\(range.lowerBound) to \(range.upperBound)"])
    }
    return number
  }

  func day() throws(AlmanacError) -> CivilDay {
    let text = try text()
    guard let day = CivilDay(text) else { throw error(.badDate(text), allowed: ["2026-02-17"]) }
    return day
  }

  func workingHours() throws(AlmanacError) -> WorkingHours {
    let text = try text()
    guard let hours = WorkingHours(text) else {
      throw error(.badHours(text), allowed: WorkingHours.examples)
    }
    return hours
  }
}
