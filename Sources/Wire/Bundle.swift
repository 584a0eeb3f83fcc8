// Bundles: what a sync says, in a file that anybody may carry and only its reader can open.
//
// A bundle is a body and a signature over the body's bytes as they are. The body says in the clear
// whom it is for and from whom it comes, and has the messages in a box for the reader's key: the very
// bytes of `/v1/sync`. Nothing here signs, boxes or believes anything: that is the halves' business.

import SyncCore

/// A body, and its author's signature over these very bytes.
public struct Bundle: Hashable, Sendable {
  /// A `BundleBody`.
  public var body: [UInt8]
  public var signature: [UInt8]
  public init(body: [UInt8], signature: [UInt8]) {
    self.body = body
    self.signature = signature
  }
}

/// What everybody may read of a bundle.
public struct BundleBody: Hashable, Sendable {
  public var version: UInt32 = protocolVersion
  /// From the hub to a laptop; else from a laptop to the hub.
  public var isAnswer: Bool
  /// Drawn by the laptop; an answer has that of the bundle it answers.
  public var id: ULID
  /// The digest of the hub's public key: which hub this is for, or from.
  public var hub: [UInt8]
  /// The laptop's public key: it signed, or it is for whom the box is.
  public var key: [UInt8]
  public var replica: ReplicaID
  /// When it was written, as nearly as its author knew the hub's time.
  public var at: Moment
  /// A `BundleContent`, for the reader's eyes.
  public var box: [UInt8]
  public init(
    isAnswer: Bool, id: ULID, hub: [UInt8], key: [UInt8], replica: ReplicaID, at: Moment,
    box: [UInt8]
  ) {
    self.isAnswer = isAnswer
    self.id = id
    self.hub = hub
    self.key = key
    self.replica = replica
    self.at = at
    self.box = box
  }
}

/// What is in the box: requests, or answers, in the order of a sync.
public struct BundleContent: Hashable, Sendable {
  public var messages: [[UInt8]]
  public init(messages: [[UInt8]] = []) { self.messages = messages }
}

extension Bundle {
  /// How every file begins, so that a bundle is known for one whatever it is called.
  public static let magic = Array("RoundsB1".utf8)

  /// The file that is carried.
  public var file: [UInt8] { Bundle.magic + encoded() }

  /// - Throws: `WireError` where the bytes are no bundle; `missing` field 0 where they do not even
  ///   begin like one.
  public init(file: [UInt8]) throws(WireError) {
    guard file.starts(with: Bundle.magic) else {
      throw WireError(message: .bundle, offset: 0, fault: .missing(field: 0))
    }
    try self.init(decoding: file[Bundle.magic.count...])
  }
}

extension SyncRequest {
  /// The request for the next page, after everything in this one has arrived.
  public func following(_ page: [UInt8], after head: LogHead) -> SyncRequest {
    var next = self
    (next.page, next.head, next.edits) = (page, head, [])
    (next.signature, next.doubt) = ([], .start)
    return next
  }
}
