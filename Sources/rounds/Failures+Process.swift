// The sentences of `Failures` about the sales process: what a stage still asks for, and what a task does.
//
// What is missing is listed in the words of whoever defined the process. Nothing has been written when
// one of these is said.

import CommandKit
import FollowUp

extension Failures {
  static func explainProcess(_ error: RepError) -> CommandFailure? {
    switch error {
    case .stageNotDone(let deal, let stage, let missing):
      let (en, zh) = (missing.map(\.en), missing.map(\.zh))
      return CommandFailure(
        .refused,
        Phrase(
          en: "The deal cannot leave “\(stage.en)” yet. Missing: \(en.joined(separator: "; "))",
          zh: "商机还不能离开“\(stage.zh)”阶段。缺少：\(zh.joined(separator: "；"))"),
        hint: Phrase(
          en: "See what is to be done with: rounds opp guide \(deal)",
          zh: "查看待办事项：rounds opp guide \(deal)"))
    case .overrideForbidden(let role):
      return CommandFailure(
        .refused,
        Phrase(
          en: "A \(role) cannot go on without what the stage asks for; a manager can.",
          zh: "角色 \(role) 不能跳过阶段条件，主管可以。"))
    case .overrideNeedsReason:
      return .usage(
        Phrase(en: "--override needs a --reason .", zh: "--override 须同时写 --reason 。"))
    case .evidenceMissing(let task, let field):
      return evidenceMissing(task, field)
    case .evidenceNotAsked:
      return .usage(
        Phrase(en: "Only a task takes --evidence .", zh: "只有任务可以写 --evidence 。"))
    default: return nil
    }
  }

  private static func evidenceMissing(_ task: String, _ field: String?) -> CommandFailure {
    guard let field else {
      return .usage(
        Phrase(en: "The task “\(task)” asks for evidence.", zh: "任务“\(task)”需要完成凭据。"),
        hint: Phrase(en: "Write --evidence TEXT .", zh: "请写 --evidence 文本 。"))
    }
    return .usage(
      Phrase(
        en: "The task “\(task)” is done when the deal's field \(field) is filled.",
        zh: "填写商机的字段 \(field) 后，任务“\(task)”才算完成。"),
      hint: Phrase(en: "Write rounds set DEAL \(field)=… .", zh: "请写 rounds set 商机 \(field)=… 。"))
  }
}
