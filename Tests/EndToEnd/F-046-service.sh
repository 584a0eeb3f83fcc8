#!/usr/bin/env bash
# F-046: a ticket has a kind, a severity, somebody who sees to it and a date; it is on his list, is answered with a
# resolution, and graded from 1 to 5 – here, on his other laptop, and by two people at once.
. "$(dirname "$0")/stage.bash"

start_hub
admin user add ann --role rep > /dev/null
admin user add ben --role rep > /dev/null
enrol a ann
enrol b ben
acme=$(on a add customer name=Acme --json | text id)
ticket=$(on a add ticket customer="$acme" title='轴承发热' kind=维修 severity=高 assignee=ben dueAt=+2d --json | text id)
on a add ticket customer="$acme" title=Manual kind=咨询 severity=低 assignee=ann > /dev/null
on a sync > /dev/null; on b sync > /dev/null
stop_hub

mine() { on b list ticket --where 'assignee = ben and status < resolved or assignee = ben and status is empty' --json | number total; }
same "on his list" "$(mine)" 1
on b set "$ticket" status=started > /dev/null
same "under way" "$(mine)" 1
on b done "$ticket" --note '换了轴承' > /dev/null
same "resolved" "$(mine)" 0
has "with what was done" "$(on b show "$ticket" --json)" '"resolution":"换了轴承"'
has "and when" "$(on b show "$ticket" --json)" '"resolvedAt":"'
exits 2 on b set "$ticket" satisfaction=6
has "what it may be" "$(cat "$stage/err")" '5'
exits 2 on b add ticket customer="$acme" title=x satisfaction=0
exits 0 on b set "$ticket" satisfaction=4

# Meanwhile she only heard that it was begun: what has come furthest stands, in both orders.
on a set "$ticket" status=started severity=中 > /dev/null
start_hub
for laptop in a b a b; do on $laptop sync > /dev/null; done
for laptop in a b; do
  shown=$(on $laptop show "$ticket" --json)
  has "resolved on $laptop" "$shown" '"status":"resolved"'
  has "graded on $laptop" "$shown" '"satisfaction":4'
  has "and her change stands" "$shown" '"severity":"中"'
done
has "around the customer" "$(on a show "$acme" --360 --json)" '"tickets":{"count":2'
