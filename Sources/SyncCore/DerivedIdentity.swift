// What is the same for whoever thinks of it: its identity follows from what it is.
//
// A hub and a laptop that ask the same rules make one reminder, not two. What goes into the identity is said
// here; how it is hashed is the business of the floor above.

public protocol DerivedIdentity {
  /// The time in the identity.
  var identityMoment: Moment { get }
  /// What makes it this one and no other.
  var identityParts: [String] { get }
}
