// How many files and sockets the process may have open.
//
// Many systems start a process with 1,024 and let it ask for more. A process that has none left
// cannot even be told so: its timers and its database fail in the middle of something. So the
// server takes what it may get, and then fewer connections than that (`ServingLimits.fit`).

import Glibc

public enum DescriptorLimit {
  /// Raises the soft limit to the hard one.
  ///
  /// - Returns: what holds from now on.
  public static func raise() -> Int {
    var limit = rlimit()
    guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return 1024 }
    var wanted = limit
    wanted.rlim_cur = limit.rlim_max
    if setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &wanted) == 0 { limit = wanted }
    return Int(clamping: limit.rlim_cur)
  }
}
