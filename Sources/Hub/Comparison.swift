// A comparison, answered: what a laptop would be sent if it had nothing, as sums or as records.
//
// The walk is the feed's own, from 0, through the laptop's own eyes: so nothing is told that a pull
// would not have sent (I8). It is only answered where the laptop has the cut at the head of its scope.
// Each call is one page, so that others are answered in between; it writes nothing.

import Digest
import Storage
import SyncCore
import Wire

struct Comparison {
  let store: HubStore
  let replica: ReplicaRow

  func answer(_ request: CompareRequest) throws -> CompareResponse {
    var response = CompareResponse()
    let viewer = try store.viewer(replica.id, of: replica.user)
    guard request.epoch == store.epoch, request.cursor > .start, request.cursor <= store.head,
      try !store.hasNews(for: viewer, after: request.cursor)
    else {
      response.hasMoved = true
      return response
    }
    let page = try Feed(store: store, viewer: viewer).page(
      token(of: request), recordsMax: Limits.recordsPerPageMax)
    response.page = page.next?.encoded() ?? []
    if request.ranges.isEmpty {
      var sums = RangeSums()
      for image in page.records { sums.add(image.record, image.encoded()) }
      response.sums = sums.bytes
    } else {
      let wanted = Set(request.ranges)
      response.records = page.records.filter { wanted.contains(RangeSums.range(of: $0.record)) }
    }
    return response
  }

  private func token(of request: CompareRequest) -> FeedToken {
    guard !request.page.isEmpty, let token = try? FeedToken(decoding: request.page),
      token.from == .start
    else { return FeedToken(from: .start, began: store.head) }
    return token
  }
}
