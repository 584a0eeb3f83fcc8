// What `rounds doctor` looks at: one check after another, each told as fine or not, with a sentence.
//
// A check that cannot be made because the hub is not there is fine: being offline is well. With `--deep`
// contents are compared with the hub's, too, and what differs is mended – nothing else here writes.

import CommandKit
import Glibc
import HubClient
import Notation
import Replica
import SyncCore
import Wire

struct Examination {
  struct Check {
    var name: String
    /// Whether nothing was found that is wrong.
    var isFine: Bool
    var detail: Phrase
    /// Nothing is wrong yet, and will be.
    var isWarning = false
  }

  /// A clock that is further off is worth setting; times are corrected all the same.
  static let clockOffsetMillisecondsMax: Int64 = 5 * 60_000
  static let freeBytesMin: Int64 = 50 << 20
  static let patienceSeconds = 3.0

  let replica: OpenReplica
  let isDeep: Bool

  init(_ replica: OpenReplica, isDeep: Bool) {
    self.replica = replica
    self.isDeep = isDeep
  }

  func checks() -> [Check] {
    let doctor = Doctor(replica.store)
    return [
      check("integrity") { try doctor.checkIntegrity(isDeep: isDeep) },
      check("viewLaw") { try doctor.checkViewLaw(isDeep: isDeep) },
      check("digest") { try doctor.checkDigest() },
      check("chain") { try doctor.checkChain() },
      clock(), disk(), checkLine("hub") { try hub(doctor) }, checkLine("history") { try history() },
    ] + (isDeep ? [checkLine("contents") { try contents(doctor) }] : [])
  }

  /// A check that breaks down over what it reads has found something, too.
  private func check(_ name: String, _ body: () throws -> DoctorFinding?) -> Check {
    do {
      guard let finding = try body() else {
        return Check(name: name, isFine: true, detail: Phrase(en: "in order", zh: "正常"))
      }
      return Check(name: name, isFine: false, detail: words(for: finding))
    } catch {
      return broken(name, error)
    }
  }

  /// A check that asks the hub.
  private func checkLine(_ name: String, _ body: () throws -> Check) -> Check {
    do {
      return try body()
    } catch let error as HubLinkError where error.isAbsence {
      return Check(
        name: name, isFine: true, detail: Phrase(en: "not asked: ", zh: "未能询问：") + error.words)
    } catch {
      return broken(name, error)
    }
  }

  private func broken(_ name: String, _ error: any Error) -> Check {
    Check(
      name: name, isFine: false,
      detail: Phrase(en: "cannot be checked: \(error)", zh: "无法检查：\(error)"))
  }

  private func words(for finding: DoctorFinding) -> Phrase {
    switch finding {
    case .damaged(let lines):
      let text = lines.joined(separator: "; ")
      return Phrase(en: "the file is damaged: \(text)", zh: "文件已损坏：\(text)")
    case .viewDiffers(let records):
      let list = records.map(\.description).joined(separator: ", ")
      return Phrase(
        en: "records that do not show base and own edits: \(list)", zh: "显示与底稿加修改不一致的记录：\(list)")
    case .digestDiffers:
      return Phrase(
        en: "the digest is not that of the base; the next sync finds out what differs",
        zh: "摘要与底稿不符；下次同步会找出差异")
    case .chainBroken(let counter):
      return Phrase(
        en: "the change log does not follow at edit \(counter.rawValue)",
        zh: "变更日志在第 \(counter.rawValue) 项断开")
    }
  }

  private func clock() -> Check {
    let offset = replica.state.clockOffsetMilliseconds
    let length = RelativeTime.length(milliseconds: offset)
    let isFine = offset.magnitude <= Examination.clockOffsetMillisecondsMax.magnitude
    let side = offset > 0 ? Phrase(en: "behind", zh: "慢") : Phrase(en: "ahead of", zh: "快")
    return Check(
      name: "clock", isFine: isFine,
      detail: Phrase(
        en: "\(length.en) \(side.en) the hub; times are corrected",
        zh: "比服务器\(side.zh) \(length.zh)；时间会自动校正"))
  }

  private func disk() -> Check {
    var numbers = statvfs()
    guard statvfs(replica.folder.path, &numbers) == 0 else {
      let reason = String(cString: strerror(errno))
      return Check(
        name: "disk", isFine: false,
        detail: Phrase(en: "cannot be asked: \(reason)", zh: "无法查询：\(reason)"))
    }
    return Examination.disk(free: Int64(clamping: numbers.f_bavail &* numbers.f_frsize))
  }

