#!/usr/bin/env bash
# F-094, F-105, F-106: five silent days of a valued customer – strong for the owner, a copy for the supervisor,
# once for each silence; a follow-up begins it anew.
. "$(dirname "$0")/stage.bash"

start_hub
admin team add north > /dev/null
admin user add ann --role rep --team north > /dev/null
admin user add mei --role manager --team north > /dev/null
enrol a ann
enrol a2 ann
enrol m mei
admin rules apply "$rules/high-value-silence.json" > /dev/null
id=$(on a add customer name=Acme tags+=高价值 --json | text id)
other=$(on a add customer name=Small --json | text id)
on a follow "$id" --channel visit --text "a visit" > /dev/null
for laptop in a a2 m; do on $laptop sync > /dev/null; done
# A little later all of it is known to have arrived.
at 3600; for laptop in a a2; do on $laptop sync > /dev/null; done

title='High-value customer Acme has been silent'
lacks "nothing the day before" "$(later $((4 * 86400)) a today --json)" "$title"
stop_hub
has "offline at its time" "$(later $((5 * 86400 + 5)) a today --json)" "$title"
has "the supervisor, too" "$(later $((5 * 86400 + 5)) m today --json)" "$title"
lacks "not for others" "$(later $((6 * 86400)) a today --json)" "Small"

at +6d; start_hub
# Her laptops were heard of after the visit, and not since the deadline: either may hold another visit.
round=0
until case "$(on m sync > /dev/null 2>&1; on m today --json 2> /dev/null)" in *unconfirmed*) true ;; *) false ;; esac; do
  round=$((round + 1)); [ "$round" -lt 300 ] || fail "the supervisor is not told that it is unconfirmed"
done
for laptop in a a2 m a a2 m; do on $laptop sync > /dev/null; done
same "one for each of the two" "$(admin list reminder --where 'status = active' --json | number total)" 2
on a follow "$id" --channel call --text "they are fine" > /dev/null
for laptop in a a2 m; do on $laptop sync > /dev/null; done
lacks "withdrawn everywhere" "$(on a2 today --json)" "\"title\":\"$title"
at +12d; for laptop in a m; do on $laptop sync > /dev/null; done
has "a new silence, a new reminder" "$(on a today --json)" "$title"
same "and no third" \
  "$(admin list reminder --where 'status = active and step is empty' --json | number total)" 1
: "$other"
