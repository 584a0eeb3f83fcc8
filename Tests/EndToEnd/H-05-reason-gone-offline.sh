#!/usr/bin/env bash
# H-05: what a rep does offline takes back, on his own laptop at once, the reminders that it leaves without a reason,
# and counts from when he did it; the hub says the same once it has heard.
. "$(dirname "$0")/stage.bash"
export TZ=UTC

printf '%s' '{"version":2,"rules":[
  {"id":"daily","version":1,"on":"customer","where":"tags contains vip","trigger":{"every":{"at":"09:00","days":"all"}},
   "do":[{"remind":"owner","title":{"en":"Look at {name}","zh":"看看 {name}"}}]},
  {"id":"birthday","version":1,"on":"contact","trigger":{"anniversary":{"field":"birthday"}},"steps":[{"at":"08:00",
   "do":[{"remind":"owner","title":{"en":"Birthday of {name}","zh":"{name} 生日"}}]}]},
  {"id":"ends","version":1,"on":"contract","trigger":{"date":{"field":"endsOn"}},"steps":[{"before":"7d","at":"08:00",
   "do":[{"remind":"owner","title":{"en":"Ends: {name}","zh":"到期：{name}"}}]}]},
  {"id":"quoted","version":1,"on":"customer","trigger":{"enters":{"stage":"proposal"}},"steps":[{"after":"7d",
   "do":[{"remind":"owner","title":{"en":"Quoted: {name}","zh":"已报价：{name}"}}]}]}]}' > "$stage/rules.json"
ten() { echo $(( $(date -d "00:00 $(( $1 + 1 )) days" +%s) + 36000 - $(date +%s) )); }
desk() { on a today --json; }

start_hub
admin user add ann --role rep > /dev/null
admin calendar set --zone UTC > /dev/null
admin rules apply "$stage/rules.json" > /dev/null
at "$(ten 0)"
enrol a ann
add() { on a add "$@" --json | text id; }
tagged=$(add customer name=Tagged tags=vip)
gone=$(add customer name=Gone tags=vip)
quoted=$(add customer name=Quoted)
li=$(add contact customer="$quoted" name=Li birthday="$(date -u -d "@$(( $(date +%s) + $(ten 2) ))" +%m-%d)")
wu=$(add contact customer="$quoted" name=Wu birthday="$(date -u -d "@$(( $(date +%s) + $(ten 2) ))" +%m-%d)")
lease=$(add contract customer="$quoted" name=Lease endsOn="$(date -u -d "@$(( $(date +%s) + $(ten 8) ))" +%F)")
on a sync > /dev/null
at "$(ten 2)"
on a sync > /dev/null
stop_hub
before=$(desk)
for line in 'Look at Tagged' 'Look at Gone' 'Birthday of Li' 'Birthday of Wu' 'Ends: Lease'; do has "before" "$before" "$line"; done

on a set "$tagged" tags-=vip > /dev/null
on a delete "$gone" > /dev/null
on a set "$li" birthday=01-01 > /dev/null
on a delete "$wu" > /dev/null
on a delete "$lease" > /dev/null
on a stage "$quoted" proposal > /dev/null
offline=$(desk)
for line in 'Look at Tagged' 'Look at Gone' 'Birthday of Li' 'Birthday of Wu' 'Ends: Lease' 'Quoted: Quoted'; do lacks "offline" "$offline" "$line"; done
has "a week after it was quoted" "$(later "$(ten 9)" a today --json)" 'Quoted: Quoted'

start_hub
on a sync > /dev/null
same "and the hub agrees" "$(desk | grep -o '"title":"[^"]*"' | sort)" "$(grep -o '"title":"[^"]*"' <<< "$offline" | sort)"
