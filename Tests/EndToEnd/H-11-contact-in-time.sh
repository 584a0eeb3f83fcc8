#!/usr/bin/env bash
# H-11: a contact that was made in time counts as made in time, though the laptop's clock went two days ahead, or two days
# back, meanwhile and it synced late; what the rep wrote stays as it is, and what he dated himself is believed.
. "$(dirname "$0")/stage.bash"

start_hub
admin rules apply "$rules/first-contact.json" > /dev/null
for user in ann bob eve; do admin user add $user --role rep > /dev/null; done
enrol fast ann
enrol slow bob
enrol right eve
declare -A customer
for laptop in fast slow right; do
  customer[$laptop]=$(on $laptop add customer name="$laptop" --json | text id)
  on $laptop sync > /dev/null
done
stop_hub

# Ten hours later, offline, by the clocks of the laptops: true time and two days; true time less two days.
later +58h fast follow "${customer[fast]}" --channel call --text "in time" > /dev/null
later -38h slow follow "${customer[slow]}" --channel call --text "in time" > /dev/null
# Dated by hand, after the deadline, on a clock that is right: that is what he means.
later +29h right follow "${customer[right]}" --channel call --at -1h --text "too late" > /dev/null
at +30h
start_hub
later +78h fast sync > /dev/null
later -18h slow sync > /dev/null
later +30h right sync > /dev/null

note() { admin list task --where "title ~ $1" --json | text note; }
same "a clock that ran ahead" "$(note fast)" met
same "a clock that was set back" "$(note slow)" met
same "a clock that is right" "$(note right)" late
# Rounded, also before the beginning.
hours() { echo $((($(date -d "$1" +%s) - began + 361800) / 3600 - 100)); }
began=$(date +%s)
told() { admin list followUp --json | grep -o '"occurredAt":"[^"]*"' | cut -d '"' -f 4 | while read -r at; do hours "$at"; done | sort -n | paste -sd ,; }
same "what was written stands" "$(told)" "$(printf '%s\n' -38 28 58 | paste -sd ,)"
last() { hours "$(admin show "${customer[$1]}" --json | text lastFollowAt)"; }
for laptop in fast slow; do
  same "$laptop: when it was" "$(last $laptop)" 10
done
# The laptops learn it, and another follow-up does not bring the wrong time back.
later +78h fast sync > /dev/null
later +78h fast follow "${customer[fast]}" --channel call --text "again" > /dev/null
later +78h fast sync > /dev/null
same "the second contact is now" "$(last fast)" 30
