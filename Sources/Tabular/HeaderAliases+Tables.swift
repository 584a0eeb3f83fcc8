// The lines of `HeaderAliases`. A line is `field: header, header`; a line without a field goes on
// with the field above. Add a header where it is most often meant, and only if it would surprise
// nobody: a wrong guess fills a field with somebody else's data, a missing one is asked about.
// Running numbers (`No.`, 序号) are not keys: they would join unrelated records of two files.

extension HeaderAliases {
  static let customerText = """
    name: account, account name, company, company name, customer, customer name, client name
    : organization, organisation, organization name, short name, business name, 名称, 客户, 客户名称
    : 客户名, 客户简称, 公司, 公司名称, 公司名, 公司简称, 企业名称, 单位, 单位名称, 简称, 证券简称, 股票简称
    legalName: legal name, registered name, company full name, legal entity name, 全称
    : 公司全称, 企业全称, 客户全称, 法定名称, 工商名称, 注册名称, 营业执照名称, 开票名称
    creditCode: credit code, unified social credit code, uscc, tax id, tax number, vat number
    : 统一社会信用代码, 社会信用代码, 信用代码, 税号, 纳税人识别号, 营业执照号
    industry: sector, industry type, business sector, 行业, 客户行业, 所属行业, 行业类型, 所在行业
    region: territory, sales region, sales territory, 地区, 区域, 大区, 片区, 销售区域, 所属区域
    : 所属地区, 客户地区
    size: employees, number of employees, no of employees, employee count, company size, headcount
    : staff, 规模, 公司规模, 企业规模, 人员规模, 员工人数, 员工数, 人数
    source: lead source, account source, customer source, original source, record source
    : original traffic source, 来源, 客户来源, 线索来源, 来源渠道, 渠道
    phone: phone number, telephone, telephone number, tel, business phone, office phone, main phone
    : account phone, mobile, mobile phone, mobile number, cell phone, 电话, 联系电话, 电话号码, 公司电话
    : 固定电话, 座机, 办公电话, 手机, 手机号, 手机号码
    email: e-mail, email address, mail, company email, account email, 邮箱, 电子邮箱, 电子邮件, 公司邮箱
    : 邮件, 邮件地址, 联系邮箱
    address: street, street address, address line 1, billing street, billing address, mailing street
    : account address, 地址, 详细地址, 公司地址, 客户地址, 通讯地址, 联系地址, 注册地址, 办公地址, 街道
    city: billing city, mailing city, town, 城市, 市, 所在城市, 所属城市
    province: state, state region, state province, billing state, billing state province
    : mailing state, 省, 省份, 所在省份, 所属省份
    postalCode: postal code, postcode, zip, zip code, zip postal code, billing code
    : billing postal code, billing zip, billing zip postal code, mailing zip, 邮编, 邮政编码
    country: country region, billing country, mailing country, office location, 国家, 国家地区, 国别
    website: web site, website url, url, web, homepage, web address, company domain name, domain
    : 网址, 网站, 官网, 公司网址, 公司网站, 公司官网, 主页
    tags: tag, label, labels, keywords, 标签, 客户标签, 标记
    tier: level, rating, grade, class, customer level, customer tier, account tier, account rating
    : priority, customer priority, 级别, 等级, 客户级别, 客户等级, 客户分级, 客户类别, 重要程度, 优先级
    stage: status, lifecycle stage, customer stage, account status, customer status, lead status
    : 阶段, 状态, 客户阶段, 客户状态, 跟进状态, 跟进阶段, 生命周期
    owner: owner id, account owner, company owner, customer owner, record owner, sales rep
    : sales agent, salesperson, account manager, assigned to, owner name, user id, 负责人, 客户负责人
    : 当前负责人, 业务员, 销售, 销售员, 销售人员, 销售负责人, 客户经理, 跟进人, 归属人, 所属人
    nextFollowAt: next follow up, next follow up date, next follow up time, next follow
    : next activity date, next contact date, next contact time, follow up date, 下次跟进, 下次跟进时间
    : 下次跟进日期, 下次联系, 下次联系时间, 下次联系日期, 下次拜访时间, 下次回访时间
    lastFollowAt: last follow up, last follow up date, last follow up time, last follow
    : last activity, last activity date, last activity time, last contacted, last contact date
    : 最后跟进时间, 最后跟进日期, 最近跟进, 最近跟进时间, 上次跟进, 上次跟进时间, 最后联系时间, 最近联系时间
    : 上次联系时间, 最后跟进
    notes: note, remark, remarks, comment, comments, memo, description, account description
    : company description, 备注, 客户备注, 说明, 描述, 客户描述
    externalKey: id, external id, external key, record id, account id, company id, customer id
    : account number, account no, customer number, customer no, customer code, account code, code
    : stock code, oracle id, sfdc account id, account ext id, 编号, 编码, 代码
    : 客户编号, 客户编码, 客户代码, 客户id, 公司编号, 外部编号, 外部主键, 证券代码, 股票代码
    """

