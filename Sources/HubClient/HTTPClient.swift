// A synchronous HTTP/1.1 and TLS client over libcurl, for `rounds` and `rounds-admin`.
//
// Not `URLSession`: FoundationNetworking would cost every start of `rounds` about 20 ms, also the
// many that never touch the network, and a sync session is synchronous code that wants an answer,
// not a callback. One handle is kept, and with it the open connection, from call to call.
// It must never: follow a redirect (a token could walk to another host; 3xx is an answer like any
// other), keep cookies, speak anything but HTTP, use a proxy to reach this very machine, accept a
// certificate that does not hold, or take the process down by SIGPIPE.

import CCurl

/// Calls one hub after another call. Not `Sendable`: a handle belongs to one thread at a time.
public final class HTTPClient {
  private let authoritiesPath: String?
  /// Opened by the first call, so that a client that never calls costs nothing.
  private var curl: CurlLibrary?
  /// Made with the library, freed in `deinit`.
  private var handle: UnsafeMutableRawPointer?

  /// - Parameter authoritiesPath: PEM certificates to trust in place of the system's.
  public init(authoritiesPath: String? = nil) { self.authoritiesPath = authoritiesPath }

  deinit {
    if let handle { curl?.cleanUp(handle) }
  }

  /// Sends one request and waits for its answer, at most `call.timeoutSeconds`.
  public func send(_ call: HTTPCall) throws(HTTPClientError) -> HTTPReply {
    let (curl, handle) = try openLibrary()
    // With redirects off, this is also what keeps libcurl's other protocols out of reach.
    guard let host = curl.host(of: call.url) else { throw .badURL(call.url) }
    let lines = try Self.headerLines(call)
    // Written by libcurl during the call and read after it; freed with the frame.
    let failure = UnsafeMutablePointer<CChar>.allocate(capacity: Int(CURL_ERROR_SIZE))
    failure.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
    let reception = UnsafeMutablePointer<Reception>.allocate(capacity: 1)
    reception.initialize(to: Reception(bytesMax: call.responseBytesMax))
    let list = curl.list(of: lines)
    defer {
      // Options that point into this frame go before the frame does.
      curl.reset(handle)
      curl.free(list)
      reception.deinitialize(count: 1)
      reception.deallocate()
      failure.deallocate()
    }
    let options = Options(curl: curl, handle: handle)
    options.setSafety(host: host, authoritiesPath: authoritiesPath)
    options.setLimits(call)
    options.set(CURLOPT_URL, call.url)
    options.set(CURLOPT_HTTPHEADER, UnsafeRawPointer(list))
    options.set(CURLOPT_ERRORBUFFER, UnsafeRawPointer(failure))
    options.setReceivers(UnsafeMutableRawPointer(reception))
    let code = call.body.withUnsafeBytes { body in
      options.setMethod(call.method, body: body)
      return curl.perform(handle)
    }
    guard code == CURLE_OK else {
      let text = String(cString: failure)
      let reason = text.isEmpty ? curl.reason(code) : text
      // Packets that vanish are how a laptop without network often looks.
      if code == CURLE_OPERATION_TIMEDOUT, !options.hasBegunTransfer {
        throw .unreachable(host: host, reason: reason)
      }
      // Both limits end in the same code; the longer one was not reached.
      if code == CURLE_OPERATION_TIMEDOUT, let silence = call.silenceSecondsMax,
        options.secondsTaken < call.timeoutSeconds
      {
        throw .silent(forSeconds: silence)
      }
      throw error(for: code, call, host: host, reason: reason, reception.pointee)
    }
    return options.reply(reception.pointee)
  }

  private func openLibrary() throws(HTTPClientError) -> (CurlLibrary, UnsafeMutableRawPointer) {
    if let curl, let handle { return (curl, handle) }
    let opened = try CurlLibrary()
    guard let made = opened.makeHandle() else {
      throw .libraryMissing(reason: "libcurl gave no handle.")
    }
    curl = opened
    handle = made
    return (opened, made)
  }

  /// Sorted, so that the same call is always the same bytes; libcurl's own extras are switched off.
  private static func headerLines(_ call: HTTPCall) throws(HTTPClientError) -> [String] {
    guard isPlain(call.method), !call.method.isEmpty else { throw .badHeader(name: "method") }
    var lines: [String] = []
    for (name, value) in call.headers.sorted(by: { $0.key < $1.key }) {
      guard isPlain(name), !name.isEmpty, isPlain(value) else { throw .badHeader(name: name) }
      // A semicolon is libcurl's way to write a header without a value.
      lines.append(value.isEmpty ? "\(name);" : "\(name): \(value)")
    }
    let names = Set(call.headers.keys.map { $0.lowercased() })
    if !names.contains("content-type") { lines.append("Content-Type:") }
    return lines
  }

  private static func isPlain(_ text: String) -> Bool {
    text.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F }
  }

  private func error(
    for code: CURLcode, _ call: HTTPCall, host: String, reason: String, _ reception: Reception
  ) -> HTTPClientError {
    if reception.isTooLarge { return .tooLarge(bytesMax: call.responseBytesMax) }
    switch code {
    case CURLE_FILESIZE_EXCEEDED: return .tooLarge(bytesMax: call.responseBytesMax)
    case CURLE_OPERATION_TIMEDOUT: return .timedOut(afterSeconds: call.timeoutSeconds)
    case CURLE_COULDNT_CONNECT, CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_RESOLVE_PROXY,
      CURLE_PROXY, CURLE_INTERFACE_FAILED:
      return .unreachable(host: host, reason: reason)
    case CURLE_SSL_CACERT_BADFILE: return .authoritiesUnreadable(path: authoritiesPath ?? "")
    case CURLE_SSL_CONNECT_ERROR, CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CERTPROBLEM,
      CURLE_SSL_CIPHER, CURLE_SSL_ISSUER_ERROR, CURLE_SSL_INVALIDCERTSTATUS,
      CURLE_SSL_ENGINE_INITFAILED:
      return .tls(reason: reason)
    case CURLE_PARTIAL_FILE, CURLE_GOT_NOTHING, CURLE_RECV_ERROR, CURLE_SEND_ERROR:
      return .cut(bytes: reception.body.count)
    case CURLE_WEIRD_SERVER_REPLY, CURLE_UNSUPPORTED_PROTOCOL: return .notHTTP(reason: reason)
    case CURLE_URL_MALFORMAT: return .badURL(call.url)
    default: return .transfer(code: code.rawValue, reason: reason)
    }
  }
}
