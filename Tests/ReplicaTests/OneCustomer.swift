// Where most tests of this folder begin: a hub, ann's laptop, and on it a customer that waits to go up.

import FollowUp
import Replica
import Simulator
import Storage
import SyncCore

extension Cluster {
  static func withCustomer() throws -> (Cluster, Laptop, RecordID) {
    let cluster = try Cluster(seed: 1)
    let laptop = try cluster.join("A", user: "ann", role: .rep)
    let customer = try laptop.store.mint(at: cluster.clock.now)
    try cluster.write(
      [
        RecordWrite(
          customer, in: .customer, [.put(FieldID(2), .text("Acme"))], isCreation: true)
      ], on: laptop)
    return (cluster, laptop, customer)
  }
}
