#!/usr/bin/env bash
# F-035, P-01: the next step of a follow-up is a task and the one date on which the customer is due – sorted by it,
# on the list of the day until somebody was in touch, overdue afterwards, the same on two laptops in any order.
. "$(dirname "$0")/stage.bash"
export TZ=Asia/Shanghai

start_hub
admin user add ann --role rep > /dev/null
enrol a ann
enrol a2 ann
acme=$(on a add customer name=Acme --json | text id)
birch=$(on a add customer name=Birch --json | text id)
cedar=$(on a add customer name=Cedar --json | text id)
on a sync > /dev/null; on a2 sync > /dev/null
stop_hub

noon() { date -d "+$1 days 12:00" +%Y-%m-%dT%H:%M; }
on a follow "$acme" --channel visit --text "看样品" --next '发样品' --next-at "$(noon 6)" > /dev/null
on a2 follow "$birch" --channel call --text "asks for a price" --next 'Send it' --next-at "$(noon 3)" > /dev/null
on a follow "$cedar" --channel mail --text "no plan yet" > /dev/null
has "one date for the customer" "$(on a show "$acme" --json)" "\"nextFollowAt\":\"$(date -d '+6 days' +%F)T12:00:00+08:00\""
has "and a task, linked" "$(on a show "task:发样品" --json)" '"followUp":"'

# Both orders of arrival: what one laptop planned stands on the other.
start_hub
for laptop in a2 a a2; do on $laptop sync > /dev/null; done
for laptop in a a2; do
  same "sorted by it on $laptop, without a date last" \
    "$(on $laptop list customer --sort nextFollowAt --json | grep -o '"name":"[A-Za-z]*"' | tr -d '\n')" \
    '"name":"Birch""name":"Acme""name":"Cedar"'
  same "two tasks on $laptop" "$(on $laptop list task --json | number total)" 2
done
stop_hub

day() { later $(( $(date -d "+$1 days $2" +%s) - $(date +%s) )) "${@:3}"; }
planned() { grep -o "\"kind\":\"plan\",\"overdue\":[a-z]*,\"record\":\"$1\"" || true; }
same "nothing before its day" "$(day 5 08:00 a today --json | planned "$acme")" ''
same "due on its day" "$(day 6 08:00 a today --json | planned "$acme")" \
  "\"kind\":\"plan\",\"overdue\":false,\"record\":\"$acme\""
same "overdue after its time" "$(day 7 08:00 a2 today --json | planned "$acme")" \
  "\"kind\":\"plan\",\"overdue\":true,\"record\":\"$acme\""

# Whoever was in touch that day, before or after the hour, is off the list; the task waits for its own word.
day 6 09:00 a follow "$acme" --channel call --text "samples are on their way" > /dev/null
same "in touch today" "$(day 6 10:00 a today --json | planned "$acme")" ''
has "the task is still to be done" "$(day 6 10:00 a today --json)" '"title":"发样品"'
day 6 10:00 a done "task:发样品" > /dev/null
lacks "and is done" "$(day 6 10:00 a today --json)" '发样品'
at $(( $(date -d "+6 days 11:00" +%s) - $(date +%s) )); start_hub
for laptop in a a2; do on $laptop sync > /dev/null; done
same "off the other's list, too" "$(on a2 today --json | planned "$acme")" ''
has "what nobody did is overdue" "$(on a2 today --json)" '"kind":"overdue"'
lacks "nothing came back" "$(on a attention --json)" '"kind":"draft"'
