// Remembers the case that runs, so that a trap or a hang can still say how to get it again.
//
// A trap in Swift ends the process: there is no catching it. So the line to print and the input to save
// lie ready before the case begins, and the handler of the signal only calls `write` and `open`, which
// a handler may. It must never allocate there.

import Glibc

enum Witness {
  /// Longer inputs are saved up to here.
  private static let inputBytesMax = 1 << 20
  /// A case that takes longer hangs.
  private static let secondsMax: UInt32 = 60
  /// How much more memory than before a case may leave in use.
  private static let kibibytesMax = 1 << 20

  /// Lies ready in memory that never moves.
  private struct Testimony {
    var line = UnsafeMutablePointer<UInt8>.allocate(capacity: 512)
    var lineCount = 0
    var path = strdup("/tmp/fuzz.input")
    var input = UnsafeMutablePointer<UInt8>.allocate(capacity: inputBytesMax)
    var inputCount = 0
    var isWatching = false
    /// What handled each signal before.
    var former = UnsafeMutablePointer<sigaction>.allocate(capacity: 64)
  }

  // Written by the one thread of this program, and read by its signal handler when that thread has stopped.
  nonisolated(unsafe) private static var ready = Testimony()

  static func begin(target: String, seed: UInt64) {
    if !ready.isWatching { watch(target) }
    let text = "TRAPPED. Replay with: Fuzz --target \(target) --seed \(seed) --cases 1\n"
    ready.lineCount = 0
    for byte in text.utf8.prefix(512) {
      ready.line[ready.lineCount] = byte
      ready.lineCount += 1
    }
    ready.inputCount = 0
    alarm(secondsMax)
  }

  static func end() {
    alarm(0)
    ready.isWatching = false
  }

  /// The input that is about to be read.
  static func note(_ bytes: some Sequence<UInt8>, isMore: Bool = false) {
    if !isMore { ready.inputCount = 0 }
    for byte in bytes.prefix(inputBytesMax - ready.inputCount) {
      ready.input[ready.inputCount] = byte
      ready.inputCount += 1
    }
  }

  /// Writes the input into a file.
  ///
  /// - Returns: its path; nil where it could not be written.
  static func saved() -> String? { save() ? ready.path.map { String(cString: $0) } : nil }

  static func checkMemory() throws {
    var usage = rusage()
    getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    guard usage.ru_maxrss < kibibytesMax else {
      throw Finding("\(usage.ru_maxrss / 1024) MiB are in use")
    }
  }

  private static func watch(_ target: String) {
    ready.isWatching = true
    let folder = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
    free(ready.path)
    ready.path = strdup("\(folder)/fuzz-\(target).input")
    for number in [SIGILL, SIGTRAP, SIGSEGV, SIGBUS, SIGABRT, SIGFPE, SIGALRM] {
      var action = sigaction()
      action.__sigaction_handler.sa_handler = { number in
        Witness.testify()
        // Back to what handled it before, such as the backtrace of Swift's runtime. A trap happens
        // again when this returns; other signals do not.
        sigaction(number, &Witness.ready.former[Int(number)], nil)
        if number == SIGALRM || number == SIGABRT { raise(number) }
      }
      sigaction(number, &action, &ready.former[Int(number)])
    }
  }

  private static func testify() {
    _ = write(STDOUT_FILENO, ready.line, ready.lineCount)
    _ = save()
  }

  private static func save() -> Bool {
    guard let path = ready.path else { return false }
    let file = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    guard file >= 0 else { return false }
    defer { close(file) }
    return write(file, ready.input, ready.inputCount) == ready.inputCount
  }
}
