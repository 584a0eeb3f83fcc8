// What a reminder says, in both languages of the programs, and the one text it is stored as.
//
// A reminder is written once, by the hub, and read by people of either language; so its row holds
// both. Placeholders are filled in when the reminder is made, not when it is read: the title tells
// what was so when the rule asked for it.

import Notation
import SyncCore

/// A title in English and Chinese. In a rule it is a template with `{field}` placeholders.
public struct Titles: Hashable, Sendable {
  public var en: String
  public var zh: String

  /// The longest title, in characters.
  public static let charactersMax = 200

  public init(en: String, zh: String) {
    self.en = en
    self.zh = zh
  }

  /// JSON with sorted keys, `{"en":…,"zh":…}`: equal titles have equal bytes.
  public var stored: String {
    JSONValue.object(["en": .string(en), "zh": .string(zh)]).text()
  }

  /// Reads what `stored` writes. Any other text is the title in both languages, so that a title
  /// from a program that words it otherwise is still shown.
  public init(stored text: String) {
    if let json = try? JSONValue(parsing: text), let en = json["en"]?.string,
      let zh = json["zh"]?.string
    {
      self.init(en: en, zh: zh)
    } else {
      self.init(en: text, zh: text)
    }
  }
}

extension Titles {
  /// The same, for a neglect that is not certain yet.
  ///
  /// - Parameter since: up to when the laptop that may know better has told everything; nil: it is certain.
  public func doubted(since: Moment?, in zone: LocalZone) -> Titles {
    guard let since else { return self }
    guard since.milliseconds > 0 else {
      return Titles(
        en: "\(en) (unconfirmed: a laptop has never synced)", zh: "\(zh)（未确认：有电脑从未同步）")
    }
    let time = FieldText.display(.moment(since), in: zone)
    return Titles(
      en: "\(en) (unconfirmed: a laptop last synced \(time))", zh: "\(zh)（未确认：有电脑自 \(time) 起未同步）")
  }
}

extension Titles {
  /// The names between braces, in both languages, in order of appearance.
  var placeholders: [String] {
    (Titles.pieces(of: en) + Titles.pieces(of: zh)).compactMap { piece in
      if case .placeholder(let name) = piece { name } else { nil }
    }
  }

  /// The titles with every placeholder replaced.
  func filled(_ value: (String) -> String) -> Titles {
    func fill(_ text: String) -> String {
      Titles.pieces(of: text).map { piece in
        switch piece {
        case .text(let text): text
        case .placeholder(let name): value(name)
        }
      }.joined()
    }
    return Titles(en: fill(en), zh: fill(zh))
  }

  private enum Piece {
    case text(String)
    case placeholder(String)
  }

  /// A brace that is not closed is text.
  private static func pieces(of text: String) -> [Piece] {
    var pieces: [Piece] = []
    var rest = text[...]
    while let opening = rest.firstIndex(of: "{"), let closing = rest[opening...].firstIndex(of: "}")
    {
      pieces.append(.text(String(rest[..<opening])))
      pieces.append(.placeholder(String(rest[rest.index(after: opening)..<closing])))
      rest = rest[rest.index(after: closing)...]
    }
    return pieces + [.text(String(rest))]
  }
}
