// What may be typed next: the facts behind the shell scripts, and the answer to `__complete`.
//
// Verbs, sub-verbs, options and the fixed values of options stand in the script itself. What
// depends on the place of a word or on data (the values of arguments, record references) is asked
// of the program: `rounds __complete WORD… PARTIAL` prints candidates, one a line, a tab before
// the note. It must never fail loudly: a shell that asks gets candidates or nothing.

/// What the shell wants to know for a `.dynamic` value.
public struct CompletionRequest: Sendable {
  /// The word of `.dynamic`, such as `record`.
  public let kind: String
  /// What has been typed of the value.
  public let partial: String
  public let path: [String]
  /// The arguments before this one.
  public let arguments: [String]
  public let console: Console
}

/// A word that may be typed.
public struct Candidate: Hashable, Sendable {
  public let value: String
  /// What it stands for; shown beside it where the shell can.
  public let note: String

  public init(_ value: String, note: String = "") {
    self.value = value
    self.note = note
  }
}

struct Completion {
  /// How many candidates are printed at most.
  static let candidatesMax = 200

  /// A place in the grammar: the program itself, a verb, or a sub-verb.
  struct Node {
    /// `rounds`, `rounds/conflicts`, `rounds/conflicts/show`
    let name: String
    let words: [(text: String, help: Phrase)]
    let options: [Command.Option]
    /// Whether argument values are asked of the program.
    let asksForArguments: Bool
    /// Whether an argument is, or may name, a file.
    let takesFiles: Bool
  }

  let table: CommandTable

  init(_ table: CommandTable) { self.table = table }

  /// All places, the program first, then in the order of the table.
  var nodes: [Node] {
    let verbs = table.verbs
    let first = verbs.map { verb in (verb, summary(of: verb)) }
    let root = Node(
      name: table.program, words: first, options: Command.Option.shared,
      asksForArguments: false, takesFiles: false)
    return [root]
      + verbs.flatMap { verb in
        let children = table.children(of: verb).filter { !$0.isHidden }
        let words = children.map { ($0.path[1], $0.summary) }
        let own = node("\(table.program)/\(verb)", table.command(at: [verb]), words: words)
        return [own]
          + children.map { child in
            node("\(own.name)/\(child.path[1])", child, words: [])
          }
      }
  }

  private func summary(of verb: String) -> Phrase {
    let command = table.command(at: [verb]) ?? table.children(of: verb).first
    return command?.summary ?? Phrase(verbatim: "")
  }

  private func node(
    _ name: String, _ command: Command?, words: [(String, Phrase)]
  ) -> Node {
    var node = (asks: false, files: false)
    for argument in command?.arguments ?? [] {
      switch argument.values {
      case .oneOf, .dynamic: node.asks = true
      case .file: node.files = true
      case .any: break
      }
    }
    return Node(
      name: name, words: words, options: (command?.options ?? []) + Command.Option.shared,
      asksForArguments: node.asks, takesFiles: node.files)
  }

  /// Prints the candidates for the last of the words.
  func answer(_ words: [String], console: Console) {
    guard let partial = words.last else { return }
    let call = Call(Array(words.dropLast()), table: table)
    guard let command = call.command else { return }
    let found = values(of: command, before: call.rest)
    let all: [Candidate]
    switch found.values {
    case .any, .file: return
    case .oneOf(let allowed): all = allowed.map { Candidate($0) }
    case .dynamic(let kind):
      let request = CompletionRequest(
        kind: kind, partial: partial, path: command.path, arguments: found.arguments,
        console: console)
      // A replica that cannot be opened must not print into the user's command line.
      all = (try? table.candidates(request)) ?? []
    }
    let fitting = all.filter { $0.value.hasPrefix(partial) }.prefix(Completion.candidatesMax)
    for candidate in fitting {
      let line = [candidate.value, candidate.note].filter { !$0.isEmpty }.map(TextWidth.oneLine)
      console.print(line.joined(separator: "\t"))
    }
  }

  /// What the next word may be, and the arguments that stand before it.
  private func values(
    of command: Command, before words: [String]
  ) -> (values: Command.Values, arguments: [String]) {
    let reader = WordReader(program: table.program, command: command)
    var arguments: [String] = []
    var pending: Command.Option?
    for word in words {
      if pending != nil {
        pending = nil
      } else if WordReader.isOption(word) {
        let option = reader.option(spelled: word[...])
        pending = option?.isFlag == false ? option : nil
      } else {
        arguments.append(word)
      }
    }
    if let pending { return (pending.values, arguments) }
    return (reader.argument(at: arguments.count)?.values ?? .any, arguments)
  }
}
