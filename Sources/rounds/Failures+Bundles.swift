// Why a bundle was not read or written, worded. Part of `Failures`; see there.
//
// Each sentence says what the file is, not only that it is wrong: whoever has it in his hand must know
// whom to give it to.

import CommandKit
import Replica

extension Failures {
  static func explain(_ error: BundleError) -> CommandFailure {
    switch error {
    case .unreadable:
      .usage(Phrase(en: "The file is no bundle, or it is cut off.", zh: "该文件不是数据包，或者不完整。"))
    case .otherProtocol:
      refused("The bundle is of another version of Rounds.", "该数据包属于另一个版本的 Rounds。")
    case .forged:
      refused(
        "The bundle was altered on the way, or is not from whom it says.",
        "数据包在途中被改动，或者来源不实。",
        hint: Phrase(en: "Ask its author for a new one.", zh: "请向作者索取新的数据包。"))
    case .otherHub:
      refused("The bundle belongs to another hub than yours.", "该数据包属于另一个服务器。")
    case .otherLaptop:
      refused("This is the answer to another laptop's bundle.", "这是对另一台电脑的数据包的答复。")
    case .ownRequest:
      refused(
        "This is a bundle of this very laptop, and meant for the hub.", "这是本机自己的数据包，应送往服务器。",
        hint: Phrase(
          en: "Give it to a colleague or an admin; what comes back is read here.",
          zh: "请交给同事或管理员；带回的答复再在本机读入。"))
    case .unknown:
      CommandFailure(
        .notFound,
        Phrase(
          en: "This answers a bundle that this laptop does not remember. Nothing has changed.",
          zh: "本机没有与这份答复对应的数据包记录，没有任何变化。"),
        hint: Phrase(en: "Sync, or write a new bundle.", zh: "请同步，或重新打包。"))
    case .noKey:
      refused(
        "This laptop does not know the hub's key yet.", "本机还不知道服务器的密钥。",
        hint: Phrase(en: "Sync once over the network first.", zh: "请先联网同步一次。"))
    }
  }

  private static func refused(_ en: String, _ zh: String, hint: Phrase? = nil) -> CommandFailure {
    CommandFailure(.refused, Phrase(en: en, zh: zh), hint: hint)
  }
}
