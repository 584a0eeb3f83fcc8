// The rules that every workspace begins with.
//
// They are read exactly like a file somebody wrote, so the language is known to be enough for them;
// `Protocol/Rules.schema.json` describes it. Changing one raises its version and not its id.

extension RuleBook {
  /// The rules in force where nobody has applied others.
  public static let shipped: RuleBook = {
    do {
      return try RuleBook(parsing: Array(shippedText.utf8), schema: .followUp)
    } catch {
      preconditionFailure("the shipped rules do not parse: \(error)")
    }
  }()

  /// `shipped` as its author wrote it, to start a rule file of one's own from.
  public static let shippedText = #"""
    {
      "version": 1,
      "rules": [
        {
          "id": "first-contact",
          "version": 1,
          "on": "customer",
          "trigger": {"assigned": {"within": "24h"}},
          "remind": "owner",
          "strength": "normal",
          "title": {"en": "First contact with {name}", "zh": "首次联系 {name}"}
        },
        {
          "id": "high-value-silence",
          "version": 1,
          "on": "customer",
          "trigger": {"silence": {"longerThan": "5d"}},
          "where": "tags contains 高价值",
          "remind": "owner",
          "strength": "strong",
          "title": {
            "en": "High-value customer {name} has been silent for more than 5 days",
            "zh": "高价值客户 {name} 已超过 5 天无跟进"
          }
        }
      ]
    }

    """#
}
