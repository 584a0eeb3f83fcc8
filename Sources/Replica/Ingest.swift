// Mails and lists of calls become follow-ups of whoever wrote, was written to, or was called.
//
// Each thing has a key of its own – a Message-ID, the number of a call – and its follow-up an identity made from it, so
// the same file twice, or on two laptops, is one follow-up. What belongs to nobody that is known becomes a task of kind `inbox` with
// the same care; somebody files it, and then it is as if it had been found at once. Nothing is ever overwritten.

import Digest
import FollowUp
import Notation
import Storage
import SyncCore

/// A mail or a call, as it came in.
public struct Incoming: Hashable, Sendable {
  public var key: String
  public var channel: String
  public var at: Moment
  /// They turned to us.
  public var isIncoming: Bool
  public var isReached: Bool
  public var minutes: Int64?
  /// Everybody on the other side: addresses, or numbers.
  public var others: [String]
  public var text: String

  public init(
    key: String, channel: String, at: Moment, isIncoming: Bool, isReached: Bool = true,
    minutes: Int64? = nil, others: [String], text: String
  ) {
    self.key = key
    self.channel = channel
    self.at = at
    self.isIncoming = isIncoming
    self.isReached = isReached
    self.minutes = minutes
    self.others = others
    self.text = text
  }
}

public struct Ingest {
  /// What a task for something that belongs to nobody is called.
  public static let taskKind = "inbox"

  public enum Outcome: Hashable, Sendable {
    case filed(RecordWrite)
    case duplicate
    /// A task to file it.
    case unmatched(RecordWrite)
  }

  private let store: ReplicaStore
  private let user: String
  private let book: AddressBook

  public init(_ store: ReplicaStore, user: String) throws {
    self.store = store
    self.user = user
    book = try AddressBook(store)
  }

  public func outcome(of item: Incoming) throws -> Outcome {
    if try isHere(Ingest.followUp(of: item), in: .followUp) { return .duplicate }
    let owner = item.others.lazy.compactMap {
      item.channel == "mail" ? book.owner(ofMail: $0) : book.owner(ofNumber: $0)
    }.first
    if let owner {
      return .filed(Ingest.write(item, for: owner, by: user))
    }
    if try isHere(Ingest.task(of: item), in: .task) { return .duplicate }
    return .unmatched(taskWrite(item))
  }

  private func isHere(_ id: RecordID, in collection: CollectionSchema) throws -> Bool {
    try store.table(collection).row(id, in: store.db) != nil
  }

  // MARK: Identities

  public static func followUp(of item: Incoming) -> RecordID {
    Digest.identity(at: item.at, ["ingest", item.channel, item.key])
  }

  static func task(of item: Incoming) -> RecordID {
    Digest.identity(at: item.at, ["inbox", item.channel, item.key])
  }

  // MARK: Writes

  /// The follow-up of something whose customer is known.
  public static func write(
    _ item: Incoming, for owner: AddressBook.Owner, by user: String
  ) -> RecordWrite {
    let schema = CollectionSchema.followUp
    func id(_ name: String) -> FieldID {
      guard let field = schema[name] else { preconditionFailure("a follow-up has no \(name)") }
      return field.id
    }
    var writes: [FieldWrite] = [
      .put(id("customer"), .reference(owner.customer)), .put(id("occurredAt"), .moment(item.at)),
      .put(id("channel"), .text(item.channel)), .put(id("text"), .text(item.text)),
      .put(id("author"), .text(user)), .put(id("externalKey"), .text(item.key)),
      .put(id("direction"), .text(item.isIncoming ? "in" : "out")),
      .put(id("outcome"), .text(item.isReached ? "reached" : "missed")),
    ]
    if let contact = owner.contact { writes.append(.put(id("contact"), .reference(contact))) }
    if let minutes = item.minutes { writes.append(.put(id("minutes"), .integer(minutes))) }
    return RecordWrite(
      followUp(of: item), in: schema, writes.sorted { $0.field < $1.field }, isCreation: true)
  }

  private func taskWrite(_ item: Incoming) -> RecordWrite {
    let schema = CollectionSchema.task
    func id(_ name: String) -> FieldID {
      guard let field = schema[name] else { preconditionFailure("a task has no \(name)") }
      return field.id
    }
    let who = item.others.joined(separator: ", ")
    return RecordWrite(
      Ingest.task(of: item), in: schema,
      [
        .put(id("title"), .text("\(item.channel) \(who)")),
        .put(id("kind"), .text(Ingest.taskKind)),
        .put(id("assignee"), .text(user)), .put(id("status"), .text("open")),
        .put(id("note"), .text(item.json.text())),
      ], isCreation: true)
  }
}

extension Incoming {
  /// As the task keeps it.
  var json: JSONValue {
    [
      "key": .string(key), "channel": .string(channel), "at": .integer(at.milliseconds),
      "in": .bool(isIncoming), "reached": .bool(isReached),
      "minutes": minutes.map { .integer($0) } ?? .null,
      "others": .array(others.map { .string($0) }), "text": .string(text),
    ]
  }

  /// Nil for a note that somebody has written over.
  public init?(note: String) {
    guard let json = try? JSONValue(parsing: note), let key = json["key"]?.string,
      let channel = json["channel"]?.string, let text = json["text"]?.string,
      case .integer(let at)? = json["at"], case .bool(let isIncoming)? = json["in"],
      case .bool(let isReached)? = json["reached"]
    else { return nil }
    var minutes: Int64?
    if case .integer(let number)? = json["minutes"] { minutes = number }
    self.init(
      key: key, channel: channel, at: Moment(milliseconds: at), isIncoming: isIncoming,
      isReached: isReached, minutes: minutes,
      others: (json["others"]?.array ?? []).compactMap(\.string), text: text)
  }
}
