// A program that does nothing but start, with what `rounds` starts with: the baseline of its start-up.
//
// It links what every Swift program of its kind links, FoundationEssentials, and nothing else; the date
// keeps the linker from leaving even that out. See `ProgramWorkloads` in Tools/Bench.

import FoundationEssentials

print(Date().timeIntervalSince1970)
