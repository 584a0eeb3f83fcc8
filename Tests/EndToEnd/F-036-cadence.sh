#!/usr/bin/env bash
# F-021, F-036, F-037, F-044, F-045, F-048, F-103, P-01: the rep's desk without a network – a cadence, a plan, a
# promise, a birthday, each on its day; a brief before the visit; and a word when a colleague was there just now.
. "$(dirname "$0")/stage.bash"
export TZ=Asia/Shanghai

start_hub
admin user add ann --role rep > /dev/null
admin user add bob --role rep > /dev/null
admin user add mei --role manager > /dev/null
admin calendar set --zone Asia/Shanghai > /dev/null
admin rules apply "$rules/deadlines.json" > /dev/null
enrol a ann
enrol m mei
weekly=$(on a add customer name=Weekly cadence=7d --json | text id)
planned=$(on a add customer name=Planned --json | text id)
on a add plan customer="$planned" title=产品信息 every=2wd channel=call startsAt=now assignee=ann > /dev/null
promised=$(on a promise "$planned" '寄样' --due +3d --json | text id)
on a add contact customer="$weekly" name=Li role=决策者 birthday="$(date -d '+2 days' +%m-%d)" > /dev/null
exits 2 on a set "$weekly" cadence=often
has "what it may be" "$(cat "$stage/err")" '1mo'
on a sync > /dev/null; on m sync > /dev/null
stop_hub

today() { later "$1" a today --json; }
has "the plan begins" "$(on a today --json)" '"title":"Planned: 产品信息"'
on a follow "$planned" --channel call --text "told them" > /dev/null
lacks "done for now" "$(on a today --json)" '产品信息'
has "and comes round, weekends aside" "$(today +6d)" '产品信息'
lacks "not yet" "$(today +6d)" '"title":"Weekly"'
has "a week after the assignment" "$(today +7d)" '"title":"Weekly"'
has "a birthday" "$(today +2d)" '"kind":"birthday"'
has "a promise on its day" "$(today +3d)" '"kind":"promise"'
has "in the agenda" "$(on a agenda)" '寄样'
has "a brief" "$(on a brief "$planned")" 'told them'
[ "$(on a brief "$planned" | wc -l)" -le 20 ] || fail "a brief of more than twenty lines"
on a done "$promised" > /dev/null
lacks "kept" "$(today +3d)" '"kind":"promise"'

# A colleague who does not know of it.
start_hub; on a sync > /dev/null; on m sync > /dev/null
exits 0 on m follow "$planned" --channel call --text "hello again"
has "who it was" "$(cat "$stage/err")" 'ann contacted this customer'
exits 0 on m follow "$planned" --channel call --text "hello again" --anyway
lacks "he knows" "$(cat "$stage/err")" 'ann contacted'

# What is not kept goes to the supervisor; what is kept in time does not.
late=$(on a promise "$weekly" '报价' --due +1d --json | text id)
on a sync > /dev/null
at +60h; on a sync > /dev/null; on m sync > /dev/null
has "the supervisor knows" "$(on m today --json)" 'ann has not kept a promise to Weekly'
lacks "nothing of the kept one" "$(later +5d m today --json)" '寄样'
on a done "$late" > /dev/null; on a sync > /dev/null; on m sync > /dev/null
lacks "taken back" "$(on m today --json)" '"title":"ann has not kept'
