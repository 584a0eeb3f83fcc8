// The network: real bytes between real programs, lost, repeated, delayed and cut where it hurts.
//
// A request that is delayed may reach the hub long after its answer is awaited no more; an answer
// that is delayed may reach a laptop that has started another sync. Both stay `inFlight` until a
// step of the history delivers them. Nothing here knows what the bytes mean.

import SyncCore

/// What happens to one round trip.
public enum Fate: String, CaseIterable, Sendable {
  /// The hub answers, and the laptop hears it.
  case delivered
  /// Cut before the hub saw anything.
  case beforeServer
  /// The hub has committed; its answer is lost.
  case afterCommit
  /// The hub hears the request twice; the laptop hears the second answer.
  case repeatedRequest
  /// The laptop hears the answer twice.
  case repeatedAnswer
  /// The request arrives some day.
  case delayedRequest
  /// The hub has committed; the answer arrives some day.
  case delayedAnswer
  /// The hub dies with the transaction open.
  case hubDies
  /// The laptop dies with the answer half taken in.
  case laptopDies
}

struct Packet {
  enum Direction { case toHub, toLaptop }

  var direction: Direction
  var laptop: Int
  var token: String
  var bytes: [UInt8]
}

struct Network {
  static let inFlightMax = 12

  private(set) var inFlight: [Packet] = []
  /// Requests that the hub has heard before; any of them may come again.
  private(set) var heard: [Packet] = []

  mutating func delay(_ packet: Packet) {
    inFlight.append(packet)
    if inFlight.count > Network.inFlightMax { inFlight.removeFirst() }
  }

  mutating func remember(_ request: Packet) {
    heard.append(request)
    if heard.count > Network.inFlightMax { heard.removeFirst() }
  }

  /// One of the packets under way; the order of arrival is not the order of sending.
  mutating func arrive(_ random: inout SplitMix64) -> Packet? {
    inFlight.isEmpty ? nil : inFlight.remove(at: random.below(inFlight.count))
  }

  func ghost(_ random: inout SplitMix64) -> Packet? {
    heard.isEmpty ? nil : random.pick(heard)
  }

  mutating func clear() {
    inFlight = []
    heard = []
  }
}
