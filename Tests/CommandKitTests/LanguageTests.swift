// Which language a program speaks.
// The order of the variables is part of the contract: a rep's laptop may be set to Chinese, their
// shell to C, and the program to either.

import CommandKit
import Testing

@Suite struct LanguageTests {
  @Test func `the first variable that is set decides`() {
    let cases: [([String: String], Language)] = [
      ([:], .en), (["LANG": "zh_CN.UTF-8"], .zhHans), (["LANG": "de_DE.UTF-8"], .en),
      (["LANG": "zh_CN.UTF-8", "LC_ALL": "C"], .en),
      (["LANG": "en_US", "LC_ALL": "zh_TW"], .zhHans),
      (["LANG": "zh_CN", "LC_ALL": ""], .zhHans),
      (["ROUNDS_LANG": "en", "LC_ALL": "zh_CN"], .en), (["ROUNDS_LANG": "zh-Hans"], .zhHans),
    ]
    for (environment, language) in cases {
      #expect(Language.preferred(in: environment) == language, "\(environment)")
    }
  }

  @Test func `a phrase has both texts`() {
    let phrase = Phrase(en: "Saved", zh: "已保存") + Phrase(verbatim: ": 3")
    #expect(phrase.text(.en) == "Saved: 3")
    #expect(phrase.text(.zhHans) == "已保存: 3")
  }

  @Test func `the option wins over the environment`() {
    let ran = run("lst", "--lang", "en", environment: ["ROUNDS_LANG": "zh"])
    #expect(ran.err.contains("There is no command"))
  }
}
