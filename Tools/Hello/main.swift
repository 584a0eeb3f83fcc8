// A server that does nothing but answer: the baseline of what a daemon can answer at all.
//
// libmicrohttpd with the settings of ours, and no more code than it takes to read a body and to answer 200
// with two bytes. Prints where it listens, like `roundsd`, and serves until it is killed. See `Scenes`
// in Tools/Load.

import CMicroHTTPD
import Glibc

func fail(_ words: String) -> Never {
  let words = Array("hello: \(words): \(String(cString: strerror(errno)))\n".utf8)
  write(STDERR_FILENO, words, words.count)
  exit(1)
}

/// A socket on any free port of loopback, and that port.
func listen() -> (socket: Int32, port: UInt16) {
  let socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
  var address = sockaddr_in()
  address.sin_family = sa_family_t(AF_INET)
  address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
  var length = socklen_t(MemoryLayout<sockaddr_in>.size)
  let code = withUnsafeMutablePointer(to: &address) {
    $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
      bind(socket, address, length) == 0 && Glibc.listen(socket, 1_024) == 0
        ? getsockname(socket, address, &length) : -1
    }
  }
  guard socket >= 0, code == 0 else { fail("no socket to listen on") }
  return (socket, UInt16(bigEndian: address.sin_port))
}

/// Once for the headers, once for each piece of the body, and once when all of it is there.
let access: MHD_AccessHandlerCallback = { _, connection, _, _, _, _, uploadBytes, box in
  guard let connection, let uploadBytes, let box else { return .NO }
  if box.pointee == nil {
    box.pointee = UnsafeMutableRawPointer(connection)
    return .YES
  }
  if uploadBytes.pointee > 0 {
    uploadBytes.pointee = 0
    return .YES
  }
  var answer: (UInt8, UInt8) = (UInt8(ascii: "o"), UInt8(ascii: "k"))
  let response = MHD_create_response_from_buffer(2, &answer, .RESPMEM_MUST_COPY)
  defer { MHD_destroy_response(response) }
  return MHD_queue_response(connection, 200, response)
}

let (socket, port) = listen()
var settings = rounds_mhd_settings()
settings.listen_socket = socket
settings.threads = 2
settings.connections_max = 1_000
settings.connection_memory_bytes = 8 * 1_024
settings.idle_timeout_seconds = 30
settings.access = access
guard rounds_mhd_start(&settings) != nil else { fail("the library does not start") }
print("listening on http://127.0.0.1:\(port)")
fflush(nil)
while true { pause() }
