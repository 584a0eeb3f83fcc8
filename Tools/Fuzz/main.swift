// Feeds nonsense to everything that reads what came from outside, and looks for traps and lies.
//
//   Fuzz --target all|wire|csv|rules|policy|admin|sync|bundle --seconds 60 --seed 1
//   Fuzz --target wire --seed 4711 --cases 1                        replays one case
//
// Each case is decided by its own seed, counted up from the first. On a failure one line says how to
// replay it, and the input is saved under the folder of temporary files. Exit code 1: a finding. A trap
// kills the program with its signal, after the same line. It must never need a network or a file.

import Foundation

let options = Options(Array(CommandLine.arguments.dropFirst()))
exit(options.run() ? 0 : 1)
