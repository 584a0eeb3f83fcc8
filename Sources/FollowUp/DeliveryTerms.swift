// When a message that could not be delivered is tried again, and when nobody is bothered for a while.
//
// Pure. A destination that answers and says no is asked once; one that does not answer is asked again, later
// and later. One that keeps silent for everybody rests: then a single message asks whether it is back, and
// the others neither wait in line for it nor use up their tries. What failed for good is a person's to decide.

import SyncCore

/// What became of one attempt.
public enum DeliveryOutcome: Hashable, Sendable {
  case delivered
  /// It was understood and not wanted: the same again would be refused again.
  case refused(String)
  /// Nobody answered, or asked for patience.
  case unavailable(String, retryAfterSeconds: Int64?)

  /// An HTTP status as an outcome (RFC 9110): too early, too many and every fault of the server may pass.
  public init(status: Int, retryAfterSeconds: Int64?) {
    switch status {
    case 200..<300: self = .delivered
    case 408, 425, 429, 500...:
      self = .unavailable("status \(status)", retryAfterSeconds: retryAfterSeconds)
    default: self = .refused("status \(status)")
    }
  }
}

public enum DeliveryTerms {
  /// Attempts in all, over a day and a half.
  public static let triesMax = 10
  /// The wait after the first attempt, and the longest; each is four times the one before it.
  static let firstWaitMilliseconds: Int64 = 60_000
  static let waitMaxMilliseconds: Int64 = 6 * 3_600_000
  /// However patient a destination asks to be, in milliseconds.
  static let patienceMaxMilliseconds: Int64 = 24 * 3_600_000

  /// When to try again; nil: that was the last time.
  public static func nextTry(
    after tries: Int, at now: Moment, retryAfterSeconds: Int64?
  ) -> Moment? {
    guard tries < triesMax else { return nil }
    let step = min(max(tries, 1), 8) - 1
    let wait = min(firstWaitMilliseconds << Int64(2 * step), waitMaxMilliseconds)
    let asked = min(max(retryAfterSeconds ?? 0, 0), patienceMaxMilliseconds / 1000) * 1000
    return now.advanced(milliseconds: max(wait, asked))
  }
}

/// Where messages go, as far as it matters whether it answers: a host, the mail program, the folder.
public struct DeliveryPlace: Hashable, Sendable {
  /// Attempts in a row without an answer before it is left alone.
  public static let failuresMax = 5
  static let firstRestMilliseconds: Int64 = 5 * 60_000
  static let restMaxMilliseconds: Int64 = 3_600_000

  /// Attempts without an answer since the last one that had one.
  public private(set) var failures: Int
  public private(set) var restsUntil: Moment?

  public init(failures: Int = 0, restsUntil: Moment? = nil) {
    self.failures = failures
    self.restsUntil = restsUntil
  }

  /// How many messages may be sent there now: none, one to see whether it is back, or any number.
  public func room(at now: Moment) -> Int {
    if let restsUntil, now < restsUntil { return 0 }
    return failures >= DeliveryPlace.failuresMax ? 1 : .max
  }

  public mutating func note(_ outcome: DeliveryOutcome, at now: Moment) {
    switch outcome {
    case .delivered, .refused:
      failures = 0
      restsUntil = nil
    case .unavailable:
      failures += 1
      guard failures >= DeliveryPlace.failuresMax else { return }
      let step = min(failures - DeliveryPlace.failuresMax, 8)
      let rest = min(
        DeliveryPlace.firstRestMilliseconds << Int64(step), DeliveryPlace.restMaxMilliseconds)
      restsUntil = now.advanced(milliseconds: rest)
    }
  }
}
