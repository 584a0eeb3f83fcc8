// `/v1/admin/process`: the sales process in force, and another one in its place.
//
// `PUT` takes a definition file; `moveTo` says where deals go whose stage it drops, and `check=true`
// only reads it. What is wrong changes nothing.

import FollowUp
import Notation
import SyncCore

extension AdminRoutes {
  func process(_ request: HubRequest) throws -> JSONValue {
    switch request.method {
    case "GET":
      try require(.read)
      let applied = try store.processText()
      let text = applied ?? SalesProcess.standardText
      return [
        "process": try JSONValue(parsing: text), "text": .string(text),
        "applied": .bool(applied != nil), "settings": .integer(Int64(store.settingsVersion)),
      ]
    case "PUT":
      try require(.administer)
      return try apply(request)
    default: throw nowhere(request)
    }
  }

  private func apply(_ request: HubRequest) throws -> JSONValue {
    var process = try SalesProcess(parsing: request.body)
    let own = process.moves
    process.moves = try moves(process, typed: request.query["moveTo"])
    try checkNobodyIsStranded(process)
    var text = String(decoding: request.body, as: UTF8.self)
    if process.moves != own {
      // The file as it was, where it says all; else with the moves that were typed, or go on.
      var json = try JSONValue(parsing: text)
      json["moves"] = .object(process.moves.mapValues { .string($0) })
      text = json.text(pretty: true)
    }
    let isTrial = request.query["check"] == "true"
    let stages = DealStages(store: store, now: now, zone: zone)
    let moved = isTrial ? 0 : try store.setProcess(text, process, stages)
    return [
      "pipelines": .array(process.pipelines.map { .string($0.id) }), "applied": .bool(!isTrial),
      "dealsMoved": .integer(Int64(moved)),
      "moves": .object(process.moves.mapValues { .string($0) }),
    ]
  }

  /// What earlier definitions said goes on as far as it leads anywhere: a laptop may be two of them
  /// behind.
  private func moves(_ process: SalesProcess, typed: String?) throws -> [String: String] {
    let earlier = try store.process()?.moves ?? [:]
    var moves = earlier.merging(process.moves) { $1 }
    for move in typed?.split(separator: ",") ?? [] {
      let parts = move.split(separator: "=", omittingEmptySubsequences: false).map(String.init)
      guard parts.count == 2 else {
        throw HubError.badRequest("“\(move)” is no move of a stage. Write OLD=NEW.")
      }
      for part in parts where Ladder.stages.height(of: .text(part)) < 0 {
        throw HubError.badRequest(
          "No stage is called \(part) . There are: "
            + SalesProcess.stageNames.joined(separator: ", ") + ".")
      }
      moves[parts[0]] = parts[1]
    }
    let stages = process.pipelines.flatMap(\.stages)
    return moves.compactMapValues { first in
      var target = first
      // As many steps as there are moves, and no more: two stages may name each other.
      for _ in 0...moves.count {
        let height = Ladder.stages.height(of: .text(target))
        if let stage = stages.first(where: { $0.height == height }) { return stage.id }
        let next = moves.keys.sorted().first { Ladder.stages.height(of: .text($0)) == height }
        guard let next, let further = moves[next] else { return nil }
        target = further
      }
      return nil
    }
  }

  private func checkNobodyIsStranded(_ process: SalesProcess) throws {
    let stranded = try store.strandedDeals(under: process).filter { $0.target == nil }
    guard let first = stranded.first else { return }
    let list = stranded.map { "\($0.stage): \($0.count)" }.joined(separator: ", ")
    let places = first.of.stages.map(\.id).joined(separator: ", ")
    var refused = Refused(
      409, "stageInUse", "The process is unchanged: deals are in stages that it drops (\(list)).",
      hint: "Say where they go with --move-to \(first.stage)=STAGE ; there are: \(places).")
    refused.details["stages"] = .array(
      stranded.map { ["stage": .string($0.stage), "deals": .integer(Int64($0.count))] })
    throw refused
  }
}
