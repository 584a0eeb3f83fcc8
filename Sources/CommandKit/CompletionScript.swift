// Completion scripts for bash, zsh and fish, made from the command table.
//
// All three work alike: walk the words before the cursor from `rounds` to `rounds/conflicts/show`,
// then offer what stands at that place; after an option, offer its values. A script must never
// read a file or call the network; it may call the program's `__complete`.

/// A shell a script can be made for.
public enum CompletionShell: String, CaseIterable, Sendable {
  case bash, zsh, fish
}

extension Completion {
  func script(_ shell: CompletionShell, language: Language) -> String {
    switch shell {
    case .bash: bash()
    case .zsh: zsh(language)
    case .fish: fish(language)
    }
  }

  /// A name that a shell function may have.
  private var function: String { "_" + table.program.map { $0 == "-" ? "_" : String($0) }.joined() }

  // MARK: bash

  private func bash() -> String {
    """
    # Completion for \(table.program). Load it with: source <(\(table.program) completion bash)
    \(function)() {
      COMPREPLY=()
      local typed=${COMP_LINE:0:COMP_POINT}
      # The line is split at blanks here, for bash would split it at = and : as well.
      local cur=${typed##* } head= node=\(table.program) words= ask= files= word
      local -a before
      read -ra before <<<"${typed% *}"
      local prev=${before[${#before[@]}-1]}
      if [[ $cur == --*=* ]]; then prev=${cur%%=*}; cur=${cur#*=}; fi
      for word in "${before[@]:1}"; do
        case "$node/$word" in
          \(walk(separator: "|"))) node=$node/$word ;;
        esac
      done
      case "$node $prev" in
    \(bashValues())
        *) case "$node" in
    \(bashWords())
          esac ;;
      esac
      local IFS=$'\\n'
      if [[ $ask ]]; then
        words+=$'\\n'$("${before[0]}" __complete "${before[@]:1}" "$cur" 2>/dev/null | cut -f1)
      fi
      COMPREPLY=($(compgen -W "$words" -- "$cur"))
      if [[ $files ]]; then COMPREPLY+=($(compgen -f -- "$cur")); fi
      # Bash replaces only what follows the last colon.
      if [[ $cur == *:* ]]; then head=${cur%"${cur##*:}"}; COMPREPLY=("${COMPREPLY[@]#"$head"}"); fi
    }
    complete -F \(function) \(table.program)

    """
  }

  private func bashValues() -> String {
    optionValues { patterns, values in
      let arm = "    \(patterns.joined(separator: "|")))"
      switch values {
      case .any: return "\(arm) return ;;"
      case .file: return "\(arm) files=1 ;;"
      case .dynamic: return "\(arm) ask=1 ;;"
      case .oneOf(let allowed): return "\(arm) words=$'\(allowed.joined(separator: "\\n"))' ;;"
      }
    }
  }

  private func bashWords() -> String {
    nodes.map { node in
      let words = node.words.map(\.text) + node.options.map { $0.spellings[0] }
      var arm = "      \(quoted(node.name))) words=$'\(words.joined(separator: "\\n"))'"
      if node.asksForArguments { arm += "; ask=1" }
      if node.takesFiles { arm += "; files=1" }
      return arm + " ;;"
    }.joined(separator: "\n")
  }

  // MARK: zsh

  private func zsh(_ language: Language) -> String {
    """
    #compdef \(table.program)
    # Completion for \(table.program). Load it with: source <(\(table.program) completion zsh)
    \(function)() {
      local cur=$words[CURRENT] prev=$words[CURRENT-1] node=\(table.program) ask= files= word
      local -a before choices
      before=("${(@)words[2,CURRENT-1]}")
      if [[ $cur == --*=* ]]; then prev=${cur%%=*}; cur=${cur#*=}; compset -P '*='; fi
      for word in $before; do
        case "$node/$word" in
          \(walk(separator: "|"))) node=$node/$word ;;
        esac
      done
      case "$node $prev" in
    \(zshValues())
        *) case "$node" in
    \(zshWords(language))
          esac ;;
      esac
      if [[ -n $ask ]]; then
        choices+=("${(@f)$($words[1] __complete $before "$cur" 2>/dev/null |
          sed -e 's/:/\\\\:/g' -e $'s/\\t/:/')}")
      fi
      choices=(${choices:#})
      if (( $#choices )); then _describe '\(table.program)' choices; fi
      if [[ -n $files ]]; then _files; fi
    }
    compdef \(function) \(table.program)

    """
  }

