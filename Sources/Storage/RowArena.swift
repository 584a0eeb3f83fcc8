// Where the text of rows lives while their statement runs.
//
// Binding a string lets SQLite copy it into memory of its own, one allocation a value. A row of
// twelve values is written faster by copying all of them into one buffer that is used again and
// again, and lending SQLite pointers into it. What was lent never moves: a buffer that is full is set
// aside until the next rows begin, and a statement lent to is run before that.

import CSQLite
import SyncCore

final class RowArena {
  private var buffer = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: 16_384)
  private var used = 0
  /// Buffers that became full since the rows began.
  private var full: [UnsafeMutableBufferPointer<UInt8>] = []

  deinit {
    begin()
    buffer.deallocate()
  }

  /// Begins new rows; whatever was lent is taken back.
  func begin() {
    used = 0
    guard !full.isEmpty else { return }
    for buffer in full { buffer.deallocate() }
    full.removeAll()
  }

  func bind(_ text: String, to statement: Statement, at index: Int) {
    let isNative: Void? = text.utf8.withContiguousStorageIfAvailable { bytes in
      let place = room(for: bytes.count)
      _ = place.update(fromContentsOf: bytes)
      lendText(place, to: statement, at: index)
    }
    // A bridged string has no storage of its own here; it takes the usual way.
    if isNative == nil { statement.bind(text, at: index) }
  }

  func bind(_ id: ULID, to statement: Statement, at index: Int) {
    let place = room(for: ULID.textLength)
    id.write(into: place)
    lendText(place, to: statement, at: index)
  }

  func bind(bytesOf id: ULID, to statement: Statement, at index: Int) {
    let place = UnsafeMutableRawBufferPointer(room(for: ULID.byteCount))
    place.storeBytes(of: id.high.bigEndian, as: UInt64.self)
    place.storeBytes(of: id.low.bigEndian, toByteOffset: 8, as: UInt64.self)
    _ = rounds_bind_blob_static(
      statement.handle, Int32(index + 1), place.baseAddress, Int32(place.count))
  }

  private func room(for count: Int) -> UnsafeMutableBufferPointer<UInt8> {
    if buffer.count - used < count {
      full.append(buffer)
      buffer = .allocate(capacity: max(buffer.count, count))
      used = 0
    }
    // The buffer has been allocated, so it has an address.
    let start = buffer.baseAddress.unsafelyUnwrapped + used
    used += count
    return UnsafeMutableBufferPointer(start: start, count: count)
  }

  private func lendText(
    _ text: UnsafeMutableBufferPointer<UInt8>, to statement: Statement, at index: Int
  ) {
    let start = UnsafeRawPointer(text.baseAddress.unsafelyUnwrapped)
    _ = rounds_bind_text_static(
      statement.handle, Int32(index + 1), start.assumingMemoryBound(to: CChar.self),
      Int32(text.count))
  }
}
