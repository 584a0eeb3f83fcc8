#!/usr/bin/env bash
# F-060: a rep notes a lead by hand, offline, with source and campaign – after a look whether it is somebody we know: by
# number and address however they are written, and by the key of the lead itself.
. "$(dirname "$0")/stage.bash"

start_hub
admin user add ann --role rep > /dev/null
enrol ann ann
stop_hub
exits 2 on ann lead add name=Acme
exits 2 on ann lead add source=fair
exits 2 on ann lead add name=Acme source=fair weather=fine
new=$(on ann lead add name=Acme source=展会 contact=Li phone='+86 138-0000-0001' email=li@acme.test campaign=spring key=card-1 --json)
has "new" "$new" '"status":"new"'
id=$(text id <<< "$new")
shown=$(on ann show "$id" --json)
for part in '"source":"展会"' '"tags":["spring"]' '"stage":"lead"' '"owner":"ann"'; do has "what it says" "$shown" "$part"; done
has "its person" "$(on ann list contact --json)" '"mobile":"+86 138-0000-0001"'
same "in one edit" "$(on ann status --json | number waiting)" 1

same "the same card" "$(on ann lead add name=Acme source=展会 key=card-1 --json)" "{\"id\":\"$id\",\"status\":\"repeated\"}"
exits 4 on ann lead add name='Acme Ltd' source=web phone=13800000001
has "who it is" "$(cat "$stage/err")" "$id"
exits 4 on ann lead add name='Acme Ltd' source=web email=LI@acme.test --lang zh-Hans
has "in Chinese" "$(cat "$stage/err")" '已有此客户'
same "nothing was made" "$(on ann list customer --json | number total)" 1
exits 0 on ann lead add name='Acme South' source=web phone=13800000001 --anyway
start_hub
on ann sync > /dev/null
same "all of it goes up" "$(admin list customer --json | number total)" 2
lacks "and nothing is refused" "$(on ann attention --json)" '"id"'
