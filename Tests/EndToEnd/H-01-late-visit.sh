#!/usr/bin/env bash
# A visit logged offline in time, synced after the customer was taken away (H-01): it comes back by itself
# where nobody has claimed it; where somebody has, the visit stays and a dispute is settled by a person.
. "$(dirname "$0")/stage.bash"

start_hub
for user in ann bob; do admin user add "$user" --role rep > /dev/null; done
enrol a ann
enrol b bob
printf '%s' '{"name":"east","recycle":{"after":{"*":5},"warn":[1],"maxWaitDays":1}}' \
  > "$stage/east.json"
admin pool apply "$stage/east.json" > /dev/null
first=$(on a add customer name=First --json | text id)
second=$(on a add customer name=Second --json | text id)
for round in 1 2; do on a sync > /dev/null; done
on b sync > /dev/null
stop_hub

later() { local offset=$1; shift; ROUNDS_CLOCK_OFFSET=$offset on "$@"; }
for id in "$first" "$second"; do
  later +5d a follow "$id" --channel visit --text "met in time" > /dev/null
done

# The hub sees the deadline behind it, and waits a day for her laptop.
at() { export ROUNDS_CLOCK_OFFSET=$1; start_hub; }
at +7d
has "waited for" "$(admin show "$first" --json)" '"owner":"ann"'
stop_hub
at +193h
for id in "$first" "$second"; do
  has "taken" "$(admin show "$id" --json)" '"pool":"east"'
done
has "unconfirmed, and it says so" "$(admin history "$first" --field owner --json)" "unconfirmed"
on b sync > /dev/null
on b claim "$second" > /dev/null
on b sync > /dev/null
has "claimed" "$(admin show "$second" --json)" '"owner":"bob"'

on a sync > /dev/null
has "hers again" "$(admin show "$first" --json)" '"owner":"ann"'
has "and why" "$(admin history "$first" --field owner --json)" "归还 returned: follow-up"
has "she is told" "$(on a today)" "First is yours again"
has "his all the same" "$(admin show "$second" --json)" '"owner":"bob"'
disputes=$(admin pool disputes --json)
has "in dispute" "$disputes" '"name":"Second"'
lacks "not the other" "$disputes" '"name":"First"'
on b sync > /dev/null
has "the visit is on the timeline" "$(on b list followUp --json)" "met in time"

dispute=$(text id <<< "$disputes")
exits 2 admin pool settle "$dispute"
admin pool settle "$dispute" --return > /dev/null
has "settled" "$(admin show "$second" --json)" '"owner":"ann"'
has "nothing is open" "$(admin pool disputes)" "Nothing is in dispute"
has "kept for ever" "$(admin pool disputes --all --json)" '"settledBy":"boss"'
has "audited" "$(admin audit --json)" "dispute settle"