  /// Little room is nothing wrong with this replica: a check that needs more of it says so itself.
  static func disk(free: Int64) -> Check {
    let text = ByteSize.text(free)
    guard free < Examination.freeBytesMin else {
      return Check(
        name: "disk", isFine: true, detail: Phrase(en: "\(text) free", zh: "剩余 \(text)"))
    }
    return Check(
      name: "disk", isFine: true,
      detail: Phrase(
        en: "only \(text) free: make room before work cannot be saved any more",
        zh: "仅剩 \(text)：请尽快清理磁盘，否则将无法保存"),
      isWarning: true)
  }

  private func line() throws -> any HubLine {
    var patience = HTTPHubLink.Patience()
    patience.connectSeconds = Examination.patienceSeconds
    if !isDeep { patience.syncSeconds = Examination.patienceSeconds }
    return try replica.line(patience: patience)
  }

  private func hub(_ doctor: Doctor) throws -> Check {
    func fine(_ detail: Phrase) -> Check { Check(name: "hub", isFine: true, detail: detail) }
    let line = try line()
    switch try doctor.compare(with: line, clock: replica.now) {
    case .same(let position):
      return fine(
        Phrase(
          en: "the same as here at position \(position.rawValue)",
          zh: "在位置 \(position.rawValue) 与本机一致"))
    case .differs(let position):
      return Check(
        name: "hub", isFine: false,
        detail: Phrase(
          en: "differs from here at position \(position.rawValue)",
          zh: "在位置 \(position.rawValue) 与本机不一致"))
    case .notComparable(let waiting):
      return fine(
        waiting > 0
          ? Phrase(
            en: "not compared: \(waiting) edits wait; sync first", zh: "未比较：\(waiting) 项待上传，请先同步")
          : Phrase(en: "not compared: it has news; sync first", zh: "未比较：服务器有更新，请先同步"))
    }
  }

  // MARK: The hub's past

  /// Checkpoints of one question; the hub takes no more.
  private static let checkpointsAsked = 100

  /// Holds the hub's history against the checkpoints that this laptop was shown, newest first.
  private func history() throws -> Check {
    let doubts = try replica.store.incidents().filter(\.isDoubt)
    if let doubt = doubts.first {
      return Check(
        name: "history", isFine: false, detail: IncidentWords.sentence(doubt, in: replica.zone))
    }
    let kept = try replica.store.checkpoints().suffix(Examination.checkpointsAsked)
    guard let last = kept.last else {
      return Check(
        name: "history", isFine: true,
        detail: Phrase(en: "nothing was shown yet", zh: "尚未收到检查点"))
    }
    let answer = try line().checkpoints(at: kept.map(\.position))
    let hashes = (answer["checkpoints"]?.array ?? []).map { $0["hash"]?.string }
    for (checkpoint, hash) in zip(kept, hashes) where hash != checkpoint.hash.text {
      let position = checkpoint.position.rawValue
      return Check(
        name: "history", isFine: false,
        detail: Phrase(
          en: """
            the hub's history up to position \(position) is not the one shown here: ask an admin for \
            rounds-admin audit verify --at \(position):\(checkpoint.hash.text)
            """,
          zh: """
            服务器截至位置 \(position) 的历史与本机所见不同：请管理员运行 \
            rounds-admin audit verify --at \(position):\(checkpoint.hash.text)
            """))
    }
    return Check(
      name: "history", isFine: true,
      detail: Phrase(
        en:
          "\(kept.count) checkpoints fit, the last is \(last.position.rawValue):\(last.hash.text)",
        zh: "\(kept.count) 个检查点一致，最新为 \(last.position.rawValue):\(last.hash.text)"))
  }

  // MARK: Contents

  private func contents(_ doctor: Doctor) throws -> Check {
    let line = try line()
    let comparison = try doctor.compareContents(now: replica.now) { request in
      try CompareResponse(decoding: try line.compare(request.encoded()))
    }
    switch comparison {
    case .same:
      return Check(
        name: "contents", isFine: true,
        detail: Phrase(en: "every record is the hub's", zh: "每条记录都与服务器一致"))
    case .healed(let records):
      let list = records.prefix(Doctor.recordsNamedMax).map(\.description).joined(separator: ", ")
      return Check(
        name: "contents", isFine: true,
        detail: Phrase(
          en: "\(records.count) records were not the hub's and are mended: \(list)",
          zh: "\(records.count) 条记录与服务器不一致，已修复：\(list)"))
    case .notComparable:
      return Check(
        name: "contents", isFine: true,
        detail: Phrase(en: "not compared: sync first", zh: "未比较：请先同步"))
    }
  }
}
