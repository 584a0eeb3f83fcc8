// All commands of one program: from the words of a command line to an exit code.
//
// The table finds the command (verb, sub-verb, or the default sub-verb), reads its words, runs its
// body, and is the only place that prints failures. `help`, `completion`, `--help`, `--version`
// and the hidden `__complete` belong to every program. It must never exit the process: `main`
// does, with the code it is given.

import Notation

/// The commands of a program.
public struct CommandTable: Sendable {
  public let program: String
  public let version: String
  public let summary: Phrase
  /// Paragraphs at the end of the overview.
  public let notes: [Phrase]
  let declared: [Command]
  let explain: @Sendable (any Error) -> CommandFailure?
  let candidates: @Sendable (CompletionRequest) throws -> [Candidate]

  /// `explain` words the errors of the program's libraries; what it does not know becomes exit 1.
  /// `candidates` completes `.dynamic` values; what it throws is no candidates.
  public init(
    program: String, version: String, summary: Phrase, notes: [Phrase] = [],
    commands: [Command],
    explain: @escaping @Sendable (any Error) -> CommandFailure? = { _ in nil },
    candidates: @escaping @Sendable (CompletionRequest) throws -> [Candidate] = { _ in [] }
  ) {
    let paths = commands.map { $0.path.joined(separator: " ") }
    precondition(Set(paths).count == paths.count, "two commands of one name in \(paths)")
    self.program = program
    self.version = version
    self.summary = summary
    self.notes = notes
    self.declared = commands
    self.explain = explain
    self.candidates = candidates
  }

  /// Runs one command line (without the program's own name) and returns how it ended.
  public func run(_ words: [String], console: Console) -> ExitCode {
    var console = console
    // Read ahead, so that also the failure to read the words is worded as asked. No option takes
    // a separate value that begins with two dashes, so these words are what they seem.
    let ahead = words.prefix { $0 != "--" }
    console.language = language(in: Array(ahead)) ?? console.language
    console.isQuiet = ahead.contains("--quiet")
    defer { console.flush() }
    do {
      try dispatch(words, console: console)
      console.flush()
      if let reason = console.output.failure { throw unwritable(reason) }
      return .done
    } catch {
      let told = error as? ToldFailure
      let failure =
        told?.failure ?? (error as? CommandFailure) ?? explain(error) ?? unexplained(error)
      if ahead.contains("--json") {
        if told != nil { return failure.exitCode }
        console.errors.write(failure.json(language: console.language).text() + "\n")
      } else {
        console.errors.write(failure.text(program: program, language: console.language))
      }
      return failure.exitCode
    }
  }

  /// Every command, the built-in ones last.
  var commands: [Command] { declared + builtIn }

  /// The sub-verbs of a verb, in order.
  func children(of verb: String) -> [Command] {
    commands.filter { $0.path.count == 2 && $0.path[0] == verb }
  }

  /// First words, in order, each once.
  var verbs: [String] {
    var seen: Set<String> = []
    return commands.filter { !$0.isHidden }.map { $0.path[0] }.filter { seen.insert($0).inserted }
  }

  private func language(in words: [String]) -> Language? {
    for (word, next) in zip(words, words.dropFirst() + [""]) {
      if word == "--lang" { return Language(tag: next) }
      if word.hasPrefix("--lang=") { return Language(tag: String(word.dropFirst(7))) }
    }
    return nil
  }

