#!/usr/bin/env bash
# A flood against a real daemon: idle callers, half requests, garbage, callers without end, wrong
# tokens – and a sync in the middle of it. Its memory stays bounded, a certificate is renewed while
# it runs, it drains within five seconds, and its log says nothing of what people wrote.
. "$(dirname "$0")/stage.bash"

rss() { sed -n 's/^VmRSS:[^0-9]*\([0-9]*\).*/\1/p' "/proc/$hub_pid/status"; }

# status REQUEST: the status with which the daemon answers some raw bytes, or "closed".
status() {
  local line=closed
  exec {raw}<> "/dev/tcp/127.0.0.1/${url##*:}"
  printf '%b' "$1" >&"$raw" 2> /dev/null || true
  IFS=' ' read -r -t 5 _ line _ <&"$raw" || line=closed
  exec {raw}>&-
  echo "$line"
}

# milliseconds COMMAND…: how long it takes.
milliseconds() {
  local start
  start=$(date +%s%N)
  "$@" > /dev/null
  echo $((($(date +%s%N) - start) / 1000000))
}

# --- A process that may have few descriptors takes what it can get, and lives with that.
ulimit -Sn 256
start_hub --log json
ulimit -Sn "$(ulimit -Hn)"
admin user add kanariann --role rep > /dev/null
enrol a kanariann
on a add customer name=kanarione phone=kanariphone > /dev/null
on a sync > /dev/null
before=$(rss)

# --- What can be read in two ways, or is too much, is refused; a packed body is no body.
host='Host: x\r\n'
same "two lengths" "$(status "POST /v1/sync HTTP/1.1\r\n${host}Content-Length: 0\r\nContent-Length: 3\r\n\r\nGET")" 400
same "an unknown coding" "$(status "POST /v1/sync HTTP/1.1\r\n${host}Transfer-Encoding: x, chunked\r\n\r\n")" 400
same "a zero byte" "$(status "GET /kanari%00 HTTP/1.1\r\n${host}\r\n")" 400
same "packed" "$(status "POST /v1/sync HTTP/1.1\r\n${host}Content-Encoding: zstd\r\nContent-Length: 3\r\n\r\nabc")" 415
same "too large" "$(status "POST /v1/sync HTTP/1.1\r\n${host}Content-Length: 99999999999\r\n\r\n")" 413
same "a method that is a name" "$(status "KANARI /kanari HTTP/1.1\r\n${host}\r\n")" 404
same "a handshake" "$(status '\026\003\001\002\000\001\000\001\374\003\003')" closed

# --- Callers that say nothing, or half of something, while a laptop syncs.
held=()
for number in $(seq 600); do
  exec {fd}<> "/dev/tcp/127.0.0.1/${url##*:}"
  held+=("$fd")
  case $((number % 4)) in
    0) printf 'POST /v1/sync HTTP/1.1\r\nHost: x\r\nContent-Length: 4000000\r\n\r\nkanari' >&"$fd" ;;
    1) printf 'GET /v1/wait?cursor=kanari HTTP/1.1\r\nHost: x\r\nX-Kanari: ' >&"$fd" ;;
    2) printf 'GET /healthz HTTP/1.1\r\nHost: x\r\n\r\nkanari garbage \001\r\n\r\n' >&"$fd" ;;
  esac
done 2> /dev/null
on a add customer name=kanaritwo > /dev/null
during=$(milliseconds on a sync)
[ "$during" -lt 5000 ] || fail "a sync took $during ms beside idle callers"

# --- Wrong codes and tokens without end: they are told to wait, and who is known is not.
exits 4 on b join "$url" --code KANARICODE12 --device kanaridevice
for number in $(seq 30); do
  ROUNDS_URL=$url ROUNDS_TOKEN=kanaritoken$number rounds-admin user list > /dev/null 2>&1 || true
done
many=''
exec {raw}<> "/dev/tcp/127.0.0.1/${url##*:}"
for number in $(seq 800); do
  printf 'GET /v1/admin/users HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer kanari%s\r\n\r\n' "$number"
done >&"$raw" &
flood=$!
while IFS= read -r -t 5 line <&"$raw"; do
  case $line in 'HTTP/1.1 429'*) many=yes ;; 'Retry-After: '*) break ;; esac
done
kill "$flood" 2> /dev/null || true
wait "$flood" 2> /dev/null || true
exec {raw}>&-
same "wrong tokens are slowed down" "$many" yes
on a sync > /dev/null || fail "a laptop is locked out by another's wrong tokens"

after=$(rss)
[ $((after - before)) -lt 65536 ] || fail "memory grew from $before to $after KiB"

# --- SIGTERM with all of them there, and a slow upload under way.
exec {slow}<> "/dev/tcp/127.0.0.1/${url##*:}"
printf 'POST /v1/sync HTTP/1.1\r\nHost: x\r\nContent-Length: 4000000\r\n\r\nkanari' >&"$slow"
drained=$(milliseconds stop_hub)
hub_pid=''
[ "$drained" -lt 5000 ] || fail "the daemon drained for $drained ms"
exec {slow}>&-
for fd in "${held[@]}"; do exec {fd}>&-; done

# --- Nothing of what people wrote, who they are, or what they may open stands in the log.
on a add customer name=kanarithree > /dev/null
start_hub --log text
on a sync > /dev/null
on a history customer:kanarione > /dev/null
admin show customer:kanarione > /dev/null
admin set customer:kanarione "phone=kanari 555" > /dev/null
admin list customer --where 'name = kanarione' > /dev/null
exits 3 admin show customer:kanarinobody
stop_hub
lines=$(grep -c request "$stage/hub.log")
[ "$lines" -gt 600 ] || fail "the log has only $lines requests"
for word in kanari KANARI Kanari "$token"; do
  lacks "the log" "$(cat "$stage/hub.log")" "$word"
done
exits 0 roundsd check --data "$stage/hub"

# --- A certificate is renewed while the daemon runs; a bad one changes nothing.
command -v openssl > /dev/null || exit 0
certificate() {
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 \
    -subj "/CN=$1" -addext subjectAltName=IP:127.0.0.1 \
    -keyout "$stage/key.pem" -out "$stage/certificate.pem" 2> /dev/null
  cp "$stage/certificate.pem" "$stage/$1.pem"
}
# shown VERSION: who the daemon says it is.
shown() {
  openssl s_client -connect "${url#https://}" "$@" < /dev/null 2> /dev/null | sed -n 's/^subject=CN *= *//p'
}
# logged EVENT: blocks until the daemon has told it.
logged() { grep -q "$1" <(timeout 20 tail -n +1 -f "$stage/hub.log") || fail "the log has no $1"; }

certificate one
start_hub --tls-cert "$stage/certificate.pem" --tls-key "$stage/key.pem"
export ROUNDS_CA=$stage/one.pem
same "the first certificate" "$(shown -tls1_3)" one
same "TLS 1.2 is spoken" "$(shown -tls1_2)" one
same "TLS 1.1 is not" "$(shown -tls1_1 -cipher 'ALL:@SECLEVEL=0' | head -c 3)" ''
certificate two
: > "$stage/hub.log"
kill -HUP "$hub_pid"
logged reloaded
same "the second certificate" "$(shown)" two
export ROUNDS_CA=$stage/two.pem
echo nonsense > "$stage/certificate.pem"
kill -HUP "$hub_pid"
logged reload-failed
same "still the second" "$(shown)" two
stop_hub
echo "sync beside 600 idle callers $during ms; memory $before to $after KiB; drained in $drained ms"
