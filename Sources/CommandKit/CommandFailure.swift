// How a command ends badly: an exit code, what happened, and what to do about it.
//
// This is where kinds of failure become exit codes and text on stderr. Stdout stays empty, so a
// script never mistakes an error for a result. It must never be used for outcomes that are well,
// such as being offline or having nothing to do.

import Notation

/// The exit codes of all three programs; the numbers are a contract (`Protocol/Commands.md`).
public enum ExitCode: Int32, CaseIterable, Hashable, Sendable {
  case done = 0
  /// Our fault, or the machine's.
  case fault = 1
  case usage = 2
  case notFound = 3
  /// By a rule or a permission.
  case refused = 4
  /// The command needs the hub and cannot reach it.
  case unreachable = 5

  /// The word for it in `--json`.
  public var name: String {
    switch self {
    case .done: "done"
    case .fault: "fault"
    case .usage: "usage"
    case .notFound: "notFound"
    case .refused: "refused"
    case .unreachable: "unreachable"
    }
  }
}

/// A failure that the result itself tells of: with `--json` it is part of the one document on stdout, and for
/// people it is printed like any other.
public struct ToldFailure: Error, Hashable, Sendable {
  public var failure: CommandFailure

  public init(_ failure: CommandFailure) { self.failure = failure }
}

/// Thrown by a command's body; printed by `CommandTable.run`.
public struct CommandFailure: Error, Hashable, Sendable {
  public var exitCode: ExitCode
  /// What happened, and why: full sentences.
  public var message: Phrase
  /// What to do now.
  public var hint: Phrase?

  public init(_ exitCode: ExitCode, _ message: Phrase, hint: Phrase? = nil) {
    precondition(exitCode != .done, "a failure that exits 0: \(message.en)")
    self.exitCode = exitCode
    self.message = message
    self.hint = hint
  }

  public static func usage(_ message: Phrase, hint: Phrase? = nil) -> CommandFailure {
    CommandFailure(.usage, message, hint: hint)
  }

  /// For people: `rounds: …` and, on its own line, `Hint: …`.
  public func text(program: String, language: Language) -> String {
    var text = "\(program): \(message.text(language))\n"
    if let hint {
      let label = Phrase(en: "Hint", zh: "提示").text(language)
      text += "\(label): \(hint.text(language))\n"
    }
    return text
  }

  /// For programs: `{"error":{"code":…,"exit":N,"hint":…,"message":…}}`; hint is null without one.
  public func json(language: Language) -> JSONValue {
    [
      "error": [
        "code": .string(exitCode.name),
        "exit": .integer(Int64(exitCode.rawValue)),
        "message": .string(message.text(language)),
        "hint": hint.map { .string($0.text(language)) } ?? .null,
      ]
    ]
  }
}
