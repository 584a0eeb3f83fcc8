// The two languages the programs speak, and a sentence in both.
//
// A `Phrase` always has both texts, so that no message can exist in one language only. It must
// never be stored or sent: what is written down is data, and is worded when it is shown.

import Notation

/// A language for people; programs read `--json`, which is the same in both.
public enum Language: String, CaseIterable, Hashable, Sendable {
  case en
  case zhHans = "zh-Hans"

  /// Reads `en`, `zh`, `zh_CN.UTF-8`, `zh-Hans`; nil for a language we do not speak.
  public init?(tag: String) {
    let primary = tag.lowercased().prefix { $0.isLetter }
    switch primary {
    case "en", "c", "posix": self = .en
    case "zh": self = .zhHans
    default: return nil
    }
  }

  /// The language of an environment: ROUNDS_LANG, then LC_ALL, then LANG; the first that is set
  /// decides, and what we do not speak becomes English.
  public static func preferred(in environment: [String: String]) -> Language {
    for name in ["ROUNDS_LANG", "LC_ALL", "LANG"] {
      if let tag = environment[name], !tag.isEmpty { return Language(tag: tag) ?? .en }
    }
    return .en
  }
}

/// One text for people, in both languages.
public struct Phrase: Hashable, Sendable {
  public var en: String
  public var zh: String

  public init(en: String, zh: String) {
    self.en = en
    self.zh = zh
  }

  /// A text that is the same in both: a name, a number, an id.
  public init(verbatim text: String) {
    self.init(en: text, zh: text)
  }

  public func text(_ language: Language) -> String {
    switch language {
    case .en: en
    case .zhHans: zh
    }
  }

  /// Both texts one after the other.
  public static func + (first: Phrase, second: Phrase) -> Phrase {
    Phrase(en: first.en + second.en, zh: first.zh + second.zh)
  }
}
