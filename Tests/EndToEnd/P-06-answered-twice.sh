#!/usr/bin/env bash
# P-06: what comes round each day, answered on two laptops of one rep on different days, both offline. Whichever of
# them syncs first, both show one and the same reminder afterwards, and the days go on.
. "$(dirname "$0")/stage.bash"
export TZ=UTC

printf '%s' '{"version":2,"rules":[{"id":"daily","version":1,"on":"customer","trigger":{"every":{"at":"09:00","days":"all"}},
  "do":[{"remind":"owner","title":{"en":"Look at {name}","zh":"看看 {name}"}}]}]}' > "$stage/daily.json"
# At ten of a day after tomorrow.
ten() { echo $(( $(date -d "00:00 $(( $1 + 1 )) days" +%s) + 36000 - $(date +%s) )); }
shown() { on "$1" today --json | grep -o '"due":"[^"]*"' | tr '\n' ' ' || true; }
reminder() { later "$1" "$2" today --json | grep -o '"id":"[^"]*","kind":"reminder"' | text id; }

cp -a "$stage/hub" "$stage/new"
for order in 'a b' 'b a'; do
  rm -rf "$stage/hub" "$stage/a" "$stage/b"
  cp -a "$stage/new" "$stage/hub"
  unset ROUNDS_CLOCK_OFFSET
  start_hub
  admin user add ann --role rep > /dev/null
  admin calendar set --zone UTC > /dev/null
  admin rules apply "$stage/daily.json" > /dev/null
  at "$(ten 0)"
  enrol a ann; enrol b ann
  on a add customer name=Acme > /dev/null
  on a sync > /dev/null; on b sync > /dev/null
  stop_hub
  first=$(reminder "$(ten 1)" a)
  later "$(ten 2)" a done "$first" > /dev/null
  later "$(ten 4)" b done "$first" > /dev/null
  # Words of the laptop alone: the days before are over with it, since the hub has not been asked.
  lacks "until it has synced" "$(later "$(ten 4)" b today --json)" '"kind":"reminder"'
  start_hub
  at "$(ten 4)"
  for laptop in $order $order; do on "$laptop" sync > /dev/null; done
  has "something, $order" "$(shown a)" due
  same "the same on both, $order" "$(shown b)" "$(shown a)"
  for day in 5 6; do
    at "$(ten $day)"
    for laptop in $order $order; do on "$laptop" sync > /dev/null; done
    same "one on day $day, $order" "$(on a today --json | grep -o '"kind":"reminder"' | wc -l | tr -d ' ')" 1
    same "the same on both on day $day, $order" "$(shown a)" "$(shown b)"
    on a done "$(on a today --json | grep -o '"id":"[^"]*","kind":"reminder"' | text id)" > /dev/null
  done
  stop_hub
done
