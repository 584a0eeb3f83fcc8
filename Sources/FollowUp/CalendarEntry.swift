// What has a time, as an entry of an iCalendar file: what is to be done as a to-do, what took place as an event.
//
// The identity is the record's and the sequence grows with each change, so a file that is read a second time
// changes entries and makes none. Nothing in it depends on when it is written: the same records are the same
// bytes. What was given up or withdrawn is told as cancelled and not left out, or it would stay in the
// calendar of whoever has an older file. A plan has one entry: when it is due next.

import Notation
import SyncCore

public enum CalendarEntry {
  /// The collections whose records have a time.
  public static let collections = [
    "task", "promise", "reminder", "ticket", "feedback", "plan", "followUp",
  ]

  public static let head = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Rounds//rounds//EN\r\n"
  public static let end = "END:VCALENDAR\r\n"

  /// How an entry's record stands.
  private enum State: String {
    case open = "NEEDS-ACTION"
    case done = "COMPLETED"
    case cancelled = "CANCELLED"
  }

  /// - Parameters:
  ///   - customer: the name of the record's customer, where it is known.
  ///   - next: when a plan is due next.
  ///   - isChinese: whose words a reminder is told in.
  /// - Returns: nil for a record without a time.
  public static func text(
    of record: QueryRecord, in collection: CollectionSchema, customer: String?,
    next: Moment? = nil, isChinese: Bool = false
  ) -> String? {
    func value(_ name: String) -> Value { collection[name].map { record.values[$0.id] } ?? .null }
    let isEvent = collection == .followUp || collection == .plan
    let when =
      collection == .plan ? next : value(isEvent ? "occurredAt" : "dueAt").moment
    guard let when, collections.contains(collection.name) else { return nil }
    let kind = isEvent ? "VEVENT" : "VTODO"
    var lines = ContentLines()
    lines.add("BEGIN", raw: kind)
    lines.add("UID", raw: "\(record.id)@rounds")
    lines.add("DTSTAMP", raw: utc(record.updatedAt))
    lines.add("LAST-MODIFIED", raw: utc(record.updatedAt))
    let age = max(0, record.updatedAt.milliseconds(since: record.id.moment)) / 1000
    lines.add("SEQUENCE", raw: "\(min(age, Int64(Int32.max)))")
    let stored = record.values[collection.titleField].text ?? ""
    let titles = Titles(stored: stored)
    let title = isChinese ? titles.zh : titles.en
    lines.add("SUMMARY", customer.map { "\($0): \(title)" } ?? title)
    lines.add("DESCRIPTION", value("note").text ?? value("next").text)
    if isEvent {
      lines.add("DTSTART", raw: utc(when))
      if case .integer(let minutes) = value("minutes"), (1...100_000).contains(minutes) {
        lines.add("DURATION", raw: "PT\(minutes)M")
      }
    } else {
      lines.addToDo(state(of: record.values, in: collection), due: when, value)
    }
    lines.add("END", raw: kind)
    return lines.text
  }

  private static func state(of values: FieldValues, in collection: CollectionSchema) -> String {
    func value(_ name: String) -> Value { collection[name].map { values[$0.id] } ?? .null }
    let status = value("status")
    let state: State =
      switch collection {
      case .task:
        Ladder.isOpen(task: status) ? .open : Ladder.isDone(task: status) ? .done : .cancelled
      case .promise:
        Ladder.isOpen(promise: status)
          ? .open
          : Ladder.promiseStates.height(of: status)
            == Ladder.promiseStates.height(of: .text("kept"))
            ? .done : .cancelled
      case .reminder:
        status.text == ReminderRow.Status.withdrawn.rawValue
          ? .cancelled
          : value("response").text == ReminderRow.Response.done.rawValue ? .done : .open
      default: Ladder.isOpen(ticket: status) ? .open : .done
      }
    return state.rawValue
  }

  /// `20261122T090000Z`.
  fileprivate static func utc(_ moment: Moment) -> String {
    let text = ISO8601.string(milliseconds: moment.milliseconds, in: .utc)
    return String(text.prefix(19).filter { $0 != "-" && $0 != ":" }) + "Z"
  }
}

extension ContentLines {
  fileprivate mutating func addToDo(_ state: String, due: Moment, _ value: (String) -> Value) {
    add("DUE", raw: CalendarEntry.utc(due))
    add("STATUS", raw: state)
    if let doneAt = (value("doneAt").moment ?? value("resolvedAt").moment) {
      add("COMPLETED", raw: CalendarEntry.utc(doneAt))
    }
    let offsets = value("remind").text.flatMap { ReminderOffsets($0) }?.milliseconds ?? []
    for offset in offsets {
      add("BEGIN", raw: "VALARM")
      add("ACTION", raw: "DISPLAY")
      add("DESCRIPTION", value("title").text)
      add("TRIGGER;RELATED=END", raw: "-PT\(offset / 1000)S")
      add("END", raw: "VALARM")
    }
  }
}
