// swift-tools-version: 6.2
//
// The house, floor by floor; a target imports only from floors below its own.
// Start reading at `Sources/README.md`, then `Sources/SyncCore/FieldState.swift`.

import PackageDescription

let strict: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .treatAllWarnings(as: .error),
]

/// ROUNDS_SQLCIPHER=1 puts SQLCipher in SQLite's place: the same calls, and one more for the key.
let sqlite = Context.environment["ROUNDS_SQLCIPHER"] == "1" ? "sqlcipher" : "sqlite3"

/// A library target under `Sources`, with its mirror under `Tests`.
func floor(
  _ name: String, _ dependencies: [Target.Dependency] = [], links: String? = nil
) -> Target {
  .target(
    name: name, dependencies: dependencies, swiftSettings: strict,
    linkerSettings: links.map { [.linkedLibrary($0)] } ?? [])
}

func tests(
  _ name: String, _ dependencies: [Target.Dependency], exclude: [String] = []
) -> Target {
  .testTarget(name: name, dependencies: dependencies, exclude: exclude, swiftSettings: strict)
}

func program(
  _ name: String, path: String? = nil, _ dependencies: [Target.Dependency], exclude: [String] = [],
  links: [LinkerSetting] = []
) -> Target {
  .executableTarget(
    name: name, dependencies: dependencies, path: path, exclude: exclude, swiftSettings: strict,
    linkerSettings: links)
}

/// What people install has Swift's library in it: it starts two milliseconds sooner, and on machines
/// where there is no Swift.
func whole(_ libraries: [String]) -> [LinkerSetting] {
  [
    .unsafeFlags(
      ["-static-stdlib"] + libraries.map { "-l\($0)" },
      .when(configuration: .release))
  ]
}
let essentials = ["_FoundationCollections", "_FoundationCShims"]
let foundation =
  essentials + ["CoreFoundation", "FoundationInternationalization", "_FoundationICU"]

func library(_ name: String, pkgConfig: String?, apt: String) -> Target {
  .systemLibrary(name: name, pkgConfig: pkgConfig, providers: [.apt([apt])])
}

let package = Package(
  name: "Rounds",
  products: [
    .executable(name: "rounds", targets: ["rounds"]),
    .executable(name: "roundsd", targets: ["roundsd"]),
    .executable(name: "rounds-admin", targets: ["rounds-admin"]),
    .library(name: "RoundsReplica", targets: ["Replica"]),
    .library(name: "RoundsHub", targets: ["Hub"]),
  ],
  targets: [
    // 0  C libraries from the distribution: a module map, and inline shims where Swift needs them.
    library("CSQLite", pkgConfig: sqlite, apt: "lib\(sqlite)-dev"),
    library("CMicroHTTPD", pkgConfig: "libmicrohttpd", apt: "libmicrohttpd-dev"),
    library("CSodium", pkgConfig: "libsodium", apt: "libsodium-dev"),
    library("CZstd", pkgConfig: "libzstd", apt: "libzstd-dev"),
    library("CCSV", pkgConfig: nil, apt: "libcsv-dev"),
    library("CCurl", pkgConfig: nil, apt: "libcurl4-openssl-dev"),

    // 1  Pure: no clock, no file, no socket.
    floor("Notation"),
    floor("SyncCore"),
    floor("FollowUp", ["SyncCore", "Notation"]),
    floor("Access", ["SyncCore", "Notation"]),
    floor("CommandKit", ["Notation"]),

    // 2  Doors: one outside thing each.
    floor("Packing", ["CZstd"]),
    floor("Storage", ["CSQLite", "SyncCore", "Packing"], links: sqlite),
    floor("Wire", ["SyncCore"]),
    floor("Digest", ["CSodium", "SyncCore"]),
    floor("Tabular", ["CCSV"]),
    floor("HTTPServing", ["CMicroHTTPD", "Packing"]),
    floor("Calendars", ["FollowUp", "SyncCore", "Notation"]),

    // 3  The two halves and the line between them.
    floor(
      "Replica", ["SyncCore", "FollowUp", "Notation", "Wire", "Digest", "Storage", "Tabular"]),
    floor(
      "Hub",
      ["SyncCore", "FollowUp", "Access", "Notation", "Wire", "Digest", "Storage", "Calendars"]),
    floor("HubClient", ["CCurl", "Wire", "Notation"]),

    // 4  Programs.
    program(
      "rounds", ["Digest", "Replica", "HubClient", "FollowUp", "Tabular", "CommandKit"],
      links: whole(essentials)),
    program(
      "roundsd", ["Hub", "HTTPServing", "HubClient", "Digest", "FollowUp", "CommandKit"],
      links: whole(foundation)),
    program("rounds-admin", ["HubClient", "CommandKit"], links: whole(essentials)),

    // Tools, and the world they run in: the real hub and replicas on a fake clock and network.
    .target(
      name: "Simulator", dependencies: ["Access", "Digest", "Replica", "Hub"],
      path: "Tests/Simulator",
      swiftSettings: strict),
    // A disk for SQLite that fails where a test says.
    .target(
      name: "FaultyDisk", dependencies: ["CSQLite"], path: "Tests/FaultyDisk",
      swiftSettings: strict),
    program(
      "Simulate", path: "Tools/Simulate", ["Simulator", "CommandKit"], exclude: ["Mutants.md"]),
    program("Nothing", path: "Tools/Nothing", []),
    program(
      "Bench", path: "Tools/Bench",
      ["CSQLite", "Replica", "Hub", "rounds", "roundsd", "rounds-admin", "Nothing"],
      exclude: ["Recorded.json"]),
    .systemLibrary(name: "CEpoll", path: "Tools/Load/CEpoll"),
    program("Hello", path: "Tools/Hello", ["CMicroHTTPD"]),
    program(
      "Load", path: "Tools/Load", ["CEpoll", "Hub", "HTTPServing", "roundsd", "Hello"],
      exclude: ["CEpoll"]),
    program("Fuzz", path: "Tools/Fuzz", ["Replica", "Hub", "Tabular"]),
    program("Tidy", path: "Tools/Tidy", []),

    // Tests, in the same order.
    tests("NotationTests", ["Notation"]),
    tests("SyncCoreTests", ["SyncCore"]),
    tests("FollowUpTests", ["FollowUp"]),
    tests("AccessTests", ["Access", "FollowUp"]),
    tests("CommandKitTests", ["CommandKit"]),
    tests("PackingTests", ["Packing"]),
    tests("StorageTests", ["Storage", "CSQLite"]),
    tests("WireTests", ["Wire"], exclude: ["Oracle"]),
    tests("DigestTests", ["Digest"]),
    tests("TabularTests", ["Tabular", "Notation"]),
    tests("HTTPServingTests", ["HTTPServing", "HubClient"]),
    tests("CalendarsTests", ["Calendars"]),
    tests("ReplicaTests", ["Replica", "Hub", "Simulator", "Tabular"]),
    tests("HubTests", ["Hub", "Calendars", "Simulator"]),
    tests("CrashTests", ["FaultyDisk", "Replica", "Hub", "Tabular", "Simulator"]),
    tests("ScenarioTests", ["Simulator"], exclude: ["Scripts"]),
    tests(
      "ProgramTests",
      [
        "Notation", "Access", "CommandKit", "Wire", "HTTPServing", "HubClient", "Hub", "Replica",
        "Calendars",
        "Storage", "rounds-admin", "rounds", "roundsd",
      ]),
  ]
)
