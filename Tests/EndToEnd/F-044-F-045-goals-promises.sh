#!/usr/bin/env bash
# F-044, F-045: a goal with its date on a plan, found when it is overdue; a promise that is reminded of the day before
# and on its day, once for each, and told to the supervisor only where it was not kept.
. "$(dirname "$0")/stage.bash"

# All of it begins at noon, tomorrow: near midnight, "two days later" would be another date.
noon=$(( $(date -d 'tomorrow 12:00' +%s) - $(date +%s) ))
hours() { echo $(( noon + $1 * 3600 )); }
at "$noon"
start_hub
admin team add north > /dev/null
admin user add ann --role rep --team north > /dev/null
admin user add mei --role manager --team north > /dev/null
admin rules apply "$rules/deadlines.json" > /dev/null
enrol a ann
enrol a2 ann
enrol m mei
acme=$(on a add customer name=Acme --json | text id)
plan=$(on a add plan customer="$acme" title=推进 goal='拿下年度订单' goalBy=+5d every=1w assignee=ann --json | text id)
promise=$(on a promise "$acme" '周五前寄样' --due +3d --json | text id)
kept=$(on a promise "$acme" '报价单' --due +2d --json | text id)
for laptop in a a2 m; do on $laptop sync > /dev/null; done
stop_hub

goals() { later "$1" a list plan --where 'goalBy < now and not status in (done, cancelled)' --json | number total; }
same "not overdue yet" "$(goals "$(hours 96)")" 0
same "overdue" "$(goals "$(hours 144)")" 1
on a set "$plan" status=done > /dev/null
same "reached" "$(goals "$(hours 144)")" 0
has "before the visit" "$(on a brief "$acme")" '周五前寄样'
has "and all around" "$(on a show "$acme" --360 --json)" '"promises":{"count":2'

# Offline: the day before, on the day; kept in time on one laptop, which the other hears of later.
titles() { later "$1" "$2" today --json | grep -o '"title":"Promised to [^"]*"' | sort | uniq -c | tr -s ' '; }
same "nothing two days before" "$(titles "$(hours 12)" a | grep -c 寄样 || true)" 0
same "the day before, once" "$(titles "$(hours 50)" a | grep 寄样)" ' 1 "title":"Promised to Acme for tomorrow: 周五前寄样"'
same "on the day, each once" "$(titles "$(hours 73)" a | grep -c 寄样)" 2
later "$(hours 40)" a2 done "$kept" > /dev/null
same "kept here" "$(titles "$(hours 50)" a2 | grep -c 报价单 || true)" 0
has "not known there" "$(titles "$(hours 50)" a)" '报价单'

at "$(hours 100)"; start_hub
for laptop in a a2 m; do on $laptop sync > /dev/null; done
has "the supervisor knows what was not kept" "$(on m today --json)" 'ann has not kept a promise to Acme: 周五前寄样'
lacks "and nothing of what was" "$(admin list reminder --where 'user = mei and status = active' --json)" '报价单'
stop_hub -KILL; start_hub
for laptop in a2 a m a2 a m; do on $laptop sync > /dev/null; done
same "told once" "$(admin list reminder --where 'user = mei and status = active' --json | number total)" 1
on a2 done "$promise" > /dev/null
for laptop in a2 a m; do on $laptop sync > /dev/null; done
lacks "kept, if late: off every list" "$(on m today --json; on a today --json)" '"title":"ann has not kept'
