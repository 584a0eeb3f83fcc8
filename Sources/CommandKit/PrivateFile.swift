// Files for one person alone: what a program writes for somebody to take along, and secrets to read.
//
// What is written is whole or not there, and for nobody else: written beside its place under another
// name, flushed, and then moved: whoever pulls out the stick finds the old file, or the new one. A
// secret that others could have read is none: it must never be used. No file is ever replaced unless
// that was asked for.

import Glibc

public enum PrivateFile {
  public enum Failure: Error, Hashable, Sendable {
    /// There is a file, and it was not to be replaced.
    case exists(path: String)
    case unwritable(path: String, reason: String)
  }

  /// Why a secret was not taken from a file.
  public enum SecretFailure: Error, Hashable, Sendable {
    case unreadable(path: String)
    /// Others than its owner can read or change it.
    case exposed(path: String)
  }

  /// Longer than any key, passphrase or token, in bytes.
  public static let secretBytesMax = 4096

  /// The first line of a file that is its owner's alone.
  public static func readSecret(_ path: String) throws(SecretFailure) -> [UInt8] {
    let file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard file >= 0 else { throw .unreadable(path: path) }
    defer { close(file) }
    var status = stat()
    guard fstat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      throw .unreadable(path: path)
    }
    guard status.st_mode & 0o077 == 0 else { throw .exposed(path: path) }
    var buffer = [UInt8](repeating: 0, count: secretBytesMax)
    let count = pread(file, &buffer, buffer.count, 0)
    guard count >= 0 else { throw .unreadable(path: path) }
    return Array(buffer.prefix(count).prefix { $0 != UInt8(ascii: "\n") && $0 != 0x0D })
  }

  /// Writes a file that only its owner may read.
  public static func write(
    _ bytes: [UInt8], to path: String, replacing: Bool
  ) throws(Failure) {
    if !replacing, access(path, F_OK) == 0 { throw .exists(path: path) }
    let draft = "\(path).\(getpid()).part"
    unlink(draft)
    do throws(Failure) {
      try writeWhole(bytes, to: draft)
      guard rename(draft, path) == 0 else { throw unwritable(path) }
    } catch {
      unlink(draft)
      throw error
    }
    flushFolder(of: path)
  }

  private static func writeWhole(_ bytes: [UInt8], to path: String) throws(Failure) {
    let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw unwritable(path) }
    defer { close(descriptor) }
    var written = 0
    while written < bytes.count {
      let count = bytes[written...].withUnsafeBytes {
        Glibc.write(descriptor, $0.baseAddress, $0.count)
      }
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else { throw unwritable(path) }
      written += count
    }
    guard fsync(descriptor) == 0 else { throw unwritable(path) }
  }

  /// So that the name survives a power cut, too. Some file systems of sticks cannot: then it is theirs.
  private static func flushFolder(of path: String) {
    let folder = path.lastIndex(of: "/").map { String(path[...$0]) } ?? "."
    let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { return }
    fsync(descriptor)
    close(descriptor)
  }

  private static func unwritable(_ path: String) -> Failure {
    .unwritable(path: path, reason: String(cString: strerror(errno)))
  }
}

extension CommandFailure {
  /// What is said where such a file could not be written.
  public init(_ failure: PrivateFile.Failure) {
    switch failure {
    case .exists(let path):
      self.init(
        .refused,
        Phrase(en: "There is a file \(path) already.", zh: "文件 \(path) 已经存在。"),
        hint: Phrase(
          en: "Name another, or replace it with --force .", zh: "请换一个文件名，或用 --force 覆盖。"))
    case .unwritable(let path, let reason):
      self.init(
        .fault,
        Phrase(en: "\(path) cannot be written: \(reason)", zh: "无法写入 \(path) ：\(reason)"))
    }
  }

  /// What is said where a secret was not taken.
  public init(_ failure: PrivateFile.SecretFailure) {
    switch failure {
    case .unreadable(let path): self = .unreadableFile(path)
    case .exposed(let path):
      self = .usage(
        Phrase(
          en: "The file \(path) can be read by others, so it is no secret.",
          zh: "其他用户可以读取文件 \(path) ，因此不能作为密钥或令牌。"),
        hint: Phrase(en: "chmod 600 \(path)", zh: "chmod 600 \(path)"))
    }
  }
}
