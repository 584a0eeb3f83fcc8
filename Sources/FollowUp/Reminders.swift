// Reminders as one person gets them: the effect, the recipient it means, and the words filled in.
//
// Whom a rule means by “supervisor” only the hub can say; a laptop knows its own person. So who is who is
// an argument here, and the two of them agree on every reminder that both can think of (I6).

import Notation
import SyncCore

/// Whom rules mean.
public protocol RulePeople {
  /// The users whom a recipient stands for, in order, each once.
  func users(_ recipient: Recipient, owner: String?, author: String?) -> [String]
}

/// A laptop's view: it knows who it belongs to, and leaves everybody else to the hub.
public struct OnePerson: RulePeople {
  private let user: String

  public init(_ user: String) { self.user = user }

  public func users(_ recipient: Recipient, owner: String?, author: String?) -> [String] {
    switch recipient {
    case .owner where owner == user, .user(user): [user]
    case .author where author == user: [user]
    default: []
    }
  }
}

extension RuleBook {
  /// The reminders that should be active for a customer, in the order of the rules.
  public func reminders(
    for facts: CustomerFacts, within window: Range<Moment>, _ context: RuleContext,
    _ people: some RulePeople
  ) -> [ReminderEffect] {
    effects(for: facts, within: window, context).flatMap { $0.reminders(facts, people) }
  }
}

/// One reminder that should be active.
public struct ReminderEffect: Hashable, Sendable, DerivedIdentity {
  public var effect: Effect
  /// The name of the user who is reminded.
  public var user: String
  public var strength: Strength
  /// With placeholders filled in.
  public var title: Titles
  /// What sets reminders of one effect apart; empty for the owner it is about.
  var slot: [String]
  /// Up to when everything is known that could speak against it; nil: all there is.
  public var unconfirmed: Moment?
  /// When the reminder that it goes on from had stood unacknowledged for too long.
  var escalatedAt: Moment?

  public var rule: String { effect.rule.id }
  public var ruleVersion: Int { effect.rule.version }
  public var subject: RecordID { effect.subject.id }
  public var anchor: Moment { effect.anchor }
  public var dueAt: Moment { escalatedAt ?? effect.dueAt }
  /// Whether it is there because nobody has acknowledged another one.
  public var isEscalated: Bool { escalatedAt != nil }
  public var identityMoment: Moment { effect.identityMoment }
  /// Hashed by the caller. Somebody else in the same place is the same reminder (L11).
  public var identityParts: [String] { effect.identityParts + slot }
  /// Which recipient of its effect it is for.
  public var place: String { slot.joined(separator: " ") }
  /// Whether it goes to somebody besides the one whose work it is about.
  public var isCopy: Bool { !slot.isEmpty }
}

extension Effect {
  /// The reminders of this effect; none where it asks for something else.
  public func reminders(_ facts: CustomerFacts, _ people: some RulePeople) -> [ReminderEffect] {
    guard case .remind(let notice) = action else { return [] }
    var reminders: [ReminderEffect] = []
    let title = filled(notice.title, facts)
    for (place, recipient) in notice.recipients.enumerated() {
      let users = people.users(recipient, owner: owner(facts), author: author)
      for (number, user) in users.enumerated() where !reminders.contains(where: { $0.user == user })
      {
        let slot = place == 0 && recipient == .owner ? [] : ["\(recipient)", "\(number)"]
        reminders.append(
          ReminderEffect(
            effect: self, user: user, strength: notice.strength, title: title, slot: slot))
      }
    }
    return reminders
  }

  /// When this effect's reminder goes on to somebody else, unless it is acknowledged; nil: never.
  ///
  /// - Parameter told: since when its person could know of it.
  public func escalation(
    told: Moment, _ facts: CustomerFacts, _ context: RuleContext
  ) -> Moment? {
    guard case .remind(let notice) = action, let escalation = notice.escalation else { return nil }
    return escalation.after.after(
      max(dueAt, told), in: context.almanac, team: owner(facts).flatMap(context.team))
  }

  /// To whom it goes on. Whether it is acknowledged only the hub can say, so a laptop never foresees these.
  public func escalations(
    _ facts: CustomerFacts, _ people: some RulePeople, at moment: Moment
  ) -> [ReminderEffect] {
    guard case .remind(let notice) = action, let escalation = notice.escalation else { return [] }
    let title = filled(notice.title, facts)
    // Who was sent a copy has not been asked yet to see to it.
    let asked = notice.recipients.prefix(1).flatMap {
      people.users($0, owner: owner(facts), author: author)
    }
    let users = people.users(escalation.recipient, owner: owner(facts), author: author)
    return users.enumerated().filter { !asked.contains($0.element) }.map { number, user in
      ReminderEffect(
        effect: self, user: user, strength: notice.strength,
        title: Titles(en: "Not acknowledged: \(title.en)", zh: "未确认：\(title.zh)"),
        slot: ["escalate", "\(number)"], escalatedAt: moment)
    }
  }

  /// Whose work the record is: its own owner, or the customer's.
  public func owner(_ facts: CustomerFacts) -> String? { subject.owner(facts) }

  /// Who wrote the record, where it says so.
  public var author: String? {
    Schema.followUp[subject.collection]?["author"].flatMap { subject.values[$0.id].text }
  }

  /// A template with its placeholders filled: fields of the record, `customer`, `owner`, and `years` since
  /// the date of an anniversary.
  public func filled(_ title: Titles, _ facts: CustomerFacts) -> Titles {
    title.filled { fill($0, facts) }
  }

  public func filled(_ text: String, _ facts: CustomerFacts) -> String {
    filled(Titles(en: text, zh: text), facts).en
  }

  private func fill(_ name: String, _ facts: CustomerFacts) -> String {
    subject.words(for: name, in: rule.collection, facts, years: years)
  }

  /// A template as this effect sends it.
  public func filled(
    _ template: MessageTemplate, _ facts: CustomerFacts
  ) -> (title: String, text: String) {
    template.filled(for: subject, facts, years: years)
  }

  /// How many years ago the day of an anniversary was first.
  private var years: Int? {
    guard case .anniversary(let field) = rule.trigger,
      let first = subject.values[field].text.flatMap({ MonthDay($0) })?.year
    else { return nil }
    // The anchor is a midnight somewhere: half a day later it is that day in every zone.
    let day = LocalZone.utc.civilTime(atMilliseconds: anchor.milliseconds + 12 * 3_600_000)
    return day.year - first
  }
}
