// Keywords in SQL are upper-case (rule 47), so that statements are seen at once among the prose.
//
// A literal is SQL when its first word is a verb of SQL and it goes on like SQL. In it, every keyword
// outside of quotes, comments and interpolations must be upper-case. Sentences for people also begin
// with Update or Select, so a verb in another case counts only with the word that must follow it.

enum SQLRules {
  /// Words that can name nothing without quotes; `text` and `conflict` are columns and tables too.
  static let keywords: Set<String> = [
    "SELECT", "FROM", "WHERE", "INSERT", "INTO", "VALUES", "UPDATE", "SET", "DELETE", "CREATE",
    "DROP", "ALTER", "TABLE", "INDEX", "TRIGGER", "VIEW", "JOIN", "LEFT", "INNER", "ON", "ORDER",
    "GROUP", "BY", "HAVING", "LIMIT", "OFFSET", "AND", "OR", "NOT", "NULL", "IS", "IN", "AS",
    "LIKE", "EXISTS", "DISTINCT", "UNION", "ALL", "PRIMARY", "UNIQUE", "REFERENCES", "STRICT",
    "WITHOUT",
    "BEGIN", "COMMIT", "ROLLBACK", "CASE", "WHEN", "THEN", "ELSE", "END", "RETURNING", "WITH",
    "BETWEEN", "PRAGMA",
  ]

  /// What makes a literal SQL: its first word, and words of which one must follow as its second.
  static let openings: [String: Set<String>] = [
    "INSERT": ["INTO", "OR"], "REPLACE": ["INTO"], "DELETE": ["FROM"],
    "CREATE": ["TABLE", "INDEX", "UNIQUE", "TRIGGER", "VIEW", "TEMP", "VIRTUAL"],
    "DROP": ["TABLE", "INDEX", "TRIGGER", "VIEW"], "ALTER": ["TABLE"],
    "BEGIN": ["IMMEDIATE", "EXCLUSIVE"], "PRAGMA": [],
  ]

  static func findings(in file: SourceFile) -> [Finding] {
    file.code.flatMap { token -> [Finding] in
      guard token.kind == .literal, let first = firstWord(token.text),
        keywords.contains(first.uppercased()) || first.uppercased() == "REPLACE"
      else { return [] }
      let words = words(of: token.text)
      guard isSQL(words) else { return [] }
      let small = words.first { keywords.contains($0.uppercased()) && $0 != $0.uppercased() }
      guard let small else { return [] }
      return [file.finding(.sql, token.line, "\(small) is a keyword of SQL: \(small.uppercased())")]
    }
  }

  private static func firstWord(_ text: String) -> String? {
    let start = text.drop { $0 == " " || $0 == "\n" }.prefix { $0.isASCII && $0.isLetter }
    return start.isEmpty ? nil : String(start)
  }

  private static func isSQL(_ words: [String]) -> Bool {
    guard let word = words.first, words.count > 1 else { return false }
    let first = word.uppercased()
    // A capital and small letters begin a sentence.
    guard word == first || word == word.lowercased() else { return false }
    let upper = words.dropFirst().map { $0.uppercased() }
    if let seconds = openings[first] { return seconds.isEmpty || seconds.contains(upper[0]) }
    switch first {
    case "SELECT": return word == first || upper.contains("FROM")
    case "UPDATE": return upper.count > 1 && (upper[1] == "SET" || upper[0] == "OR")
    case "WITH": return upper.contains("SELECT")
    default: return false
    }
  }

  /// Bare words: what stands in quotes, in comments or in an interpolation is nobody's keyword.
  private static func words(of text: String) -> [String] {
    var words: [String] = []
    var word = ""
    var quote: Character?
    var previous: Character = " "
    var isComment = false
    for character in text + " " {
      defer { previous = character }
      if isComment {
        isComment = character != "\n"
      } else if let open = quote {
        if character == open { quote = nil }
      } else if character == "'" || character == "\"" {
        quote = character
      } else if character == "-", previous == "-" {
        isComment = true
      } else if character.isASCII, character.isLetter || character.isNumber || character == "_" {
        word.append(character)
        continue
      }
      if !word.isEmpty { words.append(word) }
      word = ""
    }
    return words
  }
}
