// Words of a list: what is typed in either language is one word, and what no list knows is none.

import SyncCore
import Testing

@testable import FollowUp

@Suite struct VocabularyTests {
  @Test(arguments: [
    ("call", "call"), ("电话", "call"), ("CALL", "call"), ("Email", "mail"), ("面访", "visit"),
    ("拜访", "visit"), ("企业微信", "wecom"),
  ])
  func `a channel is typed in either language`(typed: String, word: String) {
    #expect(Vocabulary.channels.word(typed: typed) == word)
  }

  @Test func `the channels are those that programs know`() {
    #expect(Vocabulary.channels.words == Channel.allCases.map(\.rawValue))
  }

  @Test func `what is not on a list is no word of it`() {
    #expect(Vocabulary.topics.word(typed: "weather") == nil)
    #expect(Vocabulary.topics.word(typed: "") == nil)
    #expect(Vocabulary.topics.chinese("weather") == "weather")
    #expect(Vocabulary.topics.chinese("product") == "产品信息")
  }

  @Test func `no spelling means two words of one list`() {
    for list in [
      Vocabulary.channels, .topics, .directions, .outcomes, .feedbackKinds, .severities,
    ] {
      #expect(Set(list.everySpelling).count == list.everySpelling.count)
      for word in list.words { #expect(list.word(typed: word) == word) }
    }
  }

  @Test func `fields have their lists, and others none`() {
    #expect(Vocabulary.of("channel", in: .followUp) == .channels)
    #expect(Vocabulary.of("channel", in: .feedback) == .channels)
    #expect(Vocabulary.of("interests", in: .contact) == .topics)
    #expect(Vocabulary.of("kind", in: .ticket) == nil)
    #expect(Vocabulary.of("title", in: .plan) == nil)
  }

  @Test func `the more severe, the sooner it is answered`() {
    let almanac = Almanac(zoneName: "", zone: .utc)
    let begin = Moment(milliseconds: 1_795_338_000_000)
    let ends = ["urgent", "high", "normal", "low"].map {
      Vocabulary.answerIn(severity: $0)?.after(begin, in: almanac, team: nil)
    }
    #expect(ends.allSatisfy { $0 != nil })
    for (sooner, later) in zip(ends, ends.dropFirst()) {
      #expect(sooner.flatMap { left in later.map { left < $0 } } == true)
    }
  }
}
