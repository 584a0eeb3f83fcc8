#!/usr/bin/env bash
# H-13: the same file imported offline on two laptops makes each customer once, with its contacts; what the two
# files say differently is a true conflict, and what was written meanwhile is about the one that stays.
. "$(dirname "$0")/stage.bash"

cd "$stage"
start_hub
for user in ann bob; do admin user add "$user" --role rep > /dev/null; done
enrol a ann
enrol a2 ann
enrol b bob
for laptop in a a2 b; do on $laptop sync > /dev/null; done
stop_hub

rows=1200
{
  echo 'externalKey,name,phone,legalName'
  for n in $(seq $rows); do echo "K-$n,Customer $n,$n,Legal $n"; done
} > "$stage/one.csv"
sed 's/^K-7,.*/K-7,Customer 7,7,Another name/' "$stage/one.csv" > "$stage/two.csv"
printf 'externalKey,customer,name\nC-1,Customer 1,Li Na\n' > "$stage/people.csv"
on a import "$stage/one.csv" --into customer > /dev/null
for laptop in a2 b; do on $laptop import "$stage/two.csv" --into customer > /dev/null; done
for laptop in a a2 b; do on $laptop import "$stage/people.csv" --into contact > /dev/null; done
mine=$(on b list customer --where 'externalKey = K-9' --json | text id)
on b set "$mine" industry=steel > /dev/null
on b follow "$mine" --channel call --text "before anybody knew" > /dev/null

start_hub
for laptop in a a2 b a; do on $laptop sync > /dev/null; done
same "each customer once" "$(admin list customer --limit 1 --json | number total)" $rows
same "each contact once" "$(admin list contact --json | number total)" 1
same "one true conflict" "$(admin conflicts list --json | grep -o '"record":' | wc -l)" 1
for laptop in a a2 b; do
  same "on $laptop" "$(on $laptop list customer --limit 1 --json | number total)" $rows
  same "nothing waits on $laptop" "$(on $laptop attention --json)" '{"attention":[]}'
  exits 0 on $laptop doctor --deep
done
has "what was written meanwhile" "$(on a show customer:K-9 --json)" '"industry":"steel"'
has "the call, too" "$(on a timeline customer:K-9)" "before anybody knew"
on b import "$stage/one.csv" --into customer --json > "$stage/again.json"
same "again, nothing is new" "$(number created < "$stage/again.json")" 0

# Rows that were not imported stand in a file of their own each time.
has "disputed by now" "$(cat errors.csv)" "K-7"
on b import one.csv --into customer > /dev/null
has "the next file beside it" "$(cat errors-2.csv)" "K-7"
exits 0 admin audit verify
