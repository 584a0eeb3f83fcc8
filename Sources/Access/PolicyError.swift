// Why a text is no policy, or no pool: where in the file, what is wrong, what is allowed.
//
// Facts; a program words its message from them. What any JSON document may get wrong is made by
// `JSONNode`, which also finds line and column; the rest is what a policy must never say.

import Notation

/// Why a text is no policy, or no pool. Facts; a program words its message from them.
public struct PolicyError: Error, Hashable, Sendable {
  public enum Problem: JSONProblem, Hashable, Sendable {
    case flaw(JSONFlaw)
    /// The field cannot be hidden: without it nobody can do anything with the record.
    case cannotHide(field: String, collection: String, Need)
    /// An admin would lose what it takes to mend a policy and what it did.
    case adminNeedsAll(Action)
    /// What belongs to a customer would be seen by others than the customer.
    case readsApart(customer: Level)
  }

  /// What a field is needed for.
  public enum Need: Hashable, Sendable {
    /// It is what people call the record.
    case title
    /// It says which root the record belongs to.
    case root
    /// It says whose the record is.
    case owner
  }

  public var problem: Problem
  /// Where in the document, such as `$.roles.rep.rights.customer.read`.
  public var path: String
  /// Line and column, from 1, of the value at `path`; nil where they cannot be had.
  public var line: Int?
  public var column: Int?
  /// What could have stood there.
  public var allowed: [String]
}

extension PolicyError: JSONFault {
  public init(_ problem: Problem, path: String, allowed: [String]) {
    self.init(problem: problem, path: path, allowed: allowed)
  }

  public var what: String {
    switch problem {
    case .flaw(let flaw): flaw.description
    case .cannotHide(let field, let collection, let need):
      "\(field) of a \(collection) cannot be hidden: \(need.sentence)"
    case .adminNeedsAll(let action):
      "an admin must be able to \(action.rawValue) all records: nobody else could repair a mistake"
    case .readsApart(let customer):
      "what belongs to a customer is seen with it or never, and customers are read as far as "
        + "“\(customer.rawValue)”"
    }
  }
}

extension PolicyError.Need {
  fileprivate var sentence: String {
    switch self {
    case .title: "it is what people call the record"
    case .root: "it says which customer the record belongs to"
    case .owner: "it says whose the record is"
    }
  }
}
