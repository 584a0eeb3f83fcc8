#!/usr/bin/env bash
# F-036: a plan says how often, how and what about; its states are four; what was kept, late and skipped is counted from the
# contacts there were, on both laptops of a rep, whoever synced first.
. "$(dirname "$0")/stage.bash"

# From ten in the morning on, so that hours later is the same day.
base=$(( $(date -d 'tomorrow 10:00' +%s) - $(date +%s) ))
at "$base"
start_hub
admin user add ann --role rep > /dev/null
enrol a ann
enrol a2 ann
acme=$(on a add customer name=Acme --json | text id)
plan=$(on a add plan customer="$acme" title=产品信息 topic=产品信息 every=7d channel=电话 startsAt=now until=+60d assignee=ann --json | text id)
exits 2 on a add plan customer="$acme" title=x every=often
exits 2 on a add plan customer="$acme" title=x topic=天气
for laptop in a a2; do on $laptop sync > /dev/null; done
stop_hub
hours() { echo $(( base + $1 * 3600 )); }
counts() { later "$(hours "$1")" "$2" plans "$acme" --json | grep -o '"kept":[0-9]*\|"late":[0-9]*\|"skipped":[0-9]*\|"status":"[a-zA-Z]*"' | cut -d : -f 2 | tr '\n' ' '; }
same "not begun" "$(counts 0 a)" '0 0 0 "notStarted" '
later "$(hours 1)" a follow "$acme" --channel 电话 --text one > /dev/null
same "under way" "$(counts 2 a)" '1 0 0 "running" '
has "the next in a week" "$(later "$(hours 2)" a agenda --days 9 --json)" 'Acme: 产品信息'
later "$(hours 172)" a2 follow "$acme" --channel 电话 --text "on the day it was due" > /dev/null
later "$(hours 240)" a follow "$acme" --channel 电话 --text "early" > /dev/null
start_hub
for laptop in a2 a a2; do on $laptop sync > /dev/null; done
stop_hub
for laptop in a a2; do
  # By the end of the due day is in time, and so is what comes early.
  same "as it was, on $laptop" "$(counts 241 $laptop)" '3 0 0 "running" '
  same "one round gone by on $laptop" "$(counts 720 $laptop)" '3 0 1 "running" '
done
later "$(hours 720)" a follow "$acme" --channel 电话 --text "at last" > /dev/null
same "late, and one skipped" "$(counts 744 a)" '3 1 1 "running" '
has "for people" "$(later "$(hours 744)" a plans --lang zh-Hans)" '按时 3，延迟 1，跳过 1'
later "$(hours 744)" a set "$plan" status=已取消 > /dev/null
same "given up" "$(counts 768 a)" '3 1 1 "cancelled" '
lacks "and on no list" "$(later "$(hours 1200)" a today --json)" '产品信息'
later "$(hours 744)" a2 done "$plan" > /dev/null
start_hub
for laptop in a a2 a; do on $laptop sync > /dev/null; done
same "what went furthest stands" "$(counts 768 a)" "$(counts 768 a2)"
