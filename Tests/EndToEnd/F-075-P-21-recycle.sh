#!/usr/bin/env bash
# A customer nobody follows up goes back into the pool for real (F-075, P-21, P-22, P-28): warned ahead of
# time, not before the laptop that could hold a visit has synced, and with its reason in the history.
. "$(dirname "$0")/stage.bash"

start_hub
admin user add ann --role rep > /dev/null
admin calendar set --zone Asia/Shanghai > /dev/null
enrol a ann
has "a pool takes nothing back unless it says so" \
  "$(admin pool add west --json; admin pool recycle --dry-run)" "No customer"
exits 2 admin pool recycle
has "a dry run is the only run there is" "$(cat "$stage/err")" "--dry-run"
printf '%s' '{"name":"east","recycle":{"after":{"A":10,"*":5},"warn":[3,1],"exclude":"stage = won"}}' \
  > "$stage/east.json"
admin pool apply "$stage/east.json" > /dev/null
printf '%s' '{"name":"bad","recycle":{"after":{"*":5},"exclude":"lastFollowAt < -5d"}}' \
  > "$stage/bad.json"
exits 2 admin pool apply "$stage/bad.json"

id=$(on a add customer name=Acme --json | text id)
kept=$(on a add customer name=Signed stage=签约 --json | text id)
best=$(on a add customer name=Best tier=A --json | text id)
on a add task customer="$id" title="call them" assignee=ann > /dev/null
on a sync > /dev/null
on a sync > /dev/null

# Seven days later its time is up; the laptop has said nothing since.
stop_hub
export ROUNDS_CLOCK_OFFSET=+7d
start_hub
dry=$(admin pool recycle --dry-run)
has "who" "$dry" Acme
has "whose laptop is waited for" "$dry" "unconfirmed: ann on a last synced"
lacks "other tiers have other days" "$dry" Best
lacks "what is excluded stays" "$dry" Signed
has "in Chinese" "$(admin pool recycle --dry-run --lang zh-Hans)" "未确认：ann（a）"
has "later it is more" "$(admin pool recycle --dry-run --now +7d)" Best
has "still hers" "$(admin show "$id" --json)" '"owner":"ann"'
has "warned offline" "$(on a today)" "goes to the pool east in 1 day"

# She syncs, and had no visit to tell of.
on a sync > /dev/null
has "confirmed" "$(admin pool recycle --dry-run --json)" '"confirmed":true'
stop_hub
export ROUNDS_CLOCK_OFFSET=+170h
start_hub
gone=$(admin show "$id" --json)
has "in the pool" "$gone" '"pool":"east"'
lacks "nobody's" "$gone" '"owner":"ann"'
has "and why" "$(admin history "$id" --field owner --json)" "自动回收 recycled: no follow-up for more than 5 days"
has "the others stay" "$(admin show "$kept" --json)" '"owner":"ann"'
has "the others stay" "$(admin show "$best" --json)" '"owner":"ann"'
on a sync > /dev/null
today=$(on a today --days 30)
has "she is told" "$today" "went to the pool east"
lacks "what was planned is off her day" "$today" "call them"
has "nothing else is due" "$(admin pool recycle --dry-run)" "No customer"
