// The sentences of `Failures` about the key of an encrypted replica.
//
// A wrong key is refused (4), a machine without SQLCipher is a fault (1), words that are no key are
// usage (2). No sentence may repeat what was given as a key.

import CommandKit
import Storage

extension Failures {
  static func explain(_ fault: KeyFault) -> CommandFailure {
    switch fault {
    case .missing(let variables):
      .usage(
        Phrase(
          en: "The replica is encrypted, and nothing says its key.", zh: "数据副本已加密，但没有提供密钥。"),
        hint: Phrase(en: "Set one of: \(variables)", zh: "请设置其中之一：\(variables)"))
    case .malformed(let source):
      .usage(
        Phrase(
          en: "\(source) holds no key: it must be 64 hexadecimal digits.",
          zh: "\(source) 中没有密钥：应为 64 位十六进制数字。"),
        hint: Phrase(en: "Make one with: openssl rand -hex 32", zh: "生成方法：openssl rand -hex 32"))
    case .emptyPassphrase, .passphrasesDiffer, .outOfMemory, .noteDamaged: explainMaking(fault)
    }
  }

  private static func explainMaking(_ fault: KeyFault) -> CommandFailure {
    switch fault {
    case .passphrasesDiffer:
      .usage(Phrase(en: "The two passphrases differ.", zh: "两次输入的口令不一致。"))
    case .outOfMemory:
      CommandFailure(
        .fault,
        Phrase(
          en: "There is not enough memory to make the key of the passphrase.",
          zh: "内存不足，无法由口令生成密钥。"))
    case .noteDamaged(let path):
      CommandFailure(
        .fault,
        Phrase(
          en: "\(path) does not say how the key is made; without it the replica stays closed.",
          zh: "\(path) 已损坏，无法得知密钥的生成方式，因此不能打开副本。"),
        hint: Phrase(en: "Restore that file from a backup.", zh: "请从备份恢复该文件。"))
    default: .usage(Phrase(en: "The passphrase is empty.", zh: "口令为空。"))
    }
  }

  static func encryption(_ error: StorageError) -> CommandFailure {
    switch error {
    case .wrongKey(let path):
      CommandFailure(
        .refused,
        Phrase(en: "The key does not open \(path) .", zh: "该密钥无法打开 \(path) 。"),
        hint: Phrase(
          en: "Take the key or passphrase that it was joined with.", zh: "请使用加入时的密钥或口令。"))
    case .libraryTooOld(let found, let needed):
      CommandFailure(
        .fault,
        Phrase(
          en: "SQLite here is \(found); Rounds needs \(needed) or newer.",
          zh: "本机的 SQLite 版本为 \(found)，需要 \(needed) 或更新版本。"))
    default:
      CommandFailure(
        .fault,
        Phrase(
          en: "This build of rounds cannot encrypt: it was made without SQLCipher.",
          zh: "此版本的 rounds 不支持加密：编译时没有 SQLCipher。"),
        hint: Phrase(
          en: "Install SQLCipher 4.5 or newer and build with ROUNDS_SQLCIPHER=1 .",
          zh: "请安装 SQLCipher 4.5 或更新版本，并用 ROUNDS_SQLCIPHER=1 编译。"))
    }
  }
}
