#!/usr/bin/env bash
# P-07: a reminder is there once – after twenty hubs that died, after one that dies between asking and answering, and on
# two laptops of one rep in both orders; each of them calls once, and an answer is heard by both.
. "$(dirname "$0")/stage.bash"

start_hub
admin user add ann --role rep > /dev/null
enrol a ann
enrol a2 ann
admin rules apply "$rules/high-value-silence.json" > /dev/null
for name in One Two Three; do on a add customer name=$name tags+=高价值 > /dev/null; done
for laptop in a a2; do on $laptop sync > /dev/null; done

at +6d
# Every start looks for what is due, whatever the one before it had come to.
for _ in $(seq 20); do stop_hub -KILL; start_hub; done
same "one for each" "$(admin list reminder --where 'user = ann and status = active' --json | number total)" 3

hook="echo \"\$ROUNDS_REMINDER_ID\" >> $stage/called."
on a sync --notify "${hook}a" > /dev/null
stop_hub -KILL; start_hub
on a2 sync --notify "${hook}a2" > /dev/null
for _ in 1 2 3; do
  for laptop in a2 a; do on $laptop sync --notify "$hook$laptop" > /dev/null; done
done
for laptop in a a2; do
  same "three calls on $laptop" "$(wc -l < "$stage/called.$laptop")" 3
  same "of three" "$(sort -u "$stage/called.$laptop" | wc -l)" 3
done
same "the same three" "$(sort "$stage/called.a" | tr -d '\n')" "$(sort "$stage/called.a2" | tr -d '\n')"

# An answer without a network; the hub dies before it hears of it, and again before it can say so.
first=$(head -1 "$stage/called.a")
stop_hub -KILL
on a ack "$first" --note seen > /dev/null
on a2 done "$first" --note called > /dev/null
start_hub; on a sync > /dev/null; stop_hub -KILL; start_hub
for laptop in a2 a a2 a; do on $laptop sync --notify "$hook$laptop" > /dev/null; done
for laptop in a a2; do
  lacks "done beats acknowledged, on $laptop" "$(on $laptop today --json)" "$first"
  same "and nobody calls again" "$(wc -l < "$stage/called.$laptop")" 3
done
at +7d
for laptop in a a2; do on $laptop sync --notify "$hook$laptop" > /dev/null; done
same "nor a day later" "$(cat "$stage/called.a" "$stage/called.a2" | wc -l)" 6
same "three records in all" "$(admin list reminder --where 'user = ann' --json | number total)" 3
