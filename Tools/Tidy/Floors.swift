// Who may import whom (rule 2): the house of `Package.swift`, held line by line.
//
// The package already refuses an import of a target that is not built before, but not one that
// reaches through a floor by accident, and it knows nothing of Foundation, Dispatch and Glibc. Each C
// library has one door; tests see every target, and no C library. A new import is a decision, so it
// is made here, in a commit that says why.

enum Floors {
  /// The modules that each target's files may import, besides its own.
  static let allowed: [String: Set<String>] = [
    // 1  Pure.
    "Notation": ["FoundationEssentials", "Glibc"],
    "SyncCore": [],
    "FollowUp": ["SyncCore", "Notation", "FoundationEssentials"],
    "Access": ["SyncCore", "Notation"],
    "CommandKit": ["Notation", "FoundationEssentials", "Glibc", "Synchronization"],
    // 2  Doors.
    "Packing": ["CZstd"],
    "Storage": ["CSQLite", "SyncCore", "Packing", "Dispatch"],
    "Wire": ["SyncCore"],
    "Digest": ["CSodium", "SyncCore"],
    "Tabular": ["CCSV", "FoundationEssentials", "Glibc"],
    "HTTPServing": ["CMicroHTTPD", "Packing", "Dispatch", "Glibc", "Synchronization"],
    "Calendars": ["Foundation", "FollowUp", "SyncCore", "Notation"],
    // 3  Halves, and the line between them.
    "Replica": ["SyncCore", "FollowUp", "Notation", "Wire", "Digest", "Storage", "Tabular"],
    "Hub": [
      "SyncCore", "FollowUp", "Access", "Notation", "Wire", "Digest", "Storage", "Calendars",
    ],
    "HubClient": ["CCurl", "SyncCore", "Wire", "Notation", "Glibc", "Synchronization"],
    // 4  Programs.
    "rounds": system.union([
      "Replica", "HubClient", "FollowUp", "Tabular", "CommandKit", "Notation", "SyncCore", "Wire",
      "Storage", "Digest",
    ]),
    "roundsd": system.union([
      "Hub", "HTTPServing", "HubClient", "FollowUp", "CommandKit", "Notation", "SyncCore", "Wire",
      "Storage",
      "Digest",
    ]),
    "rounds-admin": system.union(["HubClient", "CommandKit", "Notation"]),
    // Tools. What is measured against must not go through the doors that are measured.
    "Bench": targets.union(system).union(["CSQLite", "Foundation"]),
    "Nothing": ["FoundationEssentials"],
    "Hello": ["CMicroHTTPD", "Glibc"],
    "Load": targets.union(system).union(["CEpoll", "Foundation"]),
    "Fuzz": targets.union(system).union(["Foundation"]),
    "Simulate": targets.union(system).union(["Foundation"]),
    "Tidy": ["Foundation"],
    "Simulator": targets.union(system).union(["Foundation"]),
    "FaultyDisk": ["CSQLite", "Glibc"],
    "Package": ["PackageDescription"],
  ]

  /// What a single file may import besides: the one place of its target that touches that thing.
  static let doors: [String: Set<String>] = [
    // Sizes of files; the folder's lock, and files made with their rights and flushed by name.
    "Sources/Storage/DatabaseFile.swift": ["Glibc"],
    "Sources/Hub/HubFolder.swift": ["Glibc"],
    "Sources/Hub/Backup.swift": ["Glibc"],
    // The actor's edge: what tasks and threads share.
    "Sources/Hub/HubActor.swift": ["Synchronization"],
    // Plays the other program that opens our file.
    "Tests/StorageTests/ConnectionTests.swift": ["CSQLite"],
    "Tests/ReplicaTests/ReplicaFileTests.swift": ["CSQLite"],
  ]

  static let inTests = targets.union(system).union([
    "Testing", "Foundation", "rounds", "roundsd", "rounds_admin",
  ])

  static let system: Set<String> = [
    "FoundationEssentials", "Glibc", "Dispatch", "Synchronization",
  ]

  static let targets: Set<String> = [
    "Notation", "SyncCore", "FollowUp", "Access", "CommandKit", "Storage", "Wire", "Digest",
    "Packing", "Tabular", "HTTPServing", "Calendars", "Replica", "Hub", "HubClient", "Simulator",
    "FaultyDisk",
  ]

  static func findings(in file: SourceFile) -> [Finding] {
    let isTestTarget = file.isTest && file.target.hasSuffix("Tests")
    guard var permitted = isTestTarget ? inTests : allowed[file.target] else {
      guard file.isSwift else { return [] }
      return [file.finding(.floor, 1, "target \(file.target) has no floor in Floors.swift")]
    }
    permitted.formUnion(doors[file.path] ?? [])
    return imports(in: file).filter { !permitted.contains($0.module) }.map {
      file.finding(.floor, $0.line, "\(file.target) may not import \($0.module)")
    }
  }

  static func imports(in file: SourceFile) -> [(module: String, line: Int)] {
    let kinds: Set<String> = ["struct", "class", "enum", "func", "let", "var", "typealias"]
    var found: [(String, Int)] = []
    for (index, token) in file.code.enumerated() where token.isWord("import") {
      guard index + 1 < file.code.count else { continue }
      var module = file.code[index + 1]
      if kinds.contains(module.text), index + 2 < file.code.count { module = file.code[index + 2] }
      guard module.kind == .word, module.line == token.line else { continue }
      found.append((module.text, token.line))
    }
    return found
  }
}
