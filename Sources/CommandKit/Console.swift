// Everything a program knows of the world it runs in: two sinks, an environment, a clock, a zone.
//
// Commands get a `Console` and touch nothing else of the process, so tests run whole programs in
// process with a clean environment. It must never be bypassed with `print`.
//
// Results go to stdout; remarks go to stderr, and only to a terminal.

import FoundationEssentials
import Glibc
import Notation

/// The outside of a command-line program. A value; copies share their sinks.
public struct Console: Sendable {
  /// The longest file read for `field=@file` and the like, in bytes.
  public static let fileBytesMax = 64 << 20

  public let output: OutputSink
  public let errors: OutputSink
  public let environment: [String: String]
  /// Milliseconds since 1970, with ROUNDS_CLOCK_OFFSET applied.
  public let now: @Sendable () -> Int64
  public let zone: LocalZone
  /// Reads a file that the user named.
  public let readFile: @Sendable (String) throws -> [UInt8]
  /// Whether people read stdout, and stderr, as it is written.
  public let outputIsTerminal: Bool
  public let errorsIsTerminal: Bool
  /// Columns of text.
  public let width: Int

  /// Set from the environment, then by `--lang`.
  public var language: Language
  /// Set by `--quiet`: no remarks, no progress.
  public var isQuiet = false

  /// A console for tests: sinks in memory, and nothing from the process.
  public init(
    environment: [String: String] = [:], now: @escaping @Sendable () -> Int64 = { 0 },
    zone: LocalZone = .utc, isTerminal: Bool = false, width: Int = 80,
    output: OutputSink = OutputSink(), errors: OutputSink = OutputSink(),
    readFile: @escaping @Sendable (String) throws -> [UInt8] = { path in
      throw CommandFailure.unreadableFile(path)
    }
  ) {
    self.output = output
    self.errors = errors
    self.environment = environment
    self.now = now
    self.zone = zone
    self.readFile = readFile
    outputIsTerminal = isTerminal
    errorsIsTerminal = isTerminal
    self.width = width
    language = Language.preferred(in: environment)
  }

  private init(process environment: [String: String], clockOffsetMilliseconds: Int64) {
    output = OutputSink(descriptor: STDOUT_FILENO, isBuffered: true)
    errors = OutputSink(descriptor: STDERR_FILENO, isBuffered: false)
    self.environment = environment
    now = { Console.systemMilliseconds() &+ clockOffsetMilliseconds }
    zone = .process
    readFile = Console.readRegularFile
    outputIsTerminal = isatty(STDOUT_FILENO) == 1
    errorsIsTerminal = isatty(STDERR_FILENO) == 1
    width = Console.terminalWidth(environment: environment)
    language = Language.preferred(in: environment)
  }

  /// The console of this process. Ignores SIGPIPE for the life of the process, so that a reader
  /// that leaves is an EPIPE and not a death. A ROUNDS_CLOCK_OFFSET that cannot be read ends the
  /// program at once with exit code 2: a clock that is silently wrong would be worse.
  public static func process(program: String) -> Console {
    signal(SIGPIPE, SIG_IGN)
    let environment = ProcessInfo.processInfo.environment
    let typed = environment["ROUNDS_CLOCK_OFFSET"] ?? ""
    if let offset = typed.isEmpty ? 0 : TimeText.offset(typed) {
      return Console(process: environment, clockOffsetMilliseconds: offset)
    }
    let console = Console(process: environment, clockOffsetMilliseconds: 0)
    let failure = CommandFailure.usage(
      Phrase(
        en: "ROUNDS_CLOCK_OFFSET is \(typed) , which is no offset.",
        zh: "ROUNDS_CLOCK_OFFSET 的值 \(typed) 不是时间偏移。"),
      hint: Phrase(en: "Write it like +6d or -90s .", zh: "写法如 +6d 或 -90s 。"))
    console.errors.write(failure.text(program: program, language: console.language))
    exit(ExitCode.usage.rawValue)
  }

  /// A line of result, on stdout.
  public func print(_ line: String) { output.write(line + "\n") }

  /// The one JSON document of a command, on stdout; indented for people at a terminal.
  public func print(json: JSONValue) {
    output.write(json.bytes(pretty: outputIsTerminal) + [UInt8(ascii: "\n")])
  }

  /// A remark beside the result, on stderr: only to a terminal, and not with `--quiet`.
  public func remark(_ phrase: Phrase) {
    guard errorsIsTerminal, !isQuiet else { return }
    errors.write(phrase.text(language) + "\n")
  }

  /// A line that must be seen, on stderr, terminal or not.
  public func warn(_ phrase: Phrase) {
    errors.write(phrase.text(language) + "\n")
  }

  public func flush() {
    output.flush()
    errors.flush()
  }

  /// A local time for people, such as `2026-11-22 10:24`.
  public func time(_ milliseconds: Int64) -> String {
    let text = ISO8601.string(milliseconds: milliseconds, in: zone)
    return String(text.prefix(16).map { $0 == "T" ? " " : $0 })
  }

  private static func systemMilliseconds() -> Int64 {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
  }

  private static func terminalWidth(environment: [String: String]) -> Int {
    if let typed = environment["COLUMNS"], let columns = Int(typed), columns >= 20 {
      return columns
    }
    var size = winsize()
    let request = UInt(TIOCGWINSZ)
    guard ioctl(STDOUT_FILENO, request, &size) == 0, size.ws_col >= 20 else { return 80 }
    return Int(size.ws_col)
  }

  private static func readRegularFile(_ path: String) throws -> [UInt8] {
    guard let contents = try? Data(contentsOf: URL(filePath: path)) else {
      throw CommandFailure.unreadableFile(path)
    }
    guard contents.count <= fileBytesMax else { throw CommandFailure.oversizedFile(path) }
    return Array(contents)
  }
}

/// Colour, where a person at a terminal has not declined it.
extension Console {
  /// How a piece of text stands out; the number is ECMA-48's.
  public enum Style: Int, Sendable {
    case bold = 1
    case dim = 2
    case red = 31
    case green = 32
    case yellow = 33
    case blue = 34
    case cyan = 36
  }

  public var isColoured: Bool {
    outputIsTerminal && (environment["NO_COLOR"] ?? "").isEmpty && environment["TERM"] != "dumb"
  }

  /// The text in a style, or as it is when colour is off.
  public func styled(_ text: String, _ style: Style) -> String {
    isColoured ? "\u{1B}[\(style.rawValue)m\(text)\u{1B}[0m" : text
  }
}

extension CommandFailure {
  public static func unreadableFile(_ path: String) -> CommandFailure {
    CommandFailure(
      .notFound,
      Phrase(en: "The file \(path) cannot be read.", zh: "无法读取文件 \(path) 。"))
  }

  static func oversizedFile(_ path: String) -> CommandFailure {
    let limit = ByteSize.text(Int64(Console.fileBytesMax))
    return CommandFailure(
      .refused,
      Phrase(en: "The file \(path) is larger than \(limit).", zh: "文件 \(path) 超过 \(limit)。"))
  }
}
