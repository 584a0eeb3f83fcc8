#!/usr/bin/env bash
# F-082: a manager sees where the team is stuck – tasks overdue, customers silent, deals too long in their stage – and steps
# in with one command: a comment, a task, another owner. A rep may not.
. "$(dirname "$0")/stage.bash"

start_hub
admin team add north > /dev/null
for user in ann bob; do admin user add $user --role rep --team north > /dev/null; done
admin user add mei --role manager --team north > /dev/null
enrol a ann
enrol a2 ann
enrol b bob
enrol m mei
acme=$(on a add customer name=Acme --json | text id)
deal=$(on a add opportunity customer="$acme" name=Press stage=contacted --json | text id)
on a add task customer="$acme" title='Send it' dueAt=+1d > /dev/null
birch=$(on b add customer name=Birch --json | text id)
for laptop in a b m a2; do on $laptop sync > /dev/null; done
stop_hub
exits 4 on a team stalled
has "why" "$(cat "$stage/err")" 'This is for managers'
exits 4 on a team act "$acme" --comment x
same "nothing is stuck" "$(on m team stalled --json | number total)" 0

later +10d b follow "$birch" --channel call --text "talked" > /dev/null
stalled=$(later +20d m team stalled --json)
has "a task" "$stalled" '"kind":"overdueTask","owner":"ann"'
has "a customer" "$stalled" "\"id\":\"$acme\",\"kind\":\"silent\""
has "a deal" "$stalled" "\"id\":\"$deal\",\"kind\":\"rotten\""
has "as far as she knows" "$stalled" '"title":"Birch"'
same "by person" "$(later +20d m team stalled --owner bob --json | number total)" 1
at 1728000; start_hub
for laptop in b m; do on $laptop sync > /dev/null; done
lacks "somebody talked to him" "$(on m team stalled --json)" 'Birch'
exits 2 on m team act "$acme"
exits 0 on m team act "$acme" --comment '本周内请联系' --task '三天内拜访' --due +3d
for laptop in m a a2; do on $laptop sync > /dev/null; done
for laptop in a a2; do
  has "the comment is on the list of $laptop" "$(on $laptop today --json)" 'mei: 本周内请联系'
  has "and the task" "$(on $laptop today --days 5 --json)" '三天内拜访'
done
exits 0 on m team act "$acme" --assign bob --task '接手后先打电话'
for laptop in m b a; do on $laptop sync > /dev/null; done
has "his now" "$(on b show "$acme" --json)" '"owner":"bob"'
has "with the task" "$(on b today --days 2 --json)" '接手后先打电话'
lacks "nothing was refused" "$(on m attention --json)" '"kind":"draft"'
has "for people" "$(on m team stalled --lang zh-Hans)" '逾期'
