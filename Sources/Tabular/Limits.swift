// Every bound of this target, with its unit, in one place.
//
// They exist so that a wrong file (a disk image named .csv, a quote that is never closed) ends in
// an error that names the limit and not in a machine without memory. All of them are far above
// what a field-sales export holds.

/// The bounds a file must keep to be read as a table.
public enum Limits {
  /// The largest file decoded, in bytes. The whole file is held in memory, and once more as UTF-8
  /// when it was written in another encoding.
  public static let fileBytesMax = 1 << 30

  /// The most columns a header may name.
  public static let columnsMax = 1_000

  /// The longest cell, in bytes of UTF-8.
  public static let cellBytesMax = 1 << 20

  /// The largest field map file, in bytes.
  public static let fieldMapBytesMax = 1 << 20

  /// How much of a line is handed to the parser at once, in bytes, so that a cell past its limit is
  /// noticed before the parser has copied the rest of the file.
  static let feedBytesMax = 256 << 10

  /// How much of a file without a byte order mark is looked at for the NUL bytes of UTF-16.
  static let nulPatternBytesMax = 4 << 10
}
