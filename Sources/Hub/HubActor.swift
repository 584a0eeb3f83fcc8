// The hub as the rest of a program reaches it: hops onto one queue, and group commit.
//
// One SQLite file, one connection, one actor on a queue of its own. A request is put into the mail
// box by its caller and then `flush` is called; whichever call comes first answers all that is in
// the box in one transaction. So the requests that arrive while a transaction runs share the next
// one, and its one fsync; a caller goes on only after the commit that its answer speaks of (I11).
// No continuations and no tasks of its own: nothing can be resumed twice or forgotten.

import FollowUp
import Storage
import SyncCore
import Synchronization

public actor HubActor {
  /// Requests of one transaction: more would make the first of them wait too long for the last.
  public static let groupMax = 256

  private nonisolated let executor = QueueExecutor(label: "rounds.hub")
  public nonisolated var unownedExecutor: UnownedSerialExecutor {
    executor.asUnownedSerialExecutor()
  }

  private nonisolated let mail = Mutex(Mail())
  /// Called on the hub's queue after a commit, with everybody who has something to hear; must be quick.
  private let onNews: @Sendable (Set<String>) -> Void
  /// Nil before `open`, and after `close`.
  private var routes: Routes?

  private struct Mail {
    var nextTicket: UInt64 = 0
    var waiting: [(ticket: UInt64, request: HubRequest)] = []
    var answers: [UInt64: HubResponse] = [:]
  }

  public init(onNews: @escaping @Sendable (Set<String>) -> Void = { _ in }) { self.onNews = onNews }

  /// Makes the store on the hub's own queue; it never leaves it.
  public func open(_ make: @Sendable () throws -> Routes) throws {
    precondition(routes == nil, "the hub was opened twice")
    routes = try make()
  }

  /// Lets go of the database; every request after this is refused.
  public func close(_ last: @Sendable (HubStore) throws -> Void = { _ in }) throws {
    defer { routes = nil }
    if let routes { try last(routes.store) }
  }

  // MARK: Requests

  /// Answers a request, after the commit of whatever it changed.
  public nonisolated func answer(_ request: HubRequest) async -> HubResponse {
    let ticket = mail.withLock { mail in
      mail.nextTicket += 1
      mail.waiting.append((mail.nextTicket, request))
      return mail.nextTicket
    }
    while true {
      await flush(for: ticket)
      // Usually there at once; not so where more than a group was waiting before us.
      if let answer = mail.withLock({ $0.answers.removeValue(forKey: ticket) }) { return answer }
    }
  }

  /// Answers what waits in the mail box, a group at most.
  ///
  /// Whoever was answered together with somebody before him only fetches his answer: were he to answer
  /// those who have come since, a few at a time, each would wait for all of those small commits.
  private func flush(for ticket: UInt64) {
    let group = mail.withLock { mail in
      if mail.answers[ticket] != nil { return [(ticket: UInt64, request: HubRequest)]() }
      let group = Array(mail.waiting.prefix(HubActor.groupMax))
      mail.waiting.removeFirst(group.count)
      return group
    }
    guard !group.isEmpty else { return }
    let answers = telling { $0.answer(group.map(\.request)) }
    mail.withLock { mail in
      for (index, item) in group.enumerated() {
        mail.answers[item.ticket] = answers?[index] ?? HubActor.closed
      }
    }
  }

  /// Does something with the routes, and says whom it concerns.
  private func telling<T>(_ body: (Routes) throws -> T) rethrows -> T? {
    guard let routes else { return nil }
    defer {
      let people = routes.takeNews()
      if !people.isEmpty { onNews(people) }
    }
    return try body(routes)
  }

  private static let closed = Refused(503, "closing", "The hub is closing; ask again.").json

  // MARK: Waiting and time

  /// Whether a waiting laptop is answered now, or when something has happened.
  public func wait(_ request: HubRequest) -> Routes.WaitAnswer {
    routes?.wait(request) ?? .now(HubActor.closed)
  }

  /// Does what falls due by time alone, for all customers at once.
  @discardableResult
  public func tick() throws -> Int { try telling { try $0.tick() } ?? 0 }

  /// Does it for the next few of them, so that requests are answered in between.
  public func tickOn() throws -> (changed: Int, isRoundDone: Bool) {
    try telling { try $0.tickOn() } ?? (0, true)
  }

  // MARK: The world outside

  /// The next messages to send through these channels; none while the hub is closed.
  public func takeDeliveries(_ channels: Set<Delivery.Channel>) throws -> [Delivery] {
    try telling { try $0.takeDeliveries(channels) } ?? []
  }

  /// Notes what became of them.
  public func settleDeliveries(
    _ results: [(delivery: Delivery, outcome: DeliveryOutcome)]
  ) throws {
    try telling { try $0.settleDeliveries(results) }
  }

  /// Reads the rules anew with the next request.
  public func reload() { routes?.forgetRules() }

  /// The workspace's name; empty while the hub is closed.
  public var workspace: String { routes?.store.workspace ?? "" }

  public var head: Position { routes?.store.head ?? .start }
}
