#!/usr/bin/env bash
# F-103, F-104, F-106, H-05, H-06: a ladder of reminders over ten days without a network – sorted, each once
# for each person over both laptops, strong until seen, with a copy for the supervisor; and every answer counts once.
. "$(dirname "$0")/stage.bash"

start_hub
admin team add north > /dev/null
admin user add ann --role rep --team north > /dev/null
admin user add mei --role manager --team north > /dev/null
for laptop in a a2; do enrol $laptop ann; done
enrol m mei
admin rules apply "$rules/escalation.json" > /dev/null
id=$(on a add customer name=Acme --json | text id)
other=$(on a add customer name=Bolt --json | text id)
task=$(on a add task customer="$id" title="send the offer" assignee=ann dueAt=+1d --json | text id)
for laptop in a a2 m a; do on $laptop sync > /dev/null; done
stop_hub

# Offline for sixteen days: what is overdue, then reminders, the strong ones first; none of them twice.
today() { later "$1" "${2:-a}" today --json; }
lacks "nothing ahead of its time" "$(today +6d)" '"kind":"reminder"'
has "a task that is overdue comes first" "$(today +8d)" '"items":[{"due"'
same "the order" "$(today +15d | grep -o '"kind":"[a-zA-Z]*"' | uniq | tr -d '\n')" \
  '"kind":"overdue""kind":"reminder"'
same "two for each customer" "$(today +15d | grep -o '"kind":"reminder"' | wc -l)" 4
has "strong ones first" "$(today +15d | grep -o '"title":"[^"]*"' | sed -n 2p)" 'two weeks'
has "the supervisor, too" "$(today +15d m)" 'Acme has been silent for two weeks'
lacks "who is not told of the first week" "$(today +15d m)" 'for a week'

# H-05: a visit that only this laptop knows of silences its reminders at once, and the hub sends none anew.
later +8d a follow "$other" --channel visit --text "all is well" > /dev/null
lacks "gone here" "$(today +8d)" 'Bolt has been silent'
has "the other laptop cannot know" "$(today +8d a2)" 'Bolt has been silent'

# H-06: snoozed on one laptop, acknowledged on the other, neither knows of the other.
week=$(today +8d | grep -o '"id":"[^"]*","kind":"reminder"' | text id)
later +8d a ack "$week" > /dev/null
later +8d a2 snooze "$week" --until +20d > /dev/null
later +9d a done "$task" > /dev/null
at +9d; start_hub
for laptop in a2 a a2; do on $laptop sync > /dev/null; done
stop_hub -KILL; start_hub
for laptop in a a2 a; do on $laptop sync > /dev/null; done
for laptop in a a2; do
  same "seen beats put off on $laptop" "$(on $laptop show "$week" --json | text response)" acknowledged
  lacks "Bolt is silent nowhere" "$(on $laptop today --json)" 'Bolt has been silent'
  lacks "the task is done on $laptop" "$(on $laptop today --json)" 'send the offer'
done
same "one of each rule, step and person" "$(admin list reminder --json | number total)" \
  "$(admin list reminder --json | grep -o '"id":"[^"]*"' | sort -u | wc -l)"

# The third rung is a tag; a new laptop of hers is not told again of what she has seen.
at +31d
for laptop in a m a; do on $laptop sync > /dev/null; done
has "asleep" "$(admin show "$id" --json)" '沉睡'
enrol a3 ann; on a3 sync > /dev/null
on a3 sync --notify "echo \"\$ROUNDS_REMINDER_ID \$ROUNDS_REMINDER_TITLE\" >> $stage/banners" > /dev/null
same "a banner for what she has not seen" "$(grep -c 'Acme has been silent for two weeks' "$stage/banners")" 1
lacks "no banner for what she has seen" "$(cat "$stage/banners")" "$week"
on a follow "$id" --channel call --text "awake" > /dev/null
for laptop in a a3 m; do on $laptop sync > /dev/null; done
lacks "awake" "$(admin show "$id" --json)" '沉睡'
for laptop in a3 m; do lacks "nothing is left of it" "$(on $laptop today --json)" '"title":"Acme has been silent'; done
