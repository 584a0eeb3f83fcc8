#!/usr/bin/env bash
# Processes are killed with -9 at random instants while they work: laptops while they add, set, import
# and sync, the hub while it is pushed to, administered and backed up. After each kill the file opens;
# in the end everything that was acknowledged is there, once, on both sides.
#
#   kill.sh PROGRAMS [ROUNDS [SEED]]        a quick 20 rounds; KILL_ROUNDS and KILL_SEED say the same
. "$(dirname "$0")/stage.bash"
rounds_wanted=${2:-${KILL_ROUNDS:-20}}
seed=${3:-${KILL_SEED:-1}}
RANDOM=$seed

start_hub
admin user add ann --role rep > /dev/null
admin user add bob --role rep > /dev/null
enrol a ann
enrol b bob
touch "$stage/acknowledged" "$stage/unsure" "$stage/phones" "$stage/users"
killed=0 hub_killed=0

# A random instant, within 300 ms and mostly at once, for most commands take no longer than 40. The
# instant is the whole point of this script: nothing is waited for.
instant() { sleep "0.$(printf %03d $((RANDOM % (RANDOM % 4 == 0 ? 300 : 40))))"; }

# strike PID: kills it, if it still runs.
strike() {
  instant
  if kill -9 "$1" 2> /dev/null; then killed=$((killed + 1)); fi
}

# during PROGRAM…: runs it, and kills it; its answer is in $stage/answer, its code in $code.
during() {
  "$@" > "$stage/answer" 2> "$stage/complaint" &
  local pid=$!
  strike "$pid"
  code=0
  wait "$pid" 2> /dev/null || code=$?
}

# amid PROGRAM…: runs it, and kills the hub under it.
amid() {
  "$@" > "$stage/answer" 2> "$stage/complaint" &
  local pid=$!
  instant
  stop_hub -KILL
  hub_killed=$((hub_killed + 1))
  code=0
  wait "$pid" 2> /dev/null || code=$?
  start_hub
}

# Whoever was told, remembers; whoever was not, may have it or not.
remember() { echo "$1" >> "$stage/$([ "$code" = 0 ] && echo acknowledged || echo unsure)"; }

for round in $(seq "$rounds_wanted"); do
  laptop=$([ $((RANDOM % 2)) = 0 ] && echo a || echo b)
  export ROUNDS_HOME=$stage/$laptop
  case $((RANDOM % 8)) in
    0 | 1)
      during rounds add customer "name=c-$round" "externalKey=k-$round" --json
      [ -z "$(text id < "$stage/answer")" ] || code=0
      remember "c-$round"
      ;;
    2)
      target=$(sed -n '/^c-/p' "$stage/acknowledged" |
        sort -R --random-source=<(yes "$seed$round") | sed -n 1p)
      [ -n "$target" ] || continue
      if rounds show "customer:$target" > /dev/null 2>&1; then
        during rounds set "customer:$target" "phone=p-$round"
        [ "$code" = 0 ] && echo "$target p-$round" >> "$stage/phones"
      fi
      ;;
    3)
      { echo name,externalKey; for row in $(seq 40); do echo "i-$round-$row,i-$round-$row"; done; } \
        > "$stage/import.csv"
      during rounds import "$stage/import.csv" --into customer --key externalKey --json
      for row in $(seq 40); do remember "i-$round-$row"; done
      ;;
    4) during rounds sync ;;
    5) amid rounds sync ;;
    6)
      rm -f "$stage/backup.sqlite"
      during roundsd backup --data "$stage/hub" --to "$stage/backup.sqlite"
      if [ -e "$stage/backup.sqlite" ]; then
        rm -rf "$stage/restored"
        exits 0 roundsd restore --from "$stage/backup.sqlite" --data "$stage/restored"
        exits 0 roundsd check --data "$stage/restored"
      else
        [ "$code" != 0 ] || fail "round $round: a backup was told of and is not there"
      fi
      ;;
    7)
      export ROUNDS_URL=$url ROUNDS_TOKEN=$token
      amid rounds-admin user add "u-$round" --role rep --json
      [ "$code" = 0 ] && echo "u-$round" >> "$stage/users"
      unset ROUNDS_URL ROUNDS_TOKEN
      ;;
  esac
  # It opens, whatever happened to it.
  exits 0 rounds status
done
unset ROUNDS_HOME

for laptop in a b a b; do on $laptop sync > /dev/null; done
names() { on "$1" sql 'SELECT name FROM customer ORDER BY name' --json | grep -o '\["[^"]*"\]' | sed '1d; s/^..//; s/..$//' | sort; }
names a > "$stage/names.a"
names b > "$stage/names.b"
cmp -s "$stage/names.a" "$stage/names.b" || fail "the laptops show different customers"
same "customers that are there twice" "$(uniq -d "$stage/names.a")" ''
lost=$(sort "$stage/acknowledged" | comm -23 - "$stage/names.a")
same "acknowledged customers that are lost" "$lost" ''
strange=$(sort "$stage/acknowledged" "$stage/unsure" | comm -13 - "$stage/names.a")
same "customers that nobody wrote" "$strange" ''
# Of an import that was cut short all is there, or nothing.
halves=$(grep '^i-' "$stage/names.a" | cut -d - -f 2 | uniq -c | awk '$1 != 40' || true)
same "imports that are half there" "$halves" ''
# A phone that was set is shown, or a later one, or it is in the history of what was.
while read -r name phone; do
  has "the history of $name" "$(on a history "customer:$name" --json)" "\"$phone\""
done < <(sed -n '1~7p' "$stage/phones")
admin user list --json > "$stage/people"
while read -r name; do has "people" "$(cat "$stage/people")" "\"$name\""; done < "$stage/users"
for laptop in a b; do
  same "what waits on $laptop" "$(on $laptop status --json | number waiting)" 0
  exits 0 on $laptop doctor --deep
done
stop_hub
exits 0 roundsd check --data "$stage/hub"
echo "$rounds_wanted rounds from seed $seed: $killed programs and $hub_killed hubs killed;" \
  "$(wc -l < "$stage/acknowledged") customers acknowledged, $(wc -l < "$stage/names.a") there"
