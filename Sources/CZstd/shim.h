// Zstandard (RFC 8878), for answers that travel packed.
#pragma once
#include <zstd.h>
