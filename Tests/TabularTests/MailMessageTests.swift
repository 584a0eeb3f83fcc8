// Mails as programs write them: folded headers, encoded words, charsets, parts – and bytes that are no mail.

import Testing

@testable import Tabular

private func mail(_ text: String) -> MailMessage? { MailMessage(Array(text.utf8)) }

@Suite struct MailMessageTests {
  @Test func `a plain mail, with folded headers and several people`() throws {
    let found = try #require(
      mail(
        """
        Message-ID: <1@acme.example>\r
        From: "Li, Na" <Li@Acme.example>\r
        To: ann@example.com,\r
        \tBob <bob@example.com>\r
        Cc: ann@example.com\r
        Subject: The offer of\r
          Monday\r
        Date: Sun, 22 Nov 2026 17:04:05 +0800\r
        \r
        Thank you.\r
        """))
    #expect(found.id == "1@acme.example")
    #expect(found.from == ["li@acme.example"])
    #expect(found.to == ["ann@example.com", "bob@example.com"])
    #expect(found.subject == "The offer of Monday")
    #expect(found.date == "Sun, 22 Nov 2026 17:04:05 +0800")
    #expect(found.text == "Thank you.")
  }

  @Test(arguments: [
    ("=?UTF-8?B?5oql5Lu3?=", "报价"), ("=?gb2312?B?sai82w==?=", "报价"),
    ("=?utf-8?Q?=E6=8A=A5=E4=BB=B7_2?=", "报价 2"),
    ("Re: =?UTF-8?B?5oql?= =?UTF-8?B?5Lu3?= x", "Re: 报价 x"), ("=?x?y?z", "=?x?y?z"),
    ("=?nothing?B?5oql?=", "=?nothing?B?5oql?="), ("a =?", "a =?"), ("=?UTF-8*zh?B?5oql?=", "报"),
  ])
  func `encoded words of headers`(header: String, text: String) {
    #expect(MailWords.decoded(header) == text)
  }

  @Test func `the first plain text of nested parts, in its charset`() throws {
    let found = try #require(
      mail(
        """
        From: a@b.example
        Content-Type: multipart/mixed; boundary="outer"

        --outer
        Content-Type: multipart/alternative; boundary=inner

        --inner
        Content-Type: text/html

        <b>no</b>
        --inner
        Content-Type: text/plain; charset=gb2312
        Content-Transfer-Encoding: base64

        sai8
        2w==
        --inner--
        --outer
        Content-Type: text/plain
        Content-Disposition: attachment

        no
        --outer--
        """))
    #expect(found.text == "报价")
  }

  @Test func `quoted printable with soft breaks, and a charset that nobody knows`() {
    func text(_ charset: String, _ body: String) -> String? {
      mail(
        "From: a@b.example\nContent-Type: text/plain; charset=\(charset)\n"
          + "Content-Transfer-Encoding: quoted-printable\n\n\(body)")?.text
    }
    #expect(text("utf-8", "=E6=8A=\n=A5 100=25") == "报 100%")
    #expect(text("martian", "abc") == "")
    #expect(text("utf-8", "=ZZ") == "")
    #expect(text("utf-8", "=") == "")
  }

  @Test func `bytes that are no mail`() {
    for text in ["", "\n", "hello", "From: nobody\n\nx", "Subject: x\n\ny", "From: @.\n\n"] {
      #expect(mail(text) == nil)
    }
    #expect(MailMessage([0xFF, 0x00, 0x3A]) == nil)
    // Deeper than anybody nests: no text, and no stack that ends.
    var deep = "From: a@b.example\n"
    for depth in 0..<2000 {
      deep += "Content-Type: multipart/mixed; boundary=b\(depth)\n\n--b\(depth)\n"
    }
    #expect(mail(deep)?.text == "")
  }
}
