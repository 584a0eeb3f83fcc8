// How tasks are counted: one line a case.

import FollowUp
import SyncCore
import Testing

@Suite struct SOPFiguresTests {
  static let now = Moment(milliseconds: 1_000_000)

  private func task(
    _ status: String?, due: Int64, done: Int64? = nil, note: String = "", user: String = "ann"
  ) -> SOPTask {
    SOPTask(
      user: user, stage: "proposal", status: status.map { .text($0) } ?? .null,
      dueAt: Moment(milliseconds: due), doneAt: done.map { Moment(milliseconds: $0) }, note: note)
  }

  private func word(_ task: SOPTask) -> String {
    var figures = SOPFigures(at: Self.now)
    figures.add(task)
    let line = figures.all
    if line.onTime == 1 { return "onTime" }
    if line.late == 1 { return "late" }
    if line.overdue == 1 { return "overdue" }
    if line.open == 1 { return "open" }
    return "skipped: \(line.skipped.keys.joined())"
  }

  @Test func `a task counts once, by its state and its time`() {
    #expect(word(task("done", due: 500, done: 500)) == "onTime")
    #expect(word(task("done", due: 500, done: 501)) == "late")
    #expect(word(task("done", due: 500)) == "onTime")
    #expect(word(task("open", due: 999_999)) == "overdue")
    #expect(word(task(nil, due: 1)) == "overdue")
    #expect(word(task("started", due: 1_000_000)) == "open")
    #expect(word(task("cancelled", due: 1, note: "released")) == "skipped: released")
  }

  @Test func `the share is of those whose time is over`() {
    var figures = SOPFigures(at: Self.now)
    #expect(figures.all.share == nil)
    figures.add(task("open", due: 2_000_000))
    #expect(figures.all.share == nil)
    for _ in 0..<3 { figures.add(task("done", due: 500, done: 400)) }
    figures.add(task("cancelled", due: 500, note: "x", user: "bob"))
    #expect(figures.all.share == 0.75)
    #expect(figures.all.total == 5)
    #expect(figures.lines.keys.sorted().map(\.user) == ["ann", "bob"])
    #expect(figures.lines.values.map(\.total).reduce(0, +) == figures.all.total)
  }
}
