#!/usr/bin/env bash
# P-29: leads go round in turn – also over a hub that dies and people who leave – past whoever is full, and each says
# which rule gave it to whom, and why nobody had it.
. "$(dirname "$0")/stage.bash"

start_hub
admin team add north > /dev/null
for user in su nan li; do admin user add $user --role rep --team north > /dev/null; done
admin user add ann --role rep > /dev/null
enrol a ann
cat > "$stage/book.json" << 'END'
{"version": 2, "rules": [
  {"id": "vip", "version": 1, "on": "customer", "trigger": {"created": {}}, "where": "tier = A", "repeat": "once",
   "do": [{"assign": ["user:su"]}]},
  {"id": "turns", "version": 1, "on": "customer", "trigger": {"created": {}}, "where": "source = web", "repeat": "once",
   "do": [{"assign": ["team:north"], "by": "roundRobin", "max": 3}]}]}
END
admin rules apply "$stage/book.json" > /dev/null
lead() { local id; id=$(on a add customer source=web "$@" --json | text id); on a sync > /dev/null; echo "$id"; }
owner() { admin show "$1" --json | text owner; }
turn() { owner "$(lead name="$1")"; }
order="$(turn 1) $(turn 2)"
stop_hub -KILL; start_hub
order+=" $(turn 3) $(turn 4)"
same "in turn, also after a crash" "$order" "li nan su li"

# The first rule that assigns counts, and takes no turn of the other one.
first=$(lead name=Best tier=A)
same "the first rule" "$(owner "$first")" su
has "and the other says so" "$(admin rules runs --record "$first" --json)" 'an earlier rule assigned it'
has "which one applies" "$(admin rules explain "$first")" '✓ vip: applies'
same "whose turn it was" "$(turn 5)" nan

# Whoever leaves is passed over; whoever is full, too. Where everybody is, it waits, and says so.
admin user disable li > /dev/null
order="$(turn 6) $(turn 7)"
same "without who left, past who is full" "$order" "su nan"
waiting=$(lead name=8)
same "nobody has room" "$(owner "$waiting")" ann
has "and why" "$(admin rules runs --failed --json)" 'each of nan, su has 3 open customers'
admin set customer:2 stage=won > /dev/null
at +10m; on a sync > /dev/null
same "room again: tried alone" "$(owner "$waiting")" nan
same "nothing failed any more" "$(admin rules runs --failed --json)" '{"runs":[]}'
