#!/usr/bin/env bash
# F-077: different rules for different kinds of customers – the first one of a group that fits is asked alone, and
# everybody can ask which one that is and why, also without a network and of what nobody has been sent yet.
. "$(dirname "$0")/stage.bash"

start_hub
admin team add north > /dev/null
admin user add ann --role rep --team north > /dev/null
admin user add mei --role manager --team north > /dev/null
for laptop in a a2; do enrol $laptop ann; done
enrol m mei
admin rules apply "$rules/by-grade.json" > /dev/null
key=$(on a add customer name=Key tier=A region=江苏 industry=制造 --json | text id)
east=$(on a add customer name=East tier=B region=江苏 industry=制造 --json | text id)
other=$(on a add customer name=Other tier=B region=北京 --json | text id)
for laptop in a a2 m; do on $laptop sync > /dev/null; done

# The same answer at the hub and, without it, on the laptop.
why() { "$@" | grep -o '"instead":[^,]*,"record":"[^"]*","rule":"[^"]*","trigger":"[^"]*","verdict":"[^"]*"' | sed 's/"record":"[^"]*",//'; }
hub_says=$(why admin rules explain "$key" --json)
stop_hub
same "hub and laptop agree" "$(why on a rules explain "$key" --json)" "$hub_says"
same "one applies" "$(grep -c '"verdict":"applies"' <<< "$hub_says")" 1
text=$(on a rules explain "$east")
has "the rule for the coast" "$text" '✓ rhythm-east: applies'
has "the one for key customers does not" "$text" '✗ rhythm-key: a condition does not hold'
has "with what it saw" "$text" 'tier = A  (B)'
has "and who comes too late" "$text" '✗ rhythm-other: gives way to rhythm-east'
has "in Chinese" "$(on a rules explain "$other" --lang zh-Hans)" '✓ rhythm-other: 适用'

# One reminder each, of the rule that counts.
titles() { later "$1" "$2" today --json | grep -o '"title":"[^"]*"' | sort | tr '\n' ' '; }
same "a week" "$(titles +8d a)" '"title":"Key customer Key: a week without contact" '
has "with a copy" "$(titles +8d m)" 'Key customer Key'
same "a fortnight: one line each" "$(titles +15d a | grep -o '"title"' | wc -l)" 2

# Another grade, offline on one laptop: another rule there at once, and everywhere after the sync, in either order.
on a set "$other" tier=A > /dev/null
has "at once" "$(on a rules explain "$other")" '✓ rhythm-key: applies'
has "not yet there" "$(on a2 rules explain "$other")" '✓ rhythm-other: applies'
start_hub
for laptop in a2 a a2; do on $laptop sync > /dev/null; done
has "now there" "$(on a2 rules explain "$other")" '✓ rhythm-key: applies'
same "one reminder stands for it" \
  "$(admin list reminder --where "status = active and title ~ Other and user = ann" --json | number total)" 1
exits 3 on a rules explain customer:Nobody
exits 3 admin rules explain customer:Nobody

# Alternatives must be about the same thing; the fault has a line.
printf '{"version":2,"rules":[{"id":"a","version":1,"on":"customer","group":"g","trigger":{"silence":{}},"do":[{"tag":["x"]}]},\n{"id":"b","version":1,"on":"customer","group":"g","trigger":{"created":{}},"do":[{"tag":["x"]}]}]}' > "$stage/bad.json"
exits 2 admin rules check "$stage/bad.json"
has "where" "$(cat "$stage/err")" 'line 2'
