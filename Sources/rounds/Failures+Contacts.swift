// The sentences of `Failures` about keeping in touch: who wants no contact, what a form asks, who may step in.
//
// Nothing has been written when one of these is said.

import CommandKit
import FollowUp

extension Failures {
  static func explainContact(_ error: RepError) -> CommandFailure? {
    switch error {
    case .doNotContact(let name):
      CommandFailure(
        .refused,
        Phrase(en: "\(name) wants no contact.", zh: "\(name) 谢绝联系。"),
        hint: Phrase(
          en: "If they turned to you, write --in ; if it has happened, --anyway .",
          zh: "若是对方主动联系，请加 --in ；若已经联系，请加 --anyway 。"))
    case .otherCustomer(let found):
      .usage(
        Phrase(
          en: "\(found.id) belongs to another customer.", zh: "\(found.id) 属于另一个客户。"))
    case .planMissing:
      CommandFailure(
        .refused,
        Phrase(en: "There is no plan to write this into.", zh: "没有可写入的跟进计划。"),
        hint: Phrase(
          en: "Make one with: rounds add plan customer=REF title=… every=2w",
          zh: "先建一个：rounds add plan customer=REF title=… every=2w"))
    case .managersOnly(let role):
      CommandFailure(
        .refused,
        Phrase(
          en: "This is for managers; you are a \(role).", zh: "此命令仅供主管使用；您的角色是 \(role)。"))
    case .taskWithoutQueue(let task):
      CommandFailure(
        .refused,
        Phrase(
          en: "\(task.id) lies in no queue.", zh: "\(task.id) 不在任何队列中。"),
        hint: Phrase(en: "See: rounds task list", zh: "请看：rounds task list"))
    case .taskNotYours(let task):
      CommandFailure(
        .refused,
        Phrase(en: "\(task.id) is not yours to give back.", zh: "\(task.id) 不由您办理，无法退回。"))
    case .reminderNotYours(let reminder, let person):
      CommandFailure(
        .refused,
        Phrase(
          en:
            "The reminder \(reminder.id) is for \(person): only \(person), or who leads there, answers it.",
          zh: "提醒 \(reminder.id) 是给 \(person) 的，只能由其本人或其主管处理。"),
        hint: Phrase(
          en: "A follow-up takes its reason away: rounds follow REF --channel … --text …",
          zh: "记录一次跟进即可消除原因：rounds follow REF --channel … --text …"))
    case .noteMissing:
      .usage(
        Phrase(en: "A strong reminder is answered with a note.", zh: "处理强提醒时必须写备注。"),
        hint: Phrase(
          en: "Add --note and what is done about it.", zh: "请加上 --note 并写明打算如何处理。"))
    case .nothingToDo:
      .usage(
        Phrase(en: "Nothing was said to be done.", zh: "没有说明要做什么。"),
        hint: Phrase(
          en: "Write --comment , --task or --assign .", zh: "请写 --comment 、--task 或 --assign 。"))
    default: nil
    }
  }

  static func explain(_ fault: VisitForm.Fault) -> CommandFailure {
    switch fault {
    case .unknownQuestion(let question, let known):
      .usage(
        Phrase(en: "The form does not ask \(question) .", zh: "回访表没有问题 \(question) 。"),
        hint: oneOf(known))
    case .missing(let questions):
      .usage(
        Phrase(
          en: "The form wants an answer to: \(questions.joined(separator: ", "))",
          zh: "回访表还需回答：\(questions.joined(separator: "、"))"),
        hint: Phrase(
          en: "Write --answer QUESTION=ANSWER for each.", zh: "每项写一个 --answer 问题=回答 。"))
    case .notAllowed(let question, let answer, let allowed):
      .usage(
        Phrase(
          en: "\(question) cannot be answered with “\(answer)”.",
          zh: "\(question) 不能回答“\(answer)”。"),
        hint: allowed.isEmpty ? nil : oneOf(allowed))
    }
  }
}
