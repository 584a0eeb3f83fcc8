// A line that breaks: it forwards both ways, slowly, and hangs up after so many bytes.
//
// Where each connection breaks is drawn from a seed: at its first byte, in the middle of a head or a
// body, on the way up or down. Some are never answered at all. What was passed on before a cut
// arrives, as on a real line. It counts, so that a test can tell going on from beginning anew.

import Glibc
import Synchronization

final class CuttingProxy: Sendable {
  struct Weather: Sendable {
    /// A connection carries this much on average before it breaks; nil: it never does.
    var bytesMean: Int?
    /// Of a hundred connections so many are swallowed.
    var lostPercent: UInt64 = 0
    /// What a piece of at most 16 KiB takes on its way.
    var pieceMilliseconds: Int32 = 0
  }

  struct Traffic: Sendable {
    var down = 0
    var up = 0
    var connections = 0
    var cuts = 0
  }

  private struct Line {
    var seed: UInt64
    var traffic = Traffic()
    var open: Set<Int32> = []
    var isClosed = false
  }

  static let pieceBytes = 16 * 1024

  let port: UInt16
  private let hub: UInt16
  private let weather: Weather
  private let listener: Int32
  private let line: Mutex<Line>

  init(to hub: UInt16, seed: UInt64, _ weather: Weather) throws {
    (self.hub, self.weather) = (hub, weather)
    line = Mutex(Line(seed: seed))
    let listener = try RecordingProxy.socket(at: 0, bind)
    guard listen(listener, 8) == 0 else { throw ProxyFailure(errno: errno) }
    (self.listener, port) = (listener, RecordingProxy.port(of: listener))
    line.withLock { _ = $0.open.insert(listener) }
    try RecordingProxy.onThread { self.accept() }
  }

  var traffic: Traffic { line.withLock { $0.traffic } }

  /// Ends every thread.
  func close() {
    line.withLock { line in
      line.isClosed = true
      for descriptor in line.open { shutdown(descriptor, Int32(SHUT_RDWR)) }
    }
  }

  // MARK: Threads

  private func accept() {
    while case let laptop = Glibc.accept(listener, nil, nil), laptop >= 0 {
      let bytes = line.withLock { line in
        line.open.insert(laptop)
        return line.isClosed ? 0 : draw(&line)
      }
      let work: Void? = try? RecordingProxy.onThread {
        if bytes > 0, let server = try? RecordingProxy.socket(at: self.hub, connect) {
          _ = self.line.withLock { $0.open.insert(server) }
          self.forward(laptop, server, bytes)
          self.end(server)
        }
        self.end(laptop)
      }
      if work == nil { end(laptop) }
    }
    end(listener)
  }

  /// How many bytes the next connection carries: 0 for one that is swallowed.
  private func draw(_ line: inout Line) -> Int {
    line.traffic.connections += 1
    if next(&line.seed) % 100 < weather.lostPercent {
      line.traffic.cuts += 1
      return 0
    }
    return weather.bytesMean.map { 1 + Int(next(&line.seed) % UInt64(2 * $0)) } ?? .max
  }

  /// SplitMix64 (Steele et al. 2014).
  private func next(_ seed: inout UInt64) -> UInt64 {
    seed &+= 0x9E37_79B9_7F4A_7C15
    var z = seed
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  /// Until one of the two hangs up, or the line breaks.
  private func forward(_ laptop: Int32, _ server: Int32, _ bytesMax: Int) {
    var (rest, buffer) = (bytesMax, [UInt8](repeating: 0, count: CuttingProxy.pieceBytes))
    var ends = [laptop, server].map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
    while poll(&ends, 2, -1) > 0 {
      for from in ends where from.revents != 0 {
        let count = recv(from.fd, &buffer, buffer.count, 0)
        guard count > 0 else { return }
        // Looks at nothing for so long: this is how a slow line behaves.
        if weather.pieceMilliseconds > 0 { _ = poll(nil, 0, weather.pieceMilliseconds) }
        // Not packed, for a line that breaks is worth testing with much to carry.
        let piece = RecordingProxy.askingForPlain(Array(buffer[..<min(count, rest)]))
        rest -= piece.count
        note(piece.count, isDown: from.fd == server, isCut: rest == 0)
        let isSent = RecordingProxy.send(piece, to: from.fd == server ? laptop : server)
        guard isSent, rest > 0 else { return }
      }
    }
  }

  private func note(_ bytes: Int, isDown: Bool, isCut: Bool) {
    line.withLock { line in
      if isDown { line.traffic.down += bytes } else { line.traffic.up += bytes }
      if isCut { line.traffic.cuts += 1 }
    }
  }

  /// Under the lock, so that `close` never shuts down a number that is somebody else's by now.
  private func end(_ descriptor: Int32) {
    line.withLock { line in
      line.open.remove(descriptor)
      Glibc.close(descriptor)
    }
  }
}
