#!/usr/bin/env bash
# P-05, P-06, P-10: working days with holidays and make-up days, wall times that survive a change of clocks and a
# journey, and what comes round by month or moon – reckoned offline, as the hub reckons.
. "$(dirname "$0")/stage.bash"
export TZ=Asia/Shanghai

start_hub
admin user add ann --role rep > /dev/null
admin calendar set --zone Asia/Shanghai > /dev/null
# The notice for 2026: days off, and weekend days that are worked.
days() { local off=$1; shift; for day; do printf '{"name":"休","date":"2026-%s","isOffDay":%s},' "$day" "$off"; done; }
{
  printf '{"year":2026,"days":['
  days true 01-01 01-02 01-03 02-{15..23} 04-0{4..6} 05-0{1..5} 06-{19..21} 09-{25..27} 10-0{1..7}
  days false 01-04 02-14 02-28 05-09 09-20 10-10 | sed 's/,$//'
  printf ']}'
} > "$stage/2026.json"
same "a year of working days" "$(admin calendar import "$stage/2026.json" --json | number workingDays)" 248
enrol a ann
stop_hub
same "around the Spring Festival" "$(on a date add 2026-02-12 3wd)" 2026-02-24
same "a working Saturday counts" "$(on a date add 2026-09-30 3wd)" 2026-10-10
same "and backwards" "$(on a date add 2026-02-24 3wd --before)" 2026-02-12
same "two hours from a Saturday" "$(on a date add '2026-03-14 15:00' 2wh)" '2026-03-16 11:00'
same "seven wall days of a week" "$(on a date diff 2026-02-12 2026-02-24)" 3
exits 0 on a date add 2027-02-04 3wd
has "a year without data" "$(cat "$stage/err")" '2027'
same "has weekends" "$(cat "$stage/out")" 2027-02-09

# What comes round: the last of each month at nine, and a lunar birthday.
printf '%s' '{"version":2,"rules":[{"id":"month-end","version":1,"on":"customer","trigger":{"every":{"at":"09:00","days":"month -1"}},
  "steps":[{"do":[{"remind":"owner","title":{"en":"Month end: {name}","zh":"月末：{name}"}}]}]}]}' > "$stage/month.json"
start_hub
admin rules apply "$stage/month.json" > /dev/null
acme=$(on a add customer name=Acme --json | text id)
on a add contact customer="$acme" name=Yue birthday='lunar 08-15' > /dev/null
on a sync > /dev/null
until_day() { echo $(( $(date -d "$1" +%s) - $(date +%s) )); }
month=$(date -d "$(date -d '+1 month' +%Y-%m-01) +1 month -1 day" +%F)
at "$(until_day "$month 08:00")"; on a sync > /dev/null; stop_hub
# What the month before asked for stays until it is done.
before=$(on a today --json | text id)
[ -z "$before" ] || on a done "$before" > /dev/null
lacks "not at eight" "$(on a today --json)" '"overdue":true'
same "at nine of the last day, once" \
  "$(later "$(until_day "$month 09:01")" a today --json | grep -o "\"due\":\"${month}T09:00:00+08:00\"" | wc -l | tr -d ' ')" 1
# When the fifteenth of the eighth month is.
year=$(( $(date +%Y) + 1 ))
declare -A moon=([2027]=09-15 [2028]=10-03 [2029]=09-22 [2030]=09-12 [2031]=10-01 [2032]=09-19)
has "by the moon" "$(later "$(until_day "$year-${moon[$year]} 12:00")" a today --json)" 'Yue'
lacks "and not the day after" "$(later "$(( $(until_day "$year-${moon[$year]} 12:00") + 86400 ))" a today --json)" 'Yue'

# Plans come round in the same way, and no contact moves them.
exits 2 on a add plan customer="$acme" title=x every='month 32'
on a add plan customer="$acme" title=Moon every='lunar 08-15' assignee=ann > /dev/null
on a add plan customer="$acme" title=Last every='month -1' assignee=ann > /dev/null
eve=$(until_day "$year-${moon[$year]} 12:00")
later "$(( eve - 3 * 86400 ))" a follow "$acme" --channel call --text hello > /dev/null
has "the plan, by the moon" "$(later "$eve" a today --json)" 'Acme: Moon'
lacks "not the day before" "$(later "$(( eve - 86400 ))" a today --json)" 'Acme: Moon'
end=$(date -d "$(date -d "$year-${moon[$year]} +1 month" +%Y-%m-01) -1 day" +%F)
has "the last of the month" "$(later "$(until_day "$end 12:00")" a today --json)" 'Acme: Last'
lacks "and not the last but one" "$(later "$(until_day "$end 12:00 1 day ago")" a today --json)" 'Acme: Last'

# A journey: an instant is the same, a date does not move.
on a add task customer="$acme" title=Call dueAt="$year-03-01 10:00" > /dev/null
on a add contact customer="$acme" name=Li birthday=03-01 > /dev/null
has "at home" "$(later "$(until_day "$year-03-01 09:00")" a today --json)" "\"due\":\"$year-03-01T10:00:00+08:00\""
there=$(TZ=Europe/Berlin later "$(until_day "$year-03-01 09:00")" a today --json)
has "in Berlin, the same instant" "$there" "\"due\":\"$year-03-01T03:00:00+01:00\""
has "the birthday, there too" "$there" 'Li (Acme)'

# Nine o'clock every day in a zone that changes its clocks on the last Sunday of March.
export TZ=Europe/Berlin
sunday=$(date -d "$year-03-31 -$(date -d "$year-03-31" +%w) days" +%F)
sed 's/"days":"month -1"/"days":"all"/; s/month-end/daily/' "$stage/month.json" > "$stage/daily.json"
start_hub
admin calendar set --zone Europe/Berlin > /dev/null
at "$(until_day "$sunday -1 day 08:00")"
admin rules apply "$stage/daily.json" > /dev/null
on a sync > /dev/null
for day in -1:+01:00 0:+02:00 1:+02:00; do
  date=$(date -d "$sunday ${day%%:*} days" +%F)
  at "$(until_day "$date 09:01")"; on a sync > /dev/null
  today=$(on a today --json)
  has "nine is nine" "$today" "\"due\":\"${date}T09:00:00${day#*:}\""
  # Not done, it would stay, and the next day would bring no other.
  on a done "$(grep -o '"id":"[^"]*","kind":"reminder"' <<< "$today" | text id)" > /dev/null
done
