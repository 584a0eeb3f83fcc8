# What the end-to-end scripts share: a stage with a hub and laptops, and a few expectations.
#
# Sourced, not run. Real processes, real files, a real socket on loopback; every script has a folder


set -euo pipefail
programs=${1:?usage: SCRIPT FOLDER, the folder with rounds, roundsd and rounds-admin}
PATH=$(cd "$programs" && pwd):$PATH
export LANG=C.UTF-8 NO_COLOR=1
unset ROUNDS_HOME ROUNDS_URL ROUNDS_TOKEN ROUNDS_TOKEN_FILE ROUNDS_LANG ROUNDS_CLOCK_OFFSET

stage=$(mktemp -d)
hub_pid=''
url=''

fail() {
  echo "FAILED: $*" >&2
  [ -f "$stage/hub.log" ] && tail -n 20 "$stage/hub.log" >&2
  exit 1
}

leave() {
  [ -z "$hub_pid" ] || kill -9 "$hub_pid" 2> /dev/null || true
  rm -rf "$stage"
}
trap leave EXIT

# start_hub [ROUNDSD-OPTION…]: serves, on the same port as before if there was one.
start_hub() {
  rm -f "$stage/hub.out"
  mkfifo "$stage/hub.out"
  roundsd serve --data "$stage/hub" --listen "127.0.0.1:${url##*:}" "$@" \
    > "$stage/hub.out" 2>> "$stage/hub.log" &
  hub_pid=$!
  disown
  # Blocks until the daemon has said its first line, or has ended.
  local line=''
  exec 3< "$stage/hub.out"
  read -r line <&3 || fail "the hub did not start"
  url=${line#listening on }
}

stop_hub() {
  kill "${1:--TERM}" "$hub_pid"
  tail -f /dev/null --pid="$hub_pid"
  hub_pid=''
}

admin() { ROUNDS_URL=$url ROUNDS_TOKEN=$token rounds-admin "$@"; }
on() { local laptop=$1; shift; ROUNDS_HOME=$stage/$laptop rounds "$@"; }

# enrol LAPTOP USER
enrol() {
  local code
  code=$(admin invite "$2" --json | text code)
  on "$1" join "$url" --code "$code" --device "$1" > /dev/null
}

# Moves everybody's clock, such as +6d, or a number of seconds; `later` only one laptop's, for one command.
at() {
  ROUNDS_CLOCK_OFFSET=$(offset "$1")
  export ROUNDS_CLOCK_OFFSET
  [ -z "$hub_pid" ] || { stop_hub; start_hub; }
}
later() { local offset; offset=$(offset "$1"); shift; ROUNDS_CLOCK_OFFSET=$offset on "$@"; }
offset() { case "$1" in [0-9]*) echo "+$1s" ;; *) echo "$1" ;; esac; }
rules=$(cd "$(dirname "$0")/../.." && pwd)/Protocol/Rules

# Of a one-line JSON document on stdin: the first text, or number, with this key.
text() { grep -o "\"$1\":\"[^\"]*\"" | sed -n 1p | cut -d '"' -f 4; }
number() { grep -o "\"$1\":[0-9-]*" | sed -n 1p | cut -d : -f 2; }

same() { [ "$2" = "$3" ] || fail "$1: expected '$3', found '$2'"; }
has() { case "$2" in *"$3"*) ;; *) fail "$1: expected '$3' in: $2" ;; esac; }
lacks() { case "$2" in *"$3"*) fail "$1: did not expect '$3' in: $2" ;; *) ;; esac; }

# exits CODE COMMAND…: runs it, and it ends with just this code.
exits() {
  local expected=$1 code=0
  shift
  "$@" > "$stage/out" 2> "$stage/err" || code=$?
  [ "$code" = "$expected" ] || fail "'$*' ended with $code, not $expected: $(cat "$stage/err")"
}

roundsd init --data "$stage/hub" --workspace Test --admin boss --json > "$stage/init.json"
token=$(text token < "$stage/init.json")
url=127.0.0.1:0
