// Real descriptors: order, buffering, a reader that leaves early, a disk that is full.
// The first is how `| head` works and must be quiet; the last loses what was asked for and must
// not be.

import CommandKit
import Glibc
import Synchronization
import Testing

/// Ten milliseconds pass at every look.
final class Clock: Sendable {
  private let time = Mutex<Int64>(0)
  func now() -> Int64 {
    time.withLock {
      $0 += 10
      return $0
    }
  }
}

@Suite struct OutputSinkTests {
  private func withPipe(_ body: (_ read: Int32, _ write: Int32) -> Void) {
    var ends: [Int32] = [0, 0]
    #expect(pipe(&ends) == 0)
    body(ends[0], ends[1])
  }

  @Test func `a buffered sink writes at the flush, in order`() {
    withPipe { read, write in
      let sink = OutputSink(descriptor: write, isBuffered: true)
      sink.write("one ")
      sink.write("two")
      var waiting = pollfd(fd: read, events: Int16(POLLIN), revents: 0)
      #expect(poll(&waiting, 1, 0) == 0)
      sink.flush()
      var bytes = [UInt8](repeating: 0, count: 16)
      let count = Glibc.read(read, &bytes, 16)
      #expect(String(decoding: bytes.prefix(count), as: UTF8.self) == "one two")
      close(read)
      close(write)
    }
  }

  @Test func `a reader that leaves closes the sink without a word`() {
    signal(SIGPIPE, SIG_IGN)
    withPipe { read, write in
      close(read)
      let sink = OutputSink(descriptor: write, isBuffered: false)
      #expect(!sink.isClosed)
      sink.write("lost")
      #expect(sink.isClosed)
      sink.write("dropped")
      let console = Console(output: sink)
      #expect(sampleTable.run(["conflicts"], console: console) == .done)
      close(write)
    }
  }

  @Test func `a full disk is a fault and is said`() {
    let full = open("/dev/full", O_WRONLY)
    let console = Console(output: OutputSink(descriptor: full, isBuffered: true))
    #expect(sampleTable.run(["conflicts"], console: console) == .fault)
    #expect(
      console.errors.text
        == "rounds: The output could not be written whole: No space left on device\n")
    close(full)
  }
}
