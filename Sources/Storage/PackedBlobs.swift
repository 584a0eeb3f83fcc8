// Two SQL functions of our own, for columns whose values are long, many, and seldom read:
//
//     packed(blob)     a Zstandard frame, where that is shorter; else the bytes as they are
//     unpacked(blob)   what `packed` was given
//
// Only statements use them, never a table, an index or a trigger: so any other program can open the
// file. What is no whole frame comes back as it is: whoever reads the column checks a hash over it
// anyway, and says better than SQLite could what is wrong.

import CSQLite
import Packing

/// Less than this gains nothing.
private let packedBytesMin = 512
/// No value of a column is longer (`SQLITE_MAX_LENGTH`), so no frame of ours holds more.
private let unpackedBytesMax = 1_000_000_000

extension Connection {
  func addPackingFunctions() throws(StorageError) {
    try addFunction("packed") { context, _, arguments in
      answer(context, arguments) { bytes in
        // Bytes that look like a frame are packed however short: so what looks like one always is one.
        if bytes.count < packedBytesMin && !Zstandard.isFrame(bytes) { return nil }
        guard let frame = Zstandard.frame(of: bytes) else { return nil }
        return frame.count < bytes.count || Zstandard.isFrame(bytes) ? frame : nil
      }
    }
    try addFunction("unpacked") { context, _, arguments in
      answer(context, arguments) { bytes in
        guard Zstandard.isFrame(bytes) else { return nil }
        return Zstandard.content(of: bytes, bytesMax: unpackedBytesMax)
      }
    }
  }

  /// - Parameter arguments: how many it takes; -1: any number.
  func addFunction(
    _ name: String, arguments: Int32 = 1,
    _ body:
      @convention(c) (OpaquePointer?, Int32, UnsafeMutablePointer<OpaquePointer?>?) -> Void
  ) throws(StorageError) {
    let code = sqlite3_create_function_v2(
      handle, name, arguments, SQLITE_UTF8 | SQLITE_DETERMINISTIC, nil, body, nil, nil, nil)
    guard code == SQLITE_OK else { throw failure(code, sql: name) }
  }
}

/// Gives back what `change` makes of a blob; where it makes nothing of it, and for any other value, the
/// argument itself.
private func answer(
  _ context: OpaquePointer?, _ arguments: UnsafeMutablePointer<OpaquePointer?>?,
  _ change: (UnsafeRawBufferPointer) -> [UInt8]?
) {
  guard let value = arguments?[0] else { return sqlite3_result_null(context) }
  if sqlite3_value_type(value) == SQLITE_BLOB {
    let bytes = UnsafeRawBufferPointer(
      start: sqlite3_value_blob(value), count: Int(sqlite3_value_bytes(value)))
    if let changed = change(bytes) {
      return rounds_result_blob(context, changed, Int32(changed.count))
    }
  }
  sqlite3_result_value(context, value)
}
