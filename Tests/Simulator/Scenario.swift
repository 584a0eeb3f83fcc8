// Scenarios: adversarial stories as text, one command a line, played by the real programs.
//
//   story A5                         its name in the design's list of stories
//   permute                          neighbouring `sync` lines may come in any order
//   shuffle … end                    the lines between them may come in any order
//   laptops A=ann B=bob M=mia:manager
//   A: add customer X name=Acme      makes a record and calls it X; also: contact C of X, task …
//   A: set X phone=2 legalName=m     `field=` clears; `settle` is the same word for a dispute
//   A: atomic { X.phone=5; Y.phone=6 }
//   A: tag X +vip -gold              A: follow X -3d        A: delete X        A: revive X
//   A: move C to Z                   the contact C goes over to the customer Z
//   A: keep X.legalName a = a2       leaves the branch with value a standing
//   A: retry                         tries the oldest draft again; `refer` leaves it to a manager
//   sync A M                         one after the other; `mend A` syncs until it gets through
//   cut A before_server              also: after_commit, hub_dies, laptop_dies, page 2
//   delay A request                  also: answer; `arrive` delivers what is under way
//   repeat A                         a sync whose requests and answers all come twice
//   clock A +400d    tick 6d         A's clock is off; true time goes by, and the hub ticks
//   clone A -> A2    retire A2       backup A, restore A 1, backup S, restore S 1, crash A, crash S [twice]
//   rot A X                          a row is gone from A's disk: it will be read again
//   full A                           no room on the disk: the next sync fails; then there is room
//   teams north=ann,mia south=bob    S: assign X bob   S: place ann south   S: put south under north
//   S: share X bob [write]           S: unshare X bob   S: disable ann   S: revoke A   S: role mia rep
//   S: pool east [hides phone]
//   S: policy rep read=team hide=customer.phone         S: accept X   S: discard X   (what is parked)
//   A: claim X    A: release X east  A: try set X a=1   (where he may not, he is told)
//   expect holds A X Y               of what has a name in the script; `nothing`
//   expect parked S == 1             expect kept v      (accepted, parked, or a draft)
//   listen                           expect wire A excludes v    expect disk A excludes v
//   S: set X owner=bob   S: delete X   S: restore X -1d   S: resolve X.legalName take 1
//   expect view A X.phone == 2       `*` is every laptop; `∅` is no value; sets are [a,b]
//   expect gone A X                  expect conflicts S == X.legalName:[a,m]     (open ones)
//   expect drafts A == 1             expect history S X.phone ~ A1
//   expect reminders A == first-contact:X
//   expect pages A > 2               of its last sync
//   never A X.memo == m0             from here to the end, looked at after every command
//   expect converged                 everybody syncs until nothing is left; all checkers are run

import Foundation

public struct Scenario: Sendable {
  public struct Line: Hashable, Sendable {
    public var number: Int
    public var text: String

    var words: [String] { text.split(separator: " ").map(String.init) }
    var isSync: Bool { text.hasPrefix("sync ") }
  }

  public var name: String
  public var lines: [Line]
  public var isPermuted: Bool

  public init(name: String, text: String) {
    self.name = name
    lines = text.split(separator: "\n", omittingEmptySubsequences: false).enumerated().map {
      let line = $1.split(separator: "#", omittingEmptySubsequences: false).first ?? ""
      return Line(number: $0 + 1, text: line.trimmingCharacters(in: .whitespaces))
    }.filter { !$0.text.isEmpty }
    isPermuted = lines.contains { $0.text == "permute" }
    lines.removeAll { $0.text == "permute" }
  }

  public init(file: String) throws {
    self.init(
      name: URL(fileURLWithPath: file).deletingPathExtension().lastPathComponent,
      text: try String(contentsOfFile: file, encoding: .utf8))
  }

  static let variantsMax = 150

  /// The script as it is written, and with its blocks in every other order: what stands between
  /// `shuffle` and `end`, and, where it says `permute`, neighbouring `sync` lines.
  public var variants: [[Line]] {
    var variants: [[Line]] = [[]]
    var block: [Line] = []
    var isShuffled = false
    func close() {
      let orders = Scenario.orders(of: block)
      variants = Array(
        variants.flatMap { variant in orders.map { variant + $0 } }.prefix(Scenario.variantsMax))
      block = []
    }
    for line in lines {
      if ["shuffle", "end"].contains(line.text) {
        close()
        isShuffled = line.text == "shuffle"
      } else if isShuffled || isPermuted && line.isSync {
        block.append(line)
      } else {
        close()
        variants = variants.map { $0 + [line] }
      }
    }
    close()
    return variants
  }

  private static func orders(of lines: [Line]) -> [[Line]] {
    guard let first = lines.first else { return [[]] }
    return orders(of: Array(lines.dropFirst())).flatMap { rest in
      (0...rest.count).map { place in
        var order = rest
        order.insert(first, at: place)
        return order
      }
    }
  }
}

/// A script that did not go as it says.
public struct ScenarioFailure: Error, CustomStringConvertible {
  public var scenario: String
  public var line: Scenario.Line
  public var text: String
  /// What happened before, the last of it.
  public var trace: ArraySlice<String> = []

  static let traceMax = 40

  public var description: String {
    "\(scenario):\(line.number): \(line.text): \(text)"
      + trace.map { "\n  \($0)" }.joined()
  }
}
