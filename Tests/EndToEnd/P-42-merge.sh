#!/usr/bin/env bash
# P-42: two customers become one with chosen values; what belongs to the other moves along, what is still written about it
# offline lands on the one that stays, and within thirty days it is two again.
. "$(dirname "$0")/stage.bash"

start_hub
admin user add ann --role rep > /dev/null
enrol ann ann
enrol late ann
a=$(on ann add customer name=Acme phone=1 tags=key region=north --json | text id)
b=$(on ann add customer name='Acme Ltd' phone=2 industry=steel tags=old region=south --json | text id)
li=$(on ann add contact customer="$b" name=Li --json | text id)
on ann follow "$b" --channel call --text "asked for a quote" > /dev/null
deal=$(on ann add opportunity customer="$b" name=Pumps --json | text id)
for laptop in ann late; do on $laptop sync > /dev/null; done
on late set "$b" website=b.test > /dev/null
written=$(on late follow "$b" --channel visit --text "while nobody knew" --json | text id)

exits 2 admin merge "$a" "$b"
exits 2 admin merge "$a" "$b" --keep C
exits 2 admin merge "$a" "$a" --keep A
exits 2 admin merge "$a" "$b" --keep A --field phone
exits 2 admin merge "$a" "$b" --keep A --field weather=B
exits 2 admin merge "$a" "$li" --keep A
exits 3 admin merge "$a" customer:Nobody --keep A
same "refused changes nothing" "$(admin list customer --json | number total)" 2

same "which" "$(admin merge "$a" "$b" --keep A --field phone="$b" --field industry=A --json)" "{\"id\":\"$b\",\"kept\":\"$a\"}"
for laptop in ann late ann; do on $laptop sync > /dev/null; done
kept=$(on ann show "$a" --json)
has "chosen of the other" "$kept" '"phone":"2"'
has "its own" "$kept" '"region":"north"'
lacks "not wanted" "$kept" 'steel'
has "both tags" "$kept" '"tags":["key","old"]'
has "written offline about the other" "$kept" '"website":"b.test"'
story=$(on ann timeline "$a")
has "calls moved along" "$story" "asked for a quote"
has "also a late one" "$story" "while nobody knew"
has "and deals" "$(on ann show "$deal" --json)" "\"customer\":\"$a\""
same "one is left" "$(on ann list customer --json | number total)" 1
has "on record" "$(admin audit --json)" '"action":"record merge"'

exits 4 admin merge undo "$a"
on ann set "$a" phone=3 > /dev/null
on ann sync > /dev/null
exits 0 admin merge undo "$b"
for laptop in ann late; do on $laptop sync > /dev/null; done
same "two again" "$(on late list customer --json | number total)" 2
back=$(on late show "$b" --json)
for part in '"phone":"2"' '"industry":"steel"' '"tags":["old"]'; do has "as it was" "$back" "$part"; done
kept=$(on late show "$a" --json)
has "what was written since stays" "$kept" '"phone":"3"'
has "its own tags" "$kept" '"tags":["key"]'
has "its contact is back" "$(on late show "$li" --json)" "\"customer\":\"$b\""
has "what came later stays where it landed" "$(on late show "$written" --json)" "\"customer\":\"$a\""
exits 4 admin merge undo "$b"
exits 0 admin merge "$a" "$b" --keep B
at +31d
exits 4 admin merge undo "$a"
has "why" "$(cat "$stage/err")" 'more than 30 days ago'
stop_hub
exits 0 roundsd check --data "$stage/hub"
