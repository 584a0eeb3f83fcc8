// Runs the command of `rounds sync --notify CMD` for one reminder: `/bin/sh -c CMD`.
//
// What a reminder says was written by others, so it travels in the environment and never in the
// command's text. Standard input is empty; what the command prints goes where ours goes to stderr,
// so that it cannot spoil a JSON document on stdout.

import Glibc

enum Hook {
  @Sendable static func run(_ command: String, _ variables: [String: String]) throws {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_adddup2(&actions, STDERR_FILENO, STDOUT_FILENO)
    // The watch blocks signals and ignores SIGPIPE; the command begins with neither.
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var (none, pipe) = (sigset_t(), sigset_t())
    sigemptyset(&none)
    sigemptyset(&pipe)
    sigaddset(&pipe, SIGPIPE)
    posix_spawnattr_setsigmask(&attributes, &none)
    posix_spawnattr_setsigdefault(&attributes, &pipe)
    posix_spawnattr_setflags(
      &attributes, Int16(POSIX_SPAWN_SETSIGMASK) | Int16(POSIX_SPAWN_SETSIGDEF))
    let arguments = duplicated(["/bin/sh", "-c", command])
    let environment = duplicated(environment(adding: variables))
    defer { for text in arguments + environment { free(text) } }
    var process = pid_t()
    let code = posix_spawn(&process, "/bin/sh", &actions, &attributes, arguments, environment)
    guard code == 0 else {
      throw RepError.hookFailed(command: command, reason: String(cString: strerror(code)))
    }
    var status: Int32 = 0
    while waitpid(process, &status, 0) < 0 && errno == EINTR {}
    guard status == 0 else {
      throw RepError.hookFailed(command: command, reason: "status \(status >> 8)")
    }
  }

  private static func environment(adding variables: [String: String]) -> [String] {
    var lines: [String] = []
    // The hook has no business with the database: it gets no key to it.
    let withheld: Set<String> = ["ROUNDS_KEY"]
    var entry = environ
    while let line = entry.pointee {
      let text = String(cString: line)
      let name = String(text.prefix { $0 != "=" })
      if variables[name] == nil, !withheld.contains(name) { lines.append(text) }
      entry += 1
    }
    return lines
      + variables.sorted { $0.key < $1.key }.map { name, value in
        // A NUL would end the variable early, and with it what the reminder says.
        "\(name)=\(value.filter { $0 != "\0" })"
      }
  }

  /// Copies for C, with the null that ends the list; the caller frees them.
  private static func duplicated(_ texts: [String]) -> [UnsafeMutablePointer<CChar>?] {
    texts.map { strdup($0) } + [nil]
  }
}
