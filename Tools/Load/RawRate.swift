// What the machine answers at all: the same requests to a server that does nothing with them.
//
// Asked before and after the scene, by the same lines, with the load on the same processors; so what the
// daemon does can be told as a part of it.

struct RawRate {
  private(set) var answers = 0
  private(set) var seconds = 0.0

  /// Asks the server at `program` the same thing on all lines again and again.
  mutating func measure(_ program: String, _ body: [UInt8], lines count: Int, seconds: Double)
    throws
  {
    let server = try HubProcess(program, [])
    defer { server.stop() }
    let lines = Lines(count, port: server.port)
    let (began, end) = (Lines.now(), Lines.now() + seconds * 1_000)
    for line in 0..<count { lines.post("/v1/sync", body, token: Self.token, on: line) }
    while Lines.now() < end {
      for answer in lines.next(milliseconds: 1_000) {
        guard answer.status == 200 else { throw HubProcess.Failure.didNotAnswer }
        answers += 1
        lines.post("/v1/sync", body, token: Self.token, on: answer.line)
      }
    }
    self.seconds += (Lines.now() - began) / 1_000
  }

  var perSecond: Double { Double(answers) / max(seconds, 0.001) }

  /// As long as a real one.
  private static let token = String(repeating: "0", count: 52)
}
