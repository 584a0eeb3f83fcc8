// What work says that was closed because its customer was released.
//
// The reason stands before the words that somebody had noted there, so that nothing anybody wrote is lost
// (I3), and whoever opens the work again finds them as they were.

public enum ClosingNote {
  public static let released = "released"
  private static let separator = " – "

  public static func text(before words: String) -> String {
    words.isEmpty ? released : released + separator + words
  }

  /// The words behind the reason; nil where the note tells no such reason.
  public static func words(behind note: String) -> String? {
    if note == released { return "" }
    let beginning = released + separator
    return note.hasPrefix(beginning) ? String(note.dropFirst(beginning.count)) : nil
  }
}
