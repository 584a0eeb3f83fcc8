// `schema show`: which fields there are, what they hold, and how they merge.
//
// For whoever writes a map, a rule, a policy or a program of his own: the names here are the names there.

import CommandKit
import Notation

let schemaCommands = [schemaShowCommand]

private let schemaShowCommand = Command(
  ["schema", "show"], group: Group.records,
  summary: Phrase(en: "Show collections and fields", zh: "查看记录类别和字段"),
  arguments: [
    Command.Argument(
      "COLLECTION", .optional, help: Phrase(en: "Only this one", zh: "只看这一类"))
  ],
  examples: [
    Command.Example(
      "rounds-admin schema show customer", Phrase(en: "The fields of a customer", zh: "客户的字段"))
  ],
  isDefault: true
) { invocation in
  var document = try invocation.hub().read(["schema"])
  let all = document["collections"]?.array ?? []
  if let name = invocation.optionalArgument("COLLECTION") {
    guard let found = all.first(where: { $0["name"]?.string == name }) else {
      let names = all.compactMap { $0["name"]?.string }.joined(separator: ", ")
      throw CommandFailure(
        .notFound, Phrase(en: "There is no collection \(name) .", zh: "没有类别 \(name) 。"),
        hint: Phrase(en: "There are \(names).", zh: "有 \(names)。"))
    }
    document["collections"] = .array([found])
  }
  invocation.show(document) { screen in
    for collection in document["collections"]?.array ?? [] {
      screen.console.print(
        screen.console.styled(collection["name"]?.string ?? "", .bold))
      screen.list(
        collection["fields"]?.array ?? [],
        [
          .init("FIELD", "字段"), .init("HOLDS", "内容"), .init("MERGES", "合并方式"),
          .init("WORDS", "可选值"),
        ],
        orSay: Phrase(en: "No fields.", zh: "没有字段。")
      ) { field in
        let words = (field["words"]?.array ?? []).compactMap(\.string)
        return [
          screen.text(field["name"]), screen.text(field["type"]), screen.text(field["merge"]),
          words.joined(separator: ", "),
        ]
      }
    }
  }
}
