// SQLite, with inline functions for what is variadic or a function-pointer macro in C.
#pragma once
#include <sqlite3.h>

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
/// Switches one boolean option of a connection (`SQLITE_DBCONFIG_…`).
static inline int rounds_db_config_switch(sqlite3 *db, int option, int on) {
  return sqlite3_db_config(db, option, on, (int *)0);
}
