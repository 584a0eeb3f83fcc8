// `rounds ingest mail FILE…`, `ingest calls FILE`, `inbox`: mails and calls are filed with the customers they belong to.
//
// A file twice changes nothing. What belongs to nobody waits in the inbox until it is filed, or done away with. Every file
// says what became of it; one that cannot be read is told, and the others are taken.

import CommandKit
import FollowUp
import Notation
import Replica
import Storage
import SyncCore
import Tabular

func ingestCommands(_ outside: Outside) -> [Command] {
  [mailCommand(outside), callsCommand(outside), inboxCommand(outside)]
}

private func mailCommand(_ outside: Outside) -> Command {
  Command(
    ["ingest", "mail"], group: Group.exchange,
    summary: Phrase(en: "File mails with their customers", zh: "将邮件归档到客户"),
    arguments: [
      Command.Argument(
        "FILE", .oneOrMore, help: Phrase(en: "Mails as .eml", zh: ".eml 邮件文件"), values: .file)
    ],
    options: [
      Command.Option(
        "own", "ADDRESS", help: Phrase(en: "An address of ours; may be repeated", zh: "我方邮箱（可重复）"),
        isRepeatable: true)
    ],
    examples: [
      Command.Example(
        "rounds ingest mail ~/mails/*.eml --own ann@example.com",
        Phrase(en: "What ann wrote is outgoing", zh: "ann 发出的算我方联系"))
    ]
  ) { invocation in
    let replica = try OpenReplica(invocation, outside)
    let own = Set(invocation.options("own").map { $0.lowercased() })
    var filing = try Filing(replica)
    for path in invocation.arguments("FILE") {
      let bytes = try invocation.console.readFile(path)
      guard let mail = MailMessage(bytes), let item = Incoming(mail, own: own) else {
        filing.reject(path)
        continue
      }
      try filing.take(item)
    }
    try filing.finish(invocation)
  }
}

private func callsCommand(_ outside: Outside) -> Command {
  Command(
    ["ingest", "calls"], group: Group.exchange,
    summary: Phrase(en: "File a list of calls with their customers", zh: "将通话记录归档到客户"),
    arguments: [
      Command.Argument(
        "FILE", help: Phrase(en: "A CSV file with a header", zh: "带表头的 CSV 文件"), values: .file)
    ],
    notes: [
      Phrase(
        en: "Columns: id, number, at; and direction (in, out), outcome, minutes, text.",
        zh: "列：编号、号码、时间；可选 方向（来电、去电）、结果、时长、备注。")
    ]
  ) { invocation in
    let replica = try OpenReplica(invocation, outside)
    let path = invocation.argument("FILE")
    let text = try TextDecoder.decode(try invocation.console.readFile(path))
    let reader = try CSVReader(text)
    let columns = CallColumns(reader.header.names)
    guard columns.isWhole else {
      throw RepError.valueNotAllowed(
        field: path, text: reader.header.names.joined(separator: ","),
        allowed: ["id,number,at", "编号,号码,时间"])
    }
    var filing = try Filing(replica)
    while let record = try reader.next() {
      guard case .row(let row) = record, let item = columns.item(row.cells, replica) else {
        filing.reject("\(path): \(filing.count + 1)")
        continue
      }
      try filing.take(item)
    }
    try filing.finish(invocation)
  }
}

private func inboxCommand(_ outside: Outside) -> Command {
  Command(
    ["inbox"], group: Group.exchange,
    summary: Phrase(en: "Show what belongs to nobody, and file it", zh: "查看未匹配的邮件和通话并归档"),
    arguments: [
      Command.Argument(
        "REF", .optional, help: Phrase(en: "Which one to file", zh: "要归档的一项"),
        values: .dynamic("record"))
    ],
    options: [
      Command.Option(
        "to", "REF", help: Phrase(en: "The customer, or a contact of his", zh: "归档到的客户或联系人"),
        values: .dynamic("record"))
    ],
    examples: [
      Command.Example(
        "rounds inbox 01M8ABCD --to customer:Acme", Phrase(en: "It is Acme's", zh: "归档到 Acme"))
    ]
  ) { invocation in
    let replica = try OpenReplica(invocation, outside)
    guard let typed = invocation.optionalArgument("REF") else {
      return try showInbox(invocation, replica)
    }
    let task = try replica.record(typed)
    let schema = CollectionSchema.task
    guard task.collection == schema,
      let item = Incoming(note: try replica.row(task).values[schema.id("note")].text ?? "")
    else { throw RepError.unsuitable(task, suitable: [Ingest.taskKind]) }
    _ = try invocation.requiredOption("to")
    let found = try replica.record(invocation.option("to") ?? "")
    let owner = AddressBook.Owner(
      customer: try replica.customer(of: found),
      contact: found.collection == .contact ? found.id : nil)
    let write = Ingest.write(item, for: owner, by: replica.state.user)
    var filing = try Filing(replica)
    try filing.file(write)
    filing.writes.append(
      RecordWrite(
        task.id, in: schema,
        [
          .put(schema.id("status"), .text("done")),
          .put(schema.id("doneAt"), .moment(replica.today)),
        ]))
    try filing.save()
    try replica.printSaved(invocation, item.text, write.record)
  }
}

