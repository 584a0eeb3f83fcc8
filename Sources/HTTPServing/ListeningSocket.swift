// Opens the socket a server listens on.
//
// Done here and not by the library, because the library says only "no" where the operating system
// says why. The socket belongs to the caller, who closes it; nothing is accepted here.

import Glibc

/// A bound, listening, non-blocking socket.
struct ListeningSocket {
  let descriptor: Int32
  /// The port it really has, also when port 0 was asked for.
  let port: UInt16

  private static let backlog: Int32 = 1024

  static func open(host: String, port: UInt16) throws(HTTPServerError) -> ListeningSocket {
    var hints = addrinfo()
    hints.ai_family = AF_UNSPEC
    hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
    hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV
    var found: UnsafeMutablePointer<addrinfo>?
    let outcome = getaddrinfo(host, String(port), &hints, &found)
    guard outcome == 0, let first = found else {
      throw .hostUnknown(host: host, reason: String(cString: gai_strerror(outcome)))
    }
    defer { freeaddrinfo(found) }
    let kind = Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
    let descriptor = socket(first.pointee.ai_family, kind, 0)
    guard descriptor >= 0 else { throw .portNotTaken(host: host, port: port, errno: errno) }
    set(SO_REUSEADDR, 1, level: SOL_SOCKET, on: descriptor)
    if first.pointee.ai_family == AF_INET6 {
      set(IPV6_V6ONLY, 0, level: Int32(IPPROTO_IPV6), on: descriptor)
    }
    guard bind(descriptor, first.pointee.ai_addr, first.pointee.ai_addrlen) == 0,
      listen(descriptor, backlog) == 0
    else {
      let reason = errno
      close(descriptor)
      throw .portNotTaken(host: host, port: port, errno: reason)
    }
    return ListeningSocket(descriptor: descriptor, port: boundPort(of: descriptor))
  }

  private static func set(_ option: Int32, _ value: Int32, level: Int32, on descriptor: Int32) {
    var value = value
    let outcome = setsockopt(descriptor, level, option, &value, socklen_t(MemoryLayout<Int32>.size))
    precondition(outcome == 0, "Socket option \(option) of level \(level) failed: \(errno).")
  }

  private static func boundPort(of descriptor: Int32) -> UInt16 {
    var storage = sockaddr_storage()
    var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
    return withUnsafeMutablePointer(to: &storage) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
        let outcome = getsockname(descriptor, address, &length)
        precondition(outcome == 0, "A bound socket has no name: \(errno).")
        return PeerAddress(address).port
      }
    }
  }
}
