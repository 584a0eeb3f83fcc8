#!/usr/bin/env bash
# P-07, P-08: a rule tells why, what it did, and what it would have done; a thousand ticks do nothing twice.
. "$(dirname "$0")/stage.bash"

start_hub
admin user add ann --role rep > /dev/null
enrol a ann
id=$(on a add customer name=Acme tags+=高价值 --json | text id)
on a sync > /dev/null
at +10d
on a follow "$id" --channel call --text "late" > /dev/null; on a sync > /dev/null
at +30d
test=$(admin rules test high-value-silence --record "$id" --json)
has "the condition" "$test" '"text":"tags contains 高价值"'
has "its value" "$test" '["高价值"]'
has "what it would do" "$test" '"action":"remind"'
has "in words" "$(admin rules test high-value-silence --record "$id")" '✓ where: tags contains 高价值'
exits 3 admin rules test nothing --record "$id"
replay=$(admin rules replay --since -40d --with "$rules/silence-return-visit.json" --json)
has "twice silent for five days in that time" "$replay" '"effects":2'
same "and nothing was written" "$(admin list task --json | number total)" 0
admin rules apply "$rules/silence-return-visit.json" > /dev/null
same "now it is" "$(admin list task --json | number total)" 1
for _ in 1 2 3; do stop_hub -KILL; start_hub; on a sync > /dev/null; done
same "and once" "$(admin list task --json | number total)" 1
has "figures" "$(admin rules stats --json)" '"runs":{"done":1}'
printf '{"version":2,\n "rules":[{"id":"x"}]}' > "$stage/bad.json"
exits 2 admin rules check "$stage/bad.json"
has "with line and column" "$(cat "$stage/err")" 'line 2'
