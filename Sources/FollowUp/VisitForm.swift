// The questions of a return visit: which customers they are for, what may be answered, and what comes out of it.
//
// Forms are part of the sales process's definition, so that every laptop has the same ones. Pure. The score is the mean
// of all questions that have points, from 0 to 100; without such a question there is none. It must never guess: an answer that is
// not one of those allowed is refused, with those that are.

import Notation
import SyncCore

public struct VisitForm: Hashable, Sendable {
  public static let formsMax = 50
  public static let questionsMax = 50

  public struct Question: Hashable, Sendable {
    public enum Kind: Hashable, Sendable {
      /// From 1 to so many; more is better.
      case score(max: Int)
      case choice([String])
      case yesNo
      case text
    }

    public var id: String
    public var title: Titles
    public var kind: Kind
    public var isRequired: Bool
  }

  public enum Fault: Error, Hashable, Sendable {
    case unknownQuestion(String, known: [String])
    case missing([String])
    case notAllowed(question: String, answer: String, allowed: [String])
  }

  /// What was answered, by question, and the score.
  public struct Outcome: Hashable, Sendable {
    public var answers: [String: String]
    public var score: Int?
  }

  public var id: String
  public var title: Titles
  /// Which customers it is for; nil: all.
  public var customers: Query?
  public var questions: [Question]

  /// Reads answers as people type them, in any order.
  public func outcome(of answers: [(question: String, text: String)]) throws(Fault) -> Outcome {
    var read: [String: String] = [:]
    for answer in answers {
      guard let question = questions.first(where: { $0.id == answer.question }) else {
        throw .unknownQuestion(answer.question, known: questions.map(\.id))
      }
      read[question.id] = try question.answer(answer.text)
    }
    let missing = questions.filter { $0.isRequired && read[$0.id] == nil }.map(\.id)
    guard missing.isEmpty else { throw .missing(missing) }
    let points = questions.compactMap { question in
      read[question.id].flatMap(question.points)
    }
    let sum = points.reduce(0, +)
    return Outcome(
      answers: read, score: points.isEmpty ? nil : Int((sum / Double(points.count)).rounded()))
  }
}

extension VisitForm.Question {
  /// What may be answered, for messages; empty: any text.
  public var allowed: [String] {
    switch kind {
    case .score(let max): (1...max).map { "\($0)" }
    case .choice(let options): options
    case .yesNo: ["yes", "no"]
    case .text: []
    }
  }

  /// The answer as it is kept.
  fileprivate func answer(_ typed: String) throws(VisitForm.Fault) -> String {
    let word: String? =
      switch kind {
      case .score, .choice: allowed.contains(typed) ? typed : nil
      case .yesNo: Bool(typed: typed).map { $0 ? "yes" : "no" }
      case .text: typed.allSatisfy(\.isWhitespace) ? nil : typed
      }
    guard let word else {
      throw .notAllowed(question: id, answer: typed, allowed: allowed)
    }
    return word
  }

  /// From 0 to 100; nil: the question has none.
  fileprivate func points(_ answer: String) -> Double? {
    switch kind {
    case .score(let max):
      guard max > 1, let grade = Int(answer) else { return nil }
      return Double(grade - 1) * 100 / Double(max - 1)
    case .yesNo: return answer == "yes" ? 100 : 0
    case .choice, .text: return nil
    }
  }
}

extension SalesProcess {
  /// The forms that a customer of this kind is asked, in the order of the definition.
  public func forms(for customer: QueryRecord, at now: Moment, in zone: LocalZone) -> [VisitForm] {
    forms.filter { $0.customers?.matches(customer, at: now, in: zone) ?? true }
  }
}
