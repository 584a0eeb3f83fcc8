#!/usr/bin/env bash
# P-03: a ladder of silence – the rep after a week, his supervisor as well after two, a tag after thirty days; each step
# fires once, and a visit that was made in time and synced late takes the later steps back.
. "$(dirname "$0")/stage.bash"

start_hub
admin team add north > /dev/null
admin user add ann --role rep --team north > /dev/null
admin user add mei --role manager --team north > /dev/null
admin rules apply "$rules/escalation.json" > /dev/null
enrol a ann
enrol a2 ann
enrol m mei
acme=$(on a add customer name=Acme --json | text id)
vip=$(on a add customer name=Vip tags+=高价值 --json | text id)
for laptop in a a2 m; do on $laptop sync > /dev/null; done
stop_hub

day() { later $(( $1 * 86400 + 60 )) "${@:2}"; }
lacks "not on the sixth day" "$(day 6 a today --json)" 'silent'
has "a week, offline" "$(day 7 a today --json)" 'Acme has been silent for a week'
lacks "not yet for her" "$(day 7 m today --json)" 'silent'
has "two weeks" "$(day 14 a2 today --json)" 'Acme has been silent for two weeks'
has "and the supervisor" "$(day 14 m today --json)" 'Acme has been silent for two weeks'
lacks "who is spoken for elsewhere" "$(day 14 a today --json)" 'Vip'

at 691200; start_hub
for laptop in a a2 m; do on $laptop sync > /dev/null; done
stop_hub
# A visit on the ninth day, without a network; the hub sees the fifteenth day first.
later 777600 a2 follow "$acme" --channel visit --text "met them" > /dev/null
at 1296060; start_hub
for laptop in m a; do on $laptop sync > /dev/null; done
has "the supervisor is told" "$(on m today --json)" 'Acme has been silent for two weeks'
stop_hub -KILL; start_hub
for laptop in a2 a m; do on $laptop sync > /dev/null; done
lacks "taken back everywhere" "$(on a today --json)$(on a2 today --json)" 'two weeks'
has "she hears that it is settled" "$(on m today --json)" 'Settled: '
same "no step is standing" \
  "$(admin list reminder --where "customer = $acme and status = active and user = ann and dueAt < now" --json | number total)" 0

# The other ladder: the rep on the third day, the supervisor as well on the fifth, a tag and another rep on the seventh;
# each once, whoever restarts in between.
on m add customer name=Birch owner=ann > /dev/null; on m sync > /dev/null
admin user add bob --role rep --team north > /dev/null
cat > "$stage/ladder.json" <<'RULES'
{"version": 2, "rules": [{
  "id": "ladder", "version": 1, "on": "customer", "trigger": {"silence": {}}, "where": "name = Birch and owner != bob",
  "steps": [
    {"after": "3d", "do": [{"remind": "owner", "title": {"en": "{name}: three days", "zh": "{name} 三天"}}]},
    {"after": "5d", "do": [{"remind": "owner", "cc": ["supervisor"], "title": {"en": "{name}: five days", "zh": "{name} 五天"}}]},
    {"after": "7d", "do": [{"tag": ["高风险"]}, {"assign": ["user:bob"]}]}
  ]}]}
RULES
admin rules apply "$stage/ladder.json" > /dev/null
birch=$(admin list customer --where 'name = Birch' --json | text id)
after() { at $(( 1296060 + 60 + $1 * 86400 )); for laptop in a2 a m; do on $laptop sync > /dev/null; done; }
titles() { on "$1" today --json | grep -o 'Birch: [a-z]* days' | tr '\n' ' '; }
after 3
same "the rep" "$(titles a)" 'Birch: three days '
same "and nobody else" "$(titles m)" ''
after 5; stop_hub -KILL; start_hub; for laptop in a a2 m; do on $laptop sync > /dev/null; done
same "both rungs, each once" "$(titles a2)" 'Birch: three days Birch: five days '
same "the supervisor, once" "$(titles m)" 'Birch: five days '
for _ in 1 2; do after 7; stop_hub -KILL; start_hub; done
shown=$(admin show "$birch" --json)
has "at risk" "$shown" '"tags":["高风险"]'
has "another's" "$shown" '"owner":"bob"'
same "each action once" "$(admin rules runs --record "$birch" --json | grep -o '"action":"[a-z]*"' | sort | uniq -c | tr -d ' \n')" \
  '1"action":"assign"1"action":"tag"'
for laptop in a2 a m; do on $laptop sync > /dev/null; done
same "it is off the former's lists" "$(titles a)$(titles a2)" ''
: "$vip"
