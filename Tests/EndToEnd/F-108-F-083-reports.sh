#!/usr/bin/env bash
# F-108, F-083: whether key actions are done – in time, late, overdue, given up and why, by stage and person – and who
# gives how much attention to which grade of customers; figures about what the one who asks may see.
. "$(dirname "$0")/stage.bash"

start_hub
for team in north south; do admin team add $team > /dev/null; done
admin user add ann --role rep --team north > /dev/null
admin user add sue --role rep --team south > /dev/null
mei=$(admin user add mei --role manager --team north --json | text token)
for user in ann sue; do enrol $user $user; done
echo '{"version":2,"rules":[]}' > "$stage/none.json"
admin rules apply "$stage/none.json" > /dev/null
key=$(on ann add customer name=Key tier=A --json | text id)
on ann add customer name=Small tier=C > /dev/null
far=$(on sue add customer name=Far tier=A --json | text id)
task() { on "$1" add task customer="$2" title="$3" kind=visit assignee="$1" dueAt="$4" --json | text id; }
soon=$(task ann "$key" "in time" +2d)
late=$(task ann "$key" "late" +1d)
task ann "$key" "forgotten" +1d > /dev/null
given=$(task ann "$key" "given up" +1d)
task ann "$key" "not yet" +20d > /dev/null
task sue "$far" "of another team" +1d > /dev/null
for laptop in ann sue; do on $laptop sync > /dev/null; done
stop_hub

# All of it offline, told on the third day.
later +1d ann done "$soon" > /dev/null
later +2d ann done "$late" > /dev/null
later +2d ann set "$given" status=cancelled note="they closed" > /dev/null
for day in 1 2; do later +${day}d ann follow "$key" --channel call --text "day $day" > /dev/null; done
at +3d; start_hub
for laptop in ann sue ann; do on $laptop sync > /dev/null; done
sop=$(admin report sop --until +30d --json)
total=${sop#*'"total":{'}
same "in time" "$(number onTime <<< "$total")" 1
same "late" "$(number late <<< "$total")" 1
same "overdue, of both teams" "$(number overdue <<< "$total")" 2
same "not due yet" "$(number open <<< "$total")" 1
has "given up, and why" "$total" '"skipped":{"they closed":1}'
has "a share" "$total" '"share":0.2'
same "without what is not due by then" "$(admin report sop --json | grep -o '"open":0' | wc -l)" 3
has "in words" "$(admin report sop)" '20 % were done in time.'
has "in Chinese" "$(admin report sop --lang zh-Hans)" '按时完成率 20%'

# A manager's figures are about her team.
mine() { ROUNDS_URL=$url ROUNDS_TOKEN=$mei rounds-admin "$@"; }
same "her people's" "$(mine report sop --json | sed 's/.*"total":{//' | number overdue)" 1
lacks "nobody else's" "$(mine report coverage --json)" 'sue'
coverage=$(admin report coverage --json)
has "key customers" "$coverage" '"customers":1,"followUps":2,"perCustomer":2,"role":"rep","team":"north","tier":"A"'
has "the others are left alone" "$coverage" '"tier":"C","untouched":1'
has "as a table" "$(admin report coverage)" '2.0'

# What was to be done for a customer that is deleted is nobody's to do.
on ann delete "$key" > /dev/null; on ann sync > /dev/null
same "the other team's alone" "$(admin report sop --json | sed 's/.*"total":{//' | number overdue)" 1
