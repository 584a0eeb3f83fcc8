// The daemon: hub, server and wait room put together, one loop of events, and an orderly end.
//
// Started in the order in which the parts may call each other, stopped in reverse. Everything that
// is not a request – a signal, a minute gone by – is an event of one stream, so nothing runs beside
// anything else. Log lines name methods, paths without names, and numbers; never what people wrote.

import CommandKit
import Digest
import Dispatch
import Glibc
import HTTPServing
import Hub
import Notation
import SyncCore
import Wire

final class Daemon: Sendable {
  /// How often it looks at what falls due by time, in seconds.
  static let tickSeconds = 60
  /// Stretches of customers it looks at each time: all two thousand of a usual workspace, and a
  /// hundred thousand within the hour.
  static let stretchesPerTick = 4
  /// How long requests may go on after a SIGTERM, in seconds.
  static let drainSeconds = 3.0

  private enum Event { case tick, reload, stop }

  private let settings: ServeSettings
  private let folder: HubFolder
  private let console: Console
  private let hub: HubActor
  private let room: WaitRoom
  private let courier: Courier
  private let limits: ServingLimits

  init(_ settings: ServeSettings, _ folder: HubFolder, _ console: Console) {
    var limits = ServingLimits()
    // A push is 4 MiB of edits, or a single edit, and a little around them.
    limits.bodyBytesMax = Limits.editBytesMax + Limits.pushBytesMax
    // Behind a proxy everybody has its address.
    if settings.isBehindProxy { limits.connectionsPerAddressMax = 0 }
    limits.fit(descriptors: DescriptorLimit.raise())
    let room = WaitRoom(slotsMax: limits.waitSlotsMax)
    self.settings = settings
    self.folder = folder
    self.console = console
    self.limits = limits
    self.room = room
    let courier = Courier(settings.waysOut) { sent, fault in
      let values: [String: JSONValue] =
        fault.map { ["reason": .string($0)] } ?? ["messages": .integer(Int64(sent))]
      let line = LogLine(
        milliseconds: console.now(), level: fault == nil ? .info : .error,
        event: fault == nil ? "carried" : "carrying-failed", values: values)
      console.errors.write(line.text(settings.log, zone: console.zone) + "\n")
    }
    self.courier = courier
    hub = HubActor(onNews: { people in
      people.forEach(room.announce)
      courier.nudge()
    })
  }

  // MARK: Life

  func run() async throws {
    let (events, feed) = AsyncStream.makeStream(of: Event.self)
    let sources = listen(to: feed)
    defer { for source in sources { source.cancel() } }
    var identity = try identity()
    try await open()
    let server = try start(identity)
    announce(server.port, await hub.workspace)
    courier.begin(with: hub)
    for await event in events {
      switch event {
      case .tick:
        await tick()
        courier.nudge()
      case .reload:
        await hub.reload()
        do {
          let next = try self.identity()
          if let next, isNew(next, beside: identity) {
            try server.replaceIdentity(next)
            identity = next
          }
          log(.info, "reloaded")
        } catch {
          log(.error, "reload-failed", ["reason": .string("\(error)")])
        }
      case .stop: feed.finish()
      }
    }
    log(.info, "stopping")
    courier.stop()
    await server.stop(drainSeconds: Daemon.drainSeconds)
    try await hub.close { [folder] store in
      try folder.note(store)
      try store.setClean(true)
    }
    log(.info, "stopped")
  }

  private func open() async throws {
    let (folder, console) = (folder, console)
    let report: @Sendable (String) -> Void = { [self] in
      log(.info, "opened", ["ended": .string($0)])
    }
    try await hub.open {
      let now: @Sendable () -> Moment = { Moment(milliseconds: console.now()) }
      let (store, beginning) = try folder.openStore(now: now(), random: SystemRandom())
      report("\(beginning)")
      return Routes(store, zone: console.zone, now: now)
    }
  }

  private func tick() async {
    do {
      var changed = 0
      for _ in 0..<Daemon.stretchesPerTick {
        let stretch = try await hub.tickOn()
        changed += stretch.changed
        if stretch.isRoundDone { break }
      }
      if changed > 0 { log(.info, "ticked", ["customers": .integer(Int64(changed))]) }
    } catch {
      log(.error, "tick-failed", ["reason": .string("\(error)")])
    }
  }

  /// Signals and the clock, as events. The first tick comes at once.
  private func listen(
    to feed: AsyncStream<Event>.Continuation
  ) -> [any DispatchSourceProtocol] {
    let queue = DispatchQueue(label: "rounds.events")
    var sources: [any DispatchSourceProtocol] = []
    for (number, event) in [(SIGTERM, Event.stop), (SIGINT, .stop), (SIGHUP, .reload)] {
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
      source.setEventHandler { feed.yield(event) }
      source.resume()
      sources.append(source)
    }
    let timer = DispatchSource.makeTimerSource(queue: queue)
    timer.setEventHandler { feed.yield(.tick) }
    timer.schedule(deadline: .now(), repeating: .seconds(Daemon.tickSeconds))
    timer.resume()
    sources.append(timer)
    return sources
  }

  // MARK: The server

  private func identity() throws -> TLSIdentity? {
    try settings.tls.map { try TLSIdentity(certificatePath: $0.certificate, keyPath: $0.key) }
  }

  private func start(_ identity: TLSIdentity?) throws -> HTTPServer {
    let configuration = HTTPServerConfiguration(
      host: settings.host, port: settings.port, tls: identity, limits: limits)
    let desk = Desk(
      hub: hub, room: room, turnstile: Turnstile(isBehindProxy: settings.isBehindProxy),
      shelf: BackupShelf(data: settings.data, folder: settings.backups, now: console.now))
    let server = HTTPServer(
      configuration: configuration, waitRooms: [room], log: { [self] in log($0) },
      knows: { desk.knows($0) }, handler: { await desk.serve($0) })
    try server.start()
    return server
  }

  private func isNew(_ next: TLSIdentity, beside old: TLSIdentity?) -> Bool {
    next.certificatePEM != old?.certificatePEM || next.keyPEM != old?.keyPEM
  }

  // MARK: Telling

  private func announce(_ port: UInt16, _ workspace: String) {
    let url = settings.url(port: port)
    if settings.isJSON {
      console.print(json: ["listening": .string(url), "workspace": .string(workspace)])
    } else {
      console.print(
        Phrase(en: "listening on \(url)", zh: "listening on \(url)").text(console.language))
    }
    console.flush()
  }

  private func log(_ line: RequestLogLine) {
    log(
      (line.status ?? 500) >= 500 ? .warning : .info, "request",
      [
        "method": .string(Daemon.loggableMethod(line.method)),
        "path": .string(HubRequest(line.method, line.path).loggablePath),
        "status": line.status.map { .integer(Int64($0)) } ?? .null,
        "bytesIn": .integer(Int64(line.bytesReceived)), "bytesOut": .integer(Int64(line.bytesSent)),
        "milliseconds": .number(Double(line.microseconds / 10) / 100),
      ])
  }

  /// A method is whatever a caller writes there.
  private static func loggableMethod(_ method: String) -> String {
    ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"].contains(method) ? method : "*"
  }

  private func log(_ level: LogLine.Level, _ event: String, _ values: [String: JSONValue] = [:]) {
    let line = LogLine(milliseconds: console.now(), level: level, event: event, values: values)
    console.errors.write(line.text(settings.log, zone: console.zone) + "\n")
  }
}
