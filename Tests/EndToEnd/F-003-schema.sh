#!/usr/bin/env bash
# F-003: which collections and fields there are, what each holds and how it merges, for people and for programs.
. "$(dirname "$0")/stage.bash"

start_hub
document=$(admin schema show --json)
has "each collection" "$document" '"name":"opportunity","number":4'
has "a field" "$document" '{"group":"address","merge":"latest","name":"city","number":13,"request":false,"type":"text","words":[]}'
has "what it refers to" "$document" '"type":"reference:customer"'
has "the words it takes" "$document" '"words":["complaint","suggestion","need","praise"]'
one=$(admin schema show customer)
has "for people" "$one" 'creditCode'
lacks "one alone" "$one" 'doNotContact'
same "the short way" "$(admin schema --json)" "$document"
exits 3 admin schema show weather
has "what there is" "$(cat "$stage/err")" 'There are customer, contact'
admin user add ann --role rep > /dev/null
stop_hub
exits 5 admin schema show
