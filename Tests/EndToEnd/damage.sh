#!/usr/bin/env bash
# Files that a disk has spoiled, files that somebody else holds, and clocks that jump: the programs
# say what is wrong, end with 1, never write to what is damaged, and go on when it is over.
. "$(dirname "$0")/stage.bash"

# refuses WORDS COMMAND…: it ends with 1 and says these words.
refuses() {
  local words=$1
  shift
  exits 1 "$@"
  has "the complaint of '$*'" "$(cat "$stage/err")" "$words"
}
sum() { { cat "$1" "$1-wal" 2> /dev/null || true; } | cksum; }

# spoil FILE OFFSET: 512 bytes there become something else.
spoil() { head -c 512 /dev/zero | tr '\0' x | dd of="$1" bs=1 seek="$2" conv=notrunc status=none; }

start_hub
admin user add ann --role rep > /dev/null
admin user add bob --role rep > /dev/null
enrol a ann
enrol b bob
for number in $(seq 300); do echo "row-$number,$number"; done | sed '1i name,phone' > "$stage/rows.csv"
on a import "$stage/rows.csv" --into customer > /dev/null
on a sync > /dev/null
on b sync > /dev/null
replica=$stage/a/replica.sqlite
cp -r "$stage/a" "$stage/sound"
again() { rm -rf "$stage/a"; cp -r "$stage/sound" "$stage/a"; }

# told WORDS: what is wrong with it is said, and it stays as it is.
told() {
  local before
  before=$(sum "$replica")
  for command in "status" "add customer name=new" "sync"; do
    # shellcheck disable=SC2086 # words of a command
    refuses "$1" on a $command
  done
  same "the damaged file" "$(sum "$replica")" "$before"
}

# A laptop's file: another header, half of it, nothing, and a last page that is cut off.
size=$(stat -c %s "$replica")
spoil "$replica" 0
told 'The database is damaged'
again
truncate -s $((size / 2 / 4096 * 4096)) "$replica"
told 'The database is damaged'
again
truncate -s 0 "$replica"
told 'is empty'
again
truncate -s $((size - 1000)) "$replica"
told 'ends within a page'

again

# Two programs at once on one folder: every edit is there, once.
for number in $(seq 10); do
  on a add customer "name=beside-$number" > /dev/null &
  on a sync > /dev/null 2>&1 &
  on a sync > /dev/null 2>&1 &
  wait
done
on a sync > /dev/null
on b sync > /dev/null
same "edits made beside a sync" \
  "$(on b sql "SELECT count(*), count(DISTINCT name) FROM customer WHERE name LIKE 'beside-%'" --json)" \
  '{"columns":["count(*)","count(DISTINCT name)"],"rows":[[10,10]]}'
exits 0 on a doctor --deep

# Another tool holds the lock: said after five seconds, nothing is lost, and it goes on afterwards.
hold() {
  coproc holder { sqlite3 "$1"; }
  echo 'BEGIN EXCLUSIVE; SELECT 1;' >&"${holder[1]}"
  read -r _ <&"${holder[0]}"
}
release() {
  echo 'ROLLBACK;' >&"${holder[1]}"
  local input=${holder[1]} pid=$holder_PID
  exec {input}>&-
  wait "$pid"
}
if command -v sqlite3 > /dev/null; then
  hold "$replica"
  refuses 'Another program' on a add customer name=held
  exits 0 on a status
  release
  on a add customer name=held > /dev/null
  hold "$stage/hub/hub.sqlite"
  exits 5 on a sync
  same "what waits while the hub is held" "$(on a status --json | number waiting)" 1
  release
  on a sync > /dev/null
  on b sync > /dev/null
  same "what was written about a held file" \
    "$(on b sql "SELECT count(*) FROM customer WHERE name = 'held'" --json)" \
    '{"columns":["count(*)"],"rows":[[1]]}'
fi

# Clocks set back and forth around writes, syncs and restarts: the order stays, and it is told.
id=$(on a add customer name=clocks phone=0 --json | text id)
step=0
for offset in +2d -3h +400d -400d +1h; do
  step=$((step + 1))
  ROUNDS_CLOCK_OFFSET=$offset on a set "$id" phone=$step > /dev/null
  [ $((step % 2)) = 0 ] || ROUNDS_CLOCK_OFFSET=$offset on a sync > /dev/null
done
on a sync > /dev/null
on b sync > /dev/null
for laptop in a b; do
  same "the last of five phones" "$(on $laptop show "$id" --json | text phone)" 5
  exits 0 on $laptop doctor --deep
done
ROUNDS_CLOCK_OFFSET=+10m on a sync > /dev/null
offset=$(on a status --json | number clockOffsetMilliseconds)
[ "$offset" -lt -590000 ] || fail "status tells an offset of $offset"
stop_hub
ROUNDS_CLOCK_OFFSET=-30d start_hub
on b set "$id" phone=6 > /dev/null
on b sync > /dev/null
stop_hub
start_hub
on a sync > /dev/null
same "what was written while the hub's clock was back" "$(on a show "$id" --json | text phone)" 6
stop_hub

# The hub's file: empty, torn, spoilt in the middle.
cp -r "$stage/hub" "$stage/sound-hub"
hub=$stage/hub/hub.sqlite
size=$(stat -c %s "$hub")
for damage in "truncate -s 0" "truncate -s $((size - 1000))" "truncate -s $((size / 2 / 4096 * 4096))"; do
  rm -rf "$stage/hub"
  cp -r "$stage/sound-hub" "$stage/hub"
  $damage "$hub"
  before=$(sum "$hub")
  refuses 'The database is damaged' roundsd serve --data "$stage/hub" --listen 127.0.0.1:0
  same "the damaged hub" "$(sum "$hub")" "$before"
done
rm -rf "$stage/hub"
cp -r "$stage/sound-hub" "$stage/hub"
exits 0 roundsd check --data "$stage/hub"
