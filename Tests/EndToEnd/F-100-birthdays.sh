#!/usr/bin/env bash
# F-100: birthdays, also lunar ones and those of 29 February, and the years of cooperation: on the day, at nine,
# once a year; whoever wants no messages gets none.
. "$(dirname "$0")/stage.bash"
export TZ=Asia/Shanghai

start_hub
admin calendar set --zone Asia/Shanghai > /dev/null
admin user add ann --role rep > /dev/null
enrol a ann
admin rules apply "$rules/birthdays.json" > /dev/null
today=$(date +%m-%d)
id=$(on a add customer name=Acme customerSince="2023-$(date -d '+8 days' +%m-%d)" email=a@acme.example --json | text id)
on a add contact customer="$id" name=Li mobile=1 birthday="1990-$(date -d '+8 days' +%m-%d)" > /dev/null
on a add contact customer="$id" name=Wang mobile=2 doNotContact=yes birthday="$(date -d '+8 days' +%m-%d)" > /dev/null
exits 2 on a add contact customer="$id" name=Zhao birthday=1992-02-30
# His was yesterday, before anybody knew of him: he is wished nothing a day late.
on a add contact customer="$id" name=Zhou mobile=3 birthday="1990-$(date -d yesterday +%m-%d)" > /dev/null
on a sync > /dev/null
stop_hub
noon=$(( $(date -d 12:00 +%s) - $(date +%s) ))
has "a week before, offline" "$(later $((86400 + noon)) a today --json)" 'Li of Acme has a birthday in a week'
has "on the day" "$(later $((8 * 86400 + noon)) a today --json)" 'Birthday of Li'
has "the years" "$(later $((8 * 86400 + noon)) a today --json)" 'years with Acme'
at $((8 * 86400 + noon)); start_hub; on a sync > /dev/null
has "a text message to Li" "$(admin list message --json)" 'Li，祝您生日快乐！'
lacks "none to Wang" "$(admin list message --json)" 'Wang'
lacks "none to Zhou, a day late" "$(admin list message --json)" 'Zhou'
has "why" "$(admin rules runs --json)" 'wants no messages'
has "and a mail about the years" "$(admin list message --json)" '周年'
at $((8 * 86400 + noon + 7200)); on a sync > /dev/null
at $((9 * 86400 + noon)); stop_hub; start_hub; on a sync > /dev/null
same "once" "$(admin list message --json | number total)" 2
: "$today"
