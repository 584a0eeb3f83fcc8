// What somebody is allowed to be: the four roles that a policy gives rights to.
//
// The names stand in the hub's user table, in policies and on the wire of the admin interface; a
// role is never renamed, and a new one needs a place in every policy.

/// What somebody is allowed to be.
public enum Role: String, CaseIterable, Sendable {
  /// Follows up customers of his own.
  case rep
  /// Leads a team, and the teams below it.
  case manager
  /// Answers for the whole workspace.
  case admin
  /// A program's account, not a person's: other systems read through it.
  case service
}
