#!/usr/bin/env bash
# F-105: a strong reminder stays on top and speaks up with every command, until it is acknowledged with a note; what
# nobody acknowledges goes on to somebody else, and comes back when the answer arrives – whichever laptop gave it.
. "$(dirname "$0")/stage.bash"

start_hub
admin team add north > /dev/null
admin user add ann --role rep --team north > /dev/null
admin user add mei --role manager --team north > /dev/null
for laptop in a a2; do enrol $laptop ann; done
enrol m mei
cat > "$stage/book.json" << 'END'
{"version": 2, "rules": [
  {"id": "week", "version": 1, "on": "customer", "trigger": {"silence": {}}, "steps": [{"after": "7d", "do": [
    {"remind": "owner", "strength": "strong", "title": {"en": "Call {name}", "zh": "联系 {name}"},
     "escalate": {"after": "4h", "to": "supervisor"}}]}]},
  {"id": "day", "version": 1, "on": "customer", "trigger": {"silence": {}}, "steps": [{"after": "1d", "do": [
    {"remind": "owner", "title": {"en": "Look at {name}", "zh": "看看 {name}"}}]}]}]}
END
admin rules apply "$stage/book.json" > /dev/null
id=$(on a add customer name=Acme --json | text id)
second=$(on a add customer name=Bolt --json | text id)
for laptop in a a2 m; do on $laptop sync > /dev/null; done
stop_hub

# Offline: nothing before its time, then a line with every command, on stderr alone.
said() { later "$1" "$2" "${@:3}" 2>&1 > /dev/null; }
same "not yet" "$(said +6d a list customer)" ""
has "a line" "$(said +8d a list customer)" 'Strong reminder'
has "and how many more" "$(said +8d a status)" '(and 1 more)'
has "in Chinese" "$(said +8d a list customer --lang zh-Hans)" '（另有 1 条）'
lacks "the result is what it was" "$(later +8d a list customer --json 2> /dev/null)" 'Strong'
same "today shows it anyway" "$(said +8d a today)" ""
has "on top" "$(later +8d a today --json | grep -o '"title":"[^"]*"' | sed -n 1p)" '"Call '
same "nobody else is told" "$(said +8d m list customer)" ""

# It wants a note.
strong=$(later +8d a list reminder --where 'rule = week and title ~ Acme' --json 2> /dev/null | text id)
plain=$(later +8d a list reminder --where 'rule = day and title ~ Acme' --json 2> /dev/null | text id)
for words in "" "--note ' '"; do
  has "and says so at a terminal" \
    "$(script -qec "env ROUNDS_HOME=$stage/a ROUNDS_CLOCK_OFFSET=+8d rounds ack $strong $words" /dev/null)" \
    'answered with a note'
done
exits 2 later +8d a ack "$strong"
exits 2 later +8d a done "$strong"
exits 2 later +8d a snooze "$strong" --until +9d
has "what is missing is said" "$(cat "$stage/err")" '--note'
has "it still calls" "$(said +8d a status)" 'Acme'
exits 0 later +8d a ack "$plain"
exits 0 later +8d a ack "$strong" --note "calling at two"
lacks "one is left" "$(said +8d a status)" 'Acme'
has "the other" "$(said +8d a status)" 'Bolt'
later +8d a follow "$second" --channel call --text "hello" > /dev/null 2>&1
same "its reason is gone here" "$(said +8d a status)" ""
has "her other laptop cannot know" "$(said +8d a2 status)" 'Strong reminder'

# Eight days on, the hub has heard nothing: both go on to the supervisor. Then her laptop syncs, and both come back.
at +8d; start_hub
on m sync > /dev/null 2>&1
same "on to the supervisor, once each" \
  "$(admin list reminder --where 'user = mei and status = active' --json | grep -o 'Not acknowledged' | wc -l)" 2
stop_hub -KILL; start_hub; on m sync > /dev/null 2>&1
same "still once each" "$(on m today --json | grep -o 'Not acknowledged' | wc -l)" 2
for laptop in a2 a m a2; do on $laptop sync > /dev/null 2>&1; done
lacks "taken back" "$(on m today --json)" '"title":"Not acknowledged'
has "and told, where there was no neglect" "$(on m today --json)" 'Settled: Not acknowledged: Call Bolt'
has "and where it was acknowledged" "$(on m today --json)" 'Settled: Not acknowledged: Call Acme'
# The supervisor's copy is not hers to answer, as little here as at the hub.
copy=$(on a list reminder --where 'user = mei' --json 2> /dev/null | text id)
for answer in "done" "ack --note x" "snooze --until +30d --note x"; do
  read -r verb words <<< "$answer"
  # shellcheck disable=SC2086
  exits 4 on a "$verb" "$copy" $words
done
same "quiet on her other laptop" "$(said +8d a2 status)" ""
has "with her note" "$(on a2 show "$strong" --json)" 'calling at two'
