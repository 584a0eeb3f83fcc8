// The commands every program has: `help` and `completion`.
//
// They are ordinary commands, so that they appear in help, completion and error messages by
// themselves.

extension CommandTable {
  private static let group = Phrase(en: "About this program", zh: "关于本程序")

  var builtIn: [Command] { [helpCommand, completionCommand] }

  private var helpCommand: Command {
    Command(
      ["help"], group: CommandTable.group,
      summary: Phrase(en: "Explain a command", zh: "说明一个命令"),
      arguments: [
        Command.Argument(
          "COMMAND", .zeroOrMore,
          help: Phrase(
            en: "A command of this program, or what it is about", zh: "本程序的命令，或要做的事"))
      ]
    ) { invocation in
      let words = invocation.arguments("COMMAND")
      let help = HelpText(table: self, console: invocation.console)
      guard let first = words.first else {
        return invocation.console.output.write(help.overview())
      }
      let call = Call(words, table: self)
      guard !call.path.isEmpty else {
        guard let page = help.page(about: words) else { throw self.unknownVerb(first) }
        return invocation.console.output.write(page)
      }
      invocation.console.output.write(help.page(call.path))
    }
  }

  private var completionCommand: Command {
    let load = "source <(\(program) completion bash)"
    return Command(
      ["completion"], group: CommandTable.group,
      summary: Phrase(en: "Print a completion script for a shell", zh: "输出命令行补全脚本"),
      arguments: [
        Command.Argument(
          "SHELL", help: Phrase(en: "The shell", zh: "命令行外壳"),
          values: .oneOf(CompletionShell.allCases.map(\.rawValue)))
      ],
      examples: [
        Command.Example(load, Phrase(en: "Complete in this bash session", zh: "在当前 bash 会话中补全"))
      ]
    ) { invocation in
      guard let shell = CompletionShell(rawValue: invocation.argument("SHELL")) else {
        preconditionFailure("the word reader let through \(invocation.argument("SHELL"))")
      }
      let script = Completion(self).script(shell, language: invocation.language)
      invocation.console.output.write(script)
    }
  }
}
