#!/usr/bin/env bash
# The countdown on the laptop (P-22): from the terms it holds and the follow-ups it has not sent yet,
# without a network; last on the list, and gone the moment a visit is logged.
. "$(dirname "$0")/stage.bash"

start_hub
for user in ann bob; do admin user add "$user" --role rep > /dev/null; done
enrol a ann
enrol b bob
printf '%s' '{"name":"east","members":["ann"],"recycle":{"after":{"*":10},"warn":[3,1]}}' \
  > "$stage/east.json"
admin pool apply "$stage/east.json" > /dev/null
id=$(on a add customer name=Acme --json | text id)
on b add customer name=Other > /dev/null
for round in 1 2; do on a sync > /dev/null; on b sync > /dev/null; done
stop_hub

later() { local offset=$1; shift; ROUNDS_CLOCK_OFFSET=$offset on "$@"; }
lacks "too early" "$(later +3d a today --json)" countdown
has "a week before" "$(later +4d a today --json)" '"kind":"countdown"'
has "with the days that are left" "$(later +8d a today)" "Acme goes to the pool east in 3 days"
has "in Chinese" "$(later +8d a today --lang zh-Hans)" "Acme：公海倒计时 3 天（east）"
same "last on the list" "$(later +8d a today --json | grep -o '"kind":"[a-zA-Z]*"' | tail -n 1)" '"kind":"countdown"'
has "its time is up, and nobody has taken it" "$(later +12d a today)" "its time is up"
lacks "only whose customers go" "$(later +8d b today --json)" countdown

later +8d a follow "$id" --channel call --text "still there" > /dev/null
today=$(later +8d a today)
lacks "a visit that nobody has been sent stops it" "$today" "goes to the pool"
has "and it begins anew" "$(later +13d a today)" "in 6 days"

# Another laptop of hers cannot know; the hub's warning leaves it with the next sync.
export ROUNDS_CLOCK_OFFSET=+9d
start_hub
on a sync > /dev/null
lacks "withdrawn" "$(on a today)" "in 3 days"
admin pool set east recycle=null > /dev/null
on a sync > /dev/null
lacks "switched off" "$(later +15d a today --json)" countdown
