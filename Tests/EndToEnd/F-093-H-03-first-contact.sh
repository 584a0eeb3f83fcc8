#!/usr/bin/env bash
# F-093, H-03: a first contact within 24 hours – a task and a reminder, an escalation when nothing was heard,
# and all of it taken back by a contact that was made in time and synced late.
. "$(dirname "$0")/stage.bash"
export TZ=Asia/Shanghai

start_hub
admin team add north > /dev/null
admin user add ann --role rep --team north > /dev/null
admin user add mei --role manager --team north > /dev/null
enrol a ann
enrol m mei
admin rules apply "$rules/first-contact.json" > /dev/null

id=$(on a add customer name=Acme --json | text id)
on a sync > /dev/null
same "one task" "$(on a list task --json | number total)" 1
has "due a day after the assignment" "$(on a today --days 2 --json)" '首次联系 Acme'
on a sync > /dev/null

# At 23:50 the customer is called, without a network. At 29 hours the hub knows nothing of it.
later 85800 a follow "$id" --channel call --text hello > /dev/null
at +29h; on m sync > /dev/null
has "the supervisor is told" "$(on m today --json)" 'ann has not contacted Acme'
on a sync > /dev/null; on m sync > /dev/null
lacks "taken back" "$(on m today --json)" '"title":"ann has not contacted Acme'
has "with a line" "$(on m today --json)" 'Settled: ann has not contacted Acme'
has "met" "$(admin list task --json)" '"note":"met"'
has "done" "$(admin list task --json)" '"status":"done"'
lacks "nothing left for the rep" "$(on a today --json)" 'Acme'
for _ in 1 2 3; do on a sync > /dev/null; on m sync > /dev/null; done
same "one task for ever" "$(admin list task --json | number total)" 1
has "the runs say so" "$(admin rules runs --record "$id" --json)" '"action":"task"'
