#!/usr/bin/env bash
# Two laptops, one hub: different fields, the same field, an answer to a dispute, delete against
# edit, an import twice – and every exit code of the contract on the way.
. "$(dirname "$0")/stage.bash"

start_hub
admin user add ann --role rep > /dev/null
admin user add bob --role rep > /dev/null
enrol a ann
enrol b bob

id=$(on a add customer name=Acme phone=1 legalName=Old --json | text id)
on a sync --json > "$stage/sync.json"
same "accepted" "$(number accepted < "$stage/sync.json")" 1
same "one round trip" "$(number roundTrips < "$stage/sync.json")" 1
on b sync > /dev/null

# Different fields go together.
on a set "$id" phone=2 > /dev/null
on b set "$id" industry=steel > /dev/null
on a sync > /dev/null; on b sync > /dev/null; on a sync > /dev/null
has "both fields at ann's" "$(on a show "$id" --json)" '"industry":"steel"'
has "both fields at bob's" "$(on b show "$id" --json)" '"phone":"2"'

# The same field, by the rule latest: shown everywhere alike, the loser in the ledger.
on a set "$id" phone=A > /dev/null
on b set "$id" phone=B > /dev/null
on b sync > /dev/null; on a sync > /dev/null; on b sync > /dev/null
same "same phone" "$(on a show "$id" --json | text phone)" "$(on b show "$id" --json | text phone)"
has "the loser is told" "$(on a conflicts --json)" '"status":"settled"'

# The same field, by the rule review: open until somebody decides.
on a set "$id" legalName=North > /dev/null
on b set "$id" legalName=South > /dev/null
on a sync > /dev/null; on b sync > /dev/null; on a sync > /dev/null
has "disputed" "$(on a show "$id" --json)" '"disputed":{"legalName":['
exits 4 on a set "$id" legalName=Mine
conflict=$(admin conflicts list --status open --json | text id)
exits 0 on b conflicts settle "$conflict" --take 1
on b sync > /dev/null; on a sync > /dev/null
same "settled" "$(on a show "$id" --json | text legalName)" "$(on b show "$id" --json | text legalName)"
same "nothing open" "$(admin conflicts list --status open --json)" '{"conflicts":[]}'

# Delete against edit: the record lives for review, with the edit in it.
on a delete "$id" > /dev/null
on b set "$id" phone=after > /dev/null
on a sync > /dev/null; on b sync > /dev/null; on a sync > /dev/null
same "the edit is kept" "$(on a show "$id" --json | text phone)" after
has "told as a conflict" "$(admin conflicts list --status open --json)" '"field":"lifecycle"'

# An import, twice: the second changes nothing.
printf 'name,phone,externalKey\nOne,1,k1\nTwo,2,k2\n' > "$stage/two.csv"
same "created" "$(on a import "$stage/two.csv" --into customer --key externalKey --json | number created)" 2
same "unchanged" "$(on a import "$stage/two.csv" --into customer --key externalKey --json | number unchanged)" 2

# Exit codes.
exits 2 on a set "$id" nonsense=1
exits 2 on a dance
exits 3 on a show customer:Nobody
exits 4 on a sql "UPDATE customer SET phone = ''"
exits 0 on a set "$id" owner=bob
on a sync > /dev/null
has "the owner is refused, with a reason" "$(on a attention --json)" '"field":"owner"'
same "and nothing else happened" "$(on a show "$id" --json | text owner)" ann
stop_hub
exits 5 on a sync
exits 0 on a add customer name=Offline
exits 0 on a doctor
exits 0 roundsd check --data "$stage/hub"