  private func zshValues() -> String {
    optionValues { patterns, values in
      let arm = "    \(patterns.joined(separator: "|")))"
      switch values {
      case .any: return "\(arm) return ;;"
      case .file: return "\(arm) files=1 ;;"
      case .dynamic: return "\(arm) ask=1 ;;"
      case .oneOf(let allowed):
        return "\(arm) choices=(\(allowed.map(quoted).joined(separator: " "))) ;;"
      }
    }
  }

  private func zshWords(_ language: Language) -> String {
    nodes.map { node in
      let words = node.words.map { ($0.text, $0.help) }
      let options = node.options.map { ($0.spellings[0], $0.help) }
      let choices = (words + options).map { text, help in
        quoted("\(text):\(help.text(language))")
      }
      var arm = "      \(quoted(node.name))) choices=(\(choices.joined(separator: " ")))"
      if node.asksForArguments { arm += "; ask=1" }
      if node.takesFiles { arm += "; files=1" }
      return arm + " ;;"
    }.joined(separator: "\n")
  }

  // MARK: fish

  private func fish(_ language: Language) -> String {
    let program = table.program
    let header = """
      # Completion for \(program). Load it with: \(program) completion fish | source
      function \(function)_node
        set -l node \(program)
        for word in (commandline -opc)[2..-1]
          switch "$node/$word"
            case \(walk(separator: " "))
              set node "$node/$word"
          end
        end
        echo $node
      end
      function \(function)_at
        test (\(function)_node) = $argv[1]
      end
      function \(function)_ask
        set -l words (commandline -opc)
        $words[1] __complete $words[2..-1] (commandline -ct) 2>/dev/null
      end
      complete -c \(program) -f

      """
    return header + nodes.flatMap { fishLines($0, language) }.map { $0 + "\n" }.joined()
  }

  private func fishLines(_ node: Node, _ language: Language) -> [String] {
    let start = "complete -c \(table.program) -n '\(function)_at \(node.name)'"
    var lines = node.words.map { word in
      "\(start) -a \(word.text) -d \(fishQuoted(word.help.text(language)))"
    }
    for option in node.options {
      var line = start
      for name in [option.name] + option.aliases {
        line += name.count == 1 ? " -s" : " -l"
        line += " \(name)"
      }
      switch (option.isFlag, option.values) {
      case (true, _): break
      case (false, .any): line += " -x"
      case (false, .file): line += " -r -F"
      case (false, .dynamic): line += " -x -a '(\(function)_ask)'"
      case (false, .oneOf(let allowed)): line += " -x -a '\(allowed.joined(separator: " "))'"
      }
      lines.append("\(line) -d \(fishQuoted(option.help.text(language)))")
    }
    if node.asksForArguments { lines.append("\(start) -a '(\(function)_ask)'") }
    if node.takesFiles { lines.append("\(start) -F") }
    return lines
  }

  // MARK: all

  /// The places below the program, as a list of patterns.
  private func walk(separator: String) -> String {
    nodes.dropFirst().map { quoted($0.name) }.joined(separator: separator)
  }

  /// One arm for each option with a value at each place.
  private func optionValues(_ arm: ([String], Command.Values) -> String) -> String {
    nodes.flatMap { node in
      node.options.filter { !$0.isFlag }.map { option in
        arm(option.spellings.map { quoted("\(node.name) \($0)") }, option.values)
      }
    }.joined(separator: "\n")
  }

  private func quoted(_ text: String) -> String {
    "'" + text.map { $0 == "'" ? "'\\''" : String($0) }.joined() + "'"
  }

  private func fishQuoted(_ text: String) -> String {
    "'" + text.map { "'\\".contains($0) ? "\\\($0)" : String($0) }.joined() + "'"
  }
}
