// The bookkeeping inside the server, where no socket can show it: loopback callers are never
// counted, and all orders of deadlines cannot be had from a clock.

import Testing

@testable import HTTPServing

@Suite struct ConnectionsTests {
  private static func record(_ host: String) -> ConnectionRecord {
    ConnectionRecord(peer: PeerAddress(host: host, port: 1), descriptor: -1)
  }

  @Test func `an address has room until its limit and again after a close`() {
    let connections = Connections(perAddressMax: 2, crowdedAt: 100)
    let here = PeerAddress(host: "10.0.0.1", port: 9)
    let records = [Self.record("10.0.0.1"), Self.record("10.0.0.1")]
    for record in records {
      #expect(connections.hasRoom(for: here))
      connections.add(record)
    }
    #expect(!connections.hasRoom(for: here))
    #expect(connections.hasRoom(for: PeerAddress(host: "10.0.0.2", port: 9)))
    connections.remove(records[0])
    connections.remove(records[0])
    #expect(connections.hasRoom(for: here))
    connections.add(Self.record("10.0.0.1"))
    #expect(!connections.hasRoom(for: here))
  }

  @Test(arguments: [(max: 1, host: "127.0.0.1"), (max: 1, host: "::1"), (max: 0, host: "10.0.0.1")])
  func `loopback, or a limit of nothing, is never full`(row: (max: Int, host: String)) {
    let connections = Connections(perAddressMax: row.max, crowdedAt: 100)
    for _ in 0..<5 { connections.add(Self.record(row.host)) }
    #expect(connections.hasRoom(for: PeerAddress(host: row.host, port: 1)))
  }

  @Test func `an IPv6 customer is one caller, whatever he writes behind his 64 bits`() {
    func network(_ host: String) -> String { PeerAddress(host: host, port: 1).network }
    #expect(network("2001:db8::1") == network("2001:db8:0:0:ffff::9"))
    #expect(network("2001:db8::1") != network("2001:db8:0:1::1"))
    #expect(network("10.0.0.1") == "10.0.0.1")
  }

  @Test(arguments: [
    (descriptors: 20_000, connections: 12_000, waits: 10_000),
    (descriptors: 1_024, connections: 896, waits: 746),
    (descriptors: 64, connections: 32, waits: 26), (descriptors: 0, connections: 2, waits: 1),
  ])
  func `a server has fewer connections than its process has descriptors`(
    row: (descriptors: Int, connections: Int, waits: Int)
  ) {
    var limits = ServingLimits()
    limits.fit(descriptors: row.descriptors)
    #expect(limits.connectionsMax == row.connections)
    #expect(limits.waitSlotsMax == row.waits)
  }

  @Test func `a budget takes up to the ceiling of whoever asks, and no more`() {
    let budget = ByteBudget()
    #expect(budget.take(60, under: 100))
    #expect(!budget.take(10, under: 64))
    #expect(budget.take(40, under: 100))
    #expect(!budget.take(1, under: 100))
    budget.give(100)
    #expect(budget.bytesHeld == 0)
  }

  @Test func `deadlines leave the heap in order, whatever the order they came in`() {
    // All orders of six, two of them equal but for the seat.
    var orders: [[UInt64]] = [[]]
    for position in 0..<6 {
      orders = orders.flatMap { order in
        (0...position).map { place in
          var longer = order
          longer.insert(UInt64(position), at: place)
          return longer
        }
      }
    }
    #expect(orders.count == 720)
    for order in orders {
      var heap = DeadlineHeap()
      for seat in order { heap.insert(Deadline(dueAt: seat / 2, seat: seat)) }
      heap.keep { $0.seat != 3 }
      heap.insert(Deadline(dueAt: 1, seat: 3))
      let seats = (0..<6).map { _ in heap.removeFirst().seat }
      #expect(seats == [0, 1, 2, 3, 4, 5])
      #expect(heap.first == nil)
    }
  }
}
