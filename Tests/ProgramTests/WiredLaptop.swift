// A laptop on a real line, watched from both ends: what it is sent, and what is in its folder.

import CommandKit
import Foundation
import Storage
import SyncCore
import Testing

@testable import rounds

/// A laptop with a recorder on its line.
final class WiredLaptop {
  let laptop: Laptop
  let proxy: RecordingProxy
  /// Another program that has the file open all day, as a watch has; it reads nothing just now. So the
  /// write-ahead log is there at every look, and is not swept away by the last one to leave.
  private var onlooker: Connection?
  /// How much of each connection was looked at.
  private var heard: [Int] = []

  init(_ field: Field, _ device: String, to hub: UInt16) throws {
    var laptop = Laptop(field, device)
    laptop.line = Outside.process.line
    self.laptop = laptop
    proxy = try RecordingProxy(to: hub)
  }

  func openBeside() throws {
    let connection = try Connection(path: laptop.home + "/replica.sqlite", access: .readOnly)
    _ = try connection.first("SELECT count(*) FROM customer") { $0.integer(0) }
    onlooker = connection
    let files = try FileManager.default.contentsOfDirectory(atPath: laptop.home)
    #expect(Set(files).isSuperset(of: ["", "-wal", "-shm"].map { "replica.sqlite" + $0 }))
  }

  /// What the hub sent since this was asked before, by connection.
  func news() -> [Data] {
    let captured = proxy.captured
    let news = captured.enumerated().map { index, bytes in
      Data(bytes.dropFirst(index < heard.count ? heard[index] : 0))
    }
    heard = captured.map(\.count)
    return news
  }

  /// Asks whether there is something new since the beginning; there is.
  func wait() throws {
    let console = Console(environment: [:], now: laptop.field.state.now)
    let replica = try OpenReplica(ReplicaFolder(laptop.home), console, laptop.outside)
    let news = try replica.line().wait(cursor: Position(0), epoch: replica.state.epoch)
    #expect(news == .arrived)
  }
}
