// A wire that remembers: it forwards both ways, and keeps every byte that the hub sent.
//
// One of these stands before each laptop, so what it kept is all that this laptop was ever sent,
// headers and refusals too. A byte is written down before it is passed on: when a command has its
// answer, the answer is in the capture. One thread for each connection, and one that accepts them.

import Glibc
import Synchronization

struct ProxyFailure: Error { let errno: Int32 }

final class RecordingProxy: Sendable {
  private struct Wire {
    /// What the hub sent, by connection, in the order in which the laptop connected.
    var captured: [[UInt8]] = []
    /// Sockets that threads still read.
    var open: Set<Int32> = []
    var isClosed = false
  }

  let port: UInt16
  private let hub: UInt16
  private let listener: Int32
  private let wire = Mutex(Wire())

  /// Listens on a free port of the loopback address for what is meant for the hub's.
  init(to hub: UInt16) throws {
    self.hub = hub
    let listener = try RecordingProxy.socket(at: 0, bind)
    guard listen(listener, 8) == 0 else { throw ProxyFailure(errno: errno) }
    (self.listener, port) = (listener, RecordingProxy.port(of: listener))
    wire.withLock { _ = $0.open.insert(listener) }
    try RecordingProxy.onThread { self.accept() }
  }

  /// Everything until now, connection after connection.
  var captured: [[UInt8]] { wire.withLock { $0.captured } }

  /// Ends every thread: those that wait for a byte wake up to an end of the stream.
  func close() {
    wire.withLock { wire in
      wire.isClosed = true
      for descriptor in wire.open { shutdown(descriptor, Int32(SHUT_RDWR)) }
    }
  }

  // MARK: Threads

  private func accept() {
    while case let laptop = Glibc.accept(listener, nil, nil), laptop >= 0 {
      guard let server = try? RecordingProxy.socket(at: hub, connect) else {
        Glibc.close(laptop)
        continue
      }
      let number = wire.withLock { wire -> Int? in
        if wire.isClosed { return nil }
        wire.open.formUnion([laptop, server])
        wire.captured.append([])
        return wire.captured.count - 1
      }
      let thread: Void? = number.flatMap { number in
        try? RecordingProxy.onThread { self.forward(laptop, server, number) }
      }
      if thread == nil { end([laptop, server]) }
    }
    end([listener])
  }

  /// Until one of the two hangs up.
  private func forward(_ laptop: Int32, _ server: Int32, _ number: Int) {
    defer { end([laptop, server]) }
    var buffer = [UInt8](repeating: 0, count: 65536)
    var ends = [laptop, server].map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
    while poll(&ends, 2, -1) > 0 {
      for from in ends where from.revents != 0 {
        let count = recv(from.fd, &buffer, buffer.count, 0)
        guard count > 0 else { return }
        let piece =
          from.fd == server
          ? Array(buffer[..<count]) : RecordingProxy.askingForPlain(Array(buffer[..<count]))
        if from.fd == server { wire.withLock { $0.captured[number] += piece } }
        guard RecordingProxy.send(piece, to: from.fd == server ? laptop : server) else { return }
      }
    }
  }

  /// Under the lock, so that `close` never shuts down a number that is somebody else's by now.
  private func end(_ descriptors: [Int32]) {
    wire.withLock { wire in
      for descriptor in descriptors {
        wire.open.remove(descriptor)
        Glibc.close(descriptor)
      }
    }
  }

  /// The same request, without the wish for a packed answer: in that nobody could look for words. The
  /// header's new name is as long, so nothing moves.
  static func askingForPlain(_ piece: [UInt8]) -> [UInt8] {
    var piece = piece
    if let place = piece.firstRange(of: Array("Accept-Encoding:".utf8)) {
      piece.replaceSubrange(place, with: Array("Ignore-Encoding:".utf8))
    }
    return piece
  }

  static func send(_ bytes: [UInt8], to descriptor: Int32) -> Bool {
    var sent = 0
    while sent < bytes.count {
      let count = bytes[sent...].withUnsafeBytes {
        Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
      }
      if count <= 0 { return false }
      sent += count
    }
    return true
  }

  static func port(of listener: Int32) -> UInt16 {
    var address = sockaddr_in()
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    _ = withUnsafeMutablePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(listener, $0, &length) }
    }
    return UInt16(bigEndian: address.sin_port)
  }

  /// A socket on the loopback address, bound or connected.
  static func socket(
    at port: UInt16, _ use: (Int32, UnsafePointer<sockaddr>, socklen_t) -> Int32
  ) throws -> Int32 {
    let descriptor = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    guard descriptor >= 0 else { throw ProxyFailure(errno: errno) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    let outcome = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        use(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    if outcome == 0 { return descriptor }
    let reason = errno
    Glibc.close(descriptor)
    throw ProxyFailure(errno: reason)
  }

  private final class Work: Sendable {
    let body: @Sendable () -> Void
    init(_ body: @escaping @Sendable () -> Void) { self.body = body }
  }

  /// Runs a body that blocks; nobody waits for its thread.
  static func onThread(_ body: @escaping @Sendable () -> Void) throws {
    var thread = pthread_t()
    // Released by the thread, or here where there is none.
    let work = Unmanaged.passRetained(Work(body))
    let code = pthread_create(
      &thread, nil,
      { work in
        if let work { Unmanaged<Work>.fromOpaque(work).takeRetainedValue().body() }
        return nil
      }, work.toOpaque())
    guard code == 0 else {
      work.release()
      throw ProxyFailure(errno: code)
    }
    pthread_detach(thread)
  }
}
