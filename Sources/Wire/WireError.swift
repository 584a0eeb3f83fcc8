// What can be wrong with bytes that arrived: where, in which message, and what.
//
// Facts only; sentences for people are made by the programs. No case is ever a bug of ours: whatever
// bytes come in, decoding gives a value or one of these, and never traps.

/// The messages of `Protocol/rounds.proto`, by the names they have there.
public enum MessageName: String, Hashable, Sendable, CaseIterable {
  case value = "Value"
  case elements = "Elements"
  case group = "Group"
  case fieldValue = "FieldValue"
  case edit = "Edit"
  case change = "Change"
  case replicaCounter = "ReplicaCounter"
  case fieldWrite = "FieldWrite"
  case dot = "Dot"
  case joinRequest = "JoinRequest"
  case joinResponse = "JoinResponse"
  case syncRequest = "SyncRequest"
  case logHead = "LogHead"
  case pushedEdit = "PushedEdit"
  case narrowing = "Narrowing"
  case syncResponse = "SyncResponse"
  case receipt = "Receipt"
  case refusal = "Refusal"
  case recordImage = "RecordImage"
  case undisturbed = "Undisturbed"
  case decision = "Decision"
  case detour = "Detour"
  case forked = "Forked"
  case gap = "Gap"
  case branched = "Branched"
  case settings = "Settings"
  case user = "User"
  case compareRequest = "CompareRequest"
  case compareResponse = "CompareResponse"
  case bundle = "Bundle"
  case bundleBody = "BundleBody"
  case bundleContent = "BundleContent"
  case storedState = "StoredState"
  case storedChange = "StoredChange"
  case archiveBlock = "ArchiveBlock"
  case archivedChange = "ArchivedChange"
}

/// Bytes that are no message of this protocol.
public struct WireError: Error, Hashable, Sendable {
  public enum Fault: Hashable, Sendable {
    /// The bytes end in the middle of a field, or a length reaches beyond them.
    case truncated
    /// A varint of more than ten bytes, or of more than 64 bits.
    case overlongInteger
    /// A field number of 0, or above 536,870,911.
    case invalidFieldNumber
    /// Groups (3 and 4), and 6 and 7, which mean nothing.
    case unsupportedWireType(UInt8)
    /// The field is known, and never has this wire type.
    case unexpectedWireType(field: UInt32, UInt8)
    /// An integer that its field cannot hold, or a boolean that is neither 0 nor 1.
    case outOfRange(field: UInt32)
    case invalidUTF8(field: UInt32)
    /// An identity or a hash of another length.
    case wrongByteCount(field: UInt32, expected: Int, found: Int)
    /// A decimal number in any spelling but the one canonical one.
    case nonCanonicalDecimal(field: UInt32)
    /// What must be sorted, each once, is not.
    case notAscending(field: UInt32)
    case tooMany(field: UInt32, countMax: Int)
    case tooLarge(field: UInt32, bytesMax: Int)
    /// Values inside values, beyond `Limits.valueDepthMax`.
    case tooDeep
    /// A field without which the message says nothing; of a `oneof`, every one that is known.
    case missing(field: UInt32)
    /// Two fields that cannot stand together, such as a put and an alteration.
    case contradiction(field: UInt32)
    /// An edit changes one record twice.
    case recordChangedTwice
  }

  /// The innermost message that was being read.
  public var message: MessageName
  /// The byte where reading stopped, from the start of what was given to decode.
  public var offset: Int
  public var fault: Fault

  public init(message: MessageName, offset: Int, fault: Fault) {
    self.message = message
    self.offset = offset
    self.fault = fault
  }
}

extension WireError: CustomStringConvertible {
  /// `SyncRequest, byte 17: truncated`
  public var description: String { "\(message.rawValue), byte \(offset): \(fault)" }
}
