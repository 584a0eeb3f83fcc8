// One call of a command: its words, sorted into arguments and options, and the console.
//
// Reading a value that was typed wrongly throws a usage failure that names the option and what is
// allowed. Asking for a name the command does not declare is our bug and traps.

import Notation

/// What a command's body is given.
public struct Invocation: Sendable {
  public let command: Command
  public let console: Console
  /// Arguments in the order typed, by argument name.
  private let argumentValues: [String: [String]]
  /// Values in the order typed, by option name; a flag that is present has one empty value.
  private let optionValues: [String: [String]]
  private let declaredOptions: Set<String>

  init(
    command: Command, console: Console, argumentValues: [String: [String]],
    optionValues: [String: [String]], declaredOptions: [Command.Option]
  ) {
    self.command = command
    self.console = console
    self.argumentValues = argumentValues
    self.optionValues = optionValues
    self.declaredOptions = Set(declaredOptions.map(\.name))
  }

  public var isJSON: Bool { flag("json") }
  public var language: Language { console.language }

  /// A required argument.
  public func argument(_ name: String) -> String {
    guard let value = arguments(name).first else {
      preconditionFailure("\(command.path): argument \(name) is not required but read as such")
    }
    return value
  }

  /// An argument that may be missing.
  public func optionalArgument(_ name: String) -> String? { arguments(name).first }

  /// All values of a repeating argument.
  public func arguments(_ name: String) -> [String] {
    precondition(
      command.arguments.contains { $0.name == name },
      "\(command.path) declares no argument \(name)")
    return argumentValues[name] ?? []
  }

  /// Whether an option is present, flag or not.
  public func flag(_ name: String) -> Bool { !options(name).isEmpty }

  /// The value of an option, or nil.
  public func option(_ name: String) -> String? { options(name).last }

  /// All values of a repeatable option.
  public func options(_ name: String) -> [String] {
    precondition(declaredOptions.contains(name), "\(command.path) declares no option --\(name)")
    return optionValues[name] ?? []
  }

  /// The value of an option the command cannot do without.
  public func requiredOption(_ name: String) throws(CommandFailure) -> String {
    guard let value = option(name) else {
      let path = command.path.joined(separator: " ")
      throw .usage(
        Phrase(en: "\(path) needs the option --\(name) .", zh: "\(path) 需要选项 --\(name) 。"),
        hint: Phrase(
          en: "See the usage with: \(path) --help", zh: "查看用法：\(path) --help"))
    }
    return value
  }

  /// A whole number within a range.
  public func integer(
    _ name: String, in range: ClosedRange<Int> = 0...Int.max
  ) throws(CommandFailure) -> Int? {
    guard let typed = option(name) else { return nil }
    guard let value = Int(typed), range.contains(value) else {
      let least = String(range.lowerBound)
      let bounds =
        range.upperBound == Int.max
        ? Phrase(en: "\(least) or more", zh: "不小于 \(least)")
        : Phrase(en: "\(least) to \(range.upperBound)", zh: "\(least) 到 \(range.upperBound)")
      throw unreadable(
        name, typed, Phrase(en: "a whole number, ", zh: "整数，") + bounds)
    }
    return value
  }

  /// A moment in milliseconds, as `TimeText.parse` reads it.
  public func time(_ name: String) throws(CommandFailure) -> Int64? {
    guard let typed = option(name) else { return nil }
    guard let moment = TimeText.parse(typed, now: console.now(), zone: console.zone) else {
      throw unreadable(
        name, typed,
        Phrase(
          en: "a time: 2026-11-28, 11-28 14:30, tomorrow 09:00, +3d, -2h",
          zh: "时间：2026-11-28、11-28 14:30、明天 09:00、+3d、-2h"))
    }
    return moment
  }

  /// A length of time in milliseconds, without a sign: `24h`, `90s`, `1h30m`.
  public func duration(_ name: String) throws(CommandFailure) -> Int64? {
    guard let typed = option(name) else { return nil }
    guard let span = TimeText.offset(typed.hasPrefix("+") ? typed : "+\(typed)") else {
      throw unreadable(
        name, typed,
        Phrase(en: "a length of time: 90s, 30m, 24h, 7d", zh: "时长：90s、30m、24h、7d"))
    }
    return span
  }

  /// Each field is set at most once: of two values one would be lost without a word.
  ///
  /// A repeating argument of the form `field=value`, `field+=tag`, `field-=tag`, `field=@file`.
  public func assignments(_ name: String) throws -> [Assignment] {
    let assignments = try arguments(name).map {
      try Assignment(parsing: $0, readFile: console.readFile)
    }
    var set: Set<String> = []
    for case .set(let field, _) in assignments where !set.insert(field).inserted {
      throw CommandFailure.usage(
        Phrase(
          en: "The field \(field) is given two values.", zh: "字段 \(field) 给出了两个值。"),
        hint: Phrase(
          en: "Write it once; several elements of a set are written field+=a field+=b",
          zh: "只写一次；集合中的多个元素写作 field+=a field+=b"))
    }
    return assignments
  }

  /// A usage failure for an option whose value the body refuses; `expected` follows a colon.
  public func unreadable(
    _ name: String, _ typed: String, _ expected: Phrase
  ) -> CommandFailure {
    .usage(
      Phrase(
        en: "The option --\(name) cannot be \(typed) .", zh: "选项 --\(name) 不能是 \(typed) 。"),
      hint: Phrase(en: "Write ", zh: "请写") + expected)
  }
}
