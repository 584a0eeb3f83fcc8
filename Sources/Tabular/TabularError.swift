// What can be wrong with a file that claims to be a table, as facts.
//
// Sentences are made by the programs. A remark for whoever writes them: an `invalidSequence` whose
// evidence is not `.forced` is best answered with "name the encoding", and
// `TextEncoding.commonNames` is the list to offer.
//
// A row that is bad on its own is no error: see `RejectedRow`. Errors end the reading.

/// Why a file cannot be read, or can be read no further.
public enum TabularError: Error, Hashable, Sendable {
  /// The file is larger than the limit that applies to its kind.
  case fileTooLarge(bytes: Int, bytesMax: Int)

  /// The C library knows no encoding of this name.
  case unknownEncoding(name: String)

  /// The bytes at `offset` (from the start of the file, mark included) are no text in `encoding`.
  /// `line` is the 1-based physical line they stand on; `evidence` says why this encoding was
  /// tried.
  case invalidSequence(encoding: TextEncoding, evidence: TextEncoding.Evidence, at: TextPlace)

  /// The file holds nothing but blank lines.
  case noHeader

  /// The header row itself is damaged.
  case headerRejected(line: Int, reason: RejectedRow.Reason)

  /// The header names more columns than `columnsMax`.
  case tooManyColumns(line: Int, found: Int, columnsMax: Int)

  /// A quoted cell that begins on `line` is never closed.
  case unterminatedQuote(line: Int)

  /// A cell of the row that starts on `line` is longer than `bytesMax`; mostly a lost quote.
  case cellTooLong(line: Int, bytesMax: Int)

  /// The parser could not get memory for a cell of the row that starts on `line`.
  case memoryExhausted(line: Int)

  /// A field map that is not a JSON object whose values are all strings.
  case fieldMapNotObjectOfStrings

  /// A backslash-u in a field map without four hexadecimal digits, or half a surrogate pair.
  case fieldMapEscapeMalformed(line: Int)

  /// Two spellings of what counts as one header are given different targets.
  case fieldMapAmbiguous(header: String, otherHeader: String)
}

/// A place in a file, counted from its first byte and its first line.
public struct TextPlace: Hashable, Sendable {
  /// Bytes before the place.
  public let offset: Int
  /// The 1-based physical line; CR, LF and CRLF each end one.
  public let line: Int

  public init(offset: Int, line: Int) {
    self.offset = offset
    self.line = line
  }
}
