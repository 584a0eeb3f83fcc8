// Incidents, worded: what happened, and that nothing has to be done – or what.
//
// One place for `rounds status`, which explains, and `rounds doctor`, which counts doubts as findings. The
// library notes facts and knows no words.

import CommandKit
import Notation
import Replica

enum IncidentWords {
  /// For how long `rounds status` tells of one that asks for nothing.
  static let toldMilliseconds: Int64 = 14 * 24 * 3_600_000

  static func sentence(_ incident: Incident, in zone: LocalZone) -> Phrase {
    let day = String(ISO8601.string(milliseconds: incident.at.milliseconds, in: zone).prefix(10))
    let told = words(incident.kind)
    return Phrase(en: "\(day): \(told.en)", zh: "\(day)：\(told.zh)")
  }

  private static func words(_ kind: Incident.Kind) -> Phrase {
    switch kind {
    case .copied(let parent, let child):
      Phrase(
        en: """
          a copy of this laptop was found (a cloned disk, a restored backup); this one went on as \
          replica \(child.rawValue), before \(parent.rawValue), and nothing was lost
          """,
        zh: "发现本机的另一份拷贝（磁盘克隆或恢复备份）；本机改用副本编号 \(child.rawValue)（原为 \(parent.rawValue)），没有丢失内容")
    case .hubRestored(let position):
      Phrase(
        en: "the hub was restored to position \(position.rawValue); everything was read again",
        zh: "服务器已恢复到位置 \(position.rawValue)；本机已重新读取全部内容")
    case .sentAgain(let count):
      Phrase(
        en: "the hub lacked \(count) edits of this laptop; they went up again",
        zh: "服务器缺少本机的 \(count) 项修改，已重新上传")
    case .rewritten(let position):
      Phrase(
        en: """
          the hub's history up to position \(position.rawValue) is not the one shown here before; tell an \
          admin to run rounds-admin audit verify
          """,
        zh: "服务器截至位置 \(position.rawValue) 的历史与本机先前所见不同；请告知管理员运行 rounds-admin audit verify")
    case .rolledBack(let position):
      Phrase(
        en: """
          the hub went back behind position \(position.rawValue) without being restored in order; this \
          laptop sent again what was missing. Tell an admin to run rounds-admin audit verify
          """,
        zh: """
          服务器未按规程恢复便退回到位置 \(position.rawValue) 之前；本机已补发缺失内容。请告知管理员运行 \
          rounds-admin audit verify
          """)
    case .healed(let count):
      Phrase(
        en: "\(count) records were not the hub's and were mended",
        zh: "\(count) 条记录与服务器不一致，已修复")
    case .rebuilt(let edits):
      Phrase(
        en: "the replica was made anew; \(edits) unsent edits were saved out of the old file",
        zh: "本机副本已重建；从旧文件中救回 \(edits) 项未上传的修改")
    }
  }

  static func json(_ incident: Incident, in zone: LocalZone) -> JSONValue {
    [
      "at": .string(ISO8601.string(milliseconds: incident.at.milliseconds, in: zone)),
      "text": .string(words(incident.kind).en), "doubt": .bool(incident.isDoubt),
    ]
  }
}
