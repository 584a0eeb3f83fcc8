// Google's protobuf, run as another program: see `Oracle/oracle.py`.
//
// It lives in a virtual environment below the scratch folder, made once and reused. Where there is no
// python3, or no network to fetch the packages from, there is no oracle, and its tests are skipped
// with a remark.

import Foundation

struct Oracle: Sendable {
  struct Failure: Error {
    var command: [String]
    var output: String
  }

  /// Where one test keeps its files, and the messages compiled for Python.
  private let folder: URL
  private let python: URL

  private static let tests = URL(filePath: #filePath).deletingLastPathComponent()
  private static let root = tests.appending(path: "../..").standardizedFileURL
  private static let scratch = root.appending(path: ".build/protobuf-oracle")

  /// The interpreter of the virtual environment; nil where it cannot be had on this machine, and then
  /// the reason was printed.
  static let python: URL? = {
    do {
      return try makeEnvironment()
    } catch {
      print("The oracle tests are skipped: python3, venv or the packages are missing. \(error)")
      return nil
    }
  }()

  private static func makeEnvironment() throws -> URL {
    let environment = scratch.appending(path: "venv")
    let python = environment.appending(path: "bin/python")
    let ready = scratch.appending(path: "ready")
    if FileManager.default.fileExists(atPath: ready.path) { return python }
    try run(["python3", "-m", "venv", "--clear", environment.path])
    try run([
      python.path, "-m", "pip", "install", "--quiet", "--disable-pip-version-check",
      "--retries", "1", "--timeout", "15", "protobuf", "grpcio-tools",
    ])
    try Data().write(to: ready)
    return python
  }

  /// Compiles `rounds.proto` into a folder of this test's own; `removeFiles` takes it away.
  init(python: URL, test: String) throws {
    self.python = python
    folder = Oracle.scratch.appending(
      path: "\(test)-\(ProcessInfo.processInfo.processIdentifier)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    try Oracle.run([
      python.path, "-m", "grpc_tools.protoc", "-I", Oracle.root.appending(path: "Protocol").path,
      "--python_out", folder.path, "rounds.proto",
    ])
  }

  func removeFiles() {
    do {
      try FileManager.default.removeItem(at: folder)
    } catch {
      print("The oracle's files stay behind: \(error)")
    }
  }

  func file(_ name: String) -> URL { folder.appending(path: name) }

  /// Runs one command of the script; returns what it printed, without the final line break.
  /// - Throws: `Failure` where it did not exit with 0.
  @discardableResult
  func run(_ arguments: String...) throws -> String {
    let script = Oracle.tests.appending(path: "Oracle/oracle.py").path
    return try Oracle.run([python.path, script, folder.path] + arguments)
  }

  @discardableResult
  private static func run(_ command: [String]) throws -> String {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = command
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = pipe
    process.standardInput = FileHandle.nullDevice
    try process.run()
    let output = try pipe.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    let text = String(decoding: output, as: UTF8.self)
    guard process.terminationStatus == 0 else { throw Failure(command: command, output: text) }
    return text.trimmingCharacters(in: .whitespacesAndNewlines)
  }
}

// MARK: - Files of messages

extension Oracle {
  struct Message: Equatable {
    var kind: String
    var bytes: [UInt8]
  }

  func write(_ messages: [Message], to name: String) throws {
    var data = Data()
    for message in messages {
      data.append(UInt8(message.kind.utf8.count))
      data.append(contentsOf: message.kind.utf8)
      withUnsafeBytes(of: UInt32(message.bytes.count).littleEndian) { data.append(contentsOf: $0) }
      data.append(contentsOf: message.bytes)
    }
    try data.write(to: file(name))
  }

  func read(_ name: String) throws -> [Message] {
    let bytes = [UInt8](try Data(contentsOf: file(name)))
    var messages: [Message] = []
    var offset = 0
    while offset < bytes.count {
      let nameEnd = offset + 1 + Int(bytes[offset])
      let kind = String(decoding: bytes[(offset + 1)..<nameEnd], as: UTF8.self)
      let length = bytes[nameEnd..<(nameEnd + 4)].reversed().reduce(0) { $0 << 8 | Int($1) }
      offset = nameEnd + 4 + length
      messages.append(Message(kind: kind, bytes: Array(bytes[(nameEnd + 4)..<offset])))
    }
    return messages
  }
}
