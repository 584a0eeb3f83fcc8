// Contents of many records, compared by ranges: one sum for each, independent of the order.
//
// Where `SetDigest` says *which* records a base holds as of when, these sums say *what is in them*. A
// range is a part of all identities by their last byte, which is random: so ranges are about equal.
// Sums are added up page by page. They find damage and accidents; nobody is asked to trust them.

import SyncCore

public struct RangeSums: Hashable, Sendable {
  /// As many as a byte has values.
  public static let count = 256
  private static let sumBytes = 16
  private var sums = Array(repeating: SetDigest(), count: RangeSums.count)

  public init() {}

  /// Nil for anything but all sums one after another.
  public init?(bytes: [UInt8]) {
    guard bytes.count == RangeSums.count * RangeSums.sumBytes else { return nil }
    for range in 0..<RangeSums.count {
      let start = range * RangeSums.sumBytes
      guard let sum = SetDigest(bytes: Array(bytes[start..<start + RangeSums.sumBytes])) else {
        return nil
      }
      sums[range] = sum
    }
  }

  public var bytes: [UInt8] { sums.flatMap(\.bytes) }

  /// The range of a record.
  public static func range(of record: RecordID) -> UInt32 { UInt32(record.low & 0xFF) }

  /// Adds a record with what is in it.
  public mutating func add(_ record: RecordID, _ content: [UInt8]) {
    sums[Int(RangeSums.range(of: record))].add(content: content)
  }

  /// The sums of another page.
  public static func += (left: inout RangeSums, right: RangeSums) {
    for range in 0..<RangeSums.count { left.sums[range] += right.sums[range] }
  }

  /// Ranges in which the two hold something else.
  public func ranges(differingFrom other: RangeSums) -> [UInt32] {
    (0..<RangeSums.count).filter { sums[$0] != other.sums[$0] }.map { UInt32($0) }
  }
}
