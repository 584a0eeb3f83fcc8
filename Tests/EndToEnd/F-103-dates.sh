#!/usr/bin/env bash
# F-103, F-104: what is due on a day and at no hour calls at nine of that day and is overdue when the day is over – a task, a
# promise and a plan, on the laptop, in the list of the team and in what the hub's rules send; another day moves it all.
. "$(dirname "$0")/stage.bash"
export TZ=Asia/Shanghai

start_hub
admin calendar set --zone Asia/Shanghai > /dev/null
admin team add East > /dev/null
admin user add mia --role manager --team East > /dev/null
admin user add ann --role rep --team East > /dev/null
enrol a ann
enrol m mia
admin rules apply "$rules/deadlines.json" > /dev/null
date_in() { date -d "+$1 days" +%F; }
# hour DAYS CLOCK: seconds from now on.
hour() { echo $(($(date -d "+$1 days $2" +%s) - $(date +%s))); }

acme=$(on a add customer name=Acme nextFollowAt="$(date_in 3)" --json | text id)
task=$(on a add task title=Offer customer="$acme" dueAt="$(date_in 3)" remind=1d,1h,0 --json | text id)
on a promise "$acme" Samples --due "$(date_in 3)" > /dev/null
for laptop in a m; do on $laptop sync > /dev/null; done
stop_hub

hook="echo \"\$ROUNDS_REMINDER_KIND \$ROUNDS_REMINDER_TITLE\" >> $stage/called"
calls() { ROUNDS_CLOCK_OFFSET=+$(hour "$1" "$2")s on a sync --notify "$hook" > /dev/null 2>&1 || true; }
touch "$stage/called"
heard() { grep -c "$1" "$stage/called" || true; }
calls 2 08:55; same "not a day before midnight" "$(heard Offer)" 0
calls 2 09:01; same "a day before nine" "$(heard Offer)" 1
has "the promise of tomorrow" "$(cat "$stage/called")" 'for tomorrow: Samples'
calls 3 00:10; same "not at midnight" "$(heard .)" 2
calls 3 08:01; same "an hour before nine" "$(heard Offer)" 2
calls 3 09:01; same "at nine" "$(heard Offer)" 3
has "and the promise" "$(cat "$stage/called")" 'Promised to Acme: Samples'

page() { later "$(hour "$1" "$2")" a "${@:3}"; }
for list in today agenda; do
  lacks "$list: in time all day long" "$(page 3 23:00 $list)" 'hours overdue'
  has "$list: it is today's" "$(page 3 10:00 $list)" 'due today'
done
lacks "nothing is late" "$(page 3 23:00 today --json | tr '{' '\n' | grep -v reminder)" '"overdue":true'
has "in Chinese" "$(ROUNDS_LANG=zh page 3 10:00 today)" '今天到期'
has "the day before" "$(page 2 20:00 today --days 2)" 'due tomorrow'
has "and the day after" "$(page 4 00:10 today)" '1 day overdue'
has "brief" "$(page 3 10:00 brief "$acme")" 'Offer'
stalled() { later "$(hour "$1" "$2")" m team stalled --json; }
lacks "nobody is stuck on the day" "$(stalled 3 23:00)" '"kind":"overdueTask"'
has "the day after he is" "$(stalled 4 00:10)" '"kind":"overdueTask"'

# Another day is another nine o'clock, at the hub, too; the supervisor hears of it once the day is over.
on a set "$task" dueAt="$(date_in 5)" > /dev/null
start_hub
promise=$(admin list promise --json | text id)
on a set "$promise" dueAt="$(date_in 5)" > /dev/null
on a sync > /dev/null
due() { admin list reminder --where 'status = active' --json | grep -o '"dueAt":"[^"]*"' | cut -d '"' -f 4 | sort; }
same "reminders at nine" "$(due | while read -r at; do date -d "$at" '+%F %R'; done | head -n 2 | paste -sd ,)" \
  "$(date_in 4) 09:00,$(date_in 5) 09:00"
stop_hub
calls 4 08:55; same "moved" "$(heard Offer)" 3
calls 4 09:01; same "to a day before its new nine" "$(heard Offer)" 4
has "on the laptop, too" "$(page 5 10:00 today)" 'Promised to Acme: Samples'
