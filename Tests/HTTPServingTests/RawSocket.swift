// A TCP socket with nothing on it, for callers and servers that behave badly.
//
// All reads block; a receive time-out of 20 s turns a hang into a failure and is never reached by
// a test that passes.

import Glibc

struct SocketFailure: Error, Equatable { let errno: Int32 }

/// One end of a connection, or a listener. Close it yourself.
struct RawSocket: Sendable {
  let descriptor: Int32

  private static func loopback(port: UInt16) -> sockaddr_in {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    return address
  }

  private static func make(
    port: UInt16, _ use: (Int32, UnsafePointer<sockaddr>, socklen_t) -> Int32
  ) throws -> RawSocket {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    guard descriptor >= 0 else { throw SocketFailure(errno: errno) }
    var patience = timeval(tv_sec: 20, tv_usec: 0)
    setsockopt(
      descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
    var address = loopback(port: port)
    let outcome = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        use(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    guard outcome == 0 else { throw SocketFailure(errno: errno) }
    return RawSocket(descriptor: descriptor)
  }

  static func connected(to port: UInt16) throws -> RawSocket {
    try make(port: port) { connect($0, $1, $2) }
  }

  /// Listens on a free port of the loopback address.
  static func listening() throws -> RawSocket {
    let made = try make(port: 0) { bind($0, $1, $2) }
    guard listen(made.descriptor, 8) == 0 else { throw SocketFailure(errno: errno) }
    return made
  }

  var port: UInt16 {
    var address = sockaddr_in()
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        _ = getsockname(descriptor, $0, &length)
      }
    }
    return UInt16(bigEndian: address.sin_port)
  }

  func accepted() throws -> RawSocket {
    let other = accept(descriptor, nil, nil)
    guard other >= 0 else { throw SocketFailure(errno: errno) }
    return RawSocket(descriptor: other)
  }

  /// Returns how much the other end took before it hung up.
  @discardableResult
  func write(_ bytes: [UInt8]) -> Int {
    var sent = 0
    while sent < bytes.count {
      let count = bytes[sent...].withUnsafeBytes {
        send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
      }
      if count <= 0 { return sent }
      sent += count
    }
    return sent
  }

  @discardableResult
  func write(_ text: String) -> Int { write(Array(text.utf8)) }

  /// Reads until the other end closes; a reset counts as a close, a hang throws.
  func readToEnd() throws -> String {
    var all: [UInt8] = []
    while let piece = try readSome() { all += piece }
    return String(decoding: all, as: UTF8.self)
  }

  /// Reads until `mark` has come.
  @discardableResult
  func read(upTo mark: String) throws -> String {
    var text = ""
    while !text.contains(mark) {
      guard let piece = try readSome() else { return text }
      text += String(decoding: piece, as: UTF8.self)
    }
    return text
  }

  /// Nil at the end.
  private func readSome() throws -> [UInt8]? {
    var buffer = [UInt8](repeating: 0, count: 65536)
    let count = recv(descriptor, &buffer, buffer.count, 0)
    if count < 0, errno == EAGAIN { throw SocketFailure(errno: EAGAIN) }
    return count > 0 ? Array(buffer[..<count]) : nil
  }

  /// Waits for the other end to hang up, or to say something, but not for long.
  func isClosedByPeer(withinMilliseconds limit: Int32) -> Bool {
    var look = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    return poll(&look, 1, limit) > 0
  }

  func close() { Glibc.close(descriptor) }
}
