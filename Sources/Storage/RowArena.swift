// Where the text of one row lives while its statement runs.
//
// Binding a string lets SQLite copy it into memory of its own, one allocation a value. A row of
// twelve values is written faster by copying all of them into one buffer that is used again and
// again, and lending SQLite pointers into it. The buffer is made large enough before the first
// pointer is lent and does not move until the next row; a statement lent to is run before that.

import CSQLite
import SyncCore

final class RowArena {
  private var buffer = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: 4_096)
  private var used = 0

  deinit { buffer.deallocate() }

  /// Begins a row whose text takes at most this many bytes.
  func begin(byteCountMax: Int) {
    used = 0
    guard buffer.count < byteCountMax else { return }
    buffer.deallocate()
    buffer = .allocate(capacity: byteCountMax * 2)
  }

  func bind(_ text: String, to statement: Statement, at index: Int) {
    let start = used
    let isNative: Void? = text.utf8.withContiguousStorageIfAvailable { bytes in
      _ = UnsafeMutableBufferPointer(rebasing: buffer[start...]).update(fromContentsOf: bytes)
      used += bytes.count
    }
    // A bridged string has no storage of its own here; it takes the usual way.
    guard isNative != nil else { return statement.bind(text, at: index) }
    lend(from: start, to: statement, at: index)
  }

  func bind(_ id: ULID, to statement: Statement, at index: Int) {
    let start = used
    id.write(into: UnsafeMutableBufferPointer(rebasing: buffer[start...]))
    used += ULID.textLength
    lend(from: start, to: statement, at: index)
  }

  private func lend(from start: Int, to statement: Statement, at index: Int) {
    let bytes = UnsafeRawPointer(buffer.baseAddress.unsafelyUnwrapped + start)
    rounds_bind_text_static(
      statement.handle, Int32(index + 1), bytes.assumingMemoryBound(to: CChar.self),
      Int32(used - start))
  }
}
