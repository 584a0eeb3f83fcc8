// How a handle is set up for one call and read after it: every libcurl option the client uses.
//
// An option that libcurl refuses is our bug and must never be passed over: each result is checked.
// All options used are older than libcurl 7.62. Strings are copied by libcurl, buffers are
// not; their owner is `HTTPClient.send`.

import CCurl

/// The options of one handle.
struct Options {
  let curl: CurlLibrary
  let handle: UnsafeMutableRawPointer

  func set(_ option: CURLoption, _ value: Int) {
    check(rounds_curl_set_long(curl.setopt, handle, option, value), option)
  }

  func set(_ option: CURLoption, _ value: String) {
    value.withCString { set(option, UnsafeRawPointer($0)) }
  }

  func set(_ option: CURLoption, _ value: UnsafeRawPointer?) {
    check(rounds_curl_set_pointer(curl.setopt, handle, option, value), option)
  }

  func setLarge(_ option: CURLoption, _ value: Int) {
    check(rounds_curl_set_large(curl.setopt, handle, option, curl_off_t(value)), option)
  }

  /// What keeps a call from doing harm.
  func setSafety(host: String, authoritiesPath: String?) {
    set(CURLOPT_NOSIGNAL, 1)
    set(CURLOPT_FOLLOWLOCATION, 0)
    set(CURLOPT_HTTP_VERSION, Int(CURL_HTTP_VERSION_1_1))
    set(CURLOPT_SSLVERSION, Int(CURL_SSLVERSION_TLSv1_2))
    set(CURLOPT_SSL_VERIFYPEER, 1)
    set(CURLOPT_SSL_VERIFYHOST, 2)
    // Whatever this libcurl can unpack. What comes out of it is counted as it comes out (`Reception`).
    set(CURLOPT_ACCEPT_ENCODING, "")
    if let authoritiesPath { set(CURLOPT_CAINFO, authoritiesPath) }
    // An empty proxy overrules the environment.
    if Self.isLoopback(host) { set(CURLOPT_PROXY, "") }
  }

  /// Time and size.
  func setLimits(_ call: HTTPCall) {
    set(CURLOPT_TIMEOUT_MS, Self.milliseconds(call.timeoutSeconds))
    set(CURLOPT_CONNECTTIMEOUT_MS, Self.milliseconds(call.connectTimeoutSeconds))
    set(CURLOPT_TCP_KEEPALIVE, 1)
    if let seconds = call.silenceSecondsMax {
      // Slower than a byte a second is silence; libcurl counts it in whole seconds.
      set(CURLOPT_LOW_SPEED_LIMIT, 1)
      set(CURLOPT_LOW_SPEED_TIME, max(1, Int(min(seconds, 86_400).rounded(.up))))
    }
    setLarge(CURLOPT_MAXFILESIZE_LARGE, call.responseBytesMax)
  }

  func setReceivers(_ reception: UnsafeMutableRawPointer) {
    check(
      rounds_curl_set_receive(curl.setopt, handle, CURLOPT_WRITEFUNCTION, receiveBody),
      CURLOPT_WRITEFUNCTION)
    check(
      rounds_curl_set_receive(curl.setopt, handle, CURLOPT_HEADERFUNCTION, receiveHeader),
      CURLOPT_HEADERFUNCTION)
    set(CURLOPT_WRITEDATA, UnsafeRawPointer(reception))
    set(CURLOPT_HEADERDATA, UnsafeRawPointer(reception))
  }

  /// `body` must stay where it is until the call is over.
  func setMethod(_ method: String, body: UnsafeRawBufferPointer) {
    switch method {
    case "HEAD":
      set(CURLOPT_NOBODY, 1)
    case "GET" where body.isEmpty:
      set(CURLOPT_HTTPGET, 1)
    default:
      set(CURLOPT_POST, 1)
      setLarge(CURLOPT_POSTFIELDSIZE_LARGE, body.count)
      // An empty array has no address, and none would make libcurl read standard input.
      if let base = body.baseAddress { set(CURLOPT_POSTFIELDS, base) } else { setNoFields() }
      set(CURLOPT_CUSTOMREQUEST, method)
    }
  }

  /// What came back, once the transfer has ended well.
  func reply(_ reception: Reception) -> HTTPReply {
    var status = 0
    check(rounds_curl_get_long(curl.getinfo, handle, CURLINFO_RESPONSE_CODE, &status))
    var up: curl_off_t = 0
    check(rounds_curl_get_large(curl.getinfo, handle, CURLINFO_SIZE_UPLOAD_T, &up))
    var down: curl_off_t = 0
    check(rounds_curl_get_large(curl.getinfo, handle, CURLINFO_SIZE_DOWNLOAD_T, &down))
    return HTTPReply(
      status: status, headers: reception.headers, body: reception.body, bytesUp: Int(up),
      bytesDown: Int(down))
  }

  /// Whether the request began to travel; false while there was no connection.
  var hasBegunTransfer: Bool {
    var microseconds: curl_off_t = 0
    check(
      rounds_curl_get_large(curl.getinfo, handle, CURLINFO_PRETRANSFER_TIME_T, &microseconds))
    return microseconds > 0
  }

  /// How long the call took, in seconds.
  var secondsTaken: Double {
    var microseconds: curl_off_t = 0
    check(rounds_curl_get_large(curl.getinfo, handle, CURLINFO_TOTAL_TIME_T, &microseconds))
    return Double(microseconds) / 1_000_000
  }

  private func setNoFields() { set(CURLOPT_COPYPOSTFIELDS, "") }

  private func check(_ code: CURLcode, _ option: CURLoption? = nil) {
    precondition(
      code == CURLE_OK,
      "libcurl refused option \(option?.rawValue ?? 0): \(curl.reason(code)).")
  }

  private static func isLoopback(_ host: String) -> Bool {
    host == "localhost" || host == "[::1]" || host == "::1" || host.hasPrefix("127.")
  }

  private static func milliseconds(_ seconds: Double) -> Int {
    // 0 would mean "for ever" to libcurl.
    max(1, Int((min(max(seconds, 0), 86_400) * 1000).rounded()))
  }
}
