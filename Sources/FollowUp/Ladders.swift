// The declared orders of values: how far a deal, a task, a contract has come, how pressing it is.
//
// A rung's first spelling is the one that rules and programs write; the others are what people type.

import SyncCore

extension Ladder {
  /// How far a customer or a deal has come. Every rung has its English and Chinese spellings.
  public static let stages = Ladder([
    ["lead", "线索", "线索获取", "潜在"],
    ["contacted", "初步接洽", "联系", "联系沟通"],
    ["visit", "visited", "拜访", "已拜访"],
    ["qualified", "需求分析", "需求确认", "筛选"],
    ["proposal", "offer", "quoted", "方案提供", "方案报价", "方案呈现", "已报价"],
    ["negotiation", "商务谈判"],
    ["lost", "输单", "流失"],
    ["won", "signed", "合同签订", "签约", "成交"],
    ["delivery", "项目交付"],
    ["paid", "客户回款"],
    ["service", "售后", "售后服务"],
  ])

  public static let taskStates = Ladder([["open"], ["started"], ["cancelled"], ["done"]])

  public static let ticketStates = Ladder([
    ["open", "待处理", "新"], ["started", "处理中"], ["answered", "已回复"], ["resolved", "已解决"],
    ["closed", "已关闭"],
  ])

  public static let contractStates = Ladder([
    ["draft", "草案"], ["sent", "已寄出", "已发送"], ["signed", "已签", "已签约"], ["performing", "履行"],
    ["ended", "结束"],
  ])

  public static let messageStates = Ladder([["queued"], ["failed"], ["sent"], ["cancelled"]])

  public static let promiseStates = Ladder([["open"], ["broken"], ["cancelled"], ["kept"]])

  public static let planStates = Ladder([
    ["notStarted", "未开始"], ["running", "进行中"], ["done", "已完成"], ["cancelled", "已取消"],
  ])

  /// How pressing something is; raising it goes one up.
  public static let priorities = Ladder([
    ["low", "低"], ["normal", "普通", "中"], ["high", "高"], ["urgent", "紧急"],
  ])

  /// Whether a customer or a deal at this stage is still to be won: neither lost nor dealt.
  public static func isOpen(stage: Value) -> Bool {
    stages.height(of: stage) < stages.height(of: .text("lost"))
  }

  /// Whether a task in this state is still to be done.
  public static func isOpen(task: Value) -> Bool {
    taskStates.height(of: task) < taskStates.height(of: .text("cancelled"))
  }

  /// Whether somebody has yet to answer for a ticket in this state.
  public static func isOpen(ticket: Value) -> Bool {
    ticketStates.height(of: ticket) < ticketStates.height(of: .text("resolved"))
  }

  /// Whether a plan, or a sequence, goes on or is still to begin.
  public static func isOpen(plan: Value) -> Bool {
    planStates.height(of: plan) < planStates.height(of: .text("done"))
  }

  /// Whether a promise is still to be kept.
  public static func isOpen(promise: Value) -> Bool {
    promiseStates.height(of: promise) < promiseStates.height(of: .text("broken"))
  }

  /// Whether a task in this state was done, and not given up.
  public static func isDone(task: Value) -> Bool {
    taskStates.height(of: task) == taskStates.height(of: .text("done"))
  }

  /// Done beats acknowledged beats snoozed beats shown, which is no answer yet.
  public static let responses = Ladder([["shown"], ["snoozed"], ["acknowledged"], ["done"]])
}

/// How a follow-up took place.
public enum Channel: String, CaseIterable, Sendable {
  case call, mail, sms, wechat, wecom, social, meeting, visit, event, other
}
