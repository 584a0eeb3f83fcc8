// `assign`: gives a record to somebody.
//
// Only the hub may write an owner, and this is how it is asked to. With a customer go all its
// records; the laptop that loses them sends what it still has, then removes them.

import CommandKit

let assignCommand = Command(
  ["assign"], group: Group.records,
  summary: Phrase(en: "Give a record to another user", zh: "把记录分配给另一位用户"),
  arguments: [referenceArgument],
  options: [
    Command.Option("to", "USER", help: Phrase(en: "The new owner (needed)", zh: "新的负责人（必填）"))
  ],
  examples: [
    Command.Example(
      "rounds-admin assign 'customer:Acme GmbH' --to bob",
      Phrase(
        en: "bob has it, with all its records, after his next sync", zh: "bob 下次同步后即可得到该客户及其全部记录"))
  ]
) { invocation in
  let user = try invocation.requiredOption("to")
  try write(invocation.argument("REF"), ["owner=\(user)"], invocation)
}
