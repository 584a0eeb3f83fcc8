// The scenes: what many laptops do at the same time.
//
//   idle       64 laptops ask whether there is anything, and there is not, again and again; beside what a
//              server that only answers does with the same requests, before and after
//   steady     200 laptops bring one edit after the other; each is on the disk before it is answered
//   storm      Monday 8:00: 5,000 laptops come at once, each with 20 edits, and are sent some 200 records
//   bootstrap  50 empty laptops come at once, for 2,000 records each
//   waiting    10,000 laptops wait; a person's are told of a change that another of his brings
//
// Who is told to come later (503) does, and is counted with the time that it took in all.

import SyncCore

enum Scene: String, CaseIterable {
  case idle, steady, storm, bootstrap, waiting

  func play(_ options: Options) throws -> Report {
    let cast = self.cast(options)
    let fleet = try Fleet(
      in: options.folder, laptops: cast.laptops, each: cast.each, customers: cast.customers)
    defer { fleet.remove() }
    let daemon = try HubProcess(options.daemonPath, data: fleet.folder)
    defer { daemon.stop() }
    let stage = Stage(self, fleet.laptops, daemon, seconds: options.seconds)
    switch self {
    case .idle: try stage.idle(beside: options.helloPath)
    case .steady: stage.repeatedly(isEditing: true)
    case .storm: stage.allAtOnce(edits: 20)
    case .bootstrap: stage.allAtOnce(edits: 0)
    case .waiting: stage.waiting(wakes: 200)
    }
    return stage.report
  }

  private func cast(_ options: Options) -> (laptops: Int, each: Int, customers: Int) {
    switch self {
    case .idle: (options.laptops ?? 64, 1, 10)
    case .steady: (options.laptops ?? 200, 1, 10)
    case .storm: (options.laptops ?? 5_000, 10, 200)
    case .bootstrap: (options.laptops ?? 50, 2, 2_000)
    case .waiting: (options.laptops ?? 10_000, 10, 1)
    }
  }
}

/// One scene under way: laptops, their lines, and what is counted.
final class Stage {
  private var laptops: [Laptop]
  private let daemon: HubProcess
  private let lines: Lines
  private let seconds: Double
  private(set) var report: Report
  private var random = SystemRandomNumberGenerator()

  /// The daemon answers within this, or is given up; in milliseconds.
  private static let patience = 300_000.0

  init(_ scene: Scene, _ laptops: [Laptop], _ daemon: HubProcess, seconds: Double) {
    self.laptops = laptops
    self.daemon = daemon
    self.seconds = seconds
    lines = Lines(laptops.count, port: daemon.port)
    report = Report(scene: scene, laptops: laptops.count)
  }

  // MARK: What is played

  /// Everybody asks whether there is anything.
  func idle(beside hello: String) throws {
    let request = laptops[0].request(at: present())
    var raw = RawRate()
    try raw.measure(hello, request, lines: laptops.count, seconds: seconds / 2)
    repeatedly(isEditing: false)
    try raw.measure(hello, request, lines: laptops.count, seconds: seconds / 2)
    report.raw = raw
  }

  /// Everybody syncs again and again, until the time is up.
  func repeatedly(isEditing: Bool) {
    measured { began in
      let end = began + seconds * 1_000
      for number in laptops.indices { sync(number, isEditing: isEditing) }
      var openCount = laptops.count
      collect { answer in
        if take(answer) && Lines.now() < end {
          sync(answer.line, isEditing: isEditing)
        } else {
          openCount -= 1
        }
        return openCount > 0
      }
    }
  }

  /// Everybody comes at once, and goes on until it is up to date.
  func allAtOnce(edits: Int) {
    for number in laptops.indices {
      if edits == 0 { laptops[number].forgetWhatItHas() }
      for _ in 0..<edits { laptops[number].create(at: present(), using: &random) }
    }
    measured { _ in
      bringUpToDate()
    }
  }

  /// All wait; one person after the other changes something on one laptop, and the other hears of it.
  func waiting(wakes: Int) {
    bringUpToDate()
    report = Report(scene: report.scene, laptops: laptops.count)
    // Of each person the first laptop writes, and the others wait.
    let writers = stride(from: 0, to: laptops.count, by: 10).prefix(wakes)
    for number in laptops.indices where !writers.contains(number) { wait(number) }
    measured { _ in for number in writers { wake(number) } }
  }

  private func bringUpToDate() {
    for number in laptops.indices { sync(number, isEditing: false) }
    var openCount = laptops.count
    collect { answer in
      if take(answer) && !laptops[answer.line].isUpToDate {
        sync(answer.line, isEditing: false)
      } else {
        openCount -= 1
      }
      return openCount > 0
    }
  }

  private func wait(_ number: Int) {
    let laptop = laptops[number]
    lines.get(
      "/v1/wait?cursor=\(laptop.cursor.rawValue)&epoch=\(laptop.epoch)", token: laptop.token,
      on: number)
  }

  /// From the moment a laptop sends its edit until its owner's other laptop is told.
  private func wake(_ writer: Int) {
    let began = Lines.now()
    var (isWritten, isTold) = (false, false)
    sync(writer, isEditing: true)
    collect { answer in
      switch answer.line {
      case writer:
        isWritten = true
        if answer.status != 200 || !laptops[writer].take(answer.body) { report.errors += 1 }
      case writer + 1:
        isTold = true
        report.latencies.add(Lines.now() - began)
        report.answers += 1
        if answer.status != 200 { report.errors += 1 }
      default:
        // The writer's other laptops are told as well.
        if answer.status != 200 { report.errors += 1 }
      }
      return !isWritten || !isTold
    }
  }

  // MARK: Asking and counting

  private func sync(_ number: Int, isEditing: Bool) {
    let now = present()
    if isEditing { laptops[number].edit(at: now, using: &random) }
    lines.post(
      "/v1/sync", laptops[number].request(at: now), token: laptops[number].token, on: number)
  }

  /// - Returns: false where the answer was wrong, or none.
  private func take(_ answer: Lines.Answer) -> Bool {
    if answer.status == 503 {
      report.later += 1
      return true
    }
    let before = laptops[answer.line].recordCount
    guard answer.status == 200, laptops[answer.line].take(answer.body) else {
      report.errors += 1
      let words = String(decoding: answer.body.prefix(100), as: UTF8.self)
      report.firstError = report.firstError ?? "\(answer.status) \(words)"
      return false
    }
    report.answers += 1
    report.records += laptops[answer.line].recordCount - before
    report.latencies.add(answer.milliseconds)
    return true
  }

  /// - Parameter body: takes an answer, and says whether there are more to come.
  private func collect(_ body: (Lines.Answer) -> Bool) {
    let end = Lines.now() + Stage.patience
    var goesOn = true
    while goesOn {
      for answer in lines.next(milliseconds: 1_000) { goesOn = body(answer) }
      if Lines.now() > end {
        report.errors += 1
        return
      }
    }
  }

  private func measured(_ body: (_ began: Double) -> Void) {
    let (commits, processor) = (daemon.commits(), daemon.processor)
    let began = Lines.now()
    body(began)
    report.seconds = (Lines.now() - began) / 1_000
    report.processor = daemon.processor - processor
    report.commits = daemon.commits() - commits
    report.memory = daemon.memoryMax
    report.memoryAtEnd = daemon.memoryNow
  }
}