private func showInbox(_ invocation: Invocation, _ replica: OpenReplica) throws {
  let schema = CollectionSchema.task
  let rows = try replica.store.rows(of: schema).filter { row in
    row.values[schema.id("kind")].text == Ingest.taskKind
      && Ladder.isOpen(task: row.values[schema.id("status")])
  }
  try printRecords(rows.map { ($0, schema) }, of: rows.count, invocation, replica)
}

// MARK: Filing

/// What one command files, in one edit.
private struct Filing {
  private let replica: OpenReplica
  private let ingest: Ingest
  var writes: [RecordWrite] = []
  private var seen: Set<RecordID> = []
  private var (matched, unmatched, duplicates) = (0, 0, 0)
  private var unreadable: [String] = []

  init(_ replica: OpenReplica) throws {
    self.replica = replica
    ingest = try Ingest(replica.store, user: replica.state.user)
  }

  var count: Int { matched + unmatched + duplicates + unreadable.count }

  mutating func reject(_ what: String) { unreadable.append(what) }

  mutating func take(_ item: Incoming) throws {
    // Of two in one run the second is the first again.
    guard seen.insert(Ingest.followUp(of: item)).inserted else {
      duplicates += 1
      return
    }
    switch try ingest.outcome(of: item) {
    case .duplicate: duplicates += 1
    case .filed(let write):
      matched += 1
      try file(write)
    case .unmatched(let write):
      unmatched += 1
      writes.append(write)
    }
  }

  /// With what follows for the customer.
  mutating func file(_ write: RecordWrite) throws {
    var values = FieldValues()
    for field in write.writes {
      if case .put(let value, _) = field.action { values[field.field] = value }
    }
    writes.append(write)
    try replica.store.write(
      writes + ContactLog(replica).consequences(of: values, followUp: write.record),
      at: replica.now)
    writes = []
  }

  mutating func save() throws {
    guard !writes.isEmpty else { return }
    try replica.store.write(writes, at: replica.now)
    writes = []
  }

  mutating func finish(_ invocation: Invocation) throws {
    try save()
    for what in unreadable {
      invocation.console.warn(Phrase(en: "\(what) cannot be read.", zh: "无法读取 \(what) 。"))
    }
    guard !invocation.isJSON else {
      return invocation.console.print(
        json: [
          "matched": .integer(Int64(matched)), "unmatched": .integer(Int64(unmatched)),
          "duplicate": .integer(Int64(duplicates)),
          "unreadable": .array(unreadable.map { .string($0) }),
        ])
    }
    Screen(invocation.console).say(
      Phrase(
        en: "\(matched) filed, \(unmatched) in the inbox, \(duplicates) known already.",
        zh: "已归档 \(matched) 条，待归档 \(unmatched) 条，重复 \(duplicates) 条。"))
  }
}

extension Incoming {
  /// Nil for a mail that does not say when, or which.
  fileprivate init?(_ mail: MailMessage, own: Set<String>) {
    guard let at = MailDate.parse(mail.date), !mail.id.isEmpty else { return nil }
    let isOwn = mail.from.contains(where: own.contains)
    let text = [mail.subject, mail.text].filter { !$0.isEmpty }.joined(separator: "\n")
    self.init(
      key: mail.id, channel: "mail", at: Moment(milliseconds: at), isIncoming: !isOwn,
      others: (isOwn ? mail.to : mail.from).filter { !own.contains($0) },
      text: text.isEmpty ? mail.id : text)
  }
}

/// Where in a list of calls is what.
private struct CallColumns {
  private let places: [String: Int]
  private static let names: [String: [String]] = [
    "id": ["id", "callid", "编号", "通话编号"], "number": ["number", "phone", "号码", "电话", "对方号码"],
    "at": ["at", "time", "时间", "开始时间", "通话时间"], "direction": ["direction", "方向", "呼叫类型"],
    "outcome": ["outcome", "result", "结果", "状态"], "minutes": ["minutes", "时长", "通话时长分钟"],
    "text": ["text", "note", "备注", "内容"],
  ]

  init(_ header: [String]) {
    let keys = header.map(HeaderKey.bare)
    places = CallColumns.names.compactMapValues { names in
      keys.firstIndex { names.contains($0) }
    }
  }

  var isWhole: Bool { ["id", "number", "at"].allSatisfy { places[$0] != nil } }

  /// Nil for a row that does not say which call, with whom, or when.
  func item(_ cells: [String], _ replica: OpenReplica) -> Incoming? {
    func cell(_ name: String) -> String { places[name].map { cells[$0] } ?? "" }
    let typed = cell("at")
    guard !cell("id").isEmpty, !cell("number").isEmpty, !typed.isEmpty,
      let at = ISO8601.parse(typed, zone: replica.zone)
        ?? TimeText.parse(typed, now: replica.today.milliseconds, zone: replica.zone)
    else { return nil }
    let outcome = Vocabulary.outcomes.word(typed: cell("outcome"))
    return Incoming(
      key: cell("id"), channel: "call", at: Moment(milliseconds: at),
      isIncoming: Vocabulary.directions.word(typed: cell("direction")) == "in",
      isReached: outcome == nil || outcome == "reached", minutes: Int64(cell("minutes")),
      others: [cell("number")], text: cell("text").isEmpty ? cell("number") : cell("text"))
  }
}