  private func dispatch(_ words: [String], console: Console) throws {
    if words.first == "__complete" {
      return Completion(self).answer(Array(words.dropFirst()), console: console)
    }
    let call = Call(words, table: self)
    let flags = call.rest.prefix { $0 != "--" }
    if flags.contains("--version") { return console.print("\(program) \(version)") }
    let help = HelpText(table: self, console: console)
    let asksForHelp = flags.contains("--help") || flags.contains("-h")
    guard let verb = call.path.first else {
      if call.unknown == nil || asksForHelp { return console.output.write(help.overview()) }
      throw unknownVerb(call.unknown ?? "")
    }
    if asksForHelp { return console.output.write(help.page(call.path)) }
    guard let command = call.command else { throw unknownSubverb(call.unknown, of: verb) }
    if let word = call.unknown, call.path.count == 1, command.arguments.isEmpty,
      !children(of: verb).isEmpty
    {
      throw unknownSubverb(word, of: verb)
    }
    var reader = WordReader(program: program, command: command)
    try reader.read(call.rest)
    try command.run(
      Invocation(
        command: command, console: console, argumentValues: reader.argumentValues,
        optionValues: reader.optionValues, declaredOptions: reader.options))
  }

  func unknownVerb(_ word: String) -> CommandFailure {
    let near = Suggestion.nearest(to: word, among: verbs).joined(separator: ", ")
    let help = Phrase(en: "See all commands with: \(program) help", zh: "查看全部命令：\(program) help")
    let guess = Phrase(en: "Did you mean \(near) ? ", zh: "您是想写 \(near) 吗？")
    return .usage(
      Phrase(en: "There is no command \(word) .", zh: "没有命令 \(word) 。"),
      hint: near.isEmpty ? help : guess + help)
  }

  private func unknownSubverb(_ word: String?, of verb: String) -> CommandFailure {
    let names = children(of: verb).filter { !$0.isHidden }.map { $0.path[1] }
    let path = "\(program) \(verb)"
    guard let word else {
      let all = names.joined(separator: ", ")
      return .usage(
        Phrase(en: "\(path) needs one more word.", zh: "\(path) 后面还缺一个词。"),
        hint: Phrase(en: "Write one of: \(all)", zh: "可以写：\(all)"))
    }
    return .usage(
      Phrase(en: "\(path) cannot be followed by \(word) .", zh: "\(path) 后面不能是 \(word) 。"),
      hint: Suggestion.hint(for: word, among: names))
  }

  private func unwritable(_ reason: String) -> CommandFailure {
    CommandFailure(
      .fault,
      Phrase(
        en: "The output could not be written whole: \(reason)",
        zh: "输出未能完整写入：\(reason)"))
  }

  private func unexplained(_ error: any Error) -> CommandFailure {
    CommandFailure(
      .fault,
      Phrase(en: "Something went wrong: \(error)", zh: "出错了：\(error)"))
  }
}

/// Which command a line of words calls.
struct Call {
  /// The verb and sub-verb as typed; empty when there is none.
  private(set) var path: [String] = []
  /// Nil when the path is a verb that needs a sub-verb, or empty.
  private(set) var command: Command?
  /// The first word after the path, if it is no option.
  private(set) var unknown: String?
  /// Everything but the path, for the `WordReader`.
  private(set) var rest: [String] = []

  init(_ words: [String], table: CommandTable) {
    var words = words[...]
    scan: while let word = words.first, word != "--" {
      if WordReader.isOption(word) {
        // Only shared options may stand before or between the verbs.
        let name = word.prefix { $0 != "=" }
        let shared = Command.Option.shared.first { $0.spellings.contains(String(name)) }
        guard let shared else { break }
        rest.append(words.removeFirst())
        let takesNext = !shared.isFlag && name.count == word.count
        if takesNext, let value = words.popFirst() { rest.append(value) }
        continue
      }
      guard table.isWord(word, after: path) else {
        unknown = word
        break scan
      }
      path.append(words.removeFirst())
    }
    rest += words
    command = table.command(at: path)
  }
}

extension CommandTable {
  fileprivate func isWord(_ word: String, after path: [String]) -> Bool {
    commands.contains { $0.path.count > path.count && $0.path.starts(with: path + [word]) }
  }

  /// The command of a path: the very one, or the default sub-verb.
  func command(at path: [String]) -> Command? {
    guard let verb = path.first else { return nil }
    return commands.first { $0.path == path }
      ?? (path.count == 1 ? children(of: verb).first(where: \.isDefault) : nil)
  }
}
