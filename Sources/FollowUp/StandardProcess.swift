// The process that every workspace begins with: two pipelines that Chinese sales teams use, 标准-5 and
// B2B-8. They say how far a deal has come, how likely it is and how long it may stay; they ask for no
// task and hold nothing back, because only the company knows what it wants done.
//
// It is a definition file like any other, so that an admin can begin his own with it;
// `Protocol/Process/demo.json` shows tasks and criteria.

extension SalesProcess {
  public static let standard: SalesProcess = {
    do {
      return try SalesProcess(parsing: Array(standardText.utf8))
    } catch {
      preconditionFailure("the shipped process cannot be read: \(error)")
    }
  }()

  /// The shipped definition as a file.
  public static let standardText = #"""
    {"version": 1, "pipelines": [
      {"id": "标准-5", "name": {"en": "Standard, five stages", "zh": "标准五阶段"},
       "stages": [
         {"id": "初步接洽", "name": {"en": "First contact", "zh": "初步接洽"}, "kind": "open", "probability": 10, "maxDays": 14,
          "guide": {"en": "- Learn about the company before you call.\n- Find out who decides, and by when.",
            "zh": "- 联系前先了解客户背景。\n- 问清由谁决策、何时决策。"}},
         {"id": "需求确认", "name": {"en": "Needs confirmed", "zh": "需求确认"}, "kind": "open", "probability": 30, "maxDays": 21,
          "guide": {"en": "- Write down what the customer needs, in his words.\n- Have him confirm it.",
            "zh": "- 用客户的话写下需求。\n- 请客户确认。"}},
         {"id": "方案报价", "name": {"en": "Proposal and price", "zh": "方案报价"}, "kind": "open", "probability": 50, "maxDays": 21,
          "guide": {"en": "- Answer each need with one point of the proposal.\n- Ask for feedback, and write it down.",
            "zh": "- 方案逐条回应需求。\n- 主动征求反馈并记录。"}},
         {"id": "商务谈判", "name": {"en": "Negotiation", "zh": "商务谈判"}, "kind": "open", "probability": 75, "maxDays": 30,
          "guide": {"en": "- Know what you may give, and what you want for it.\n- Put every agreement in writing.",
            "zh": "- 明确可以让步的内容和交换条件。\n- 每项约定都形成书面记录。"}},
         {"id": "签约", "name": {"en": "Signed", "zh": "签约"}, "kind": "won", "probability": 100},
         {"id": "输单", "name": {"en": "Lost", "zh": "输单"}, "kind": "lost", "probability": 0}
       ]},
      {"id": "B2B-8", "name": {"en": "B2B, eight stages", "zh": "B2B 八阶段"},
       "stages": [
         {"id": "线索获取", "name": {"en": "Lead", "zh": "线索获取"}, "kind": "open", "probability": 5, "maxDays": 14,
          "guide": {"en": "- Find out who the customer is and where the lead came from.\n- Agree on a first call.",
            "zh": "- 弄清客户是谁、线索从哪里来。\n- 约定第一次通话。"}},
         {"id": "初步接洽", "name": {"en": "First contact", "zh": "初步接洽"}, "kind": "open", "probability": 10, "maxDays": 14,
          "guide": {"en": "- Learn about the company before you call.\n- Find out who decides, and by when.",
            "zh": "- 联系前先了解客户背景。\n- 问清由谁决策、何时决策。"}},
         {"id": "需求分析", "name": {"en": "Needs analysed", "zh": "需求分析"}, "kind": "open", "probability": 30, "maxDays": 30,
          "guide": {"en": "- Write down what the customer needs, in his words.\n- Have him confirm it.",
            "zh": "- 用客户的话写下需求。\n- 请客户确认。"}},
         {"id": "方案提供", "name": {"en": "Proposal", "zh": "方案提供"}, "kind": "open", "probability": 50, "maxDays": 30,
          "guide": {"en": "- Answer each need with one point of the proposal.\n- Ask for feedback, and write it down.",
            "zh": "- 方案逐条回应需求。\n- 主动征求反馈并记录。"}},
         {"id": "商务谈判", "name": {"en": "Negotiation", "zh": "商务谈判"}, "kind": "open", "probability": 75, "maxDays": 30,
          "guide": {"en": "- Know what you may give, and what you want for it.\n- Put every agreement in writing.",
            "zh": "- 明确可以让步的内容和交换条件。\n- 每项约定都形成书面记录。"}},
         {"id": "合同签订", "name": {"en": "Contract signed", "zh": "合同签订"}, "kind": "won", "probability": 100},
         {"id": "项目交付", "name": {"en": "Delivery", "zh": "项目交付"}, "kind": "won", "probability": 100},
         {"id": "客户回款", "name": {"en": "Paid", "zh": "客户回款"}, "kind": "won", "probability": 100},
         {"id": "输单", "name": {"en": "Lost", "zh": "输单"}, "kind": "lost", "probability": 0}
       ]}
    ]}
    """#
}
