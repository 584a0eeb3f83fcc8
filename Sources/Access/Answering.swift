// Who may answer a reminder: whoever it is for, and whoever leads him.
//
// Pure, as every right. It holds also where everything is open because there are no teams yet: were it anybody's,
// a rep could end what his supervisor is told about him.

extension Policy {
  /// The collection whose records are answered.
  private static let reminders = "reminder"

  /// - Parameter person: whom the reminder is for.
  public func mayAnswer(_ user: String, for person: String, organisation: Organisation) -> Bool {
    if user == person { return true }
    guard let role = organisation[user]?.role, role == .manager || role == .admin else {
      return false
    }
    let relation = organisation.relation(of: user, toOwner: person)
    return right(.update, on: Policy.reminders, role: role).level.includes(relation)
  }
}
