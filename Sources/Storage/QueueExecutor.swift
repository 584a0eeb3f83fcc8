// An actor's executor on a private Dispatch queue.
//
// Blocking calls on Swift's shared pool stall unrelated work (it has as many threads as cores), so
// whoever owns a database connection runs on a queue of its own. Linux has no DispatchSerialQueue.

import Dispatch

public final class QueueExecutor: SerialExecutor {
  private let queue: DispatchQueue

  public init(label: String) { queue = DispatchQueue(label: label) }

  public func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    let executor = asUnownedSerialExecutor()
    queue.async { job.runSynchronously(on: executor) }
  }

  public func asUnownedSerialExecutor() -> UnownedSerialExecutor {
    UnownedSerialExecutor(ordinary: self)
  }
}
