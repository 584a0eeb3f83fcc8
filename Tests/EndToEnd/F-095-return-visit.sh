#!/usr/bin/env bash
# F-095, F-096, F-097, F-098: five silent days make a task; a quote is asked after in a week; a contract that was
# sent is asked after in three days, and its customer is told once.
. "$(dirname "$0")/stage.bash"

start_hub
admin user add ann --role rep > /dev/null
enrol a ann
for file in silence-return-visit quoted-follow-up contract-sent; do
  admin rules check "$rules/$file.json" > /dev/null
done
book() { # FILE…: one book out of the rules of several files
  local list='' file
  for file in "$@"; do
    list+=${list:+,}$(tr -d '\n' < "$rules/$file.json" | sed 's/^.*"rules": \[//; s/\] *}$//')
  done
  echo "{\"version\":2,\"rules\":[$list]}" > "$stage/book.json"
}
book silence-return-visit quoted-follow-up contract-sent
admin rules apply "$stage/book.json" > /dev/null

id=$(on a add customer name=Acme --json | text id)
on a add contact customer="$id" name=Li email=li@acme.example > /dev/null
on a sync > /dev/null
at +6d; on a sync > /dev/null
has "a task" "$(on a list task --json)" '回访 Acme'
at +12d; on a sync > /dev/null; on a sync > /dev/null
same "and no second while it is open" "$(admin list task --json | number total)" 1

# Quoted: a reminder in seven days; not where the stage was left before.
on a stage "$id" quoted > /dev/null; on a sync > /dev/null
stop_hub
has "seven days later, offline" "$(later $((19 * 86400 + 60)) a today --json)" 'quoted 7 days ago'
on a stage "$id" negotiation > /dev/null
lacks "left: no reason any more, also offline" "$(later $((19 * 86400 + 60)) a today --json)" 'quoted 7'
start_hub; on a sync > /dev/null
lacks "nor after the sync" "$(later $((19 * 86400 + 60)) a today --json)" 'quoted 7'

# A contract.
contract=$(on a add contract customer="$id" name=C-1 status=draft --json | text id)
on a sync > /dev/null
same "no message yet" "$(admin list message --json | number total)" 0
on a set "$contract" status=sent > /dev/null; on a sync > /dev/null
same "one message" "$(admin list message --json | number total)" 1
has "to the contact" "$(admin list message --json)" '"address":"li@acme.example"'
has "with the text" "$(admin list message --json)" '合同已在途中,请注意查收'
has "three days later" "$(later $((15 * 86400 + 60)) a today --json)" 'whether contract C-1 has arrived'
on a set "$contract" status=signed > /dev/null
lacks "signed: not any more" "$(later $((15 * 86400 + 60)) a today --json)" 'C-1'
on a set "$contract" status=sent > /dev/null; on a sync > /dev/null
same "never sent twice" "$(admin list message --json | number total)" 1
