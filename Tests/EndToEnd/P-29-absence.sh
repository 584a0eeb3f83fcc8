#!/usr/bin/env bash
# P-29: nobody who is away is given a lead; where everybody is, it waits, says so, and goes out when somebody is back.
# What he has stays his, and nothing is lost of whose turn it is.
. "$(dirname "$0")/stage.bash"

start_hub
for team in north south; do admin team add $team > /dev/null; done
for user in su nan; do admin user add $user --role rep --team north > /dev/null; done
admin user add ann --role rep > /dev/null
lead=$(admin user add mei --role manager --team south --json | text token)
enrol a ann
cat > "$stage/book.json" << 'END'
{"version": 2, "rules": [
  {"id": "turns", "version": 1, "on": "customer", "trigger": {"created": {}}, "where": "source = web", "repeat": "once",
   "do": [{"assign": ["team:north"], "by": "roundRobin"}]}]}
END
admin rules apply "$stage/book.json" > /dev/null
lead() { local id; id=$(on a add customer source=web name="$1" --json | text id); on a sync > /dev/null; echo "$id"; }
owner() { admin show "$1" --json | text owner; }
same "in turn" "$(owner "$(lead 1)") $(owner "$(lead 2)")" "nan su"

exits 2 admin user away nan
exits 2 admin user away nan --until -1d
exits 3 admin user away nobody --until +1d
ROUNDS_URL=$url ROUNDS_TOKEN=$lead exits 4 rounds-admin user away nan --until +1d
exits 0 admin user away nan --until +3d
has "told" "$(admin user list --json)" '"away":{"from":"'
has "in words" "$(admin user list --lang zh-Hans)" '不在岗'
has "on record" "$(admin audit --json)" '"action":"user away"'
same "passed over" "$(owner "$(lead 3)") $(owner "$(lead 4)")" "su su"
same "what he has is his" "$(admin show customer:1 --json | text owner)" nan

exits 0 admin user away su --from +1h --until +2d
same "not yet away" "$(owner "$(lead 5)")" su
at +2h
waiting=$(lead 6)
same "nobody is there" "$(owner "$waiting")" ann
has "and why" "$(admin rules runs --failed --json)" 'each of nan, su is away'
exits 0 admin user back su
at +3h; on a sync > /dev/null
same "somebody is back" "$(owner "$waiting")" su
at +4d
same "an absence ends by itself, and he has waited longest" "$(owner "$(lead 7)")" nan
lacks "and is told no more" "$(admin user list --json)" '"until"'
stop_hub
exits 0 roundsd check --data "$stage/hub"
