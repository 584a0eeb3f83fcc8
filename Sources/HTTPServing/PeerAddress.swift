// The other end of a connection, as text and a port.
//
// Only for logs, limits per address and the handler's own checks. It must never be taken as an
// identity: addresses are shared and forged. An IPv4 address that arrives through an IPv6 socket
// is written as IPv4, so that one laptop is one address.

import Glibc

/// A numeric address and a port.
public struct PeerAddress: Sendable, Hashable {
  /// Numeric, without brackets: `10.0.0.7`, `2001:db8::1`; empty when unknown.
  public let host: String
  public let port: UInt16

  public init(host: String, port: UInt16) {
    self.host = host
    self.port = port
  }

  /// For requests that did not come through a socket.
  public static let unknown = PeerAddress(host: "", port: 0)

  /// The caller sits on this machine (a proxy, a test, the administrator).
  public var isLoopback: Bool { host == "::1" || host.hasPrefix("127.") }

  /// What is counted as one caller: an IPv4 address, or the 64 bits that an IPv6 customer is given,
  /// who may write as many addresses under them as he likes.
  public var network: String {
    var address = in6_addr()
    guard host.contains(":"), inet_pton(AF_INET6, host, &address) == 1 else { return host }
    return withUnsafeBytes(of: address) { bytes in
      bytes.prefix(8).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
  }

  init(_ address: UnsafePointer<sockaddr>) {
    let raw = UnsafeRawPointer(address)
    switch Int32(address.pointee.sa_family) {
    case AF_INET:
      let v4 = raw.loadUnaligned(as: sockaddr_in.self)
      self.init(host: Self.text(AF_INET, of: v4.sin_addr), port: UInt16(bigEndian: v4.sin_port))
    case AF_INET6:
      let v6 = raw.loadUnaligned(as: sockaddr_in6.self)
      let text = Self.text(AF_INET6, of: v6.sin6_addr)
      let host = text.hasPrefix("::ffff:") && text.contains(".") ? String(text.dropFirst(7)) : text
      self.init(host: host, port: UInt16(bigEndian: v6.sin6_port))
    default:
      self = .unknown
    }
  }

  private static func text<Address>(_ family: Int32, of address: Address) -> String {
    withUnsafeBytes(of: address) { bytes in
      withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(INET6_ADDRSTRLEN)) { text in
        let length = socklen_t(text.count)
        guard let base = text.baseAddress,
          inet_ntop(family, bytes.baseAddress, base, length) != nil
        else { return "" }
        return String(cString: base)
      }
    }
  }
}
