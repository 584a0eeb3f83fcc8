// Bundles of colleagues that this laptop carries: kept in a folder until the hub has answered them.
//
//     carried/ID-KEY.bundle      of a colleague, whole, and waiting for a network
//     carried/ID-KEY.answer      the hub's answer, to be taken back to him; the bundle is gone
//     carried/ID-KEY.refused     why the hub did not take the bundle beside it
//
// Nothing in them can be read here: they are boxed for others. There is no other list than the folder,
// so a crash at any point leaves a bundle that is delivered again, which does no harm.

import CommandKit
import FoundationEssentials
import Glibc
import HubClient
import Replica
import SyncCore
import Wire

/// The folder, and what is in it.
struct Carried {
  /// Bundles and answers that one laptop carries.
  static let countMax = 100
  /// Days after which an answer that nobody took back, or a refusal, is thrown away.
  static let days: Int64 = 90

  enum Standing: String { case waiting, answered, refused }

  struct Item {
    var name: String
    var body: BundleBody
    var standing: Standing
    /// The answer, or the bundle.
    var path: String
    var reason: String?
  }

  let path: String

  init(_ folder: ReplicaFolder) { path = folder.path + "/carried" }

  /// All that can be read, oldest first.
  func items() -> [Item] {
    names().sorted().compactMap(item)
  }

  /// None where there is no folder yet.
  private func names() -> [String] {
    (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
  }

  private func item(_ file: String) -> Item? {
    let isAnswer = file.hasSuffix(".answer")
    guard isAnswer || file.hasSuffix(".bundle"), let body = body(file) else { return nil }
    let name = String(file.prefix { $0 != "." })
    let reason = isAnswer ? nil : text(name + ".refused")
    let standing: Standing = isAnswer ? .answered : reason == nil ? .waiting : .refused
    return Item(
      name: name, body: body, standing: standing, path: path + "/" + file, reason: reason)
  }

  private func body(_ file: String) -> BundleBody? {
    bytes(file).flatMap { try? ReplicaStore.parse($0).body }
  }

  private func bytes(_ file: String) -> [UInt8]? {
    (try? Data(contentsOf: URL(filePath: path + "/" + file))).map { Array($0) }
  }

  private func text(_ file: String) -> String? {
    bytes(file).map { String(decoding: $0, as: UTF8.self) }
  }

  // MARK: Moving them on

  /// Keeps a bundle until there is a network. One that is here, or whose answer is, stays as it is.
  func keep(_ file: [UInt8], _ body: BundleBody) throws -> Item {
    let name = Carried.name(of: body)
    if let known = items().first(where: { $0.name == name && $0.standing != .refused }) {
      return known
    }
    guard items().count < Carried.countMax else { throw RepError.carriesEnough(Carried.countMax) }
    try ReplicaFolder(path).make()
    unlink("\(path)/\(name).refused")
    let kept = "\(path)/\(name).bundle"
    try write(file, to: kept)
    return Item(name: name, body: body, standing: .waiting, path: kept)
  }

  /// Two laptops that drew one id, by chance or on purpose, do not get into each other's way.
  private static func name(of body: BundleBody) -> String {
    "\(body.id)-\(body.key.prefix(4).hexadecimal)"
  }

  func answer(_ item: Item, _ answer: [UInt8]) throws {
    try write(answer, to: "\(path)/\(item.name).answer")
    unlink(item.path)
  }

  func refuse(_ item: Item, _ reason: String) throws {
    try write(Array(reason.utf8), to: "\(path)/\(item.name).refused")
  }

  private func write(_ bytes: [UInt8], to path: String) throws {
    do throws(PrivateFile.Failure) {
      try PrivateFile.write(bytes, to: path, replacing: true)
    } catch {
      throw CommandFailure(error)
    }
  }

  /// Throws away what nobody will ask for any more.
  func forgetOld(_ now: Moment) {
    let limit = now.advanced(milliseconds: -Carried.days * 24 * 3_600_000)
    for item in items() where item.standing != .waiting && item.body.id.moment < limit {
      for suffix in ["bundle", "answer", "refused"] { unlink("\(path)/\(item.name).\(suffix)") }
    }
  }

  /// Nothing is left of a revoked laptop, though nobody could read these.
  func remove() {
    for name in names() { unlink(path + "/" + name) }
    rmdir(path)
  }

  func file(of item: Item) -> [UInt8]? { bytes(String(item.path.dropFirst(path.count + 1))) }
}

/// Takes carried bundles to the hub.
struct Carrier {
  let replica: OpenReplica
  let line: any HubLine

  /// Delivers what waits. A hub that cannot be reached is for the next time; what it refuses for good
  /// is not brought again.
  func deliver() throws {
    let carried = Carried(replica.folder)
    carried.forgetOld(replica.today)
    for item in carried.items() where item.standing == .waiting {
      guard let file = carried.file(of: item) else { continue }
      let answer: [UInt8]
      do throws(HubLinkError) {
        answer = try line.bundle(file)
      } catch {
        guard case .refused(let status, let text) = error, Carrier.isFinal(status) else { return }
        try carried.refuse(item, text)
        say(item, Phrase(en: "refused", zh: "被拒绝"))
        continue
      }
      // Whoever answered: what is taken back to a colleague is the hub's.
      guard try replica.store.isAnswer(answer, to: item.body) else { return }
      try carried.answer(item, answer)
      say(
        item,
        Phrase(
          en: "delivered; take the answer back: rounds bundle list",
          zh: "已送达；请带回答复：rounds bundle list"))
    }
  }

  /// An older hub, or a proxy, may know no bundles: that passes.
  private static func isFinal(_ status: Int) -> Bool { [400, 403, 413].contains(status) }

  private func say(_ item: Carried.Item, _ what: Phrase) {
    replica.console.remark(
      Phrase(en: "Bundle \(item.body.id): ", zh: "数据包 \(item.body.id) ：") + what)
  }
}
