#!/usr/bin/env bash
# F-107, P-35: a contact is taken through steps by mail, task and reminder until he answers; a pause keeps what is left
# of a wait, one sequence goes on at a time, and an answer ends it wherever it was noted down – also for a mail that
# is written and has not left.
. "$(dirname "$0")/stage.bash"

start_hub
admin team add north > /dev/null
admin user add ann --role rep --team north > /dev/null
admin user add mei --role manager --team north > /dev/null
for laptop in a a2; do enrol $laptop ann; done
enrol m mei
admin rules apply "$rules/nurture.json" > /dev/null
sync() { local laptop; for laptop in "$@"; do on $laptop sync > /dev/null 2>&1; done; }
id=$(on a add customer name=Acme --json | text id)
li=$(on a add contact customer="$id" name=Li email=li@acme.example --json | text id)
wu=$(on a add contact customer="$id" name=Wu email=wu@acme.example --json | text id)
sync a a2 m
stop_hub

# Begun without a network, on both laptops without knowing of each other: one goes on.
exits 3 on a cadence enroll "$li" 没有这个
run=$(on a cadence enroll "$li" 新客7天 --json | text id)
exits 4 on a cadence enroll "$li" 潜客培育
has "and says which one goes on" "$(cat "$stage/err")" 'rounds cadence stop'
on a2 cadence enroll "$li" 新客7天 > /dev/null
other=$(on a cadence enroll "$wu" 潜客培育 --json | text id)
has "a step that only this laptop knows of" "$(later +4d a today --json)" 'Send Acme a case study'
start_hub; sync a a2 a
for laptop in a a2; do
  same "two sequences on $laptop" "$(on $laptop cadence --json | grep -o '"pausedAt"' | wc -l)" 2
done
same "one mail, for the first step" "$(admin list message --json | number total)" 1
at +25h; sync a a2
same "a task on the second day" "$(admin list task --where 'kind = 电话' --json | number total)" 1
has "a reminder on the fourth, offline" "$(later $((3 * 86400 + 60)) a2 today --json)" 'Send Acme a case study'

# Held after two of three days: what was begun stays, what is to come waits, and a day is left of the wait.
at +2d; sync a
on a cadence pause "$run" > /dev/null
exits 4 on a cadence pause "$run"
has "held" "$(on a cadence)" 'held since'
sync a a2
at +9d; sync a2
lacks "nothing while it is held" "$(on a2 today --json)" 'case study'
same "what was begun stays" "$(admin list task --where 'kind = 电话 and status = open' --json | number total)" 1
same "and nothing is made" "$(admin list task --where 'kind = 回访' --json | number total)" 0
at +10d
on a2 cadence resume "$run" > /dev/null
sync a2 a; stop_hub -KILL; start_hub; sync a
lacks "not the same day" "$(later +10d a today --json)" 'case study'
has "a day later" "$(later $((11 * 86400 + 120)) a today --json)" 'Send Acme a case study'
same "no step is made twice" "$(admin list message --where "subject = $run" --json | number total)" 1
same "and the task is the one it was" "$(admin list task --where 'kind = 电话' --json | number total)" 1

# The other one has written a mail that nobody has carried; the hub has no way out. A colleague hears from him.
has "written, not sent" "$(admin list message --where "subject = $other" --json)" '"status":"queued"'
on m follow "$id" --channel call --text "we called" > /dev/null 2>&1; sync m
has "a call of ours is no answer" "$(admin show "$run" --json)" '"status":"running"'
on m add feedback customer="$id" contact="$wu" text="send me the price list" > /dev/null; sync m
has "his has ended" "$(admin show "$other" --json)" '"status":"done"'
has "the other's goes on" "$(admin show "$run" --json)" '"status":"running"'
mkdir "$stage/spool"
stop_hub; start_hub --outbox "$stage/spool"
round=0
until case "$(admin outbox list --status all --json)" in *'its sequence has ended'*) true ;; *) false ;; esac; do
  round=$((round + 1)); [ "$round" -lt 300 ] || fail "the mail was not held back"
done
same "not sent" "$(cat "$stage"/spool/* 2> /dev/null | grep -c wu@acme.example || true)" 0

# A meeting, noted down offline: over at once on this laptop, and everywhere after the sync, in either order.
on a follow "$li" --channel visit --text "met him" > /dev/null 2>&1
lacks "over here" "$(on a cadence)" '新客7天'
lacks "and silent" "$(later +12d a today --json)" 'case study'
sync a2 a a2 m
for laptop in a2 m; do lacks "over on $laptop" "$(on $laptop cadence)" '新客7天'; done
same "its open tasks are closed" "$(admin list task --where 'status = open' --json | number total)" 0
at +30d; sync a a2
same "and none comes any more" "$(admin list task --where 'kind = 回访' --json | number total)" 0
on a cadence enroll "$li" 潜客培育 > /dev/null
third=$(on a cadence --json | text id)
on a cadence stop "$third" > /dev/null
has "stopped by hand" "$(on a cadence)" 'No sequence goes on.'

# Whatever comes from him ends it, in the same edit: a call noted down, a mail that is filed, feedback; not what is ours.
ends() { on a cadence enroll "$li" 潜客培育 > /dev/null; "$@" > /dev/null 2>&1; has "over with: $*" "$(on a cadence)" 'No sequence goes on.'; }
on a cadence enroll "$li" 潜客培育 > /dev/null
on a follow "$id" --channel mail --contact "$li" --text "we wrote" > /dev/null 2>&1
has "a mail of ours is no answer" "$(on a cadence)" '潜客培育'
on a cadence stop "$(on a cadence --json | text id)" > /dev/null
ends on a follow "$id" --channel mail --in --contact "$li" --text "he wrote"
ends on a feedback "$id" "a price list, please" --kind 需求
printf 'From: Li <li@acme.example>\r\nTo: ann@our.example\r\nSubject: Re: hello\r\nDate: %s\r\nMessage-ID: <r1@acme.example>\r\n\r\nCall me.\r\n' \
  "$(LC_ALL=C date -R -d '+31 days')" > "$stage/reply.eml"
at +32d
on a cadence enroll "$li" 潜客培育 > /dev/null
printf 'From: Li <li@acme.example>\r\nTo: ann@our.example\r\nSubject: Re: hello\r\nDate: %s\r\nMessage-ID: <r2@acme.example>\r\n\r\nCall me.\r\n' \
  "$(LC_ALL=C date -R -d '+32 days +1 minute')" > "$stage/reply2.eml"
on a ingest mail "$stage/reply.eml" --own ann@our.example > /dev/null
has "an old mail is no answer" "$(on a cadence)" '潜客培育'
at $((32 * 86400 + 120))
on a ingest mail "$stage/reply2.eml" --own ann@our.example > /dev/null
has "over with his mail" "$(on a cadence)" 'No sequence goes on.'
sync a m
has "and everywhere" "$(on m cadence)" 'No sequence goes on.'
