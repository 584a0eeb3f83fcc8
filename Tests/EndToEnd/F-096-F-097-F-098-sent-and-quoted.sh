#!/usr/bin/env bash
# F-096, F-097, F-098: a quote is asked after in seven days and a contract in three, offline; each anew when it
# happens anew, and the customer is told of the contract once, whichever laptop brings it.
. "$(dirname "$0")/stage.bash"

start_hub
admin user add ann --role rep > /dev/null
enrol a ann
enrol a2 ann
list=''
for file in quoted-follow-up contract-sent; do
  list+=${list:+,}$(tr -d '\n' < "$rules/$file.json" | sed 's/^.*"rules": \[//; s/\] *}$//')
done
echo "{\"version\":2,\"rules\":[$list]}" > "$stage/book.json"
admin rules apply "$stage/book.json" > /dev/null
id=$(on a add customer name=Acme stage=contacted --json | text id)
on a add contact customer="$id" name=Li email=li@acme.example > /dev/null
on a add contact customer="$id" name=Wu email=wu@acme.example doNotContact=yes > /dev/null
on a sync > /dev/null; on a2 sync > /dev/null

# Quoted on one laptop: the other has the reminder ahead of its time.
on a stage "$id" quoted > /dev/null
on a sync > /dev/null; on a2 sync > /dev/null
stop_hub
for laptop in a a2; do
  lacks "not before its day on $laptop" "$(later +6d $laptop today --json)" 'quoted 7 days'
  has "on its day on $laptop" "$(later $((7 * 86400 + 60)) $laptop today --json)" 'quoted 7 days'
done

# The stage is left on one and seen by the hub late: cancelled there at once, elsewhere with the sync.
later +2d a stage "$id" contacted > /dev/null
lacks "cancelled offline" "$(later +8d a today --json)" 'quoted 7 days'
at +3d; start_hub
for laptop in a2 a a2; do on $laptop sync > /dev/null; done
lacks "cancelled everywhere" "$(later +8d a2 today --json)" 'quoted 7 days'
on a2 stage "$id" quoted > /dev/null
for laptop in a2 a; do on $laptop sync > /dev/null; done
lacks "quoted anew, its days are counted anew" "$(later +9d a today --json)" 'quoted 7 days'
has "and it is asked after" "$(later $((10 * 86400 + 60)) a today --json)" 'quoted 7 days'
same "one that stands" "$(admin list reminder --where 'status = active' --json | number total)" 1
same "one that does not" "$(admin list reminder --where 'status = withdrawn' --json | number total)" 1

# Sent, on both laptops without knowing of each other, and the hub dies before one of them hears of it.
contract=$(on a add contract customer="$id" name=C-1 status=draft --json | text id)
on a sync > /dev/null; on a2 sync > /dev/null
stop_hub
for laptop in a a2; do on $laptop set "$contract" status=sent > /dev/null; done
start_hub
on a2 sync > /dev/null
stop_hub -KILL; start_hub
on a sync > /dev/null; on a2 sync > /dev/null
messages=$(admin list message --json)
same "one mail" "$(number total <<< "$messages")" 1
has "to who wants mail" "$messages" '"address":"li@acme.example"'
has "with the words" "$messages" '"text":"合同已在途中,请注意查收"'
has "and the name filled in" "$messages" '"title":"合同 C-1"'
stop_hub
has "asked after in three days" "$(later $((6 * 86400 + 60)) a2 today --json)" 'whether contract C-1 has arrived'
later +4d a2 set "$contract" status=signed > /dev/null
lacks "signed offline: not any more" "$(later $((6 * 86400 + 60)) a2 today --json)" 'C-1'
at +7d; start_hub
for laptop in a a2 a; do on $laptop sync > /dev/null; done
lacks "nor on the other" "$(on a today --json)" 'C-1'
same "one mail for ever" "$(admin list message --json | number total)" 1
