// Help pages, made from the declarations alone: the overview, and one page for each command.
//
// Pages are plain text, wrapped to the console, wide characters counted as two columns. Help must
// never need a file, a replica or the network.

/// A usage line: `rounds list COLLECTION [--where EXPR] [--limit N]`.
struct Usage {
  let program: String
  let command: Command

  var line: String {
    let words = [program] + command.path + command.arguments.map(\.usage)
    return (words + command.options.map(\.usage)).joined(separator: " ")
  }
}

struct HelpText {
  /// Pages are never wider, for lines longer than this are hard to read.
  static let columnsMax = 100
  private static let nameColumnsMax = 26

  let table: CommandTable
  let console: Console

  private var language: Language { console.language }
  private var columns: Int { min(console.width, HelpText.columnsMax) }

  /// What the program is, and every command under its heading.
  func overview() -> String {
    let program = table.program
    var page = wrap("\(program): \(table.summary.text(language))")
    page += "\n" + usageLabel + "\(program) COMMAND\n"
    for group in groups {
      let commands = table.commands.filter { $0.group == group && !$0.isHidden }
      page += section(group, commands.map { (name(of: $0), $0.summary.text(language)) })
    }
    page += sharedOptions
    for note in table.notes { page += "\n" + wrap(note.text(language)) }
    let more = Phrase(
      en: "Help for one command: \(program) help COMMAND",
      zh: "查看某个命令的帮助：\(program) help 命令")
    return page + "\n" + wrap(more.text(language))
  }

  /// The page of one command, or of a verb with its sub-verbs.
  func page(_ path: [String]) -> String {
    let children = path.count == 1 ? table.children(of: path[0]).filter { !$0.isHidden } : []
    var page = ""
    if let command = table.command(at: path) { page += self.page(of: command) }
    guard !children.isEmpty else { return page + sharedOptions }
    let heading = Phrase(
      en: "Commands of \(path[0])", zh: "\(path[0]) 的命令")
    let rows = children.map { (name(of: $0), $0.summary.text(language)) }
    let list = section(heading, rows)
    return (page.isEmpty ? String(list.dropFirst()) : page + list) + sharedOptions
  }

  /// The commands whose description has all of these words, in either language; nil: there is none.
  func page(about words: [String]) -> String? {
    let found = table.commands.filter { command in
      !command.isHidden && words.allSatisfy { command.isAbout($0.lowercased()) }
    }
    guard !found.isEmpty else { return nil }
    let typed = words.joined(separator: " ")
    let heading = Phrase(en: "Commands about \(typed)", zh: "与“\(typed)”有关的命令")
    let list = section(heading, found.map { (name(of: $0), $0.summary.text(language)) })
    let more = Phrase(
      en: "Help for one command: \(table.program) help COMMAND",
      zh: "查看某个命令的帮助：\(table.program) help 命令")
    return String(list.dropFirst()) + "\n" + wrap(more.text(language))
  }

  private func page(of command: Command) -> String {
    var page = wrap(command.summary.text(language)) + "\n"
    let usage = Usage(program: table.program, command: command).line
    page += wrap(usageLabel + usage, hanging: 4)
    page += section(
      Phrase(en: "Arguments", zh: "参数"),
      command.arguments.map { ($0.name, help($0.help, $0.values)) })
    page += section(
      Phrase(en: "Options", zh: "选项"),
      command.options.map { ($0.title, help($0.help, $0.values)) })
    if !command.examples.isEmpty {
      page += "\n" + Phrase(en: "Examples", zh: "示例").text(language) + "\n"
      for example in command.examples {
        page += "  \(example.line)\n"
        page += wrap(example.does.text(language), indent: 6, hanging: 6)
      }
    }
    for note in command.notes { page += "\n" + wrap(note.text(language)) }
    return page
  }

  private var usageLabel: String { Phrase(en: "Usage: ", zh: "用法：").text(language) }

  /// Headings in the order their first command stands.
  private var groups: [Phrase] {
    var seen: Set<Phrase> = []
    return table.commands.filter { !$0.isHidden }.map(\.group)
      .filter { seen.insert($0).inserted }
  }

  private var sharedOptions: String {
    section(
      Phrase(en: "Options of every command", zh: "所有命令的选项"),
      Command.Option.shared.map { ($0.title, $0.help.text(language)) })
  }

  private func name(of command: Command) -> String {
    guard command.isDefault, command.path.count == 2 else {
      return command.path.joined(separator: " ")
    }
    return "\(command.path[0]) [\(command.path[1])]"
  }

  private func help(_ phrase: Phrase, _ values: Command.Values) -> String {
    let text = phrase.text(language)
    guard case .oneOf(let allowed) = values else { return text }
    let list = allowed.joined(separator: ", ")
    return text + Phrase(en: " (\(list))", zh: "（\(list)）").text(language)
  }

  /// A heading and two columns; nothing at all without rows.
  private func section(_ heading: Phrase, _ rows: [(name: String, text: String)]) -> String {
    guard !rows.isEmpty else { return "" }
    let widest = rows.map { TextWidth.columns(of: $0.name) }.max() ?? 0
    let nameColumns = min(widest, HelpText.nameColumnsMax)
    var section = "\n" + console.styled(heading.text(language), .bold) + "\n"
    for row in rows {
      let lines = TextWidth.wrapped(row.text, columns: max(20, columns - nameColumns - 4))
      var left = row.name
      if TextWidth.columns(of: left) > nameColumns {
        section += "  \(left)\n"
        left = ""
      }
      for line in lines {
        section += "  " + TextWidth.padded(left, columns: nameColumns) + "  " + line + "\n"
        left = ""
      }
    }
    return section
  }

  private func wrap(_ text: String, indent: Int = 0, hanging: Int = 0) -> String {
    let lines = TextWidth.wrapped(text, columns: max(20, columns - max(indent, hanging)))
    return lines.enumerated().map { position, line in
      String(repeating: " ", count: position == 0 ? indent : hanging) + line + "\n"
    }.joined()
  }
}

extension Command {
  /// Whether its path, what it does or its examples have the word.
  fileprivate func isAbout(_ word: String) -> Bool {
    let phrases = [summary] + examples.map(\.does) + arguments.map(\.help) + options.map(\.help)
    let texts = path + phrases.flatMap { [$0.text(.en), $0.text(.zhHans)] }
    return texts.contains { $0.lowercased().contains(word) }
  }
}

extension Command.Argument {
  fileprivate var usage: String {
    switch count {
    case .one: name
    case .optional: "[\(name)]"
    case .zeroOrMore: "[\(name)…]"
    case .oneOrMore: "\(name)…"
    }
  }
}

extension Command.Option {
  fileprivate var usage: String {
    let form = valueName.map { "--\(name) \($0)" } ?? "--\(name)"
    return isRepeatable ? "[\(form)]…" : "[\(form)]"
  }

  /// `--limit N, -n`
  fileprivate var title: String {
    let main = valueName.map { "\(spellings[0]) \($0)" } ?? spellings[0]
    return ([main] + spellings.dropFirst()).joined(separator: ", ")
  }
}
