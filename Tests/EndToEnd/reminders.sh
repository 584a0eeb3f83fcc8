#!/usr/bin/env bash
# Two reminders for real: first contact within 24 hours, and a valued customer's silence – on the
# laptop ahead of time, fired without a network, once, and withdrawn by a contact that arrives late.
. "$(dirname "$0")/stage.bash"

start_hub
admin user add ann --role rep > /dev/null
enrol a ann
enrol a2 ann

id=$(on a add customer name=Acme tags+=高价值 --json | text id)
on a sync > /dev/null
on a2 sync > /dev/null
stop_hub

lacks "not due yet" "$(on a today --json)" '"kind":"reminder"'
has "first contact falls due offline" "$(later +25h a today --json)" "First contact"
has "silence falls due offline" "$(later +6d a today --json)" "silent"
has "in Chinese" "$(later +25h a today --lang zh-Hans)" "首次联系"

# Logged in time on one laptop, offline; the hub hears of it late.
later +2h a follow "$id" --channel call --text "first call" > /dev/null
lacks "the reason is gone here at once" "$(later +25h a today --json)" "First contact"
has "the other laptop cannot know yet" "$(later +25h a2 today --json)" "First contact"

export ROUNDS_CLOCK_OFFSET=+30h
start_hub
on a sync > /dev/null
on a2 sync > /dev/null
lacks "withdrawn everywhere" "$(on a2 today --json)" "First contact"
lacks "and not fired again here" "$(on a today --json)" "First contact"

# A banner once for its person: the laptop that has shown it says so with its next sync, and the other stays silent.
export ROUNDS_CLOCK_OFFSET=+8d
stop_hub
start_hub
on a2 sync --notify "echo \"\$ROUNDS_REMINDER_TITLE\" >> $stage/banners" > /dev/null
on a2 sync --notify "echo \"\$ROUNDS_REMINDER_TITLE\" >> $stage/banners" > /dev/null
same "one banner" "$(grep -c silent "$stage/banners")" 1
on a2 sync > /dev/null
on a sync --notify "echo \"\$ROUNDS_REMINDER_TITLE\" >> $stage/banners" > /dev/null
same "one for both laptops" "$(grep -c silent "$stage/banners")" 1
has "it is still to be answered" "$(on a today --json)" "silent"
has "strong until somebody has" "$(on a list customer 2>&1)" "Strong reminder"
for laptop in a2 a; do on $laptop sync > /dev/null; done
for laptop in a2 a; do same "nothing waits on $laptop" "$(on $laptop status --json | number waiting)" 0; done
on a done "$(on a list reminder --where 'status = active and response != done' --json | text id)" --note called > /dev/null
for laptop in a a2; do on $laptop sync > /dev/null; done
lacks "an answer beats it everywhere" "$(on a2 today --json)" "silent"
