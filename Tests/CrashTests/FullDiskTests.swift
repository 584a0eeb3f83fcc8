// A disk that was full before anything began: it can be read, and a write is refused for what it is.
//
// What no list of faults at single calls shows: the index of the write-ahead log is a file, too, and
// a program that starts on a full disk has no room for it.

import FaultyDisk
import Storage
import Testing
import Wire

@Suite struct FullDiskTests {
  private func fullStage(_ machine: Machine) throws -> Stage {
    let stage = Stage(try Scene.open.get())
    stage.disk(machine).fillUp()
    return stage
  }

  @Test func `a laptop on a full disk shows what it has, and says that the disk is full`() throws {
    let stage = try fullStage(.laptop(0))
    let before = try Stage(Scene.open.get()).contents(of: .laptop(0))
    #expect(try stage.contents(of: .laptop(0)) == before)
    #expect(try stage.findings(on: .laptop(0)) == [])
    #expect(throws: StorageError.diskFull) { try stage.add("new", on: 0) }
    #expect(try stage.contents(of: .laptop(0)) == before)
    stage.disk(.laptop(0)).makeRoom()
    try stage.add("new", on: 0)
    #expect(try stage.settle([1, 0]) == [])
    stage.close()
    #expect(try Stage(stage.scene()).customer("new", on: 1) != nil)
  }

  @Test func `a hub on a full disk answers who reads, and refuses who writes`() throws {
    let stage = try fullStage(.hub)
    #expect(try stage.findings(on: .hub) == [])
    #expect(try stage.post("/healthz", []).status == 405)
    #expect(throws: HubLinkError.self) { try stage.sync(0) }
    stage.disk(.hub).makeRoom()
    #expect(try stage.settle([1, 0]) == [])
    #expect(try stage.findings(on: .hub) == [])
  }
}
