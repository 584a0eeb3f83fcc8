// Rule files and policies: whatever the JSON, a value or an error that says where; and what is taken
// is taken the same way twice,
// because every laptop reads the rules for itself.

import Access
import FollowUp
import Notation
import SyncCore

struct RulesTarget: Target {
  static let name = "rules"
  private let documents: DocumentFuzz

  init() throws {
    documents = try DocumentFuzz(seeds: [RuleBook.shippedText, "{\"version\":1,\"rules\":[]}"])
  }

  func run(_ dice: inout Dice, _ tally: inout Tally) throws {
    try documents.run(&dice, &tally) { bytes in
      do {
        let book = try RuleBook(parsing: bytes, schema: .followUp)
        guard try RuleBook(parsing: bytes, schema: .followUp) == book else {
          throw Finding("the same rules are read in two ways")
        }
        return true
      } catch let error as RuleError {
        if "\(error)".isEmpty { throw Finding("an error without a word") }
        return false
      }
    }
  }
}

struct PolicyTarget: Target {
  static let name = "policy"
  private let documents: DocumentFuzz

  init() throws { documents = try DocumentFuzz(seeds: [Policy.standardText]) }

  func run(_ dice: inout Dice, _ tally: inout Tally) throws {
    try documents.run(&dice, &tally) { bytes in
      do {
        let policy = try Policy(parsing: bytes, schema: .followUp)
        guard try Policy(parsing: bytes, schema: .followUp) == policy else {
          throw Finding("the same policy is read in two ways")
        }
        return true
      } catch let error as PolicyError {
        if "\(error)".isEmpty { throw Finding("an error without a word") }
        return false
      }
    }
  }
}

/// JSON documents bent as values and as bytes.
struct DocumentFuzz {
  private static let inputsPerCase = 50
  private let seeds: [JSONValue]

  init(seeds texts: [String]) throws { seeds = try texts.map { try JSONValue(parsing: $0) } }

  func run(
    _ dice: inout Dice, _ tally: inout Tally, _ isAccepted: ([UInt8]) throws -> Bool
  ) throws {
    for _ in 0..<Self.inputsPerCase {
      var document = dice.pick(seeds)
      for _ in 0...dice.below(4) { document = dice.mutated(document) }
      var bytes = document.bytes()
      if dice.chance(4) { bytes = dice.mutated(bytes, with: [bytes]) }
      Witness.note(bytes)
      tally.note(isAccepted: try isAccepted(bytes))
    }
  }
}
