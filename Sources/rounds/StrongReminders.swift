// The line that every command prints while a strong reminder waits to be acknowledged.
//
// On stderr, so that no result changes; nothing is printed that `today` shows anyway. One indexed question where
// there is none; only where there is one are the rules asked whether its reason still stands on this laptop.

import CommandKit
import FollowUp
import Replica
import SyncCore

struct StrongReminders {
  /// Commands that show reminders, or answer them.
  private static let silent: Set<String> = [
    "today", "agenda", "ack", "done", "snooze", "__complete",
  ]

  let replica: OpenReplica

  /// - Parameter verb: the command that is under way.
  func tell(during verb: String) throws {
    guard !StrongReminders.silent.contains(verb), try mayStand() else { return }
    let now = replica.today
    let standing = try Foresight(replica.store, state: replica.state)
      .reminders(dueBefore: now.advanced(milliseconds: 1), at: now)
      .filter { $0.strength == .strong && $0.row.state(at: now) == .due }
    guard let first = standing.first else { return }
    let (title, more) = (first.title.text(replica.console.language), standing.count - 1)
    let rest =
      more > 0 ? Phrase(en: " (and \(more) more)", zh: "（另有 \(more) 条）") : Phrase(verbatim: "")
    replica.console.warn(
      Phrase(
        en: "Strong reminder \(first.id) : \(TextWidth.oneLine(title))",
        zh: "强提醒 \(first.id) ：\(TextWidth.oneLine(title))") + rest)
  }

  private func mayStand() throws -> Bool {
    try replica.store.db.first(
      """
      SELECT 1 FROM reminder
      WHERE "user" = ? AND strength = 'strong' AND status IS NOT 'withdrawn' AND dueAt <= ?
        AND (response IS NULL OR response IN ('shown', 'snoozed')) LIMIT 1
      """, .text(replica.state.user), .moment(replica.today)
    ) { _ in true } ?? false
  }
}
