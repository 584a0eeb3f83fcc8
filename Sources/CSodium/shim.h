// libsodium: BLAKE2b, Ed25519, Argon2id and random bytes.
#pragma once
#include <sodium.h>
