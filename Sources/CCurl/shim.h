// libcurl's types and constants, and inline functions that call its variadic entry points.
// The library itself is not linked: `HubClient` opens it on first use and hands the addresses in.
#pragma once
#include <curl/curl.h>

static inline CURLcode rounds_curl_set_long(
  void *setopt, CURL *handle, CURLoption option, long value) {
  return ((CURLcode (*)(CURL *, CURLoption, ...))setopt)(handle, option, value);
}
static inline CURLcode rounds_curl_set_large(
  void *setopt, CURL *handle, CURLoption option, curl_off_t value) {
  return ((CURLcode (*)(CURL *, CURLoption, ...))setopt)(handle, option, value);
}
static inline CURLcode rounds_curl_set_pointer(
  void *setopt, CURL *handle, CURLoption option, const void *value) {
  return ((CURLcode (*)(CURL *, CURLoption, ...))setopt)(handle, option, value);
}
/// Write and header callbacks have the same shape.
typedef size_t (*rounds_curl_receive)(char *bytes, size_t size, size_t count, void *context);
static inline CURLcode rounds_curl_set_receive(
  void *setopt, CURL *handle, CURLoption option, rounds_curl_receive value) {
  return ((CURLcode (*)(CURL *, CURLoption, ...))setopt)(handle, option, value);
}
static inline CURLcode rounds_curl_get_long(
  void *getinfo, CURL *handle, CURLINFO info, long *value) {
  return ((CURLcode (*)(CURL *, CURLINFO, ...))getinfo)(handle, info, value);
}
static inline CURLcode rounds_curl_get_large(
  void *getinfo, CURL *handle, CURLINFO info, curl_off_t *value) {
  return ((CURLcode (*)(CURL *, CURLINFO, ...))getinfo)(handle, info, value);
}
