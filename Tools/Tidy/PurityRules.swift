// Time, randomness and identity are parameters, never looked up (rule 3); tests never sleep (61).
//
// The pure targets and both halves get the moment and the random numbers from whoever calls them, so
// that a simulator can drive them from one seed. `x.random(in:using:)` is fine, `x.random(in:)` is not.

enum PurityRules {
  static let targets: Set<String> = [
    "SyncCore", "FollowUp", "Access", "Wire", "Calendars", "Replica", "Hub", "Simulator",
  ]

  /// Words that reach for the world by themselves.
  static let refusedWords: Set<String> = [
    "SystemRandomNumberGenerator", "ContinuousClock", "SuspendingClock", "clock_gettime",
    "gettimeofday", "DispatchTime", "DispatchWallTime", "arc4random", "getrandom", "usleep",
    "sleep",
  ]

  /// Calls that do so unless they are given something.
  static let refusedCalls: [[String]] = [
    ["Date", "(", ")"], ["UUID", "(", ")"], ["Date", ".", "now"], ["time", "(", "nil", ")"],
    ["time", "(", "&"], ["shuffled", "(", ")"], ["shuffle", "(", ")"], ["randomElement", "(", ")"],
  ]

  /// The words worth a closer look.
  private static let suspects = refusedWords.union(refusedCalls.map { $0[0] }).union(["random"])

  static let sleeps: Set<String> = ["sleep", "usleep", "nanosleep", "sleepForTimeInterval"]

  static func findings(in file: SourceFile) -> [Finding] {
    var found: [Finding] = []
    if targets.contains(file.target) { found += impurities(in: file) }
    if file.isTest { found += sleeping(in: file) }
    return found
  }

  private static func impurities(in file: SourceFile) -> [Finding] {
    var found: [Finding] = []
    for (index, token) in file.code.enumerated() where token.kind == .word {
      guard suspects.contains(token.text) else { continue }
      let call = refusedCalls.first { file.matches($0, at: index) }
      let isUnseeded =
        file.matches([".", "random", "("], at: index - 1)
        && !isGivenGenerator(index + 1, in: file.code)
      guard call != nil || isUnseeded || refusedWords.contains(token.text) else { continue }
      let what = call?.joined() ?? (isUnseeded ? ".random without using:" : token.text)
      found.append(
        file.finding(.purity, token.line, "\(what): time and chance are passed in, not looked up"))
    }
    return found
  }

  /// Whether the call whose parenthesis opens at `open` has an argument `using:`.
  private static func isGivenGenerator(_ open: Int, in code: [Token]) -> Bool {
    var depth = 0
    for token in code.dropFirst(open) {
      if token.isSymbol("(") { depth += 1 }
      if token.isSymbol(")") { depth -= 1 }
      if depth == 0 { return false }
      if depth == 1, token.isWord("using") { return true }
    }
    return false
  }

  private static func sleeping(in file: SourceFile) -> [Finding] {
    file.code.enumerated().compactMap { index, token in
      guard token.kind == .word, sleeps.contains(token.text), index + 1 < file.code.count,
        file.code[index + 1].isSymbol("("), index == 0 || !file.code[index - 1].isWord("func")
      else { return nil }
      return file.finding(
        .sleep, token.line, "tests wait for what they want to see, never for time")
    }
  }
}
