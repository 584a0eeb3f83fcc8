// Asks for a secret at the terminal, with the echo off.
//
// The terminal itself is opened, so stdin and stdout stay what a script made of them. It must never
// leave the terminal without an echo, whatever the person types.

import CommandKit
import Glibc

enum Terminal {
  /// The line that was typed; nil where this process has no terminal.
  @Sendable static func askSecret(_ question: String) -> [UInt8]? {
    let terminal = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY)
    guard terminal >= 0 else { return nil }
    defer { close(terminal) }
    var before = termios()
    guard tcgetattr(terminal, &before) == 0 else { return nil }
    var silent = before
    silent.c_lflag &= ~tcflag_t(ECHO)
    // An interrupt at the question would leave the terminal silent: it comes through afterwards.
    var (interrupts, formerMask) = (sigset_t(), sigset_t())
    sigemptyset(&interrupts)
    for number in [SIGINT, SIGTERM, SIGTSTP, SIGQUIT] { sigaddset(&interrupts, number) }
    sigprocmask(SIG_BLOCK, &interrupts, &formerMask)
    tcsetattr(terminal, TCSAFLUSH, &silent)
    defer {
      tcsetattr(terminal, TCSAFLUSH, &before)
      sigprocmask(SIG_SETMASK, &formerMask, nil)
    }
    say(question, to: terminal)
    let line = readLine(from: terminal)
    say("\n", to: terminal)
    return line
  }

  private static func say(_ text: String, to terminal: Int32) {
    let bytes = Array(text.utf8)
    _ = write(terminal, bytes, bytes.count)
  }

  private static func readLine(from terminal: Int32) -> [UInt8] {
    var line: [UInt8] = []
    var byte: UInt8 = 0
    while read(terminal, &byte, 1) == 1, byte != UInt8(ascii: "\n") {
      if line.count < PrivateFile.secretBytesMax { line.append(byte) }
    }
    return line
  }
}
