#!/usr/bin/env bash
# Copies, restores, forgeries: laptops are cloned and restored, the hub is restored in order and by hand,
# its file is rewritten behind its back, a laptop's file is damaged. What was saved is there, once; and
# whoever changed the past is found out.
. "$(dirname "$0")/stage.bash"

if ! command -v sqlite3 > /dev/null; then
  echo "skipped: there is no sqlite3 to change files with"
  exit 0
fi

start_hub
admin user add ann --role rep > /dev/null
admin user add bob --role rep > /dev/null
enrol a ann
enrol b bob
id=$(on a add customer name=Acme phone=1 --json | text id)
on a sync > /dev/null
on b sync > /dev/null

# A cloned disk, with edits that have not gone up: both copies go on, and what both held counts once.
on a add customer name=Both > /dev/null
cp -r "$stage/a" "$stage/c"
on a add customer name=OnlyA > /dev/null
on c add customer name=OnlyC > /dev/null
for laptop in a c a c b; do on $laptop sync > /dev/null; done
has "the copy explains itself" "$(on c status)" "a copy of this laptop was found"
for laptop in a b c; do
  same "customers of $laptop" \
    "$(on $laptop sql 'SELECT count(*), count(DISTINCT name) FROM customer' --json)" \
    '{"columns":["count(*)","count(DISTINCT name)"],"rows":[[4,4]]}'
done
has "the admin is told" "$(admin replicas show 3)" "a disk was cloned"

# A laptop restored from a backup of before, which then goes on.
cp -r "$stage/a" "$stage/old"
on a set "$id" phone=2 > /dev/null; on a sync > /dev/null
rm -rf "${stage:?}/a"; cp -r "$stage/old" "$stage/a"
on a set "$id" industry=steel > /dev/null
on a sync > /dev/null; on b sync > /dev/null
has "what was synced is there" "$(on a show "$id" --json)" '"phone":"2"'
has "and what was written since" "$(on b show "$id" --json)" '"industry":"steel"'

# The hub restored from a backup: the field gives back what it lacks.
roundsd backup --data "$stage/hub" --to "$stage/backup" > /dev/null
on a add customer name=AfterBackup > /dev/null; on a sync > /dev/null
on b set "$id" email=b@acme.example > /dev/null; on b sync > /dev/null
stop_hub
rm -rf "${stage:?}/hub"
roundsd restore --from "$stage/backup" --data "$stage/hub" > /dev/null
start_hub
for laptop in a b c a b c; do on $laptop sync > /dev/null; done
same "customers after the restore" "$(admin list customer --json | number total)" 5
has "bob's field, too" "$(admin show "$id" --json)" '"email":"b@acme.example"'
has "explained" "$(on a status)" "the hub was restored"
exits 0 admin audit verify
exits 0 on a doctor --deep

# The hub rolled back by hand: an old file in its place.
stop_hub
cp "$stage/hub/hub.sqlite" "$stage/yesterday"
start_hub
on a add customer name=Today > /dev/null; on a sync > /dev/null; on b sync > /dev/null
stop_hub
cp "$stage/yesterday" "$stage/hub/hub.sqlite"
rm -f "$stage/hub/hub.sqlite-wal" "$stage/hub/hub.sqlite-shm"
start_hub
has "noticed at the start" "$(cat "$stage/hub.log")" "rolledBack"
for laptop in b a b; do on $laptop sync > /dev/null; done
same "customers after the rollback" "$(admin list customer --json | number total)" 6
exits 0 admin audit verify

# The history rewritten: found by the hub's own chain, by the laptops' logs, by their signatures.
on a sync > /dev/null
stop_hub
exits 0 roundsd check --data "$stage/hub"
sqlite3 "$stage/hub/hub.sqlite" \
  "UPDATE history SET time = time + 65536 WHERE position = (SELECT min(position) FROM history)"
exits 1 roundsd check --data "$stage/hub"
start_hub
exits 1 admin audit verify
has "what was changed" "$(admin audit verify 2> /dev/null || true)" "the history before it was changed"
exits 1 admin audit verify --at "1:$(printf '0%.0s' {1..31})1" --json
has "one document, with the failure in it" "$(cat "$stage/out" "$stage/err")" '"error":{"code":"fault","exit":1'
same "and no other" "$(cat "$stage/out" "$stage/err" | wc -l)" 1
exits 2 admin audit verify --at 1:nohash --json

# The chain made anew: now only the laptops know.
stop_hub
sqlite3 "$stage/hub/hub.sqlite" "DELETE FROM checkpoints"
start_hub
exits 0 admin audit verify
exits 1 on b doctor
on b add customer name=More > /dev/null
on b sync > /dev/null
has "told to its person" "$(on b status)" "rounds-admin audit verify"
on b sync > /dev/null
has "and to the admin" "$(admin audit --action 'laptop doubt')" "laptop doubt"

# A laptop's file is damaged: it is made anew, with what waited.
on a add customer name=Waiting > /dev/null
page=$(sqlite3 "$stage/a/replica.sqlite" "PRAGMA wal_checkpoint(TRUNCATE);
  SELECT rootpage FROM sqlite_master WHERE name = 'customer'" | tail -n 1)
dd if=/dev/urandom of="$stage/a/replica.sqlite" bs=4096 seek=$((page - 1)) count=1 conv=notrunc 2> /dev/null
exits 1 on a list customer
has "what to do" "$(cat "$stage/err")" "rounds doctor --rebuild"
exits 0 on a doctor --rebuild
on b sync > /dev/null
has "what waited is at bob's" "$(on b list customer --json)" "Waiting"
has "and all the rest at ann's" "$(on a list customer --json)" "AfterBackup"

# Who did what stands in the log.
has "people" "$(admin audit --action 'user add')" "ann"
stop_hub
