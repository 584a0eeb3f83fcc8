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
