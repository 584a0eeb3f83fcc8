#!/usr/bin/env bash
# P-04: first and later answers have a date in working time, run, are kept or missed; what came in on a Saturday at three is
# due on Monday at eleven, and time stands still at the weekend. Offline, and by when it was answered, not when it arrived.
. "$(dirname "$0")/stage.bash"
export TZ=Asia/Shanghai

start_hub
admin user add ann --role rep > /dev/null
admin calendar set --zone Asia/Shanghai > /dev/null
admin rules apply "$rules/first-contact-working-hours.json" > /dev/null
enrol a ann
enrol a2 ann
# Everything happens next Saturday at three, and after.
saturday=$(date -d 'next saturday + 7 days' +%F)
to() { echo $(( $(date -d "$1" +%s) - $(date +%s) )); }
day() { date -d "$saturday +$1 days" +%F; }
at "$(to "$saturday 15:00")"
acme=$(on a add customer name=Acme --json | text id)
birch=$(on a add customer name=Birch --json | text id)
for laptop in a a2; do on $laptop sync > /dev/null; done
on a sync > /dev/null
stop_hub
levels() { later "$(to "$1")" "$2" sla --within 2wh --json; }
level() { grep -o "{[^}]*\"kind\":\"$1\"[^}]*}" || true; }
first=$(levels "$(day 2) 09:30" a | level firstResponse | grep Acme)
has "eight working hours from Saturday" "$first" "\"due\":\"$(day 2)T17:00:00+08:00\""
has "it runs" "$first" '"state":"due"'
seconds=$(number workingSeconds <<< "$first")
[ "$seconds" -ge 1800 ] && [ "$seconds" -le 1805 ] || fail "half an hour has counted, not $seconds s"

# They call; nobody is there. Two working hours: Monday at eleven.
later "$(to "$saturday 15:00")" a follow "$acme" --channel call --text "missed a call" --in --outcome missed > /dev/null
answer() { levels "$1" a | level response; }
has "Monday at eleven" "$(answer "$(day 2) 10:00")" "\"due\":\"$(day 2)T11:00:0"
has "it runs on Sunday" "$(answer "$(day 1) 12:00")" '"state":"due"'
same "and no time has passed" "$(answer "$(day 1) 12:00" | number workingSeconds)" 0
has "too late" "$(answer "$(day 2) 11:01")" '"state":"failed"'
# The answer is given on the other laptop, on Monday at half past ten, and arrives in the afternoon.
later "$(to "$(day 2) 10:30")" a2 follow "$acme" --channel call --text "called back" > /dev/null
at "$(to "$(day 2) 15:00")"; start_hub
has "as far as is known" "$(on a sla --within 2wh --json | level response)" '"state":"failed"'
for laptop in a2 a; do on $laptop sync > /dev/null; done
has "it was in time" "$(on a sla --within 2wh --json | level response)" '"state":"fulfilled"'
has "the first contact, too" "$(on a sla --json | level firstResponse | grep Acme)" '"state":"fulfilled"'
stop_hub -KILL; start_hub; on a2 sync > /dev/null
same "the same there" "$(on a2 sla --within 2wh --state fulfilled --json)" "$(on a sla --within 2wh --state fulfilled --json)"

# Nobody has called Birch; a complaint and a ticket have dates of their own.
at "$(to "$(day 2) 18:01")"; on a sync > /dev/null
has "missed" "$(on a sla --state failed --json)" 'Birch'
complaint=$(on a feedback "$birch" '破损' --kind 投诉 --severity 紧急 --json | text id)
has "four working hours, so tomorrow" "$(on a sla --json | level feedback)" "\"due\":\"$(day 3)T13:00:00+08:00\""
later "$(to "$(day 3) 12:59")" a done "$complaint" > /dev/null
has "in time" "$(on a sla --json | level feedback)" '"state":"fulfilled"'
has "for people" "$(on a sla --lang zh-Hans)" '已超时'