  static let contactText = """
    customer: account, account id, account name, company, company id, company name, customer id
    : customer name, organization, organisation, organization name, organization id
    : associated company, associated company id, associated company ids, primary company
    : account external id, 客户, 客户名称, 客户名, 客户编号, 对应客户, 关联客户, 所属客户, 所属公司, 公司, 公司名称
    : 企业名称, 单位, 单位名称, 工作单位
    name: contact, contact name, full name, person name, 姓名, 名字, 名称, 联系人, 联系人姓名, 联系人名称
    title: job title, position, job position, 职务, 职位, 职称, 岗位, 头衔
    role: buying role, contact role, decision role, contact type, 角色, 决策角色, 联系人角色, 项目角色
    phone: phone number, telephone, telephone number, tel, work phone, business phone, office phone
    : 电话, 联系电话, 电话号码, 办公电话, 固定电话, 座机, 工作电话
    mobile: mobile phone, mobile phone number, mobile number, cell, cell phone, cellphone
    : 手机, 手机号, 手机号码, 移动电话, 联系手机
    email: e-mail, email address, mail, work email, 邮箱, 电子邮箱, 电子邮件, 邮件, 邮件地址
    : 联系邮箱, 工作邮箱
    wechat: we chat, wechat id, weixin, wechat number, 微信, 微信号, 微信账号
    birthday: birth date, birthdate, date of birth, dob, birth day, 生日, 出生日期, 出生年月
    preferredChannel: preferred channel, preferred contact method, preferred contact
    : contact preference, 首选联系方式, 偏好联系方式, 首选渠道, 沟通偏好, 联系方式偏好
    notes: note, remark, remarks, comment, comments, memo, description, contact description
    : 备注, 联系人备注, 说明, 描述
    externalKey: id, external id, external key, record id, contact id, contact number, contact no
    : code, 编号, 编码, 联系人编号, 联系人编码, 联系人id, 外部编号, 外部主键
    """

  static let opportunityText = """
    customer: account, account id, account name, company, company id, company name, customer id
    : customer name, organization, organization name, associated company, associated company id
    : associated company ids, primary company, account external id, 客户, 客户名称, 客户名, 客户编号
    : 对应客户, 关联客户, 所属客户, 公司, 公司名称, 企业名称, 单位名称
    name: opportunity, opportunity name, deal, deal name, subject, title, project name, topic
    : 名称, 商机, 商机名称, 机会名称, 销售机会, 销售机会名称, 项目, 项目名称, 商机主题, 主题
    stage: stage name, deal stage, sales stage, opportunity stage, pipeline stage, status
    : 阶段, 商机阶段, 销售阶段, 机会阶段, 项目阶段, 商机状态, 状态
    amount: value, deal amount, deal value, opportunity amount, close value, lead value
    : estimated amount, expected amount, estimated value, 金额, 商机金额, 预计金额, 预估金额
    : 预计销售金额, 预计成交金额, 机会金额, 项目金额
    currency: currency code, currency iso code, deal currency, amount currency, 币种, 货币, 币别
    closeAt: close date, closing date, expected close date, estimated close date, closed at
    : expected closing date, close time, 预计成交日期, 预计成交时间, 预计成单日期, 预计结单日期, 结单日期
    : 结束日期, 成交日期, 预计签单日期, 预计签约日期
    probability: win probability, deal probability, win rate, chance, 概率, 赢率, 赢单率, 成交概率
    : 成功率, 可能性, 成单概率
    source: lead source, deal source, opportunity source, original source, 来源, 商机来源, 机会来源
    : 线索来源, 客户来源
    nextStep: next step, next steps, next action, 下一步, 下一步计划, 下步计划, 下一步行动
    notes: note, remark, remarks, comment, comments, memo, description, deal description
    : opportunity description, 备注, 商机备注, 说明, 描述, 商机描述
    externalKey: id, external id, external key, record id, deal id, opportunity id, opportunity no
    : opportunity number, oracle id, code, 编号, 编码, 商机编号, 商机编码, 商机id
    : 机会编号, 项目编号, 外部编号, 外部主键
    """
}
