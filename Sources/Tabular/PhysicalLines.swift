// Cuts text into physical lines, each with its end and its number.
//
// CR, LF and CRLF all end a line. The next CR and the next LF are searched for with memchr and
// remembered, so a file that uses only one of them is searched for the other once, not once a line.

import Glibc

/// A walk over the lines of one buffer. The same buffer must be given to every call.
struct PhysicalLines {
  /// One line with its terminator; only the last line of a text may lack one.
  struct Line {
    let range: Range<Int>
    /// 1-based.
    let number: Int
  }

  /// Where the next line starts.
  private var position: Int
  /// Lines handed out so far.
  private var count: Int
  /// The first LF at or after `position`, when it is not less than `position`.
  private var lineFeed = -1
  /// The same for CR.
  private var carriageReturn = -1
  /// The same for NUL, for `hasNul`.
  private var nul = -1

  /// Starts at `position`, after `linesBefore` lines that somebody else has read.
  init(position: Int = 0, linesBefore: Int = 0) {
    self.position = position
    count = linesBefore
  }

  mutating func next(in bytes: UnsafeBufferPointer<UInt8>) -> Line? {
    guard position < bytes.count else { return nil }
    if lineFeed < position { lineFeed = Self.find(.lineFeed, in: bytes, from: position) }
    if carriageReturn < position {
      carriageReturn = Self.find(.carriageReturn, in: bytes, from: position)
    }
    var end = min(lineFeed, carriageReturn)
    // The LF of a CRLF belongs to the line of its CR; a CR that ends the text has none.
    if end < bytes.count {
      let isPair = lineFeed == carriageReturn + 1 && lineFeed < bytes.count
      end += isPair ? 2 : 1
    }
    defer { position = end }
    count += 1
    return Line(range: position..<end, number: count)
  }

  /// Whether the line, which must be the latest one handed out, has a NUL byte.
  mutating func hasNul(_ line: Line, in bytes: UnsafeBufferPointer<UInt8>) -> Bool {
    if nul < line.range.lowerBound {
      nul = Self.find(0, in: bytes, from: line.range.lowerBound)
    }
    return nul < line.range.upperBound
  }

  /// The offset of the byte at or after `start`, or the length of the buffer.
  private static func find(
    _ byte: UInt8, in bytes: UnsafeBufferPointer<UInt8>, from start: Int
  ) -> Int {
    guard let base = bytes.baseAddress, start < bytes.count,
      let found = memchr(base + start, Int32(byte), bytes.count - start)
    else { return bytes.count }
    return UnsafeRawPointer(found) - UnsafeRawPointer(base)
  }
}
