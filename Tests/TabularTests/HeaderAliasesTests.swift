// Our own guesses against headers of real programs.
//
// The list of facts was compiled by others with names of their own; `counterparts` says which of
// those names mean one of our fields. Facts without a counterpart prove nothing and are left out.

import Testing

@testable import Tabular

struct HeaderAliasesTests {
  @Test(
    arguments: [
      (HeaderAliases.Collection.customer, "公司名称", "name"), (.customer, "short_name", "name"),
      (.customer, "stock_code", "externalKey"), (.customer, "统一社会信用代码", "creditCode"),
      (.customer, "*客户名称", "name"), (.customer, "手机号（必填）", "phone"), (.customer, "邮 箱", "email"),
      (.customer, "BILLINGPOSTALCODE", "postalCode"), (.customer, "Country/Region", "country"),
      (.customer, "Number of Employees", "size"), (.customer, "客户级别", "tier"),
      (.customer, "next_follow_at", "nextFollowAt"), (.customer, "ＷＥＢＳＩＴＥ", "website"),
      (.customer, "Oracle_Id__c", "externalKey"), (.customer, "No.", nil), (.customer, "序号", nil),
      (.customer, "", nil), (.customer, "ISDELETED", nil),
      (.contact, "公司名称", "customer"), (.contact, "联系人", "name"), (.contact, "手机", "mobile"),
      (.contact, "Date of Birth", "birthday"), (.contact, "微信号", "wechat"),
      (.contact, "First Name", nil), (.contact, "preferredChannel", "preferredChannel"),
      (.opportunity, "客户名称", "customer"), (.opportunity, "Amount (CNY)", "amount"),
      (.opportunity, "预计成交日期", "closeAt"), (.opportunity, "Probability (%)", "probability"),
    ] as [(HeaderAliases.Collection, String, String?)])
  func `a header stands for the field that a person would choose`(
    collection: HeaderAliases.Collection, header: String, field: String?
  ) {
    #expect(HeaderAliases.field(for: header, in: collection) == field)
  }

  @Test(arguments: HeaderAliases.Collection.allCases)
  func `every field answers to its own name`(collection: HeaderAliases.Collection) {
    let fields = HeaderAliases.fields(of: collection)
    #expect(fields.count >= 11)
    #expect(Set(fields).count == fields.count)
    for field in fields {
      #expect(HeaderAliases.field(for: field, in: collection) == field)
    }
  }

  /// What the compiled list calls a field, and what we call it.
  static let counterparts: [HeaderAliases.Collection: [String: String]] = [
    .customer: [
      "name": "name", "external_id": "externalKey", "street": "address", "address": "address",
      "city": "city", "state": "province", "postal_code": "postalCode", "country": "country",
      "phone": "phone", "mobile": "phone", "email": "email", "website": "website",
      "industry": "industry", "employees": "size", "owner": "owner", "level": "tier",
      "source": "source", "last_follow_at": "lastFollowAt", "next_follow_at": "nextFollowAt",
      "note": "notes",
    ],
    .contact: [
      "name": "name", "external_id": "externalKey", "account": "customer",
      "account_external_id": "customer", "email": "email", "phone": "phone", "mobile": "mobile",
      "title": "title", "note": "notes",
    ],
    .opportunity: [
      "name": "name", "external_id": "externalKey", "account": "customer",
      "account_external_id": "customer", "stage": "stage", "amount": "amount",
      "probability": "probability", "close_date": "closeAt", "next_step": "nextStep",
      "source": "source", "note": "notes",
    ],
  ]

  @Test(.enabled(if: SharedData.isPresent, SharedData.remark))
  func `nine tenths of the headers seen in the wild are understood`() throws {
    let collections: [String: HeaderAliases.Collection] = [
      "account": .customer, "company": .customer, "customer": .customer, "contact": .contact,
      "opportunity": .opportunity, "deal": .opportunity,
    ]
    let table = try Table(SharedData.text("crm-import-templates/header_aliases.csv"))
    #expect(table.header == ["vendor", "object", "header", "canonical"])
    var understood = 0
    var missed: [String] = []
    for row in table.rows {
      guard let collection = collections[row[1]],
        let expected = Self.counterparts[collection]?[row[3]]
      else { continue }
      if HeaderAliases.field(for: row[2], in: collection) == expected {
        understood += 1
      } else {
        missed.append(row.joined(separator: " "))
      }
    }
    #expect(understood >= 60)
    #expect(understood * 10 >= (understood + missed.count) * 9, "\(missed)")
  }
}
