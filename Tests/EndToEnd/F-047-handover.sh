#!/usr/bin/env bash
# F-047: whoever leaves hands everything over at once – shown first, then done; deals keep their stage; his laptop is
# emptied at its next contact, and what it still had is taken once and becomes the heir's.
. "$(dirname "$0")/stage.bash"

start_hub
admin team add north > /dev/null
for user in zhang li; do admin user add $user --role rep --team north > /dev/null; done
enrol z zhang
enrol z2 zhang
enrol l li
admin rules apply "$rules/first-contact.json" > /dev/null
acme=$(on z add customer name=Acme tier=A --json | text id)
on z add contact customer="$acme" name=Wang phone=1 > /dev/null
deal=$(on z add opportunity customer="$acme" name=Press stage=商务谈判 amount=1200 currency=CNY --json | text id)
on z follow "$acme" --channel visit --text "first visit" --next '发合同' --next-at +2d > /dev/null
on z add plan customer="$acme" title=季度沟通 every=3mo assignee=zhang > /dev/null
on z promise "$acme" '送样' --due +1d > /dev/null
on z add ticket customer="$acme" title='漏油' assignee=zhang status=open > /dev/null
for laptop in z z2 l; do on $laptop sync > /dev/null; done
same "nothing at the heir's" "$(on l list customer --json | number total)" 0

# Without a network, the day before: the hub does not know of it yet.
on z2 follow "$acme" --channel call --text "the last call" > /dev/null
preview=$(admin user handover zhang --to li --reason 离职 --preview --json)
has "customers" "$preview" '"name":"Acme"'
has "deals" "$preview" '"name":"Press"'
has "tasks" "$preview" '发合同'
has "plans" "$preview" '"name":"季度沟通"'
has "promises" "$preview" '"name":"送样"'
has "tickets" "$preview" '"name":"漏油"'
has "nothing is changed" "$(admin show "$acme" --json)" '"owner":"zhang"'
admin user handover zhang --to li --reason 离职 --json > "$stage/handover.json"
has "the brief" "$(cat "$stage/handover.json")" '"stage":"商务谈判"'
stop_hub -KILL; start_hub
before=$(admin show "$acme" --json)
has "his now" "$before" '"owner":"li"'
exits 0 admin user handover zhang --to li
same "done again, it does nothing" "$(admin show "$acme" --json)" "$before"

on l sync > /dev/null
has "the stage stands" "$(on l show "$deal" --json)" '"stage":"商务谈判"'
has "the deal is his" "$(on l show "$deal" --json)" '"owner":"li"'
has "the plan is his" "$(on l list plan --json)" '"assignee":"li"'
has "and the promise" "$(on l list promise --json)" '"assignee":"li"'
has "and the ticket" "$(on l list ticket --json)" '"assignee":"li"'
has "the history, too" "$(on l brief "$acme")" 'first visit'
has "the task is on his list" "$(on l today --days 3 --json)" '发合同'

# His laptops: the first had nothing left, the second a call. Both are emptied.
exits 4 on z sync
exits 4 on z2 sync
for laptop in z z2; do
  exits 4 on $laptop list customer
  [ -z "$(grep -l Acme -r "$stage/$laptop" 2> /dev/null)" ] || fail "something stayed on $laptop"
done
parked=$(admin parked --json)
has "what he still had waits" "$parked" 'the last call'
for id in $(grep -o '"id":"[^"]*"' <<< "$parked" | cut -d '"' -f 4); do admin parked accept "$id" > /dev/null; done
stop_hub; start_hub
on l sync > /dev/null; on l sync > /dev/null
same "once" "$(on l list followUp --json | grep -o 'the last call' | wc -l | tr -d ' ')" 1
has "as his who made it" "$(on l list followUp --json)" '"author":"zhang"'
lacks "nothing waits any more" "$(admin parked --json)" 'the last call'
has "audited" "$(admin audit --json)" 'handover'
