// libcurl, opened on first use.
//
// `rounds` mostly works without network, and linking libcurl would cost every start the loading of
// some forty libraries. So it is not linked: it is opened by name when the first call is made, and
// its few functions are found by theirs. It is never closed again. Only `HTTPClient` uses this.

import CCurl
import Glibc

/// The functions of libcurl this program calls.
struct CurlLibrary {
  private typealias GlobalInit = @convention(c) (CLong) -> CURLcode
  private typealias MakeHandle = @convention(c) () -> UnsafeMutableRawPointer?
  private typealias UseHandle = @convention(c) (UnsafeMutableRawPointer?) -> Void
  private typealias Perform = @convention(c) (UnsafeMutableRawPointer?) -> CURLcode
  private typealias Text = @convention(c) (CURLcode) -> UnsafePointer<CChar>?
  private typealias Append =
    @convention(c) (UnsafeMutablePointer<curl_slist>?, UnsafePointer<CChar>?) ->
    UnsafeMutablePointer<curl_slist>?
  private typealias FreeList = @convention(c) (UnsafeMutablePointer<curl_slist>?) -> Void
  private typealias MakeURL = @convention(c) () -> OpaquePointer?
  private typealias FreeURL = @convention(c) (OpaquePointer?) -> Void
  private typealias SetURLPart =
    @convention(c) (OpaquePointer?, CURLUPart, UnsafePointer<CChar>?, UInt32) -> CURLUcode
  private typealias GetURLPart =
    @convention(c) (
      OpaquePointer?, CURLUPart, UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?, UInt32
    ) -> CURLUcode

  /// Variadic in C; called through the shims of `CCurl`.
  let setopt: UnsafeMutableRawPointer
  /// Variadic in C; called through the shims of `CCurl`.
  let getinfo: UnsafeMutableRawPointer
  private let initFunction: MakeHandle
  private let resetFunction: UseHandle
  private let cleanupFunction: UseHandle
  private let performFunction: Perform
  private let textFunction: Text
  private let appendFunction: Append
  private let freeListFunction: FreeList
  private let makeURLFunction: MakeURL
  private let freeURLFunction: FreeURL
  private let setPartFunction: SetURLPart
  private let getPartFunction: GetURLPart
  private let freeFunction: UseHandle

  /// The OpenSSL flavour, then the GnuTLS one; Debian installs either.
  private static let names = ["libcurl.so.4", "libcurl-gnutls.so.4"]

  init() throws(HTTPClientError) {
    guard let library = Self.names.lazy.compactMap({ dlopen($0, RTLD_NOW) }).first else {
      throw .libraryMissing(reason: Self.loaderReason)
    }
    func symbol(_ name: String) throws(HTTPClientError) -> UnsafeMutableRawPointer {
      guard let address = dlsym(library, name) else {
        throw .libraryMissing(reason: Self.loaderReason)
      }
      return address
    }
    setopt = try symbol("curl_easy_setopt")
    getinfo = try symbol("curl_easy_getinfo")
    // The types below are those of <curl/curl.h>, whose binary interface libcurl.so.4 promises.
    initFunction = unsafeBitCast(try symbol("curl_easy_init"), to: MakeHandle.self)
    resetFunction = unsafeBitCast(try symbol("curl_easy_reset"), to: UseHandle.self)
    cleanupFunction = unsafeBitCast(try symbol("curl_easy_cleanup"), to: UseHandle.self)
    performFunction = unsafeBitCast(try symbol("curl_easy_perform"), to: Perform.self)
    textFunction = unsafeBitCast(try symbol("curl_easy_strerror"), to: Text.self)
    appendFunction = unsafeBitCast(try symbol("curl_slist_append"), to: Append.self)
    freeListFunction = unsafeBitCast(try symbol("curl_slist_free_all"), to: FreeList.self)
    makeURLFunction = unsafeBitCast(try symbol("curl_url"), to: MakeURL.self)
    freeURLFunction = unsafeBitCast(try symbol("curl_url_cleanup"), to: FreeURL.self)
    setPartFunction = unsafeBitCast(try symbol("curl_url_set"), to: SetURLPart.self)
    getPartFunction = unsafeBitCast(try symbol("curl_url_get"), to: GetURLPart.self)
    freeFunction = unsafeBitCast(try symbol("curl_free"), to: UseHandle.self)
    // Counted by the library and, since 7.84, safe from any thread: each client calls it.
    let start = unsafeBitCast(try symbol("curl_global_init"), to: GlobalInit.self)
    let code = start(CLong(CURL_GLOBAL_ALL))
    guard code == CURLE_OK else { throw .transfer(code: code.rawValue, reason: reason(code)) }
  }

  private static var loaderReason: String {
    dlerror().map { String(cString: $0) } ?? "The loader gave no reason."
  }

  // MARK: - Handles and transfers

  func makeHandle() -> UnsafeMutableRawPointer? { initFunction() }

  /// Forgets all options, keeps the open connections.
  func reset(_ handle: UnsafeMutableRawPointer) { resetFunction(handle) }

  func cleanUp(_ handle: UnsafeMutableRawPointer) { cleanupFunction(handle) }

  func perform(_ handle: UnsafeMutableRawPointer) -> CURLcode { performFunction(handle) }

  func reason(_ code: CURLcode) -> String {
    textFunction(code).map { String(cString: $0) } ?? "libcurl error \(code.rawValue)"
  }

  /// A list in C's memory; give it back with `free`.
  func list(of lines: [String]) -> UnsafeMutablePointer<curl_slist>? {
    lines.reduce(nil) { appendFunction($0, $1) }
  }

  func free(_ list: UnsafeMutablePointer<curl_slist>?) { freeListFunction(list) }

  // MARK: - Addresses

  /// The host of an `http` or `https` address, as libcurl itself understands it.
  func host(of url: String) -> String? {
    guard let parsed = makeURLFunction() else { return nil }
    defer { freeURLFunction(parsed) }
    guard setPartFunction(parsed, CURLUPART_URL, url, 0) == CURLUE_OK,
      let scheme = part(CURLUPART_SCHEME, of: parsed), ["http", "https"].contains(scheme),
      let host = part(CURLUPART_HOST, of: parsed), !host.isEmpty
    else { return nil }
    return host
  }

  private func part(_ part: CURLUPart, of parsed: OpaquePointer) -> String? {
    var text: UnsafeMutablePointer<CChar>?
    guard getPartFunction(parsed, part, &text, 0) == CURLUE_OK, let text else { return nil }
    defer { freeFunction(text) }
    return String(cString: text)
  }
}
