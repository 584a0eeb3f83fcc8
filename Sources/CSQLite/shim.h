// SQLite, with inline functions for what is variadic or a function-pointer macro in C.
//
// Or SQLCipher in its place (ROUNDS_SQLCIPHER=1 in Package.swift): the same functions, and
// sqlite3_key besides. That one is a weak symbol, so whether a file can be encrypted is asked of
// the library that was loaded and not of the one that was compiled against.
#pragma once
#include <sqlite3.h>

// Strict tables came with 3.37. Debian 12 has a SQLCipher that is SQLite 3.15.
#if SQLITE_VERSION_NUMBER < 3037000
#error "Rounds needs SQLite 3.37 or newer. This SQLCipher is older; take 4.5 or newer."
#endif

int sqlite3_key(sqlite3 *db, const void *key, int bytes) __attribute__((weak));

static inline int rounds_can_encrypt(void) { return sqlite3_key != 0; }
/// Where the library cannot encrypt, an error, and never a file that is plain.
static inline int rounds_key(sqlite3 *db, const void *key, int bytes) {
  return sqlite3_key == 0 ? SQLITE_ERROR : sqlite3_key(db, key, bytes);
}

/// SQLITE_TRANSIENT: SQLite copies the bytes before the call returns.
static inline int rounds_bind_text(sqlite3_stmt *s, int i, const char *p, int n) {
  return sqlite3_bind_text(s, i, p, n, SQLITE_TRANSIENT);
}
static inline int rounds_bind_blob(sqlite3_stmt *s, int i, const void *p, int n) {
  return n == 0 ? sqlite3_bind_zeroblob(s, i, 0) : sqlite3_bind_blob(s, i, p, n, SQLITE_TRANSIENT);
}
/// SQLITE_STATIC: the caller keeps the bytes alive until the statement is reset.
static inline int rounds_bind_text_static(sqlite3_stmt *s, int i, const char *p, int n) {
  return sqlite3_bind_text(s, i, p, n, SQLITE_STATIC);
}
static inline int rounds_bind_blob_static(sqlite3_stmt *s, int i, const void *p, int n) {
  return n == 0 ? sqlite3_bind_zeroblob(s, i, 0) : sqlite3_bind_blob(s, i, p, n, SQLITE_STATIC);
}
static inline void rounds_result_blob(sqlite3_context *c, const void *p, int n) {
  if (n == 0) sqlite3_result_zeroblob(c, 0);
  else sqlite3_result_blob(c, p, n, SQLITE_TRANSIENT);
}
/// Switches one boolean option of a connection (`SQLITE_DBCONFIG_…`).
static inline int rounds_db_config_switch(sqlite3 *db, int option, int on) {
  return sqlite3_db_config(db, option, on, (int *)0);
}
