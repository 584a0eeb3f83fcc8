// The list of the day as a page: Markdown to mail, print or keep.
//
// It says whose day it is and what is on it, under the headings of the list. Text that others wrote is kept on its line
// and cannot begin a heading or a list of its own.

import CommandKit
import FollowUp
import Notation
import Replica
import SyncCore

struct TodayPage {
  let items: [TodayItem]
  let replica: OpenReplica

  private var screen: Screen { Screen(replica.console) }

  func print() {
    let day = ISO8601.string(
      date: replica.zone.civilTime(atMilliseconds: replica.today.milliseconds))
    let user = replica.state.user
    replica.console.print("# \(screen.word(Phrase(en: "\(day), \(user)", zh: "\(day) \(user)")))")
    if items.isEmpty {
      replica.console.print("")
      screen.say(Phrase(en: "Nothing is due.", zh: "没有到期的事项。"))
    }
    for kind in TodayItem.Kind.allCases {
      let items = items.filter { $0.kind == kind }
      guard !items.isEmpty else { continue }
      replica.console.print("\n## \(screen.word(kind.word)) (\(items.count))\n")
      for item in items { replica.console.print(line(item)) }
    }
  }

  private func line(_ item: TodayItem) -> String {
    let mark = item.isOverdue || item.isStrong ? "**" : ""
    return "- \(screen.time(of: item)) \(mark)\(TodayPage.plain(item.title))\(mark)"
  }

  /// One line, in which nothing is Markdown.
  static func plain(_ text: String) -> String {
    TextWidth.oneLine(text).reduce(into: "") { plain, character in
      if "\\`*_{}[]<>#|".contains(character) { plain.append("\\") }
      plain.append(character)
    }
  }
}
