#!/usr/bin/env bash
# F-101, H-04: from quote to negotiation – the lead is told, the priority rises, legal gets a task; once, also when
# two people made the same move offline, and not at all when it was taken back before the sync.
. "$(dirname "$0")/stage.bash"

start_hub
for team in north sales-lead legal; do admin team add $team > /dev/null; done
admin user add ann --role rep --team north > /dev/null
admin user add mei --role manager --team north > /dev/null
admin user add director --role manager --team sales-lead > /dev/null
admin user add lawyer --role rep --team legal > /dev/null
enrol a ann
enrol m mei
admin rules apply "$rules/negotiation.json" > /dev/null
id=$(on a add customer name=Acme --json | text id)
deal=$(on a add opportunity customer="$id" name=Press stage=proposal --json | text id)
on a sync > /dev/null; on m sync > /dev/null

on a stage "$deal" negotiation > /dev/null
on a stage "$deal" proposal > /dev/null
on a sync > /dev/null
same "there and back is no move" "$(admin rules runs --json | number tries || true)" ""

on a stage "$deal" negotiation > /dev/null
on m stage "$deal" negotiation > /dev/null
on a sync > /dev/null; on m sync > /dev/null; on a sync > /dev/null
same "one task for legal" "$(admin list task --where 'kind = 合同审核' --json | number total)" 1
has "in their queue" "$(admin list task --json)" '"queue":"法务"'
has "the director is told, once" "$(admin list reminder --where 'user = director' --json)" '"total":1'
has "one step up" "$(admin show "$deal" --json)" '"priority":"high"'
run=$(admin rules runs --json | text run)
same "all of one run" "$(admin rules runs --json | grep -o "\"run\":\"$run\"" | wc -l)" 3
same "three actions, each done once" "$(admin rules runs --record "$deal" --json | grep -o '"state":"done"' | wc -l)" 3
has "the reminder among them" "$(admin rules runs --json)" '"detail":"to director"'
