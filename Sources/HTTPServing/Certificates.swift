// The certificate in force, and the handshakes that ask for it.
//
// It can be replaced while connections go on: the library asks at each handshake, so a new
// certificate costs nobody his connection. A handshake may still use the one before; so nothing is
// freed before the server is gone. They are few: one for each renewal. It must never hand out a
// certificate whose key it has not seen to fit.

import CMicroHTTPD
import Glibc
import Synchronization

final class Certificates: Sendable {
  /// Read once, then only looked at.
  // Safe: nothing writes to what the pointers lead to until `deinit`, when no handshake is left.
  private struct Loaded: @unchecked Sendable { var identity: rounds_tls_identity }

  /// The last one is in force.
  private let loaded = Mutex<[Loaded]>([])

  deinit {
    loaded.withLock { loaded in
      for index in loaded.indices { rounds_tls_free(&loaded[index].identity) }
    }
  }

  /// From the next handshake on.
  func replace(with identity: TLSIdentity) throws(HTTPServerError) {
    var read = rounds_tls_identity()
    let isRead = rounds_tls_read(identity.certificatePEM, identity.keyPEM, &read)
    guard isRead == 1 else { throw .certificateRefused }
    let next = Loaded(identity: read)
    loaded.withLock { $0.append(next) }
  }

  /// What the library calls at each handshake.
  static let retrieve: rounds_tls_retrieve = {
    session, _, chain, count, staples, staplesCount, key, flags in
    guard let session, let connection = rounds_mhd_connection_of(session),
      let record = Service.record(of: connection),
      let current = record.certificates?.loaded.withLock({ $0.last?.identity })
    else { return -1 }
    chain?.pointee = current.chain
    count?.pointee = current.count
    key?.pointee = current.key
    staples?.pointee = nil
    staplesCount?.pointee = 0
    // They stay ours.
    flags?.pointee = 0
    return 0
  }
}
