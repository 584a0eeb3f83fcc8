// The stages that a deal went through, as far as this laptop knows: its own moves, and where the deal
// is now.
//
// The hub's history has everybody's moves; this needs no network. A move that the hub refused is none.

import FollowUp
import Notation
import Replica
import Storage
import SyncCore

struct StageStays {
  struct Stay {
    var stage: String
    var since: Moment
    /// Nil: it is there still.
    var until: Moment?
    var days: Int
  }

  private let reading: DealReading

  init(_ reading: DealReading) { self.reading = reading }

  /// From first to last.
  func stays(of deal: CollectionRow) throws -> [Stay] {
    var moves = try ownMoves(of: deal)
    let schema = CollectionSchema.opportunity
    let current = deal.values[schema.id("stage")]
    if let stage = current.text, !stage.isEmpty, !isSame(moves.last?.stage, stage) {
      moves.append((stage, max(reading.since(deal), moves.last?.at ?? deal.id.moment)))
    }
    let ends = moves.dropFirst().map(\.at)
    return moves.enumerated().map { index, move in
      let until = index < ends.count ? ends[index] : nil
      let length = (until ?? reading.replica.today).milliseconds - move.at.milliseconds
      return Stay(
        stage: move.stage, since: move.at, until: until, days: max(0, Int(length / 86_400_000)))
    }
  }

  private func ownMoves(of deal: CollectionRow) throws -> [(stage: String, at: Moment)] {
    let schema = CollectionSchema.opportunity
    let told = try LocalHistory(reading.replica.store, zone: reading.replica.zone)
      .json(of: deal.id, in: schema, unit: schema.id("stage"))
    var moves: [(stage: String, at: Moment)] = []
    for entry in told.reversed() {
      let isRefused = (entry["refused"]?.array ?? []).contains { $0["field"] == "stage" }
      guard !isRefused, let stage = entry["changes"]?["stage"]?.string, !stage.isEmpty,
        let at = entry["at"]?.string.flatMap({ ISO8601.parse($0, zone: reading.replica.zone) }),
        !isSame(moves.last?.stage, stage)
      else { continue }
      moves.append((stage, Moment(milliseconds: at)))
    }
    return moves
  }

  /// Two spellings of one rung are one stage.
  private func isSame(_ left: String?, _ right: String) -> Bool {
    guard let left else { return false }
    return Ladder.stages.height(of: .text(left)) == Ladder.stages.height(of: .text(right))
  }
}

extension StageStays.Stay {
  func json(_ zone: LocalZone) -> JSONValue {
    func time(_ moment: Moment) -> JSONValue {
      .string(ISO8601.string(milliseconds: moment.milliseconds, in: zone))
    }
    return [
      "stage": .string(stage), "since": time(since), "until": until.map(time) ?? .null,
      "days": .integer(Int64(days)),
    ]
  }
}
