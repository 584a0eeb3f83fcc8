// The scripts are valid and complete what the table declares.
// The bash script is run by a real bash, where there is one, with a stand-in for the program; zsh
// and fish are compared as text.

import CommandKit
import Foundation
import Testing

@Suite struct CompletionTests {
  @Test func `the program answers with the values of the word at hand`() {
    let cases: [([String], String)] = [
      (["list", ""], "customers\ncontacts\n"), (["list", "cust"], "customers\n"),
      (["list", "customers", ""], ""), (["list", "--limit", "5", "con"], "contacts\n"),
      (["list", "--format", ""], "text\ncsv\n"), (["list", "--limit", ""], ""),
      (["set", "customers:"], "customers:Acme\tAcme Ltd\ncustomers:Borealis\n"),
      (["set", "01J", ""], ""), (["set", "--owner", ""], ""), (["completion", "z"], "zsh\n"),
      ([""], ""), ([], ""), (["nonsense", ""], ""), (["conflicts", "settle", ""], ""),
    ]
    for (words, expected) in cases {
      let console = Console()
      #expect(sampleTable.run(["__complete"] + words, console: console) == .done)
      #expect(console.output.text == expected, "\(words)")
      #expect(console.errors.text == "")
    }
  }

  @Test func `hidden commands are not offered`() {
    for shell in CompletionShell.allCases {
      let script = run("completion", shell.rawValue).out
      #expect(script.contains("conflicts"))
      #expect(!script.contains("fail"))
    }
  }

  @Test func `zsh and fish show what each word does, in the language asked for`() {
    #expect(run("completion", "zsh").out.contains("'list:List the records of a collection'"))
    let fish = run("completion", "fish", "--lang", "zh").out
    #expect(fish.contains("complete -c rounds -n '_rounds_at rounds' -a list -d '列出某类记录'\n"))
    #expect(
      fish.contains(
        "complete -c rounds -n '_rounds_at rounds/list' -l limit -s n -x -d '最多输出 N 条'\n"))
    #expect(fish.contains("-l format -x -a 'text csv'"))
  }

  @Test(.enabled(if: FileManager.default.isExecutableFile(atPath: "/bin/bash")))
  func `bash accepts its script`() throws {
    #expect(try bash(["-n"], run("completion", "bash").out) == "")
  }

  @Test(.enabled(if: FileManager.default.isExecutableFile(atPath: "/bin/bash")))
  func `bash offers the words of each place`() throws {
    let cases: [(String, String)] = [
      (
        "rounds ",
        "list set conflicts schema help completion --json --lang --quiet --help --version"
      ),
      ("rounds con", "conflicts"), ("rounds conflicts s", "settle"),
      ("rounds conflicts settle --t", "--take"), ("rounds list --format ", "text csv"),
      ("rounds list --format=c", "csv"), ("rounds list --limit ", ""),
      ("rounds --lang z", "zh zh-Hans"), ("rounds list cust", "customers"),
      ("rounds --json list c", "customers contacts"),
      ("rounds set customers:A", "Acme"),
    ]
    var script = run("completion", "bash").out
    // The program itself, as far as the script needs it.
    script += """
      rounds() {
        shift
        case "$*" in
          *list*) printf 'customers\\ncontacts\\n' ;;
          set*) printf 'customers:Acme\\tAcme Ltd\\ncustomers:Borealis\\n' ;;
        esac
      }
      try() { COMP_LINE=$1; COMP_POINT=${#1}; _rounds; echo "${COMPREPLY[*]}"; }

      """
    for (typed, _) in cases { script += "try '\(typed)'\n" }
    let offered = try bash([], script).split(separator: "\n", omittingEmptySubsequences: false)
    for ((typed, expected), line) in zip(cases, offered) { #expect(line == expected, "\(typed)") }
    #expect(offered.count == cases.count + 1)
  }

  private func bash(_ arguments: [String], _ script: String) throws -> String {
    let process = Process()
    process.executableURL = URL(filePath: "/bin/bash")
    process.arguments = arguments
    let input = Pipe()
    let output = Pipe()
    process.standardInput = input
    process.standardOutput = output
    process.standardError = output
    try process.run()
    try input.fileHandleForWriting.write(contentsOf: Data(script.utf8))
    try input.fileHandleForWriting.close()
    let said = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return String(decoding: said, as: UTF8.self)
  }
}
