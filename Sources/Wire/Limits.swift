// Every limit of the protocol, with its unit, in one place.
//
// Beyond a limit there is a clear refusal, never memory growth.

/// The version of the protocol that this program speaks.
public let protocolVersion: UInt32 = 1

public enum Limits {
  /// A request or response body.
  public static let bodyBytesMax = 64 << 20
  /// Edits of one push; an edit is never split over two pushes.
  public static let editsPerPushMax = 10_000
  /// Changes of one push, and of one edit.
  public static let changesPerPushMax = 10_000
  /// Sealed bytes of one push, unless a single edit is larger.
  public static let pushBytesMax = 4 << 20
  /// One edit.
  public static let editBytesMax = 16 << 20
  /// Records of one page.
  public static let recordsPerPageMax = 2_000
  /// Bytes of records in one page, about.
  public static let pageBytesMax = 4 << 20
  /// One value of a field, encoded.
  public static let valueBytesMax = 1 << 20
  /// Fields of a record, and writes of a change.
  public static let fieldsPerRecordMax = 400
  /// Elements of a set, and of one alteration.
  public static let elementsMax = 10_000
  /// Replicas that a clock names one by one, beside the hub: almost always none.
  public static let clockReplicasMax = 1_000
  /// Tags that a laptop's narrowing names.
  public static let narrowingTagsMax = 100
  /// People of one workspace.
  public static let usersMax = 10_000
  /// Names: devices, users, codes.
  public static let nameBytesMax = 256
  /// Values waiting for a decision that one request asks about, and one answer tells of.
  public static let parkedMax = 1_000
  /// Ranges of records that one comparison asks for.
  public static let comparedRangesMax = 256
  /// Public keys, and signatures.
  public static let keyBytesMax = 64
  /// Requests, or answers, of one bundle.
  public static let bundleMessagesMax = 1_000
  /// Bytes of what a bundle carries, from which on nothing more is packed.
  public static let bundleBytesMax = 12 << 20
  /// Values inside values: a group inside a value, and no deeper.
  public static let valueDepthMax = 3
}
