// Joining: a code against an identity and a token; and the settings every laptop then keeps.
//
// Names, codes and tokens are at most `Limits.nameBytesMax` bytes of UTF-8.

import SyncCore

extension JoinRequest: WireMessage {
  public static var messageName: MessageName { .joinRequest }

  public func encode(into writer: inout ProtobufWriter) {
    writer.writeNonDefault(varint: version, field: 1)
    writer.writeNonDefault(text: code, field: 2)
    writer.writeNonDefault(text: device, field: 3)
    writer.write(identity: request, field: 4)
    writer.writeNonDefault(bytes: key, field: 5)
  }

  /// - Throws: `missing` without the 16 bytes that tell one request from another, `tooLarge`.
  public init(from reader: inout ProtobufReader) throws(WireError) {
    var version: UInt32 = 0
    var (code, device) = ("", "")
    var request: ULID?
    var key: [UInt8] = []
    while let field = try reader.nextField() {
      switch field {
      case 1: version = try reader.readUInt32()
      case 2: code = try reader.readText(bytesMax: Limits.nameBytesMax)
      case 3: device = try reader.readText(bytesMax: Limits.nameBytesMax)
      case 4: request = try reader.readIdentity()
      case 5: key = try reader.readBytes(bytesMax: Limits.keyBytesMax)
      default: try reader.skip()
      }
    }
    guard let request else { throw reader.error(.missing(field: 4)) }
    self.init(code: code, device: device, request: request, key: key)
    self.version = version
  }
}

extension JoinResponse: WireMessage {
  public static var messageName: MessageName { .joinResponse }

  public func encode(into writer: inout ProtobufWriter) {
    writer.writeNonDefault(varint: replica.rawValue, field: 1)
    writer.writeNonDefault(text: token, field: 2)
    writer.writeNonDefault(fixed32: epoch, field: 3)
    writer.writeNonDefault(text: workspace, field: 4)
    writer.writeNonDefault(text: user, field: 5)
    writer.writeNonDefault(zigzag: hubTime.milliseconds, field: 6)
  }

  public init(from reader: inout ProtobufReader) throws(WireError) {
    self.init(
      replica: .hub, token: "", epoch: 0, workspace: "", user: "",
      hubTime: Moment(milliseconds: 0))
    while let field = try reader.nextField() {
      switch field {
      case 1: replica = ReplicaID(try reader.readUInt32())
      case 2: token = try reader.readText(bytesMax: Limits.nameBytesMax)
      case 3: epoch = try reader.readFixed32()
      case 4: workspace = try reader.readText(bytesMax: Limits.nameBytesMax)
      case 5: user = try reader.readText(bytesMax: Limits.nameBytesMax)
      case 6: hubTime = Moment(milliseconds: try reader.readSInt64())
      default: try reader.skip()
      }
    }
  }
}

extension Settings: WireMessage {
  public static var messageName: MessageName { .settings }

  private static func precedes(_ left: User, _ right: User) -> Bool {
    left.name.utf8.lexicographicallyPrecedes(right.name.utf8)
  }

  public func encode(into writer: inout ProtobufWriter) {
    writer.writeNonDefault(varint: version, field: 1)
    writer.writeNonDefault(bytes: rules, field: 2)
    for user in users.ascending(by: Settings.precedes) { writer.write(message: user, field: 3) }
    writer.writeNonDefault(bytes: access, field: 4)
    writer.writeNonDefault(bytes: hubKey, field: 5)
    writer.writeNonDefault(bytes: almanac, field: 6)
    writer.writeNonDefault(bytes: process, field: 7)
  }

  /// - Throws: `notAscending` unless users are sorted by name, each once; `tooMany`.
  public init(from reader: inout ProtobufReader) throws(WireError) {
    self.init(version: 0, rules: [], users: [])
    while let field = try reader.nextField() {
      switch field {
      case 1: version = try reader.readUInt32()
      case 2: rules = try reader.readBytes()
      case 3:
        try reader.require(
          users.count < Limits.usersMax, .tooMany(field: field, countMax: Limits.usersMax))
        let user = try reader.readMessage(User.self)
        if let last = users.last {
          try reader.require(Settings.precedes(last, user), .notAscending(field: field))
        }
        users.append(user)
      case 4: access = try reader.readBytes()
      case 5: hubKey = try reader.readBytes(bytesMax: Limits.keyBytesMax)
      case 6: almanac = try reader.readBytes()
      case 7: process = try reader.readBytes()
      default: try reader.skip()
      }
    }
  }
}

extension User: WireMessage {
  public static var messageName: MessageName { .user }

  public func encode(into writer: inout ProtobufWriter) {
    writer.writeNonDefault(text: name, field: 1)
    writer.writeNonDefault(text: role, field: 2)
    writer.writeNonDefault(text: team, field: 3)
    writer.writeNonDefault(bool: isDisabled, field: 4)
  }

  public init(from reader: inout ProtobufReader) throws(WireError) {
    self.init(name: "", role: "", team: "")
    while let field = try reader.nextField() {
      switch field {
      case 1: name = try reader.readText(bytesMax: Limits.nameBytesMax)
      case 2: role = try reader.readText(bytesMax: Limits.nameBytesMax)
      case 3: team = try reader.readText(bytesMax: Limits.nameBytesMax)
      case 4: isDisabled = try reader.readBool()
      default: try reader.skip()
      }
    }
  }
}
