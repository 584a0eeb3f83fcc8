#!/usr/bin/env bash
# K1: two customers made offline with one credit code both exist, and one case asks which is kept. Kept, it takes in
# what the other has; told apart, they stay; and who cannot see the other learns nothing.
. "$(dirname "$0")/stage.bash"

start_hub
for team in north south; do admin team add $team > /dev/null; done
admin user add ann --role rep --team north > /dev/null
admin user add bob --role rep --team south > /dev/null
enrol a ann
enrol b bob
code=91310000631696382C
one=$(on a add customer name=Acme creditCode=$code phone=1 --json | text id)
two=$(on b add customer name='Acme Ltd' creditCode=$code industry=steel --json | text id)
on b follow "$two" --channel call --text "asked for a quote" > /dev/null
for laptop in a b a b; do on $laptop sync > /dev/null; done
both=$(admin conflicts list --status open --json)
same "one case" "$(grep -o '"rule":"duplicate"' <<< "$both" | wc -l)" 1
has "the first" "$both" "\"record\":\"$one\""
has "the second" "$both" "\"record\":\"$two\""
same "both exist" "$(admin list customer --json | number total)" 2
same "ann is told nothing" "$(on a conflicts --json)" '{"conflicts":[]}'
same "nor bob" "$(on b conflicts --json)" '{"conflicts":[]}'

case=$(grep -o '"id":"[^"]*"' <<< "$both" | sed -n 1p | text id)
page=$(admin conflicts show "$case")
has "the page names both" "$page" "Acme Ltd"
has "and what to type" "$page" "conflicts resolve $case --take 1"
has "or not" "$page" "conflicts resolve $case --value apart"
exits 2 admin conflicts resolve "$case" --take 3
exits 0 admin conflicts resolve "$case" --take 1 --note "one company"
on a sync > /dev/null; on b sync > /dev/null
same "one is left" "$(admin list customer --json | number total)" 1
has "with what the other knew" "$(on a show "$one" --json)" '"industry":"steel"'
has "and its calls" "$(on a timeline "$one")" "asked for a quote"
same "bob has it no more" "$(on b list customer --json | number total)" 0
same "nothing is open" "$(admin conflicts list --status open --json)" '{"conflicts":[]}'
has "and why" "$(admin conflicts show "$case" --json)" '"note":"one company"'

# Two branches with one code: told apart once.
on b add customer name='Acme South' creditCode=$code > /dev/null
on b sync > /dev/null
case=$(admin conflicts list --status open --json | grep -o '"id":"[^"]*"' | sed -n 1p | text id)
exits 0 admin conflicts resolve "$case" --value apart
same "closed" "$(admin conflicts list --status open --json)" '{"conflicts":[]}'
on b set customer:'Acme South' phone=7 > /dev/null
on b sync > /dev/null
same "and not asked again" "$(admin conflicts list --status open --json)" '{"conflicts":[]}'
stop_hub
exits 0 roundsd check --data "$stage/hub"
