// Sorts the words after a verb into arguments and options, by the command's declaration.
//
// Checked in this order, and the first fault is the one reported: each word from left to right
// (unknown option, value missing or superfluous, value not allowed, argument too many), then
// arguments missing. `--` ends options; a word such as `-5` or `-` is an argument, because no
// option begins with a digit. A value of its own word may begin with one dash (`--at -2h`) but not
// with two: that is nearly always a forgotten value, and `--name=--value` says it clearly.

struct WordReader {
  let program: String
  let command: Command
  /// The command's options and the shared ones.
  let options: [Command.Option]
  private(set) var argumentWords: [String] = []
  private(set) var optionValues: [String: [String]] = [:]

  init(program: String, command: Command) {
    self.program = program
    self.command = command
    options = command.options + Command.Option.shared
  }

  /// Whether a word is read as an option.
  static func isOption(_ word: String) -> Bool {
    guard word.hasPrefix("-"), let second = word.dropFirst().first else { return false }
    return !second.isNumber
  }

  mutating func read(_ words: [String]) throws(CommandFailure) {
    var rest = words[...]
    while let word = rest.popFirst() {
      if word == "--" {
        for word in rest { try take(argument: word) }
        break
      }
      if WordReader.isOption(word) {
        try take(option: word, rest: &rest)
      } else {
        try take(argument: word)
      }
    }
    try checkCount()
  }

  /// The values of each declared argument, in order.
  var argumentValues: [String: [String]] {
    var values: [String: [String]] = [:]
    for (position, word) in argumentWords.enumerated() {
      if let argument = argument(at: position) { values[argument.name, default: []].append(word) }
    }
    return values
  }

  /// The argument that stands at a position, counting from 0; the last may repeat.
  func argument(at position: Int) -> Command.Argument? {
    if command.arguments.indices.contains(position) { return command.arguments[position] }
    guard let last = command.arguments.last else { return nil }
    switch last.count {
    case .zeroOrMore, .oneOrMore: return last
    case .one, .optional: return nil
    }
  }

  func option(spelled spelling: Substring) -> Command.Option? {
    options.first { $0.spellings.contains(String(spelling)) }
  }

  private mutating func take(
    option word: String, rest: inout ArraySlice<String>
  ) throws(CommandFailure) {
    let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    guard let option = option(spelled: parts[0]) else { throw unknown(option: parts[0]) }
    var value = parts.count == 2 ? String(parts[1]) : nil
    if option.isFlag {
      guard value == nil else { throw superfluous(option) }
      optionValues[option.name] = [""]
      return
    }
    if value == nil, let next = rest.first, !next.hasPrefix("--") { value = rest.popFirst() }
    guard let value else { throw missingValue(option) }
    try check(value, option.values, name: "--\(option.name)")
    guard option.isRepeatable || optionValues[option.name] == nil else { throw repeated(option) }
    optionValues[option.name, default: []].append(value)
  }

  private mutating func take(argument word: String) throws(CommandFailure) {
    guard let argument = argument(at: argumentWords.count) else { throw tooMany(word) }
    try check(word, argument.values, name: argument.name)
    argumentWords.append(word)
  }

  private func check(
    _ value: String, _ values: Command.Values, name: String
  ) throws(CommandFailure) {
    guard case .oneOf(let allowed) = values, !allowed.contains(value) else { return }
    throw .usage(
      Phrase(en: "\(name) cannot be \(value) .", zh: "\(name) 不能是 \(value) 。"),
      hint: Suggestion.hint(for: value, among: allowed))
  }

  private func checkCount() throws(CommandFailure) {
    for (position, argument) in command.arguments.enumerated() {
      switch argument.count {
      case .optional, .zeroOrMore: continue
      case .one, .oneOrMore: break
      }
      guard position < argumentWords.count else { throw missing(argument) }
    }
  }
}

/// The usage failures.
extension WordReader {
  private var path: String { ([program] + command.path).joined(separator: " ") }

  /// Options hold no reserved words, so the usage line is the best hint.
  private var usageHint: Phrase {
    let usage = Usage(program: program, command: command).line
    return Phrase(en: "Usage: \(usage)", zh: "用法：\(usage)")
  }

  private func unknown(option word: Substring) -> CommandFailure {
    let allowed = options.map { $0.spellings[0] }
    return .usage(
      Phrase(en: "\(path) has no option \(word) .", zh: "\(path) 没有选项 \(word) 。"),
      hint: Suggestion.hint(for: String(word), among: allowed))
  }

  private func superfluous(_ option: Command.Option) -> CommandFailure {
    .usage(
      Phrase(
        en: "The option --\(option.name) takes no value.", zh: "选项 --\(option.name) 不带值。"),
      hint: usageHint)
  }

  private func missingValue(_ option: Command.Option) -> CommandFailure {
    let form = "--\(option.name) \(option.valueName ?? "")"
    return .usage(
      Phrase(en: "The option --\(option.name) needs a value.", zh: "选项 --\(option.name) 需要一个值。"),
      hint: Phrase(en: "Write \(form)", zh: "请写 \(form)"))
  }

  private func repeated(_ option: Command.Option) -> CommandFailure {
    .usage(
      Phrase(
        en: "The option --\(option.name) is written twice.",
        zh: "选项 --\(option.name) 写了两次。"),
      hint: usageHint)
  }

  private func tooMany(_ word: String) -> CommandFailure {
    .usage(
      Phrase(en: "\(path) cannot use the word \(word) .", zh: "\(path) 用不上 \(word) 。"),
      hint: usageHint)
  }

  private func missing(_ argument: Command.Argument) -> CommandFailure {
    .usage(
      Phrase(en: "\(path) needs \(argument.name) .", zh: "\(path) 缺少 \(argument.name) 。"),
      hint: usageHint)
  }
}
