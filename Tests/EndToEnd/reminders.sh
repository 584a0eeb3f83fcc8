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

# A banner once per laptop.
export ROUNDS_CLOCK_OFFSET=+8d
stop_hub
start_hub
on a2 sync --notify "echo \"\$ROUNDS_REMINDER_TITLE\" >> $stage/banners" > /dev/null
on a2 sync --notify "echo \"\$ROUNDS_REMINDER_TITLE\" >> $stage/banners" > /dev/null
same "one banner" "$(grep -c silent "$stage/banners")" 1
