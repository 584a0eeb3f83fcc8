// What a command looks like to the one who types it, as data.
//
// Parsing, help, completion and error messages are all made from these declarations, so they
// cannot disagree. Text is bilingual; a summary is an imperative without a full stop. It must
// never hold state: a body gets all it needs in its `Invocation`.

/// One verb (or verb and sub-verb) of a program.
public struct Command: Sendable {
  /// The words that call it, such as `["conflicts", "settle"]`; one or two.
  public let path: [String]
  /// The heading it stands under in the overview.
  public let group: Phrase
  public let summary: Phrase
  public let arguments: [Argument]
  public let options: [Option]
  public let examples: [Example]
  /// Paragraphs below the options.
  public let notes: [Phrase]
  /// Whether the first word alone means this sub-verb, as `conflicts` means `conflicts list`.
  public let isDefault: Bool
  /// Not in help or completion.
  public let isHidden: Bool
  public let run: @Sendable (Invocation) throws -> Void

  public init(
    _ path: [String], group: Phrase, summary: Phrase, arguments: [Argument] = [],
    options: [Option] = [], examples: [Example] = [], notes: [Phrase] = [],
    isDefault: Bool = false, isHidden: Bool = false,
    run: @escaping @Sendable (Invocation) throws -> Void
  ) {
    precondition((1...2).contains(path.count), "command of \(path.count) words: \(path)")
    for argument in arguments.dropLast() {
      precondition(
        argument.count == .one, "\(path): only the last argument may be optional or repeat")
    }
    self.path = path
    self.group = group
    self.summary = summary
    self.arguments = arguments
    self.options = options
    self.examples = examples
    self.notes = notes
    self.isDefault = isDefault
    self.isHidden = isHidden
    self.run = run
  }
}

extension Command {
  /// A word that is known by its place.
  public struct Argument: Sendable {
    public enum Count: Sendable {
      case one
      case optional
      case zeroOrMore
      case oneOrMore
    }

    /// As shown in usage: `REF`, `COLLECTION`, `field=value`.
    public let name: String
    public let count: Count
    public let help: Phrase
    public let values: Values

    public init(_ name: String, _ count: Count = .one, help: Phrase, values: Values = .any) {
      self.name = name
      self.count = count
      self.help = help
      self.values = values
    }
  }

  /// A word that is known by its name: `--limit 20`, `--limit=20`, `--json`.
  public struct Option: Sendable {
    /// Without dashes.
    public let name: String
    /// How its value is called in help, such as `N`; nil for a flag.
    public let valueName: String?
    public let help: Phrase
    public let isRepeatable: Bool
    /// Other names without dashes; one letter is written with one dash.
    public let aliases: [String]
    public let values: Values

    public init(
      _ name: String, _ valueName: String? = nil, help: Phrase, isRepeatable: Bool = false,
      aliases: [String] = [], values: Values = .any
    ) {
      self.name = name
      self.valueName = valueName
      self.help = help
      self.isRepeatable = isRepeatable
      self.aliases = aliases
      self.values = values
    }

    var isFlag: Bool { valueName == nil }

    /// How each name is typed, the main one first.
    var spellings: [String] { ([name] + aliases).map { $0.count == 1 ? "-\($0)" : "--\($0)" } }
  }

  /// What may be written for an argument or an option.
  public enum Values: Sendable {
    case any
    /// Only these; anything else is a usage error.
    case oneOf([String])
    /// A path; completed by the shell.
    case file
    /// Completed by the program's `candidates`, which gets this word: `record`, `collection`.
    case dynamic(String)
  }

  /// A line to copy, and what it does.
  public struct Example: Sendable {
    public let line: String
    public let does: Phrase

    public init(_ line: String, _ does: Phrase) {
      self.line = line
      self.does = does
    }
  }
}

extension Command.Option {
  /// The options of every command of every program.
  public static let shared: [Command.Option] = [
    Command.Option(
      "json", help: Phrase(en: "Print one JSON document", zh: "输出一个 JSON 文档")),
    Command.Option(
      "lang", "L", help: Phrase(en: "Speak en or zh-Hans", zh: "使用的语言：en 或 zh-Hans"),
      values: .oneOf(["en", "zh", "zh-Hans"])),
    Command.Option(
      "quiet", help: Phrase(en: "Print no remarks and no progress", zh: "不输出备注和进度")),
    Command.Option("help", help: Phrase(en: "Show help", zh: "显示帮助"), aliases: ["h"]),
    Command.Option("version", help: Phrase(en: "Show the version", zh: "显示版本")),
  ]
}
