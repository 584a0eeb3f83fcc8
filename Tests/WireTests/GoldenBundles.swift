// The golden vectors of bundles: a body with every field, and the messages of a box.
//
// Boxes and signatures are bytes like any others here: what they mean is tested where they are made.

import SyncCore

@testable import Wire

extension GoldenVector {
  static let bundles: [GoldenVector] = [
    GoldenVector(
      "bundle", "A bundle: a body and a signature over it",
      "Bundle\n  body       the bytes of bundle-body\n  signature  51, 64 times",
      Bundle(body: bundleBody.encoded(), signature: Array(repeating: 0x51, count: 64))),
    GoldenVector("bundle-body", "What everybody may read of an answer", bodyMeaning, bundleBody),
    GoldenVector(
      "bundle-content", "What is in the box of a request",
      "BundleContent\n  messages  the bytes of sync-request-edit, and of sync-request-idle",
      BundleContent(messages: [
        request(pushing: phoneEdit).encoded(), idleRequest.encoded(),
      ])),
  ]

  private static let bodyMeaning = """
    BundleBody
      protocol 1, is_answer true, replica 12, at 1772442000000
      id   milliseconds 1772442000000, then ed17 and 0000000001020304
      hub  d0…df, key 4b, 32 times, box ff, 48 times
    """

  private static let bundleBody = BundleBody(
    isAnswer: true, id: editID, hub: digest, key: Array(repeating: 0x4B, count: 32),
    replica: ReplicaID(12), at: nine, box: Array(repeating: 0xFF, count: 48))
}
