// GNU libmicrohttpd: an HTTP/1.1 and TLS server, with inline functions for what is variadic in C.
#pragma once
#include <gnutls/abstract.h>
#include <gnutls/gnutls.h>
#include <microhttpd.h>
#include <stdlib.h>
#include <string.h>

/// A function that picks the certificate for one handshake.
typedef int (*rounds_tls_retrieve)(
  gnutls_session_t session, const struct gnutls_cert_retr_st *wish, gnutls_pcert_st **chain,
  unsigned int *count, gnutls_ocsp_data_st **staples, unsigned int *staples_count,
  gnutls_privkey_t *key, unsigned int *flags);

/// A certificate chain with its key, read and ready for handshakes.
typedef struct rounds_tls_identity {
  gnutls_pcert_st *chain;
  unsigned int count;
  gnutls_privkey_t key;
} rounds_tls_identity;

static inline void rounds_tls_free(rounds_tls_identity *identity) {
  for (unsigned int i = 0; i < identity->count; i++) gnutls_pcert_deinit(&identity->chain[i]);
  free(identity->chain);
  if (identity->key != NULL) gnutls_privkey_deinit(identity->key);
  memset(identity, 0, sizeof *identity);
}

/// Whether the key is the one that the first certificate of the chain speaks of.
static inline int rounds_tls_fits(const rounds_tls_identity *identity) {
  unsigned char own[64], named[64];
  size_t own_size = sizeof own, named_size = sizeof named;
  gnutls_pubkey_t own_public;
  if (gnutls_pubkey_init(&own_public) < 0) return 0;
  int fits = gnutls_pubkey_import_privkey(own_public, identity->key, 0, 0) >= 0
    && gnutls_pubkey_get_key_id(own_public, 0, own, &own_size) >= 0
    && gnutls_pubkey_get_key_id(identity->chain[0].pubkey, 0, named, &named_size) >= 0
    && own_size == named_size && memcmp(own, named, own_size) == 0;
  gnutls_pubkey_deinit(own_public);
  return fits;
}

/// Reads PEM text; 0 where it is none, or the two do not belong together. Nothing is kept then.
static inline int rounds_tls_read(
    const char *certificate_pem, const char *key_pem, rounds_tls_identity *identity) {
  memset(identity, 0, sizeof *identity);
  gnutls_datum_t chain = {(unsigned char *)certificate_pem, (unsigned int)strlen(certificate_pem)};
  gnutls_datum_t key = {(unsigned char *)key_pem, (unsigned int)strlen(key_pem)};
  unsigned int count = 16;
  identity->chain = calloc(count, sizeof *identity->chain);
  if (identity->chain == NULL) return 0;
  if (gnutls_pcert_list_import_x509_raw(
        identity->chain, &count, &chain, GNUTLS_X509_FMT_PEM,
        GNUTLS_X509_CRT_LIST_IMPORT_FAIL_IF_EXCEED | GNUTLS_X509_CRT_LIST_SORT) >= 0) {
    identity->count = count;
    if (count > 0 && gnutls_privkey_init(&identity->key) >= 0
        && gnutls_privkey_import_x509_raw(identity->key, &key, GNUTLS_X509_FMT_PEM, NULL, 0) >= 0
        && rounds_tls_fits(identity))
      return 1;
  }
  rounds_tls_free(identity);
  return 0;
}

/// Everything a daemon is started with; every callback gets `context` as its first argument.
typedef struct rounds_mhd_settings {
  int listen_socket;
  unsigned int threads;
  unsigned int connections_max;
  size_t connection_memory_bytes;
  unsigned int idle_timeout_seconds;
  /// Asked for the certificate at each handshake; NULL means plain HTTP.
  rounds_tls_retrieve certificate;
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
    {MHD_OPTION_HTTPS_CERT_CALLBACK2, 0, (void *)s->certificate},
    {MHD_OPTION_HTTPS_PRIORITIES, 0, (void *)"NORMAL:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2"},
    {MHD_OPTION_END, 0, NULL}};
  struct MHD_OptionItem none[] = {{MHD_OPTION_END, 0, NULL}};
  int secure = s->certificate != NULL;
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

/// The connection that a handshake is for: the library makes it the session's own pointer.
static inline struct MHD_Connection *rounds_mhd_connection_of(gnutls_session_t session) {
  return (struct MHD_Connection *)gnutls_session_get_ptr(session);
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
