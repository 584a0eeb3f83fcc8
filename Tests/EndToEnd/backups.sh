#!/usr/bin/env bash
# An administrator has the hub copy itself, from another machine: the newest copies are kept, each is
# checked and can be restored, and nobody else may ask for one.
. "$(dirname "$0")/stage.bash"

start_hub
admin user add ann --role rep > /dev/null
enrol a ann
on a add customer name=Acme > /dev/null
on a sync > /dev/null
exits 4 admin backup
has "what is missing" "$(cat "$stage/err")" "--backups"
stop_hub
exits 2 roundsd serve --data "$stage/hub" --backups "$stage/nowhere"
mkdir "$stage/shelf"
start_hub --backups "$stage/shelf"

has "none yet" "$(admin backups)" 'There is no backup yet.'
has "none yet, in Chinese" "$(admin backups --lang zh)" '还没有备份。'
exits 0 admin backup --check --json
has "checked" "$(cat "$stage/out")" '"findings":[]'
first=$(text name < "$stage/out")
[ -s "$stage/shelf/$first" ] || fail "there is no $first"
same "its mode" "$(stat -c %a "$stage/shelf/$first")" 600
has "the list" "$(admin backups)" "$first"
has "who asked" "$(admin audit --action backup)" 'backup add'

# A manager may not, nor may a laptop.
manager=$(admin user add max --role manager --json | text token)
code=0
ROUNDS_URL=$url ROUNDS_TOKEN=$manager rounds-admin backup 2> /dev/null || code=$?
same "a manager's exit code" "$code" 4
same "copies" "$(find "$stage/shelf" -type f | wc -l)" 1

# The next ones, an hour apart; an archive goes along.
on a add customer name=Later > /dev/null
on a sync > /dev/null
stop_hub
export ROUNDS_CLOCK_OFFSET=+3600s
start_hub --backups "$stage/shelf"
roundsd archive --data "$stage/hub" --before now > /dev/null
second=$(admin backup --json | grep -o 'hub-[0-9TZ]*.sqlite')
stop_hub
export ROUNDS_CLOCK_OFFSET=+7200s
start_hub --backups "$stage/shelf"
exits 0 admin backup --check --keep 2
has "the oldest is gone" "$(cat "$stage/out")" "$first"
[ ! -e "$stage/shelf/$first" ] || fail "$first is still there"
[ -e "$stage/shelf/$second" ] || fail "$second is gone"
same "archives beside them" "$(find "$stage/shelf" -name '*.archive' | wc -l)" 1

# It is a backup like any other.
exits 0 roundsd restore --from "$stage/shelf/$second" --data "$stage/restored"
exits 0 roundsd check --data "$stage/restored"

# What is lost in the hub is told with the copy, and the older ones stay.
rm "$stage/hub/"*.archive "$stage/shelf/"*.archive
stop_hub
export ROUNDS_CLOCK_OFFSET=+10800s
start_hub --backups "$stage/shelf"
exits 1 admin backup --check --keep 1
has "what is missing" "$(cat "$stage/out")" '.archive'
same "copies that stay" "$(find "$stage/shelf" -name 'hub-*.sqlite' | wc -l)" 3
stop_hub
