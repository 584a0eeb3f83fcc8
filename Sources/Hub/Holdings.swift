// What somebody has, read: what a hand-over will move, and what goes with it.
//
// Everything at home with him, and what names him elsewhere: deals, tasks, plans, promises and tickets. What the one who asks
// does not see is not in it (I8), so he does not hand it over either. Values are as they are stored;
// whoever tells them draws the veil.

import FollowUp
import Storage
import SyncCore

struct Holdings {
  /// One record, by its columns.
  struct Item {
    var id: RecordID
    var root: RecordID
    var values: FieldValues
    var schema: CollectionSchema

    var isRoot: Bool { root == id }

    subscript(name: String) -> Value { schema[name].map { values[$0.id] } ?? .null }
    func text(_ name: String) -> String? { self[name].textOrNil }
    func moment(_ name: String) -> Moment? {
      if case .moment(let moment) = self[name] { moment } else { nil }
    }
  }

  /// A customer that is shared: with whom, or with him.
  struct Share {
    var root: RecordID
    var guest: Guest
  }

  let user: String
  var customers: [Item] = []
  var contacts: [Item] = []
  /// That are not closed: his, and others' at his customers.
  var opportunities: [Item] = []
  /// That are not done: his, and nobody's at home with him.
  var tasks: [Item] = []
  /// To keep in touch, sequences among them: those that are not over.
  var plans: [Item] = []
  /// That are not kept.
  var promises: [Item] = []
  /// That somebody has yet to answer for.
  var tickets: [Item] = []
  var reminders: [Item] = []
  /// Customers of others that he is a guest of.
  var shares: [Share] = []
  /// Guests of his customers.
  var guests: [Share] = []
  /// Roots at home with him that no field names the owner of, such as a contact without a customer.
  var ownerless: [Item] = []
  /// What was to come next, by the last follow-up of each customer that says so.
  var nextSteps: [RecordID: String] = [:]

  /// Of somebody who has nothing.
  init(of user: String) { self.user = user }

  /// - Parameter sight: of the one who asks.
  init(of user: String, in store: HubStore, by sight: Sight) throws {
    self.user = user
    let reader = Reader(store: store, user: user, scope: try store.scope(.user(user)), sight: sight)
    customers = try reader.items(.customer, "id IN \(Reader.home)")
    contacts = try reader.items(.contact, "root IN \(Reader.home) AND root <> id")
    opportunities = try reader.items(.opportunity, "owner = ?2 OR root IN \(Reader.home)")
      .filter { Ladder.isOpen(stage: $0["stage"]) }
    tasks = try reader.work(.task).filter { Ladder.isOpen(task: $0["status"]) }
    plans = try reader.work(.plan).filter { Ladder.isOpen(plan: $0["status"]) }
    promises = try reader.work(.promise).filter { Ladder.isOpen(promise: $0["status"]) }
    tickets = try reader.work(.ticket).filter { Ladder.isOpen(ticket: $0["status"]) }
    reminders = try reader.items(.reminder, "root IN \(Reader.home) AND status = 'active'")
    shares = try reader.shares("user = ?2")
    guests = try reader.shares("root IN \(Reader.home)")
    for schema in store.schema.collections where ![.customer, .conflict].contains(schema) {
      // What names a person is his who is named.
      let names = ["owner", "assignee", "user"].filter { schema[$0] != nil }
      let nobody = names.map { " AND coalesce(\"\($0)\", '') = ''" }.joined()
      ownerless += try reader.items(schema, "root = id AND root IN \(Reader.home)\(nobody)")
    }
    let named = Set(work.map(\.id))
    ownerless.removeAll { named.contains($0.id) }
    nextSteps = try reader.nextSteps()
  }

  /// What somebody is to do.
  var work: [Item] { tasks + plans + promises + tickets }

  /// Deals and work that name him, rather than nobody or somebody else.
  func isHis(_ item: Item) -> Bool {
    item.text("owner") == user || item.text("assignee") == user
  }

  /// The roots that will have another home.
  var roots: Set<RecordID> {
    Set((customers + work.filter(\.isRoot) + opportunities.filter(\.isRoot) + ownerless).map(\.id))
  }
}

private struct Reader {
  /// The roots at home with him; ?1 is his scope.
  static let home = "(SELECT root FROM feed WHERE scope = ?1 AND is_home = 1)"

  let store: HubStore
  let user: String
  let scope: ScopeID
  let sight: Sight

  /// Living records, in the order of identities; ?2 is his name.
  func items(_ schema: CollectionSchema, _ condition: String) throws -> [Holdings.Item] {
    guard let table = store.table(schema.id) else { return [] }
    let items = try store.db.all(
      table.selectSQL + " WHERE ?1 >= 0 AND ?2 <> '' AND (\(condition)) ORDER BY id",
      .integer(scope), .text(user)
    ) { row in
      let read = try table.row(row)
      return Holdings.Item(
        id: read.id, root: try row.id(table.additionsIndex), values: read.values, schema: schema)
    }
    return try items.filter { try shows($0.root) }
  }

  /// What he is to do, and what nobody is named for at home with him.
  func work(_ schema: CollectionSchema) throws -> [Holdings.Item] {
    try items(
      schema, "assignee = ?2 OR (coalesce(assignee, '') = '' AND root IN \(Reader.home))")
  }

  func shares(_ condition: String) throws -> [Holdings.Share] {
    let shares = try store.db.all(
      """
      SELECT root, user, may_write, expires_at FROM guests
      WHERE ?1 >= 0 AND ?2 <> '' AND \(condition) ORDER BY root, user
      """, .integer(scope), .text(user)
    ) { row in
      Holdings.Share(
        root: try row.id(0),
        guest: Guest(
          user: row.text(1), mayWrite: row.bool(2),
          expiresAt: row.isNull(3) ? nil : row.moment(3)))
    }
    return try shares.filter { try shows($0.root) }
  }

  func nextSteps() throws -> [RecordID: String] {
    let steps = try store.db.all(
      """
      SELECT root, next, max(occurredAt) FROM followUp
      WHERE next <> '' AND root IN \(Reader.home) GROUP BY root
      """, .integer(scope)
    ) { (try $0.id(0), $0.text(1)) }
    return Dictionary(uniqueKeysWithValues: steps)
  }

  private func shows(_ root: RecordID) throws -> Bool {
    try sight.isClear || sight.shows(root: root)
  }
}
