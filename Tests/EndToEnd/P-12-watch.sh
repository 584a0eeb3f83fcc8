#!/usr/bin/env bash
# P-12: a laptop that watches calls for what falls due, with no hub in sight, once for each reminder, and again
# for none of them when it is started anew or the hub is back.
. "$(dirname "$0")/stage.bash"

start_hub
admin user add ann --role rep > /dev/null
enrol a ann
for name in One Two; do on a add customer name=$name > /dev/null; done
on a sync > /dev/null
stop_hub

# The first contacts fall due while nobody answers; the program's own calls wake this script.
mkfifo "$stage/calls"
exec 4<> "$stage/calls"
watch() {
  ROUNDS_HOME=$stage/a ROUNDS_CLOCK_OFFSET=$1 rounds sync --watch \
    --notify "echo \"\$ROUNDS_REMINDER_KIND \$ROUNDS_REMINDER_TITLE\" > $stage/calls" \
    > "$stage/watch.out" 2>&1 4<&- &
  watch_pid=$!
}
heard() { local line=''; read -r -t 30 line <&4 || fail "no call: $(cat "$stage/watch.out")"; echo "$line"; }
unwatch() { kill "$watch_pid"; wait "$watch_pid" || true; }

watch +25h
calls=$(heard; heard)
has "the first" "$calls" 'first-contact First contact with One'
has "the second" "$calls" 'first-contact First contact with Two'
unwatch

# Started again, with a hub: what is new calls, what has called does not.
export ROUNDS_CLOCK_OFFSET=+25h
start_hub
on a add customer name=Three tags+=高价值 > /dev/null
on a sync > /dev/null
export ROUNDS_CLOCK_OFFSET=+50h
stop_hub; start_hub
watch +50h
has "only what is new" "$(heard)" 'First contact with Three'
unwatch
same "and nothing else" "$(read -r -t 0 <&4 && cat <&4 || true)" ''
on a sync --notify "echo again > $stage/calls" > /dev/null
same "nor by a sync" "$(read -r -t 0 <&4 && echo called || true)" ''
