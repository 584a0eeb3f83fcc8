#!/usr/bin/env bash
# Old history goes into packed files beside a daemon that serves. Laptops notice nothing, the past is told
# from there, backups take the files along; a killed run is taken up, a full disk refuses it whole, and
# whoever loses, damages or forges an archive is told of it.
. "$(dirname "$0")/stage.bash"

start_hub
admin user add ann --role rep > /dev/null
admin user add bob --role rep > /dev/null
enrol a ann
enrol b bob
id=$(on a add customer name=Acme phone=1 --json | text id)
on a sync > /dev/null
on b sync > /dev/null
for phone in 2 3 4 5 6 7 8; do
  on a set "$id" "phone=$phone" > /dev/null
  on a sync > /dev/null
done
on a follow "$id" --channel call --text 'Long ago' > /dev/null
on a sync > /dev/null
# Bob is away from here on: his laptop stands before most of it.
on b set "$id" legalName=South > /dev/null
on a set "$id" legalName=North > /dev/null
on a sync > /dev/null

# Three years go by.
at +1100d
on a set "$id" industry=steel > /dev/null
on a sync > /dev/null
before=$(admin history "$id" --json)
archive() { roundsd archive --data "$stage/hub" "$@"; }

# Words, and a trial that writes nothing.
exits 2 archive
exits 2 archive --keep-months 24 --before -730d
exits 3 roundsd archive --data "$stage/nowhere" --keep-months 24
archive --keep-months 24 --dry-run --json > "$stage/trial"
has "a trial" "$(cat "$stage/trial")" '"dryRun":true'
[ "$(number entries < "$stage/trial")" -gt 8 ] || fail "a trial finds nothing: $(cat "$stage/trial")"
same "archives of a trial" "$(find "$stage/hub" -name '*.archive')" ''
has "a list of none" "$(roundsd archives --data "$stage/hub")" 'There is no archive yet.'

# A run that is killed in the middle, again and again: whatever is there, the next goes on.
for pause in 0.01 0.03 0.05 0.08 0.13; do
  timeout -s KILL "$pause" roundsd archive --data "$stage/hub" --keep-months 24 > /dev/null 2>&1 || true
done
archive --keep-months 24 --json > "$stage/run"
exits 0 roundsd check --data "$stage/hub"
same "archives" "$(roundsd archives --data "$stage/hub" --json | grep -o '"entries":' | wc -l)" 1
file=$(roundsd archives --data "$stage/hub" --json | text name)
same "its mode" "$(stat -c %a "$stage/hub/$file")" 600
has "done again" "$(archive --keep-months 24)" 'Nothing more is old enough.'
has "in Chinese" "$(archive --keep-months 24 --lang zh)" '没有更早的内容可以归档。'
has "who did it" "$(admin audit --action 'history archive')" "$file"

# The same story, and where it comes from; the daemon was there all the time.
after=$(admin history "$id" --json)
same "the story" "$(echo "$after" | sed "s/\"archive\":\"$file\",//g")" "$before"
has "its source" "$(admin history "$id")" "from $file"
has "its source, in Chinese" "$(admin history "$id" --lang zh)" "出自 $file"
has "the laptop's own story" "$(on a history "$id")" 'phone'
exits 0 admin audit verify
has "a whole chain" "$(admin audit verify)" 'Nothing was changed.'

# Bob's laptop comes home after three years.
on b sync > /dev/null
on a sync > /dev/null
has "a conflict upon what is archived" "$(admin conflicts --json)" 'South'
same "both laptops" "$(on a show "$id" --json | text phone)" "$(on b show "$id" --json | text phone)"
exits 0 on a doctor --deep
exits 0 on b doctor --deep
has "follow-ups stay" "$(on b show "$id" --360)" 'Long ago'

# Brought back to how it was before.
first=$(admin history "$id" --json | grep -o '"at":"[^"]*"' | sed -n '$p' | cut -d '"' -f 4)
admin restore "$id" --field phone --at "$first" > /dev/null
same "brought back from an archive" "$(admin show "$id" --json | text phone)" 1

# A backup has it, and so has what is made of the backup.
mkdir "$stage/safe"
roundsd backup --data "$stage/hub" --to "$stage/safe/one" > /dev/null
roundsd backup --data "$stage/hub" --to "$stage/safe/two" --json > "$stage/out"
has "one copy for both" "$(cat "$stage/out")" '"outcome":"present"'
[ -f "$stage/safe/$file" ] || fail "the backup has no archive beside it"
exits 0 roundsd restore --from "$stage/safe/two" --data "$stage/other"
exits 0 roundsd check --data "$stage/other"

# Lost: told by everybody who needs it, and in nobody's way.
mv "$stage/safe/$file" "$stage/aside"
exits 1 roundsd restore --from "$stage/safe/two" --data "$stage/third"
has "what the restored hub lacks" "$(cat "$stage/err")" "$file"
mv "$stage/hub/$file" "$stage/aside"
exits 1 roundsd check --data "$stage/hub"
has "what is lost" "$(cat "$stage/out")" "archive: $file"
exits 1 admin audit verify
has "a part of the story" "$(admin history "$id")" "$file, which cannot be read"
exits 4 admin restore "$id" --field phone --at "$first"
on b set "$id" notes=onwards > /dev/null
on b sync > /dev/null
on a sync > /dev/null
has "syncs go on" "$(on a show "$id" --json)" '"notes":"onwards"'
exits 1 roundsd backup --data "$stage/hub" --to "$stage/safe/poor"
has "a backup without it" "$(cat "$stage/err")" "$file"

# Damaged: one byte in the middle.
cp "$stage/aside" "$stage/hub/$file"
exits 0 roundsd check --data "$stage/hub"
offset=$(LC_ALL=C grep -obUaP '\x28\xb5\x2f\xfd' "$stage/hub/$file" | sed -n 1p | cut -d : -f 1)
printf '\xff\xff' | dd of="$stage/hub/$file" bs=1 seek=$((offset + 40)) conv=notrunc 2> /dev/null
exits 1 roundsd check --data "$stage/hub"
has "what is damaged" "$(cat "$stage/out")" "archive: $file"
cp "$stage/aside" "$stage/hub/$file"
exits 0 admin audit verify
stop_hub

# A full disk: nothing is half done, and it works when there is room.
mkdir "$stage/small"
if mount -t tmpfs -o size=4m tmpfs "$stage/small" 2> /dev/null; then
  trap 'umount -l "$stage/small" 2> /dev/null || true; leave' EXIT
  roundsd restore --from "$stage/safe/poor" --data "$stage/small/hub" > /dev/null 2>&1 || true
  cp "$stage/aside" "$stage/small/hub/$file"
  head -c 8m /dev/zero > "$stage/small/ballast" 2> /dev/null || true
  exits 1 roundsd archive --data "$stage/small/hub" --before now
  has "a full disk" "$(cat "$stage/err")" 'The disk is full'
  rm "$stage/small/ballast"
  exits 0 roundsd check --data "$stage/small/hub"
  exits 0 roundsd archive --data "$stage/small/hub" --before now
  exits 0 roundsd check --data "$stage/small/hub"
fi
