#!/usr/bin/env bash
# F-061: from a lead to a deal in one edit – what was noted down stays, converted twice is refused with the first
# result, and converted by two people offline is one customer, one deal, one contact, and a conflict where they differ.
. "$(dirname "$0")/stage.bash"

start_hub
admin team add north > /dev/null
admin user add ann --role rep --team north > /dev/null
admin user add mei --role manager --team north > /dev/null
for laptop in a a2; do enrol $laptop ann; done
enrol m mei
lead=$(on a add customer name=Acme stage=lead source=官网 phone=13800000001 tags+=spring --json | text id)
on a follow "$lead" --channel call --text "wants a press" > /dev/null
on a add task customer="$lead" title="send the offer" dueAt=+1d > /dev/null
for laptop in a a2 m; do on $laptop sync > /dev/null; done
stop_hub

# Both offline. The manager means another name and another sum.
made=$(on a convert "$lead" --deal Press --contact Li --amount 120000 --json)
deal=$(text opportunity <<< "$made")
person=$(text contact <<< "$made")
exits 4 on a convert "$lead" --deal Again
has "with the first result" "$(cat "$stage/err")" "$deal"
has "in Chinese" "$(on a convert "$lead" --deal x --lang zh-Hans 2>&1 || true)" '该线索已转换'
same "the same one on the other laptop" \
  "$(on m convert "$lead" --deal 'Large press' --contact Li --amount 150000 --json | text opportunity)" "$deal"
on a2 convert "$lead" --deal Press --contact Li --amount 120000 > /dev/null
start_hub
for laptop in m a a2; do on $laptop sync > /dev/null; done
stop_hub -KILL; start_hub
for laptop in a m a2 a; do on $laptop sync > /dev/null; done

for laptop in a a2 m; do
  for collection in customer opportunity contact; do
    same "one $collection on $laptop" "$(on $laptop list $collection --json | number total)" 1
  done
  lacks "nothing refused on $laptop" "$(on $laptop attention --json)" '"reason"'
done
has "where they differ it is told" "$(admin conflicts list --record "$deal" --json)" '"field":"amount"'
has "what was said stays" "$(on m list followUp --json)" 'wants a press'
has "what was planned, too" "$(on a today --days 3 --json)" 'send the offer'
shown=$(admin show "$lead" --json)
has "on the way" "$shown" '"stage":"contacted"'
has "its tags and source" "$shown" '"spring"'
has "whom to talk to, with his number" "$(admin show "$person" --json)" '"mobile":"13800000001"'
has "in the first stage" "$(admin show "$deal" --json)" '"stage":"初步接洽"'
has "which brought its tasks, once" "$(on a opp tasks "$deal" --json)" '"required"'

# Whoever is further on stays there.
won=$(on a add customer name=Old stage=won --json | text id)
on a convert "$won" --deal More > /dev/null
has "a customer for years" "$(on a show "$won" --json)" '"stage":"won"'
exits 2 on a convert "$won"
# Whoever is known there already is not made a second time, however his name is typed.
known=$(on a add customer name=Known --json | text id)
li=$(on a add contact customer="$known" name='Li Wei' mobile=1 --json | text id)
same "he who is meant" "$(on a convert "$known" --deal Pump --contact ' ｌｉ　WEI ' --json | text contact)" "$li"
other=$(on a add customer name=Other --json | text id)
on a convert "$other" --deal Pump --contact 'Li Wei' > /dev/null
same "one of them, and one elsewhere" "$(on a list contact --where 'name ~ li' --json | grep -o '"name":"Li Wei"' | wc -l | tr -d ' ')" 2
exits 2 on a convert "$deal" --deal x
exits 3 on a convert customer:Nobody --deal x
