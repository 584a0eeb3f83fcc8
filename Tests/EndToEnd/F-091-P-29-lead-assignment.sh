#!/usr/bin/env bash
# F-091, P-29: new leads go to whoever is meant by region, industry and source; in turn; and the answer names the
# rule. A rule that names nobody who works here says so, and is tried again alone.
. "$(dirname "$0")/stage.bash"

start_hub
for team in jiangsu industry; do admin team add $team > /dev/null; done
for user in su nan; do admin user add $user --role rep --team jiangsu > /dev/null; done
admin user add ann --role rep > /dev/null
enrol a ann
admin rules apply "$rules/lead-assignment.json" > /dev/null
lead() { on a add customer "$@" --json | text id; }
one=$(lead name=One source=官网 region=苏州)
two=$(lead name=Two source=官网 region=江苏)
three=$(lead name=Three source=官网 region=南京)
mine=$(lead name=Mine source=陌拜 region=江苏)
default=$(lead name=Default source=官网 region=北京)
on a sync > /dev/null
owner() { admin show "$1" --json | text owner; }
same "in turn" "$(owner "$one") $(owner "$two") $(owner "$three")" "nan su nan"
same "nobody's business" "$(owner "$mine")" ann
has "the rule is named" "$(admin rules runs --record "$one" --json)" '"rule":"leads-jiangsu"'
has "nobody there yet" "$(admin rules runs --failed --json)" 'nobody of those whom the rule names'
same "so it stays" "$(owner "$default")" ann
admin user add desk --role rep > /dev/null
at +10m; stop_hub; start_hub; on a sync > /dev/null
same "tried again" "$(owner "$default")" desk
same "nothing failed any more" "$(admin rules runs --failed --json)" '{"runs":[]}'

# What she wrote about a new lead before she knew that it is another's comes with it, in the same sync.
admin team add north > /dev/null
admin user set ann --team north > /dev/null
enrol s su
enrol n nan
on a sync > /dev/null
stop_hub
four=$(lead name=Four source=官网 region=江苏)
on a add contact customer="$four" name=Li mobile=13800000001 > /dev/null
on a follow "$four" --channel visit --text "met Li" --next "send it" --next-at +2d > /dev/null
on a add opportunity customer="$four" name=Deal > /dev/null
on a promise "$four" catalogue --due +3d > /dev/null
exits 0 roundsd backup --data "$stage/hub" --to "$stage/before.sqlite"
start_hub
on a sync > /dev/null
lacks "nothing is refused" "$(on a attention --json)" '"id"'
# A hub that was restored to before it is told all of it once more, and says the same.
stop_hub -KILL
rm -r "$stage/hub"
exits 0 roundsd restore --from "$stage/before.sqlite" --data "$stage/hub"
start_hub
on a sync > /dev/null
lacks "nothing is refused by a restored hub" "$(on a attention --json)" '"id"'
for laptop in s n; do on $laptop sync > /dev/null; done
new=s; [ "$(owner "$four")" = su ] || new=n
same "the visit is there" "$(on $new list followUp --where "customer = $four" --json | number total)" 1
for kind in contact opportunity promise task; do
  same "the $kind, too" "$(on $new list $kind --where "customer = $four" --json | number total)" 1
done
same "and gone from her laptop" "$(on a list customer --where 'name = Four' --json | number total)" 0
