// The messages of `Protocol/rounds.proto` as values. `Edit`, `Change` and `FieldWrite` are
// `SyncCore`'s own types; what is here is the envelope they travel in.
//
// Nothing here decides anything, and nothing that arrived is trusted: decoding checks lengths,
// counts and nesting, and throws a `WireError` that says where.

import SyncCore

public struct JoinRequest: Hashable, Sendable {
  public var version: UInt32 = protocolVersion
  public var code: String
  public var device: String
  /// Drawn by the laptop: the same request gets the same answer, however often it is sent.
  public var request: ULID
  /// With what the device signs the heads of its log; empty where it does not.
  public var key: [UInt8]
  public init(code: String, device: String, request: ULID, key: [UInt8] = []) {
    self.code = code
    self.device = device
    self.request = request
    self.key = key
  }
}

public struct JoinResponse: Hashable, Sendable {
  public var replica: ReplicaID
  public var token: String
  public var epoch: UInt32
  public var workspace: String
  public var user: String
  public var hubTime: Moment
  public init(
    replica: ReplicaID, token: String, epoch: UInt32, workspace: String, user: String,
    hubTime: Moment
  ) {
    self.replica = replica
    self.token = token
    self.epoch = epoch
    self.workspace = workspace
    self.user = user
    self.hubTime = hubTime
  }
}

public struct PushedEdit: Hashable, Sendable {
  /// The sealed bytes of an `Edit`; or a box that holds them.
  public var edit: [UInt8]
  /// The epoch it was written in, where that is not the request's.
  public var epoch: UInt32?
  /// A verdict already given, which a restored hub applies instead of judging anew.
  public var receipt: Receipt?
  /// Only the hub can open `edit`: the laptop may not know any more what it once wrote there.
  public var isBoxed: Bool
  public init(
    edit: [UInt8], epoch: UInt32? = nil, receipt: Receipt? = nil, isBoxed: Bool = false
  ) {
    self.edit = edit
    self.epoch = epoch
    self.receipt = receipt
    self.isBoxed = isBoxed
  }
}

public struct SyncRequest: Hashable, Sendable {
  public var version: UInt32 = protocolVersion
  public var request: UInt32
  public var replica: ReplicaID
  public var epoch: UInt32
  public var cursor: Position
  public var head: LogHead
  public var edits: [PushedEdit] = []
  public var clock: Moment
  public var settings: UInt32 = 0
  public var page: [UInt8] = []
  /// 0: as many as the hub thinks right.
  public var recordsMax: UInt32 = 0
  public var isPushOnly = false
  public var schema: UInt32 = 0
  public var frontier: Moment?
  /// What left the laptop up to here is off its disk; nil: up to `cursor`.
  public var purged: Position?
  /// Nil: it keeps all that its person may see.
  public var narrowing: Narrowing?
  /// The device's word for `head`; empty where it gave it before.
  public var signature: [UInt8] = []
  /// The hub's history up to here is not what this laptop was once shown; 0: nothing of the kind.
  public var doubt: Position = .start
  /// Own values that wait at the hub for somebody's decision, by their drafts' identities.
  public var parked: [ULID] = []
  public init(
    request: UInt32, replica: ReplicaID, epoch: UInt32, cursor: Position, head: LogHead,
    clock: Moment
  ) {
    self.request = request
    self.replica = replica
    self.epoch = epoch
    self.cursor = cursor
    self.head = head
    self.clock = clock
  }
}

/// What a laptop keeps of all that its person may see. It is his wish: it takes nothing from his
/// rights, and gives none.
public struct Narrowing: Hashable, Sendable {
  /// How near a customer is to him; `team` has what is his, too.
  public enum Reach: UInt32, Hashable, Sendable, CaseIterable {
    case all = 0
    case team = 1
    case mine = 2
  }

  public var reach: Reach
  /// Customers with whom something happened within so many days of 24 hours, or is open; 0: all.
  public var days: UInt32
  /// Customers that have one of these; none: all.
  public var tags: [String]

  public init(reach: Reach = .all, days: UInt32 = 0, tags: [String] = []) {
    self.reach = reach
    self.days = days
    self.tags = tags
  }
}

public enum RefusalReason: UInt32, Hashable, Sendable, CaseIterable {
  case unspecified = 0
  case hubOnly = 1
  case setOnce = 2
  case immutable = 3
  case unknownCollection = 4
  case wrongType = 5
  case missingReference = 6
  case recordDeleted = 7
  case tooLarge = 8
  case atomic = 9
  case forbidden = 10
  case malformed = 11
  case missingRequired = 12
  case scopeLeft = 13
  case revoked = 14
  case poolRule = 15
  case unknownField = 16
  /// Never a verdict: what a laptop notes when a `Decision` says so.
  case discarded = 17
}

public struct Refusal: Hashable, Sendable {
  public var record: RecordID
  /// Nil: the whole change.
  public var field: FieldID?
  /// A reason this program does not know arrives as `unspecified`; the text still tells it.
  public var reason: RefusalReason
  public var text: String
  public var isParked: Bool
  public init(
    record: RecordID, field: FieldID?, reason: RefusalReason, text: String, isParked: Bool = false
  ) {
    self.record = record
    self.field = field
    self.reason = reason
    self.text = text
    self.isParked = isParked
  }
}

