// The policy that every workspace begins with.
//
// It is read exactly like a file somebody wrote, so the language is known to be enough for it;
// `Protocol/Policy.schema.json` describes it.

import SyncCore

extension Policy {
  /// The policy in force where nobody has applied another.
  public static let standard: Policy = {
    do {
      // It names no collection and no field, so it is one under every schema.
      let schema = Schema(version: 1, collections: [])
      return try Policy(parsing: Array(standardText.utf8), schema: schema)
    } catch {
      preconditionFailure("the standard policy does not parse: \(error)")
    }
  }()

  /// `standard` as its author wrote it, to start a policy of one's own from.
  public static let standardText = #"""
    {
      "policy": 1,
      "withoutTeams": "open",
      "roles": {
        "rep": {
          "title": {"en": "Sales representative", "zh": "普通销售"},
          "directory": "all",
          "rights": {
            "*": {
              "read": "own", "create": "own", "update": "own", "delete": "own",
              "export": "own", "assign": "none", "resolve": "own"
            }
          }
        },
        "manager": {
          "title": {"en": "Sales manager", "zh": "销售主管"},
          "directory": "all",
          "rights": {
            "*": {
              "read": "below", "create": "below", "update": "below", "delete": "below",
              "export": "below", "assign": "below", "resolve": "below"
            }
          }
        },
        "admin": {
          "title": {"en": "Executive", "zh": "公司高管"},
          "directory": "all",
          "rights": {
            "*": {
              "read": "all", "create": "all", "update": "all", "delete": "all",
              "export": "all", "assign": "all", "resolve": "all"
            }
          }
        },
        "service": {
          "title": {"en": "Service account", "zh": "集成账号"},
          "directory": "all",
          "rights": {
            "*": {
              "read": "all", "create": "none", "update": "none", "delete": "none",
              "export": "all", "assign": "none", "resolve": "none"
            }
          }
        }
      }
    }

    """#
}
