// What a server is told before it starts, and how starting can fail.
//
// Every limit of this target is named here with its unit; none is written anywhere else. A server
// must never grow with what strangers send: beyond a limit there is a refusal or a closed socket.

import Glibc

/// Where to listen, with which certificate, and how much to bear.
public struct HTTPServerConfiguration: Sendable {
  /// A numeric address or a name of this machine; `::` listens on IPv4 and IPv6.
  public var host: String
  /// 0 takes any free port; `HTTPServer.port` tells which.
  public var port: UInt16
  /// Nil means plain HTTP: on loopback, or behind a proxy that does TLS.
  public var tls: TLSIdentity?
  public var limits: ServingLimits
  /// Threads that read and write sockets; handlers run elsewhere.
  public var socketThreads: Int

  public init(
    host: String = "127.0.0.1", port: UInt16 = 0, tls: TLSIdentity? = nil,
    limits: ServingLimits = ServingLimits(), socketThreads: Int = 2
  ) {
    precondition((1...64).contains(socketThreads), "\(socketThreads) socket threads make no sense.")
    self.host = host
    self.port = port
    self.tls = tls
    self.limits = limits
    self.socketThreads = socketThreads
  }
}

/// How much one server takes from strangers.
public struct ServingLimits: Sendable {
  /// Longer bodies are answered with 413 and never held.
  public var bodyBytesMax = 8 * 1024 * 1024
  /// Request line and headers together; longer ones are answered with 431 or 414. Every open connection
  /// holds a little more than this, also one that only waits.
  public var headerBytesMax = 5 * 1024
  /// Open connections, waiting ones included; more stay in the listen queue.
  public var connectionsMax = 12_000
  /// Open connections of one address; 0 means unlimited. Loopback is never counted. A whole office
  /// behind one router is one address, with a waiting connection for each laptop.
  public var connectionsPerAddressMax = 1_024
  /// Silence on a connection, and the time a request line with headers may take in all.
  public var idleTimeoutSeconds = 30
  /// From the headers to the last byte of the body, and for an answer to be taken. An 8 MiB body
  /// over a 2G line takes minutes.
  public var requestTimeoutSeconds = 600
  /// Who sends a body, or takes an answer, more slowly on the whole is dropped.
  public var bytesPerSecondMin = 512
  /// Of each body so much is held without being counted: nearly all requests are smaller.
  public var bodyBytesFree = 16 * 1024
  /// Bodies that are held at the same time, of callers that are known.
  public var bodiesBytesMax = 256 * 1024 * 1024
  /// The part of it that is open to callers that nobody knows.
  public var strangersBytesMax = 64 * 1024 * 1024
  /// Answers that are held at the same time, because they are still being taken.
  public var answersBytesMax = 512 * 1024 * 1024
  /// For `WaitRoom.init(slotsMax:)`: requests that may wait for news at the same time.
  public var waitSlotsMax = 10_000

  public init() {}

  /// With so few descriptors for the whole process, which needs some for its files.
  public mutating func fit(descriptors: Int) {
    let room = max(descriptors - Self.descriptorsForFiles, descriptors / 2)
    connectionsMax = max(2, min(connectionsMax, room))
    // The others still need a place while waiting callers sit.
    waitSlotsMax = max(1, min(waitSlotsMax, connectionsMax * 5 / 6))
  }

  private static let descriptorsForFiles = 128
  /// When to come again after a 503.
  static let retrySeconds = 5

  /// How long so many bytes may be on their way, at the slowest pace that is borne.
  func seconds(for bytes: Int) -> Int {
    min(idleTimeoutSeconds + bytes / bytesPerSecondMin, requestTimeoutSeconds)
  }

  /// Beyond so many connections the idlest make room for new ones.
  var connectionsCrowded: Int { connectionsMax - max(1, connectionsMax / 16) }

  /// A refused body is still read, and thrown away, up to here, because a socket closed with
  /// unread bytes is reset, and a reset may eat the refusal on its way.
  var discardBytesMax: Int { 2 * bodyBytesMax }
}

/// A certificate chain and its private key as PEM text.
public struct TLSIdentity: Sendable {
  public var certificatePEM: String
  public var keyPEM: String

  public init(certificatePEM: String, keyPEM: String) {
    self.certificatePEM = certificatePEM
    self.keyPEM = keyPEM
  }

  /// Reads both files now; the server never touches them again.
  public init(certificatePath: String, keyPath: String) throws(HTTPServerError) {
    self.init(
      certificatePEM: try Self.read(certificatePath), keyPEM: try Self.read(keyPath))
  }

  private static let fileBytesMax = 1024 * 1024

  private static func read(_ path: String) throws(HTTPServerError) -> String {
    guard let file = fopen(path, "re") else { throw .fileUnreadable(path: path, errno: errno) }
    defer { fclose(file) }
    let bytes = [UInt8](unsafeUninitializedCapacity: fileBytesMax) { buffer, count in
      count = fread(buffer.baseAddress, 1, buffer.count, file)
    }
    guard ferror(file) == 0 else { throw .fileUnreadable(path: path, errno: EIO) }
    return String(decoding: bytes, as: UTF8.self)
  }
}

/// Why a server did not start.
public enum HTTPServerError: Error, Equatable {
  case fileUnreadable(path: String, errno: Int32)
  case hostUnknown(host: String, reason: String)
  /// Another program has the port, or this user may not take it.
  case portNotTaken(host: String, port: UInt16, errno: Int32)
  /// The certificate or the key is not PEM, or they do not belong together.
  case certificateRefused
  /// The library could not make its threads or its epoll set.
  case pollingNotStarted(errno: Int32)
}