/// The fate of one edit.
public struct Receipt: Hashable, Sendable {
  /// Where it was committed; nil where nothing of it was accepted (its dot is void).
  public var position: Position?
  public var isDuplicate: Bool
  public var refusals: [Refusal]
  public init(position: Position?, isDuplicate: Bool = false, refusals: [Refusal] = []) {
    self.position = position
    self.isDuplicate = isDuplicate
    self.refusals = refusals
  }
}

/// A record as the hub shows it at `asOf`.
public struct RecordImage: Hashable, Sendable {
  public var record: RecordID
  public var collection: CollectionID
  public var asOf: Position
  /// Column values; of groups, the members.
  public var values: FieldValues
  public var updatedAt: Moment
  public init(
    record: RecordID, collection: CollectionID, asOf: Position, values: FieldValues,
    updatedAt: Moment
  ) {
    self.record = record
    self.collection = collection
    self.asOf = asOf
    self.values = values
    self.updatedAt = updatedAt
  }
}

/// The replica's own changes are all that happened to the record.
public struct Undisturbed: Hashable, Sendable {
  public var record: RecordID
  public var asOf: Position
  public var updatedAt: Moment
  public init(record: RecordID, asOf: Position, updatedAt: Moment) {
    self.record = record
    self.asOf = asOf
    self.updatedAt = updatedAt
  }
}

/// Why an answer is no ordinary one.
public enum Detour: Hashable, Sendable {
  /// Somebody else continued this log: go on under a new identity from the common point.
  case forked(ReplicaID, common: LogHead)
  /// The hub's copy of the log ends earlier: send again from there.
  case gap(LogHead)
  /// The hub was restored and left the old epoch at this position.
  case branched(epoch: UInt32, at: Position)
  case revoked
  case unsupported(protocolNeeded: UInt32)
}

public struct User: Hashable, Sendable {
  public var name: String
  public var role: String
  public var team: String
  public var isDisabled: Bool
  public init(name: String, role: String, team: String, isDisabled: Bool = false) {
    self.name = name
    self.role = role
    self.team = team
    self.isDisabled = isDisabled
  }
}

/// What every laptop knows besides records: rules, who works here, and the calendar.
public struct Settings: Hashable, Sendable {
  public var version: UInt32
  /// JSON text.
  public var rules: [UInt8]
  public var users: [User]
  /// JSON text: what this person may do that a command can tell without asking the hub.
  public var access: [UInt8]
  /// The hub's own key; empty from a hub that has none.
  public var hubKey: [UInt8]
  /// JSON text: the business calendar; empty where nobody has set one.
  public var almanac: [UInt8]
  /// JSON text: the sales process; empty where nobody has applied one.
  public var process: [UInt8]
  public init(
    version: UInt32, rules: [UInt8], users: [User], access: [UInt8] = [], hubKey: [UInt8] = [],
    almanac: [UInt8] = [], process: [UInt8] = []
  ) {
    self.version = version
    self.rules = rules
    self.users = users
    self.access = access
    self.hubKey = hubKey
    self.almanac = almanac
    self.process = process
  }
}

public struct SyncResponse: Hashable, Sendable {
  public var request: UInt32
  public var epoch: UInt32
  public var hubTime: Moment
  public var receipts: [Receipt] = []
  public var records: [RecordImage] = []
  public var departed: [RecordID] = []
  public var undisturbed: [Undisturbed] = []
  /// Not empty: the pull goes on with this token.
  public var page: [UInt8] = []
  public var position: Position = .start
  public var digest: [UInt8] = []
  public var settings: Settings?
  /// The pull began at 0: what it did not carry is gone.
  public var isSweep = false
  public var detour: Detour?
  /// The hash of the hub's history up to `position`; nil with a cut that is not complete.
  public var checkpoint: ChainHash?
  /// The same up to the request's cursor, where that is another.
  public var checkpointBefore: ChainHash?
  /// The hub's last backup holds everything up to here.
  public var durable: Position = .start
  /// On those of the request's `parked` that wait no more.
  public var decisions: [Decision] = []
  public init(request: UInt32, epoch: UInt32, hubTime: Moment) {
    self.request = request
    self.epoch = epoch
    self.hubTime = hubTime
  }

  public var isComplete: Bool { page.isEmpty && detour == nil }
}

/// What became of a value that was parked.
public struct Decision: Hashable, Sendable {
  /// The identity of the draft that its author keeps.
  public var value: ULID
  /// It is in the record now; otherwise it was discarded.
  public var isAccepted: Bool
  /// Who decided; empty: somebody whom the author may not know of.
  public var by: String
  public var at: Moment
  public init(value: ULID, isAccepted: Bool, by: String, at: Moment) {
    self.value = value
    self.isAccepted = isAccepted
    self.by = by
    self.at = at
  }
}

/// What the hub keeps of one change whose values survive in a record.
public struct StoredChange: Hashable, Sendable {
  public var stamp: ChangeStamp
  /// Units whose only sibling this change wrote: their value is in the row's columns.
  public var shown: [FieldID]
  /// Siblings with their values.
  public var siblings: [FieldValues.Entry]
  public init(stamp: ChangeStamp, shown: [FieldID], siblings: [FieldValues.Entry]) {
    self.stamp = stamp
    self.shown = shown
    self.siblings = siblings
  }
}

public struct StoredState: Hashable, Sendable {
  public var changes: [StoredChange]
  public init(changes: [StoredChange] = []) { self.changes = changes }
}
