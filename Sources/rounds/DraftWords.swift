// Why the hub refused a value, in the reader's language.
//
// The hub says it once, in English, and every laptop keeps its sentence. The reason beside it is a number that has
// one meaning for ever, so the Chinese is made of that. Where only the sentence has the facts (a limit, a
// missing task), it stands behind.

import CommandKit
import Replica
import Wire

extension Draft {
  /// The hub's sentence, or its meaning.
  var words: Phrase { Phrase(en: text, zh: meaning) }

  private var meaning: String {
    switch reason {
    case .hubOnly: "该字段只由服务器或主管填写，您的角色不能修改。"
    case .setOnce: "该字段只能在创建记录时填写。"
    case .immutable: "该记录是已发生的事实，不能修改；可以另写一条更正。"
    case .unknownCollection: "服务器还不认识这类记录，请联系管理员升级服务器。"
    case .unknownField: "服务器还不认识该字段，请联系管理员升级服务器后重试。"
    case .wrongType: "该字段不能保存这种类型的值。"
    case .missingReference: "所指的记录或人员不存在，或者您无权查看。"
    case .recordDeleted: "该记录已被删除；请先恢复再修改。"
    case .tooLarge: "内容过大，服务器不接受。"
    case .atomic: "同一次修改中的另一部分未被接受，整体不生效。"
    case .forbidden: "您的角色无权进行这一修改。"
    case .scopeLeft: "该记录已转给他人；您写的内容为新负责人保留。"
    case .revoked: "本机已被停用；所写内容等待管理员处理。"
    case .poolRule: "公海规则不允许：\(text)"
    case .missingRequired: "必做事项尚未完成：\(text)"
    case .discarded: "有权处理者看过后放弃了它；您可以重新写入，或不再保留。"
    case .malformed, .unspecified: "服务器未接受：\(text)"
    }
  }
}
