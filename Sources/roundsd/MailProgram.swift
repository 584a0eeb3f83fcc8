// Runs the program that takes mail: the mail on its standard input, the addresses out of its headers (`-t`).
//
// No shell: what is in a mail can never become a command. Its exit codes are those of sendmail: 0 has it, 64 to
// 78 without 75 never will (`sysexits.h`), anything else may be tried again. It may not take for ever: coreutils'
// `timeout` ends it.

import FollowUp
import Glibc

enum MailProgram {
  private static let temporaryFailure: Int32 = 75
  private static let permanentFailures: ClosedRange<Int32> = 64...78

  static func run(_ path: String, _ mail: [UInt8]) -> DeliveryOutcome {
    var ends: [Int32] = [-1, -1]
    // A pair of sockets and no pipe: a program that ends early must not end the daemon (SIGPIPE).
    let kind = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
    guard socketpair(AF_UNIX, kind, 0, &ends) == 0 else { return failed("no line", errno) }
    let (reading, writing) = (ends[0], ends[1])
    var process = pid_t()
    let code = spawn(path, standardInput: reading, &process)
    close(reading)
    guard code == 0 else {
      close(writing)
      return failed(path, code)
    }
    let isWhole = write(mail, to: writing)
    close(writing)
    var status: Int32 = 0
    while waitpid(process, &status, 0) < 0 && errno == EINTR {}
    return outcome(of: status, isWhole: isWhole)
  }

  /// What the way it ended means.
  static func outcome(of status: Int32, isWhole: Bool) -> DeliveryOutcome {
    let (signal, code) = (status & 0x7F, (status >> 8) & 0xFF)
    switch (signal, code) {
    case (0, 0) where isWhole: return .delivered
    case (0, 0): return .unavailable("the mail program did not read all", retryAfterSeconds: nil)
    case (0, permanentFailures) where code != temporaryFailure:
      return .refused("the mail program ended with \(code)")
    case (0, _): return .unavailable("the mail program ended with \(code)", retryAfterSeconds: nil)
    default: return .unavailable("the mail program was ended by \(signal)", retryAfterSeconds: nil)
    }
  }

  private static func spawn(
    _ path: String, standardInput: Int32, _ process: inout pid_t
  ) -> Int32 {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_adddup2(&actions, standardInput, STDIN_FILENO)
    posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0)
    // The daemon ignores SIGPIPE and takes signals elsewhere; the program begins with neither.
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var (none, usual) = (sigset_t(), sigset_t())
    sigemptyset(&none)
    sigemptyset(&usual)
    for number in [SIGPIPE, SIGTERM, SIGINT, SIGHUP] { sigaddset(&usual, number) }
    posix_spawnattr_setsigmask(&attributes, &none)
    posix_spawnattr_setsigdefault(&attributes, &usual)
    posix_spawnattr_setflags(
      &attributes, Int16(POSIX_SPAWN_SETSIGMASK) | Int16(POSIX_SPAWN_SETSIGDEF))
    let limit = "\(Carrier.programSecondsMax)"
    let words = ["timeout", "-k", "5", limit, path, "-i", "-t"]
    let arguments: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) } + [nil]
    defer { for argument in arguments { free(argument) } }
    return posix_spawnp(&process, "timeout", &actions, &attributes, arguments, environ)
  }

  /// Whether all of it was taken; a program that ends early breaks the line.
  private static func write(_ bytes: [UInt8], to file: Int32) -> Bool {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes {
        send(file, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
      }
      if count < 0 {
        if errno == EINTR { continue }
        return false
      }
      rest = rest.dropFirst(count)
    }
    return true
  }

  private static func failed(_ what: String, _ code: Int32) -> DeliveryOutcome {
    .unavailable("\(what): \(String(cString: strerror(code)))", retryAfterSeconds: nil)
  }
}
