// Many connections to one daemon, in one thread: requests go out, answers come in, and how long it took.
//
// A load must weigh as little as it can on the machine that it shares with the daemon, so this speaks just
// enough HTTP/1.1 for answers that say their length, and leans on epoll. It is a tool for measuring and
// nothing that a program should use.

import CEpoll
import Glibc

final class Lines {
  /// What came back on a line.
  struct Answer {
    var line: Int
    /// 0: the line broke.
    var status: Int
    var body: [UInt8]
    /// From the first byte sent to the last received.
    var milliseconds: Double
  }

  private struct Line {
    var socket: Int32 = -1
    var output: [UInt8] = []
    var sent = 0
    var input: [UInt8] = []
    var began = 0.0
    var isAsking = false
    /// The length of head and body together, once the head is in.
    var expected: Int?
  }

  private let port: UInt16
  private let poller: Int32
  private var lines: [Line]
  private var answers: [Answer] = []
  private var buffer = [UInt8](repeating: 0, count: 256 * 1_024)

  init(_ count: Int, port: UInt16) {
    self.port = port
    poller = epoll_create1(0)
    lines = Array(repeating: Line(), count: count)
  }

  deinit {
    for line in lines where line.socket >= 0 { close(line.socket) }
    close(poller)
  }

  /// Milliseconds of a clock that never goes backwards.
  static func now() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) * 1_000 + Double(time.tv_nsec) / 1_000_000
  }

  // MARK: Requests

  func post(_ path: String, _ body: [UInt8], token: String, on line: Int) {
    send(
      Array(
        "POST \(path) HTTP/1.1\r\nHost: hub\r\nAuthorization: Bearer \(token)\r\nContent-Type: application/x-protobuf\r\nContent-Length: \(body.count)\r\n\r\n"
          .utf8) + body, on: line)
  }

  func get(_ path: String, token: String, on line: Int) {
    send(
      Array("GET \(path) HTTP/1.1\r\nHost: hub\r\nAuthorization: Bearer \(token)\r\n\r\n".utf8),
      on: line)
  }

  private func send(_ bytes: [UInt8], on number: Int) {
    lines[number].output = bytes
    lines[number].sent = 0
    lines[number].began = Lines.now()
    lines[number].isAsking = true
    if lines[number].socket < 0 { open(number) } else { write(number) }
  }

  private func open(_ number: Int) {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue), 0)
    guard descriptor >= 0 else { return fail(number) }
    lines[number].socket = descriptor
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var isOn: Int32 = 1
    setsockopt(
      descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &isOn, socklen_t(MemoryLayout<Int32>.size))
    let code = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    guard code == 0 || errno == EINPROGRESS else { return fail(number) }
    watch(number, EPOLL_CTL_ADD, isWriting: true)
  }

  private func watch(_ number: Int, _ operation: Int32, isWriting: Bool) {
    var event = epoll_event()
    event.events = EPOLLIN.rawValue | (isWriting ? EPOLLOUT.rawValue : 0)
    event.data.u32 = UInt32(number)
    epoll_ctl(poller, operation, lines[number].socket, &event)
  }

  private func write(_ number: Int) {
    let line = lines[number]
    guard line.sent < line.output.count else { return }
    let rest = line.output[line.sent...]
    let count = rest.withUnsafeBytes {
      Glibc.send(line.socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
    }
    if count < 0 && errno != EAGAIN { return fail(number) }
    lines[number].sent += max(0, count)
    watch(number, EPOLL_CTL_MOD, isWriting: lines[number].sent < line.output.count)
  }

  // MARK: Answers

  /// What has come in; waits for something at most so long.
  func next(milliseconds: Int32) -> [Answer] {
    var events = [epoll_event](repeating: epoll_event(), count: 512)
    if answers.isEmpty {
      let count = epoll_wait(poller, &events, Int32(events.count), milliseconds)
      for event in events.prefix(max(0, Int(count))) {
        let number = Int(event.data.u32)
        if event.events & EPOLLOUT.rawValue != 0 { write(number) }
        if event.events & ~EPOLLOUT.rawValue != 0 { read(number) }
      }
    }
    defer { answers.removeAll(keepingCapacity: true) }
    return answers
  }

  private func read(_ number: Int) {
    guard lines[number].socket >= 0 else { return }
    while true {
      let count = recv(lines[number].socket, &buffer, buffer.count, 0)
      if count < 0 && errno == EAGAIN { return }
      guard count > 0 else { return fail(number) }
      lines[number].input += buffer[..<count]
      if lines[number].expected == nil { lines[number].expected = length(of: lines[number].input) }
      if let expected = lines[number].expected, lines[number].input.count >= expected {
        return finish(number)
      }
    }
  }

  private func finish(_ number: Int) {
    let input = lines[number].input
    let head = headEnd(of: input) ?? input.count
    // "HTTP/1.1 200 OK"
    let status = Int(String(decoding: input[9..<12], as: UTF8.self)) ?? 0
    answers.append(
      Answer(
        line: number, status: status, body: Array(input[head...]),
        milliseconds: Lines.now() - lines[number].began))
    lines[number].isAsking = false
    lines[number].input.removeAll(keepingCapacity: true)
    lines[number].expected = nil
  }

  private func fail(_ number: Int) {
    if lines[number].socket >= 0 { close(lines[number].socket) }
    let broken = lines[number]
    lines[number] = Line()
    // A daemon hangs up on whoever has been silent for a while.
    guard broken.isAsking else { return }
    answers.append(
      Answer(line: number, status: 0, body: [], milliseconds: Lines.now() - broken.began))
  }

  private func headEnd(of bytes: [UInt8]) -> Int? {
    let end: [UInt8] = [13, 10, 13, 10]
    guard bytes.count >= 16 else { return nil }
    return (0...(bytes.count - 4)).first { Array(bytes[$0..<$0 + 4]) == end }.map { $0 + 4 }
  }

  private func length(of bytes: [UInt8]) -> Int? {
    guard let end = headEnd(of: bytes) else { return nil }
    let head = String(decoding: bytes[..<end], as: UTF8.self).lowercased()
    guard let name = head.range(of: "content-length:") else { return end }
    let digits = head[name.upperBound...].drop { $0 == " " }.prefix { $0.isNumber }
    return end + (Int(digits) ?? 0)
  }
}
