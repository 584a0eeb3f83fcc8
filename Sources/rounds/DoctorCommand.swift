// `rounds doctor`: does everything that must be true of this replica hold?
//
// It only reads, and asks the hub one question where it can be reached. A hub that cannot is no
// finding. Any finding makes it exit 1, after all checks have been made and printed.

import CommandKit
import Glibc
import HubClient
import Notation
import Replica
import SyncCore
import Wire

func doctorCommand(_ outside: Outside) -> Command {
  Command(
    ["doctor"], group: Group.machine,
    summary: Phrase(en: "Check this replica", zh: "检查本机的数据副本"),
    options: [
      Command.Option(
        "deep", help: Phrase(en: "Every page and every record", zh: "检查每一页和每一条记录"))
    ]
  ) { invocation in
    let replica = try OpenReplica(invocation, outside)
    let checks = Examination(replica, isDeep: invocation.flag("deep")).checks()
    let findings = checks.count { !$0.isFine }
    if invocation.isJSON {
      let documents = checks.map { check -> JSONValue in
        [
          "name": .string(check.name), "ok": .bool(check.isFine),
          "detail": .string(check.detail.en),
        ]
      }
      invocation.console.print(json: ["checks": .array(documents), "ok": .bool(findings == 0)])
    } else {
      for check in checks {
        let mark = check.isFine ? "ok  " : "!!  "
        let detail = TextWidth.oneLine(check.detail.text(invocation.language))
        let line = mark + TextWidth.padded(check.name, columns: 10) + "  " + detail
        invocation.console.print(check.isFine ? line : invocation.console.styled(line, .red))
      }
    }
    if findings > 0 { throw RepError.findings(findings) }
  }
}

private struct Examination {
  struct Check {
    var name: String
    var isFine: Bool
    var detail: Phrase
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
      clock(), disk(), checkHub(doctor),
    ]
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

  private func checkHub(_ doctor: Doctor) -> Check {
    do {
      return try hub(doctor)
    } catch {
      return broken("hub", error)
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
    let free = Int64(clamping: numbers.f_bavail &* numbers.f_frsize)
    return Check(
      name: "disk", isFine: free >= Examination.freeBytesMin,
      detail: Phrase(en: "\(ByteSize.text(free)) free", zh: "剩余 \(ByteSize.text(free))"))
  }

  private func hub(_ doctor: Doctor) throws -> Check {
    var patience = HTTPHubLink.Patience()
    patience.syncSeconds = Examination.patienceSeconds
    patience.connectSeconds = Examination.patienceSeconds
    func fine(_ detail: Phrase) -> Check { Check(name: "hub", isFine: true, detail: detail) }
    do {
      switch try doctor.compare(with: try replica.line(patience: patience), clock: replica.now) {
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
    } catch HubLinkError.unreachable(let reason) {
      return fine(Phrase(en: "not reached: \(reason)", zh: "未能连接：\(reason)"))
    }
  }
}
