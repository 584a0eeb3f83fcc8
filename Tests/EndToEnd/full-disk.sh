#!/usr/bin/env bash
# Disks without room, for real: a laptop's folder and then the hub's on a small file system that is
# filled to the last byte. Nothing acknowledged is lost, what is there can be read, everything else is
# refused in plain words, and work goes on where it stopped as soon as there is room.
#
# Needs the right to mount a tmpfs; without it there is nothing to try, which is said.
. "$(dirname "$0")/stage.bash"

mkdir "$stage/small"
if ! mount -t tmpfs -o size=3m tmpfs "$stage/small" 2> /dev/null; then
  echo "skipped: no tmpfs can be mounted here"
  exit 0
fi
leave_small() { umount -l "$stage/small" 2> /dev/null || true; leave; }
trap leave_small EXIT

fill() { head -c 8m /dev/zero > "$stage/small/ballast" 2> /dev/null || true; }
make_room() { rm "$stage/small/ballast"; }
count() { on "$1" status --json | number customer; }

# sound LAPTOP: nothing is wrong with it but that its disk is small.
sound() {
  exits 0 on "$1" doctor --deep
  same "what is wrong with $1" "$(sed '/^ok/d; /^!  *disk/d' "$stage/out")" ''
}

start_hub
admin user add ann --role rep > /dev/null
admin user add bob --role rep > /dev/null
mkdir "$stage/small/a"
ln -s "$stage/small/a" "$stage/a"
enrol a ann
enrol b bob

# The laptop's disk.
for number in 1 2 3; do on a add customer "name=before-$number" > /dev/null; done
fill
acknowledged=3
for number in $(seq 40); do
  if on a add customer "name=full-$number" > "$stage/answer" 2> "$stage/complaint"; then
    acknowledged=$((acknowledged + 1))
  else
    has "the complaint of a full disk" "$(cat "$stage/complaint")" "The disk is full"
  fi
done
for row in $(seq 3000); do echo "row-$row"; done | sed '1i name' > "$stage/rows.csv"
exits 1 on a import "$stage/rows.csv" --into customer
has "the complaint of an import" "$(cat "$stage/err")" "The disk is full"
exits 0 on a status
same "what a full laptop shows" "$(count a)" "$acknowledged"
exits 1 on a sync
has "the complaint of a sync" "$(cat "$stage/err")" "The disk is full"
make_room
exits 0 on a add customer name=after
on a sync > /dev/null
sound a
on b sync > /dev/null
same "what came over from the full laptop" "$(count b)" $((acknowledged + 1))

# The hub's disk.
stop_hub
mv "$stage/hub" "$stage/small/hub"
ln -s "$stage/small/hub" "$stage/hub"
start_hub
fill
mkdir "$stage/roomy"
on b import "$stage/rows.csv" --into customer > /dev/null
exits 5 on b sync
has "the complaint of a full hub" "$(cat "$stage/err")" "The hub's disk is full"
has "what helps a full hub" "$(cat "$stage/err")" "make room on its disk"
exits 5 admin user add eve --role rep
# Who only reads is answered; a whole list is given out only with an entry in the audit log.
for words in 'user list' 'replicas' 'conflicts' 'audit' 'audit verify'; do exits 0 admin $words; done
exits 5 admin list customer
has "why there is no list" "$(cat "$stage/err")" "audit log"
exits 0 on b status
[ "$(on b status --json | number waiting)" -gt 0 ] || fail "what a full hub refused waits no longer"
make_room
mount -o remount,size=64m "$stage/small"
on b sync > /dev/null
same "what waits when there is room" "$(on b status --json | number waiting)" 0
exits 0 admin user add eve --role rep
on a sync > /dev/null
same "both laptops" "$(count a)" "$(count b)"
for laptop in a b; do sound $laptop; done
stop_hub
exits 0 roundsd check --data "$stage/hub"
