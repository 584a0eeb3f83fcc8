#!/usr/bin/env bash
# H-11, H-14: laptops two days ahead or behind, and a company in four zones, one with daylight saving – the order of
# what was written stands, no storm of reminders, deadlines by corrected time, and days are the company's.
. "$(dirname "$0")/stage.bash"

start_hub
admin user add ann --role rep > /dev/null
admin user add bob --role rep > /dev/null
enrol a ann
enrol b bob
admin rules apply "$rules/first-contact.json" > /dev/null

# Two days ahead: a customer made and called before the laptop learns how far off it is. Nothing lies in the future.
fast=$(later +2d a add customer name=Fast --json | text id)
later +2d a follow "$fast" --channel call --text "first call" > /dev/null
later +2d a sync > /dev/null
has "the offset is known" "$(later +2d a status --json)" '"clockOffsetMilliseconds":-172'
has "and noted at the hub" "$(admin replicas --json)" '"skewMilliseconds":172'
assigned=$(admin show "$fast" --json | text assignedAt)
[ "$(date -d "$assigned" +%s)" -le "$(date +%s)" ] || fail "assigned in the future: $assigned"
lacks "no storm" "$(later +2d a today --json)" '"overdue":true'

# Two days behind, which the laptop knows: its work is dated by the hub's time, and its deadline follows from that.
later -2d b sync > /dev/null
slow=$(later -2d b add customer name=Slow --json | text id)
later -2d b sync > /dev/null
lacks "nothing is overdue" "$(later -2d b today --json)" '"overdue":true'
due=$(admin list task --where "title ~ Slow" --json | text dueAt)
left=$(($(date -d "$due" +%s) - $(date +%s)))
[ "$left" -gt 86000 ] && [ "$left" -le 86400 ] || fail "a day from now, not $left seconds"
has "due on its own clock, too" "$(later -1d b today --days 2 --json)" 'Slow'
later -2d b follow "$slow" --channel call --text "in time" > /dev/null
has "the laptop knows it at once" "$(later -2d b show "$slow" --json)" '"lastFollowAt":"'
later -2d b sync > /dev/null
same "met" "$(admin list task --where "title ~ Slow" --json | text note)" met

later +2d a set "$fast" notes="written first" > /dev/null
later +2d a set "$fast" notes="written last" > /dev/null
later +2d a sync > /dev/null
has "the order stands" "$(admin show "$fast" --json)" 'written last'
# Set back in the middle of offline work: what was written later is later still.
later +2d a set "$fast" phone=1 > /dev/null
on a set "$fast" phone=2 > /dev/null
on a sync > /dev/null
has "also over a clock that was set back" "$(admin show "$fast" --json)" '"phone":"2"'
for _ in 1 2 3; do on a sync > /dev/null; later -2d b sync > /dev/null; done
same "one task each, however often they sync" "$(admin list task --where 'title ~ Slow' --json | number total)" 1

# A birthday: told on the company's day, at nine of the company, wherever hub and laptop stand.
admin rules apply "$rules/birthdays.json" > /dev/null
for zone in Asia/Shanghai America/New_York Asia/Kolkata Pacific/Tongatapu; do
  admin calendar set --zone "$zone" > /dev/null
  tomorrow=$(TZ=$zone date -d '+1 day' +%m-%d)
  on a add contact customer="$fast" name="Of-${zone#*/}" mobile=1 birthday="1990-$tomorrow" > /dev/null
  on a sync > /dev/null
  due=$(admin list reminder --where "title ~ Of-${zone#*/} and title ~ today and status = active" --json)
  [ "$(number total <<< "$due")" = 1 ] || due=$(admin list reminder --where 'status = active' --json)
  nine=$(TZ=$zone date -d "$(TZ=$zone date -d '+1 day' +%F) 09:00" +%s)
  has "nine in $zone" "$(grep -o '"dueAt":"[^"]*"' <<< "$due" | cut -d '"' -f 4 | while read -r at; do date -d "$at" +%s; done)" "$nine"
done
has "its day has no hour but the company's" "$(TZ=America/Los_Angeles later +2d a agenda --days 3 --json)" 'Of-'
