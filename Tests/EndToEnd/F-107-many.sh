#!/usr/bin/env bash
# F-107: a whole segment is taken through a sequence at once, offline, and held, resumed and ended at once; who wants no
# contact or is in one already is passed over, and asked again it takes in only who is new.
. "$(dirname "$0")/stage.bash"

start_hub
admin user add ann --role rep > /dev/null
enrol ann ann
admin rules apply "$rules/nurture.json" > /dev/null
on ann sync > /dev/null
stop_hub
for number in 1 2 3; do
  id=$(on ann add customer name="C$number" tags=potential --json | text id)
  on ann add contact customer="$id" name="P$number" role=buyer > /dev/null
done
on ann set contact:P3 doNotContact=yes > /dev/null
on ann add customer name=Other > /dev/null
on ann cadence enroll contact:P1 潜客培育 > /dev/null
runs() { on ann cadence --json | grep -o '"pausedAt":null' | wc -l; }
enroll() { on ann cadence enroll "$@" --json; }

exits 3 on ann cadence enroll 'role = buyer' 没有这个 --all contact
exits 2 on ann cadence enroll 'weather = fine' 潜客培育 --all contact
exits 2 on ann cadence enroll 'role = buyer' 潜客培育 --all task
same "counted first" "$(enroll 'role = buyer' 潜客培育 --all contact --dry-run)" '{"changed":1,"dryRun":true,"name":"潜客培育","skipped":2}'
same "and not written" "$(runs)" 1
has "begun" "$(enroll 'role = buyer' 潜客培育 --all contact)" '"changed":1'
same "two go on" "$(runs)" 2
has "nobody twice" "$(enroll 'role = buyer' 潜客培育 --all contact)" '"changed":0'
has "customers as a whole, but where nobody wants contact" "$(enroll 'tags contains potential' 新客7天 --all customer)" '"changed":2'
on ann cadence pause 潜客培育 --all > /dev/null
same "held" "$(runs)" 2
has "nothing to hold any more" "$(on ann cadence pause 潜客培育 --all --json)" '"changed":0'
has "in words" "$(on ann cadence resume 潜客培育 --all --lang zh-Hans)" '2 个已处理'
on ann cadence stop 潜客培育 --all > /dev/null
same "ended" "$(runs)" 2
exits 3 on ann cadence stop 潜客培育 --all
start_hub
on ann sync > /dev/null
lacks "and nothing is refused" "$(on ann attention --json)" '"id"'
