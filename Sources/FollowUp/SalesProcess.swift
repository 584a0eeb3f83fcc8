// How deals are won: pipelines with stages, what is to be done in each, and what must be so before a
// deal leaves it. A pure value; hub and laptops read the same bytes and so decide alike.
//
// A stage of a pipeline is a rung of `Ladder.stages`, so that any two laptops agree how far a deal has
// come, whatever definition they hold. It must never renumber rungs, and never lose a stage in silence:
// what a definition drops is mapped by `moves`, or refused by name.

import Notation
import SyncCore

public struct SalesProcess: Hashable, Sendable {
  /// What a definition file says under `version`.
  public static let languageVersion: Int64 = 1
  public static let pipelinesMax = 50
  public static let stagesMax = 20
  public static let itemsMax = 50

  public var pipelines: [Pipeline]
  /// Stages that earlier definitions had → the one that stands in its place now.
  public var moves: [String: String]
  /// What is asked on return visits.
  public var forms: [VisitForm]

  public init(
    pipelines: [Pipeline], moves: [String: String] = [:], forms: [VisitForm] = []
  ) {
    precondition(!pipelines.isEmpty, "a process without a pipeline")
    self.pipelines = pipelines
    self.moves = moves
    self.forms = forms
  }

  /// The pipeline of a deal; one that is not named, or not known any more, is the first.
  public func pipeline(of deal: FieldValues) -> Pipeline {
    let name = deal[.deal("pipeline")].text ?? ""
    return pipelines.first { $0.id == name } ?? pipelines[0]
  }

  /// The stage that a deal is in; nil where it has none, or one that its pipeline does not know.
  public func stage(of deal: FieldValues) -> Stage? {
    pipeline(of: deal).stage(at: deal[.deal("stage")])
  }

  /// What stands for a stage that a pipeline does not have any more.
  public func move(of stage: Value, in pipeline: Pipeline) -> Stage? {
    let height = Ladder.stages.height(of: stage)
    guard height >= 0 else { return nil }
    let old = moves.keys.sorted().first { Ladder.stages.height(of: .text($0)) == height }
    return old.flatMap { moves[$0] }.flatMap { pipeline.stage(at: .text($0)) }
  }
}

/// The stages that deals of one kind go through.
public struct Pipeline: Hashable, Sendable {
  public var id: String
  public var name: Titles
  /// From first to last; what is lost stands where its author put it.
  public var stages: [Stage]

  /// By rung: any spelling of the ladder names it.
  public func stage(at value: Value) -> Stage? {
    let height = Ladder.stages.height(of: value)
    return height < 0 ? nil : stages.first { $0.height == height }
  }
}

public struct Stage: Hashable, Sendable {
  public enum Kind: String, CaseIterable, Sendable { case open, won, lost }

  public var id: String
  public var name: Titles
  public var spellings: [String] = []
  public var kind: Kind
  /// In percent.
  public var probability: Int?
  /// A deal that is here longer is stuck.
  public var maxDays: Int?
  /// Markdown.
  public var guide: Titles?
  public var tasks: [KeyTask] = []
  public var criteria: [Criterion] = []

  /// How far up the ladder it is.
  public var height: Int { Ladder.stages.height(of: .text(id)) }
}

/// What has to be done in a stage.
public struct KeyTask: Hashable, Sendable {
  /// What shows that it was done.
  public enum Evidence: Hashable, Sendable {
    case none
    case text
    /// This field of the deal is filled.
    case field(FieldID)

    public var word: String {
      switch self {
      case .none: "none"
      case .text: "text"
      case .field: "field"
      }
    }
  }

  public var id: String
  public var title: Titles
  public var due: Delay?
  public var isRequired: Bool
  public var evidence: Evidence
}

/// What must be so before a deal goes on from a stage.
public struct Criterion: Hashable, Sendable {
  public enum Test: Hashable, Sendable {
    /// The deal answers yes.
    case deal(Query)
    /// The stage's task with this id is done.
    case task(String)
    /// So many records of the deal, or of its customer where the collection knows no deals.
    case records(CollectionSchema, Query?, count: Int)
  }

  public var test: Test
  /// What is missing, for people.
  public var says: Titles
}

extension FieldID {
  /// A field of a deal that the schema is known to have.
  static func deal(_ name: String) -> FieldID {
    guard let field = CollectionSchema.opportunity[name] else {
      preconditionFailure("an opportunity has no field \(name)")
    }
    return field.id
  }
}
