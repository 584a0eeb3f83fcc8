#!/usr/bin/env bash
# F-107, F-083: how often a customer is contacted follows from its grade – weekly, monthly, each quarter – by the
# rule file that ships; a contact begins the count anew, and another grade another count.
. "$(dirname "$0")/stage.bash"

start_hub
admin user add ann --role rep > /dev/null
enrol a ann
enrol a2 ann
admin rules apply "$rules/cadence.json" > /dev/null
weekly=$(on a add customer name=Weekly tags+=高频 --json | text id)
monthly=$(on a add customer name=Monthly tags+=中频 --json | text id)
on a add customer name=Quarterly tags+=低频 > /dev/null
on a add customer name=Own tags+=高频 cadence=2d > /dev/null
for laptop in a a2; do on $laptop sync > /dev/null; done
stop_hub
today() { later "$1" "${2:-a}" today --json; }
lacks "six days" "$(today +6d)" '"kind":"reminder"'
has "a week" "$(today $((7 * 86400 + 60)))" 'Weekly contact with Weekly'
lacks "whoever has a rhythm of its own has no second one" "$(today +8d)" 'contact with Own'
later +5d a follow "$weekly" --channel call --text "hello" > /dev/null
lacks "a contact begins anew" "$(today +8d)" 'Weekly contact'
at +6d; start_hub
for laptop in a2 a a2; do on $laptop sync > /dev/null; done
has "twelve days" "$(later $((6 * 86400 + 60)) a2 today --json; later +13d a2 today --json)" 'Weekly contact with Weekly'

# Graded down before its week is over.
on a set "$weekly" tags-=高频 tags+=中频 > /dev/null
for laptop in a a2; do on $laptop sync > /dev/null; done
lacks "not weekly any more" "$(later +13d a2 today --json)" 'Weekly contact'
at +32d
for laptop in a a2; do on $laptop sync > /dev/null; done
has "a month" "$(on a2 today --json)" 'Monthly contact with Monthly'
at +100d; on a sync > /dev/null
has "a quarter" "$(on a today --json)" 'Quarterly contact with Quarterly'
same "one for each customer" "$(admin list reminder --where 'status = active' --json | number total)" 3
: "$monthly"
