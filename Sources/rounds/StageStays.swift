// The stages that a deal went through, and how long it stayed: by the hub's history, which has everybody's
// moves; where the hub does not answer within seconds, by this laptop's own.
//
// Where the deal is now comes last, whoever tells the rest: a move that waits to go up counts. A move that
// the hub refused is none.

import FollowUp
import HubClient
import Notation
import Replica
import Storage
import SyncCore
import Wire

struct StageStays {
  /// How long the hub is waited for.
  private static let patienceSeconds = 3.0

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
    var moves = try moves(of: deal)
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

  private func moves(of deal: CollectionRow) throws -> [(stage: String, at: Moment)] {
    var moves: [(stage: String, at: Moment)] = []
    for entry in try history(of: deal).reversed() {
      guard let stage = entry["changes"]?["stage"]?.string, !stage.isEmpty,
        let at = entry["at"]?.string.flatMap({ ISO8601.parse($0, zone: reading.replica.zone) }),
        !isSame(moves.last?.stage, stage)
      else { continue }
      moves.append((stage, Moment(milliseconds: at)))
    }
    return moves
  }

  /// Newest first.
  private func history(of deal: CollectionRow) throws -> [JSONValue] {
    var patience = HTTPHubLink.Patience()
    patience.otherSeconds = StageStays.patienceSeconds
    patience.connectSeconds = StageStays.patienceSeconds
    do {
      let answer = try reading.replica.line(patience: patience)
        .history(record: deal.id, field: "stage")
      return answer["history"]?.array ?? []
    } catch let error as HubLinkError where error.isAbsence {
      return try ownHistory(of: deal)
    } catch HubLinkError.refused(status: 404, _) {
      // The deal has not gone up yet.
      return try ownHistory(of: deal)
    }
  }

  /// Without what came back: an edit that is retained does not say what became of it, a draft does.
  private func ownHistory(of deal: CollectionRow) throws -> [JSONValue] {
    let schema = CollectionSchema.opportunity
    let field = schema.id("stage")
    let refused = try reading.replica.store.drafts().filter { $0.record == deal.id }
      .flatMap(\.change.writes).compactMap { write -> JSONValue? in
        guard write.field == field, case .put(.text(let stage), _) = write.action else {
          return nil
        }
        return .string(stage)
      }
    return try LocalHistory(reading.replica.store, zone: reading.replica.zone)
      .json(of: deal.id, in: schema, unit: field)
      .filter { entry in
        let isRefused = (entry["refused"]?.array ?? []).contains { $0["field"] == "stage" }
        return !isRefused && !refused.contains { $0 == entry["changes"]?["stage"] }
      }
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
