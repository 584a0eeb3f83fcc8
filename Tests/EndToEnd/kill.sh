#!/usr/bin/env bash
# Processes are killed with -9 while they work, twenty times over: the hub under pushes, a laptop in
# the middle of a sync. Afterwards everything that was saved is there, once, on both sides.
. "$(dirname "$0")/stage.bash"

start_hub
admin user add ann --role rep > /dev/null
admin user add bob --role rep > /dev/null
enrol a ann
enrol b bob

for round in $(seq 20); do
  for name in one two three; do on a add customer name="$name-$round" > /dev/null; done
  ROUNDS_HOME=$stage/a rounds sync > /dev/null 2>&1 &
  sync_pid=$!
  if [ $((round % 2)) = 0 ]; then
    stop_hub -KILL
    start_hub
  else
    kill -9 "$sync_pid" 2> /dev/null || true
  fi
  wait "$sync_pid" 2> /dev/null || true
done

on a sync > /dev/null
on b sync > /dev/null
for laptop in a b; do
  same "customers of $laptop" \
    "$(on $laptop sql 'SELECT count(*), count(DISTINCT name) FROM customer' --json)" \
    '{"columns":["count(*)","count(DISTINCT name)"],"rows":[[60,60]]}'
  exits 0 on $laptop doctor
done
same "nothing waits" "$(on a status --json | number waiting)" 0
stop_hub
exits 0 roundsd check --data "$stage/hub"
