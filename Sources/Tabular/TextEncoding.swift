// A name of an encoding that the C library is known to understand, and why it was chosen.
//
// Names go to iconv as they are, after one check: iconv takes suffixes such as `//IGNORE` that
// would drop what it cannot convert without a word. Lost characters in a customer's name are worse
// than an error, so only plain names pass.

import Glibc

/// An encoding that bytes can be converted from.
public struct TextEncoding: Hashable, Sendable {
  /// Why a file is read in an encoding, the strongest evidence first.
  public enum Evidence: Hashable, Sendable {
    /// The user named the encoding.
    case forced
    /// The file starts with a byte order mark.
    case byteOrderMark
    /// NUL bytes stand at every second place, as they do in UTF-16 and nowhere else.
    case nulPattern
    /// All bytes are well-formed UTF-8.
    case wellFormedUTF8
    /// Nothing spoke for any encoding, so the usual one of Chinese spreadsheets was assumed. The
    /// file stops being UTF-8 at this byte.
    case assumed(notUTF8AtOffset: Int)
  }

  /// The name as given, or as this module spells it.
  public let name: String

  public static let utf8 = TextEncoding(known: "UTF-8")
  public static let utf16LittleEndian = TextEncoding(known: "UTF-16LE")
  public static let utf16BigEndian = TextEncoding(known: "UTF-16BE")
  public static let utf32LittleEndian = TextEncoding(known: "UTF-32LE")
  public static let utf32BigEndian = TextEncoding(known: "UTF-32BE")
  /// What is assumed of text that is not Unicode; GBK and GB2312 are parts of it.
  public static let gb18030 = TextEncoding(known: "GB18030")

  /// Names worth offering to a user whose file was read in the wrong encoding.
  public static let commonNames = [
    "UTF-8", "UTF-16LE", "GB18030", "GBK", "Big5", "Big5-HKSCS", "Shift_JIS", "EUC-KR",
    "windows-1252", "windows-1250", "windows-1251", "latin1",
  ]

  /// An encoding by any name that iconv knows, in any case.
  ///
  /// - Throws: `TabularError.unknownEncoding`, also for names with iconv's `//` suffixes.
  public init(name: String) throws(TabularError) {
    guard Self.isPlain(name), let converter = IconvConverter(from: name) else {
      throw .unknownEncoding(name: name)
    }
    converter.close()
    self.name = name
  }

  private init(known name: String) {
    self.name = name
  }

  /// Whether the name is another spelling of UTF-8, which needs no conversion.
  var isUTF8: Bool {
    ["UTF-8", "UTF8"].contains(name.uppercased())
  }

  private static func isPlain(_ name: String) -> Bool {
    let punctuation: [UInt8] = Array("-_.:+()".utf8)
    return !name.isEmpty && name.utf8.count <= 64
      && name.utf8.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
          UInt8(ascii: "a")...UInt8(ascii: "z"):
          true
        default: punctuation.contains(byte)
        }
      }
  }
}
