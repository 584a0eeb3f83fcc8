// Claims and releases: every refusal in order of precedence, and where each limit begins and ends.

import Access
import FollowUp
import Notation
import Testing

struct ClaimTests {
  static let people = OrganisationTests.people
  static let day: Int64 = 86_400_000
  static let now: Int64 = 1_795_000_000_000

  let pool: Pool

  init() throws {
    pool = try PoolTests.pool(
      #"""
      {"name":"p","members":["team:north"],"admins":["mei"],"claimsPerDay":2,"holdMax":3,
       "coolDownDays":7,"newDataDelayHours":24}
      """#)
  }

  /// A claim against which everything stands.
  static var worst: ClaimFacts {
    ClaimFacts(
      user: "dan", isInPool: false, owner: "bob", ownerSince: now - day, grantsToday: 2, held: 3,
      formerOwner: "dan", releasedAt: now - day, enteredAt: now, now: now)
  }

  @Test func `each refusal comes before the next`() throws {
    var pool = try PoolTests.pool(
      #"{"name":"p","members":["ann"],"claimable":false,"claimsPerDay":2,"holdMax":3,"newDataDelayHours":24}"#
    )
    var facts = ClaimTests.worst
    func refusal() -> ClaimRefusal? { pool.decide(facts, ClaimTests.people) }
    #expect(refusal() == .notInPool(owner: "bob", since: ClaimTests.now - ClaimTests.day))
    facts.isInPool = true
    #expect(refusal() == .notMember)
    (facts.user, facts.formerOwner) = ("ann", "ann")
    #expect(refusal() == .notClaimable)
    pool = self.pool
    #expect(refusal() == .dailyLimit(max: 2))
    facts.grantsToday = 1
    #expect(refusal() == .holdMax(max: 3))
    facts.held = 2
    #expect(refusal() == .coolDown(until: ClaimTests.now + 6 * ClaimTests.day, days: 7))
    facts.formerOwner = "bob"
    #expect(refusal() == .newDataDelay(until: ClaimTests.now + ClaimTests.day, hours: 24))
    facts.enteredAt = ClaimTests.now - ClaimTests.day
    #expect(refusal() == nil)
  }

  @Test func `an admin of the pool has no limits but takes nothing from others`() throws {
    var facts = ClaimTests.worst
    (facts.user, facts.formerOwner) = ("mei", "mei")
    #expect(pool.decide(facts, ClaimTests.people)?.rule == "inPool")
    facts.isInPool = true
    #expect(pool.decide(facts, ClaimTests.people) == nil)
    let handedOut = try PoolTests.pool(#"{"name":"p","admins":["mei"],"claimable":false}"#)
    #expect(handedOut.decide(facts, ClaimTests.people) == nil)
  }

  @Test func `a wait ends at its moment, to the millisecond`() {
    let facts = ClaimFacts(
      user: "ann", isInPool: true, formerOwner: "ann", releasedAt: 0, enteredAt: 0, now: 0)
    let ledger: [(former: String?, entered: Int64?, end: Int64)] = [
      ("ann", nil, 7 * ClaimTests.day), (nil, 0, ClaimTests.day), ("bob", 0, ClaimTests.day),
      ("ann", 0, 7 * ClaimTests.day),
    ]
    for (former, entered, end) in ledger {
      var facts = facts
      (facts.formerOwner, facts.enteredAt) = (former, entered)
      facts.now = end - 1
      #expect(pool.decide(facts, ClaimTests.people) != nil, "\(end)")
      facts.now = end
      #expect(pool.decide(facts, ClaimTests.people) == nil, "\(end)")
    }
  }

  @Test func `moments that no calendar has are waited for and not computed with`() {
    var facts = ClaimFacts(user: "ann", isInPool: true, enteredAt: .max, now: .min)
    #expect(pool.decide(facts, ClaimTests.people) == .newDataDelay(until: .max, hours: 24))
    facts.enteredAt = .min
    #expect(pool.decide(facts, ClaimTests.people)?.text.isEmpty == false)
    #expect(ClaimRefusal.coolDown(until: .max, days: 7).text.isEmpty == false)
  }

  @Test func `a refusal says the rule, its number and what to do`() {
    let at = ClaimTests.now
    let ledger: [(refusal: ClaimRefusal, rule: String, text: String)] = [
      (
        .notInPool(owner: "bob", since: at), "inPool",
        "The customer is not in the pool: bob has it since 2026-11-18T11:06:40+00:00. Ask bob."
      ),
      (
        .notInPool(owner: nil, since: nil), "inPool",
        "The customer is not in the pool. Ask a manager whose it is to be."
      ),
      (
        .notMember, "members",
        "You are not among the members of this pool. Ask one of its admins."
      ),
      (
        .notClaimable, "claimable",
        "Customers of this pool are handed out, not claimed. Ask one of its admins."
      ),
      (
        .dailyLimit(max: 10), "claimsPerDay",
        "Nobody claims more than 10 customers a day from this pool. Claim again tomorrow."
      ),
      (
        .holdMax(max: 200), "holdMax",
        "Whoever has 200 open customers claims no more. Close or release one first."
      ),
      (
        .coolDown(until: at, days: 7), "coolDownDays",
        "You had this customer last, and its last owner waits 7 days of 24 hours. "
          + "Claim it after 2026-11-18T11:06:40+00:00."
      ),
      (
        .newDataDelay(until: at, hours: 24), "newDataDelayHours",
        "A customer lies in this pool for 24 hours before it is claimed. "
          + "Claim it after 2026-11-18T11:06:40+00:00."
      ),
    ]
    for (refusal, rule, text) in ledger {
      #expect(refusal.rule == rule)
      #expect(refusal.text == text)
      #expect(refusal.json["rule"]?.string == rule && refusal.json["text"]?.string == text)
    }
    let east = LocalZone.fixed(offsetSeconds: 8 * 3600)
    #expect(
      ClaimRefusal.coolDown(until: at, days: 7).text(in: east)
        .hasSuffix("Claim it after 2026-11-18T19:06:40+08:00."))
    #expect(ClaimRefusal.coolDown(until: at, days: 7).json["until"] == .integer(at))
    #expect(ClaimRefusal.holdMax(max: 3).json["max"] == 3)
  }
}

struct ReleaseTests {
  @Test func `whoever answers for a customer releases it, and says why`() throws {
    let pool = try PoolTests.pool(#"{"name":"p","admins":["dan","noa"]}"#)
    func rule(_ user: String, _ owner: String?, _ reason: String, inPool: Bool = false) -> String? {
      let facts = ReleaseFacts(user: user, isInPool: inPool, owner: owner, reason: reason)
      let refusal = pool.decideRelease(facts, ClaimTests.people)
      #expect(refusal?.text.isEmpty != true)
      return refusal?.rule
    }
    let ledger: [(user: String, owner: String?, reason: String, rule: String?)] = [
      ("ann", "ann", "no need", nil), ("ann", "ann", " \n", "reason"), ("ann", "ann", "", "reason"),
      ("bob", "ann", "mine", "owner"), ("ann", "cid", "below me", "owner"),
      ("mei", "ann", "silent", nil), ("mei", "cid", "silent", nil),
      ("mei", "liu", "silent", "owner"),
      ("liu", "cid", "silent", nil), ("boss", "cid", "silent", nil), ("erp", "ann", "old", "owner"),
      ("dan", "cid", "silent", nil), ("noa", "ann", "silent", "owner"), ("bob", "ann", "", "owner"),
      ("mei", nil, "found", "owner"), ("dan", nil, "found", nil), ("boss", nil, "found", nil),
      ("nobody", "nobody", "x", "owner"),
    ]
    for (user, owner, reason, expected) in ledger {
      #expect(rule(user, owner, reason) == expected, "\(user) \(owner ?? "nobody") \(reason)")
    }
    #expect(rule("bob", "ann", "", inPool: true) == "inPool")
    #expect(
      ReleaseRefusal.notYours(owner: "ann").text
        == "The customer is ann's: only ann, a manager of ann or an admin of the pool releases it. "
        + "Ask one of them.")
  }
}
