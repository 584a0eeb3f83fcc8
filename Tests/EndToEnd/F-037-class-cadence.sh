#!/usr/bin/env bash
# F-037: weekly, monthly, quarterly – the shipped cadences by class, each on its day and not the day before; another
# class reckons anew, a cadence or plan of one's own takes precedence, and 01-31 and a month is 02-28.
. "$(dirname "$0")/stage.bash"
export TZ=Asia/Shanghai

start_hub
admin user add ann --role rep > /dev/null
admin calendar set --zone Asia/Shanghai > /dev/null
admin rules check "$rules/cadence.json" > /dev/null
admin rules apply "$rules/cadence.json" > /dev/null
enrol a ann
enrol a2 ann
declare -A id
for class in 高频 中频 低频; do
  id[$class]=$(on a add customer name="C$class" tags+=$class --json | text id)
done
own=$(on a add customer name=Own tags+=高频 cadence=2w --json | text id)
on a sync > /dev/null; on a2 sync > /dev/null
stop_hub
for key in "${id[@]}" "$own"; do on a follow "$key" --channel call --text hello > /dev/null; done

# months N: so many seconds from now, by the calendar of those who live there.
months() { echo $(( $(date -d "$(date -d "$(date +%Y-%m-15) +$1 months" +%Y-%m)-$(date +%d) $(date +%T)" +%s) - $(date +%s) )); }
# The last days of a month have no counterpart in every other: there the program's own calendar is asked.
[ "$(date +%d)" -le 28 ] || months() {
  echo $(( $(date -d "$(on a date add "$(date '+%F %T')" "$1mo" --json | text to)" +%s) - $(date +%s) ))
}
listed() { later "$1" a today --json | grep -o "\"title\":\"[^\"]*$2\"" || true; }
same "weekly, not on the sixth day" "$(listed +6d 高频)" ''
has "a week later" "$(listed 604860 高频)" 'Weekly contact with C高频'
same "monthly, not a day before" "$(listed $(( $(months 1) - 86400 )) 中频)" ''
has "a month later" "$(listed $(( $(months 1) + 60 )) 中频)" 'Monthly contact with C中频'
same "quarterly, not a day before" "$(listed $(( $(months 3) - 86400 )) 低频)" ''
has "a quarter later" "$(listed $(( $(months 3) + 60 )) 低频)" 'Quarterly contact with C低频'
same "his own cadence takes precedence" "$(listed +8d 'Own')" ''
has "and comes on its own day" "$(listed 1209660 'Own')" 'Own'
same "a month from the last of January" "$(on a date add 2027-01-31 1mo)" 2027-02-28
same "in a leap year" "$(on a date add 2028-01-31 1mo)" 2028-02-29

# Another class: the quarter becomes a week, on both laptops, one reminder each time it comes round.
on a set "${id[低频]}" tags-=低频 tags+=高频 > /dev/null
has "at once, without a network" "$(listed 604860 C低频)" 'Weekly contact with C低频'
start_hub
for laptop in a a2 a; do on $laptop sync > /dev/null; done
at 604860
for laptop in a2 a a2; do on $laptop sync > /dev/null; done
same "one each" "$(admin list reminder --where 'status = active' --json | grep -o 'Weekly contact with C..' | sort | uniq -c | tr -d ' \n')" \
  '1WeeklycontactwithC低频1WeeklycontactwithC高频'
has "also there" "$(on a2 today --json)" 'Weekly contact with C低频'
on a2 follow "${id[低频]}" --channel call --text again > /dev/null
stop_hub -KILL; start_hub
for laptop in a2 a; do on $laptop sync > /dev/null; done
lacks "a follow-up takes it back" "$(on a today --json)" 'Weekly contact with C低频'
