// GNU libmicrohttpd: an HTTP/1.1 and TLS server, with inline functions for what is variadic in C.
#pragma once
#include <microhttpd.h>

/// Everything a daemon is started with; every callback gets `context` as its first argument.
typedef struct rounds_mhd_settings {
  int listen_socket;
  unsigned int threads;
  unsigned int connections_max;
  size_t connection_memory_bytes;
  unsigned int idle_timeout_seconds;
  /// PEM text that must outlive the daemon; both NULL means plain HTTP.
  const char *certificate_pem;
  const char *key_pem;
  /// A GnuTLS priority string, read while starting.
  const char *tls_priorities;
  MHD_AcceptPolicyCallback accept;
  MHD_AccessHandlerCallback access;
  MHD_RequestCompletedCallback completed;
  MHD_NotifyConnectionCallback connection_changed;
  void *(*request_line)(void *context, const char *uri, struct MHD_Connection *connection);
  void *context;
} rounds_mhd_settings;

static inline struct MHD_Daemon *rounds_mhd_start(const rounds_mhd_settings *s) {
  unsigned int flags = MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ITC;
  struct MHD_OptionItem tls[] = {
    {MHD_OPTION_HTTPS_MEM_CERT, 0, (void *)s->certificate_pem},
    {MHD_OPTION_HTTPS_MEM_KEY, 0, (void *)s->key_pem},
    {MHD_OPTION_HTTPS_PRIORITIES, 0, (void *)s->tls_priorities},
    {MHD_OPTION_END, 0, NULL}};
  struct MHD_OptionItem none[] = {{MHD_OPTION_END, 0, NULL}};
  int secure = s->certificate_pem != NULL;
  if (secure) flags |= MHD_USE_TLS;
  // A pool of one is refused by the library: one thread is the daemon's own.
  struct MHD_OptionItem pool[] = {
    {s->threads > 1 ? MHD_OPTION_THREAD_POOL_SIZE : MHD_OPTION_END, (intptr_t)s->threads, NULL},
    {MHD_OPTION_END, 0, NULL}};
  return MHD_start_daemon(
    flags, 0, s->accept, s->context, s->access, s->context,
    MHD_OPTION_NOTIFY_COMPLETED, s->completed, s->context,
    MHD_OPTION_NOTIFY_CONNECTION, s->connection_changed, s->context,
    MHD_OPTION_URI_LOG_CALLBACK, s->request_line, s->context,
    MHD_OPTION_LISTEN_SOCKET, (MHD_socket)s->listen_socket,
    MHD_OPTION_CONNECTION_LIMIT, s->connections_max,
    MHD_OPTION_CONNECTION_MEMORY_LIMIT, s->connection_memory_bytes,
    MHD_OPTION_CONNECTION_TIMEOUT, s->idle_timeout_seconds,
    MHD_OPTION_STRICT_FOR_CLIENT, 1,
    MHD_OPTION_ARRAY, pool,
    MHD_OPTION_ARRAY, secure ? tls : none,
    MHD_OPTION_END);
}

/// The pointer the connection callback stored when the connection began.
static inline void *rounds_mhd_connection_context(struct MHD_Connection *connection) {
  const union MHD_ConnectionInfo *info =
    MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
  return info == NULL ? NULL : info->socket_context;
}
static inline const struct sockaddr *rounds_mhd_client_address(struct MHD_Connection *connection) {
  const union MHD_ConnectionInfo *info =
    MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
  return info == NULL ? NULL : info->client_addr;
}
static inline int rounds_mhd_socket(struct MHD_Connection *connection) {
  const union MHD_ConnectionInfo *info =
    MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
  return info == NULL ? -1 : (int)info->connect_fd;
}
