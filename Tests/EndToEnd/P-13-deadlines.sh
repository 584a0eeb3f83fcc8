#!/usr/bin/env bash
# P-13: a contract is told of three days before it ends and on its last day, at eight in the company's zone; another
# date moves both, offline too, and one that is over or was ended early says nothing.
. "$(dirname "$0")/stage.bash"
export TZ=Asia/Shanghai

start_hub
admin calendar set --zone Asia/Shanghai > /dev/null
admin user add ann --role rep > /dev/null
enrol a ann
enrol a2 ann
admin rules apply "$rules/deadlines.json" > /dev/null
id=$(on a add customer name=Acme --json | text id)
noon=$(($(date -d 12:00 +%s) - $(date +%s)))
day() { date -d "+$1 days" +%F; }
contract=$(on a add contract customer="$id" name=C-1 status=signed endsOn="$(day 6)" --json | text id)
draft=$(on a add contract customer="$id" name=C-2 status=draft endsOn="$(day 6)" --json | text id)
for laptop in a a2; do on $laptop sync > /dev/null; done
stop_hub

noon_on() { later $(($1 * 86400 + noon)) "$2" today --json; }
lacks "four days before" "$(noon_on 2 a)" 'C-1'
has "three days before, offline" "$(noon_on 3 a)" 'Contract C-1 of Acme ends in 3 days'
has "on the day" "$(noon_on 6 a2)" 'Contract C-1 of Acme ends today'
lacks "a draft binds nobody" "$(noon_on 6 a)" 'C-2'
has "due at eight" "$(noon_on 3 a)" 'T08:00:00+08:00'

# Prolonged offline on one laptop: the reminders move there at once and with the sync everywhere.
on a set "$contract" endsOn="$(day 9)" > /dev/null
lacks "moved" "$(noon_on 3 a)" 'C-1'
has "to its new day" "$(noon_on 6 a)" 'ends in 3 days'
at +1d; start_hub
for laptop in a2 a a2; do on $laptop sync > /dev/null; done
lacks "on the other laptop, too" "$(later $((3 * 86400 + noon)) a2 today --json)" 'C-1'
has "both of them" "$(later $((9 * 86400 + noon)) a2 today --json)" 'ends today'
same "two reminders stand" "$(admin list reminder --where 'status = active' --json | number total)" 2
stop_hub -KILL; start_hub
on a set "$contract" status=ended > /dev/null; on a sync > /dev/null; on a2 sync > /dev/null
lacks "ended early" "$(later $((9 * 86400 + noon)) a2 today --json)" 'C-1'
on a set "$draft" status=signed > /dev/null; on a sync > /dev/null; on a2 sync > /dev/null
has "signed late, told of all the same" "$(later $((6 * 86400 + noon)) a2 today --json)" 'C-2 of Acme ends today'
