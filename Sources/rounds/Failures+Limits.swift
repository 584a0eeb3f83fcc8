// What `rounds` says where something is not a laptop's to do, or is beyond a limit.
//
// Full sentences in both languages, as in `Failures`. It must never decide anything.

import CommandKit
import SyncCore

extension Failures {
  static func duplicateCustomers(_ id: RecordID) -> CommandFailure {
    CommandFailure(
      .refused,
      Phrase(
        en: "Customers share this code; which of them is kept an administrator decides.",
        zh: "有多个客户使用同一编码；保留哪一个由管理员决定。"),
      hint: Phrase(
        en: "Correct the code with rounds set , or ask for: rounds-admin conflicts resolve \(id)",
        zh: "可以用 rounds set 更正编码，或请管理员执行：rounds-admin conflicts resolve \(id)"))
  }

  static func tooLongToFind(max: Int) -> CommandFailure {
    .usage(
      Phrase(
        en: "What is searched for is longer than \(max) bytes.",
        zh: "要搜索的内容超过 \(max) 字节。"),
      hint: Phrase(en: "A few words of it are enough.", zh: "只写其中几个词即可。"))
  }
}
