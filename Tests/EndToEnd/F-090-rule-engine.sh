#!/usr/bin/env bash
# F-090: if this, then that – every kind of trigger and every kind of action in one book; asked why before it is
# applied, carried out once whoever syncs first, and one that fails is tried again alone.
. "$(dirname "$0")/stage.bash"

start_hub
admin team add north > /dev/null
admin user add ann --role rep --team north > /dev/null
admin user add mei --role manager --team north > /dev/null
admin pool add lost > /dev/null
enrol a ann
enrol a2 ann
cat > "$stage/book.json" << 'END'
{"version": 2, "rules": [
  {"id": "vip", "version": 4, "on": "customer", "trigger": {"tagged": "VIP"}, "where": "industry = steel",
   "do": [{"set": "tier", "to": "A"}, {"tag": ["watched"]}, {"assign": ["team:nobody"]},
          {"remind": "supervisor", "title": {"en": "{name} is a VIP", "zh": "{name} 是 VIP"}},
          {"task": "visit", "title": {"en": "Visit {name}", "zh": "拜访 {name}"}, "due": "1wd"}]},
  {"id": "rival", "version": 1, "on": "followUp",
   "trigger": {"followUp": {"contains": ["rival"], "except": ["no rival"]}},
   "do": [{"ticket": "rival", "title": {"en": "{text}", "zh": "{text}"}, "severity": "high"},
          {"webhook": "http://127.0.0.1:9/rival"}]},
  {"id": "deal", "version": 1, "on": "opportunity", "trigger": {"created": {}}, "repeat": "once",
   "do": [{"raise": "priority"}, {"set": "nextStep", "to": "send the brochure"}]},
  {"id": "gone", "version": 1, "on": "customer", "trigger": {"changed": {"field": "stage", "to": "lost"}},
   "steps": [{"after": "2d", "do": [{"pool": "lost"}]}]},
  {"id": "renewal", "version": 1, "on": "contract", "trigger": {"date": {"field": "endsOn"}},
   "steps": [{"before": "10d", "do": [{"remind": "owner", "title": {"en": "Renew {name}", "zh": "续签 {name}"}}]}]},
  {"id": "monthly", "version": 1, "on": "customer", "trigger": {"every": {"at": "09:00", "days": "month 1"}},
   "where": "tags contains report",
   "do": [{"task": "report", "title": {"en": "Report on {name}", "zh": "汇报 {name}"}}]}]}
END
admin rules apply "$stage/book.json" > /dev/null

# A condition that does not hold says so, with the value it saw; the same once it does.
id=$(on a add customer name=Acme industry=paper email=a@acme.example --json | text id)
on a sync > /dev/null
on a set "$id" tags+=VIP > /dev/null; on a sync > /dev/null
has "a condition is false" "$(admin rules test vip --record "$id")" '✗ where: industry = steel  (paper)'
same "so nothing is done" "$(admin list task --json | number total)" 0
on a set "$id" industry=steel > /dev/null; on a sync > /dev/null
has "now it is true" "$(admin rules test vip --record "$id")" '✓ where: industry = steel'
same "and still nothing: he was no VIP of that kind when he became one" \
  "$(admin list task --where 'kind = visit' --json | number total)" 0
on a set "$id" tags-=VIP > /dev/null; on a sync > /dev/null
on a set "$id" tags+=VIP > /dev/null; on a sync > /dev/null

# Five actions of one step: four done, in their order, and one that failed by itself.
same "the task" "$(admin list task --where 'kind = visit' --json | number total)" 1
has "a field" "$(admin show "$id" --json)" '"tier":"A"'
has "a tag" "$(admin show "$id" --json)" 'watched'
has "the supervisor" "$(admin list reminder --where 'user = mei' --json)" 'Acme is a VIP'
has "one failed" "$(admin rules runs --failed --json)" '"action":"assign"'
same "one run" "$(admin rules runs --rule vip --json | grep -o '"run":"[^"]*"' | sort -u | wc -l)" 1
has "the rule's version" "$(admin rules runs --rule vip --json)" '"version":4'
admin team add nobody > /dev/null
admin user add joe --role rep --team nobody > /dev/null
at +3m; on a sync > /dev/null
has "tried again alone" "$(admin show "$id" --json)" '"owner":"joe"'
same "and the task is still one" "$(admin list task --where 'kind = visit' --json | number total)" 1

# Words in a follow-up; a deal; both also when the other laptop brings them, and the hub dies in between.
own=$(on a add customer name=Bolt --json | text id)
on a sync > /dev/null; on a2 sync > /dev/null
on a follow "$own" --channel call --text "no rival here" > /dev/null
on a2 follow "$own" --channel call --text "a rival offers less" > /dev/null
deal=$(on a2 add opportunity name=Press customer="$own" --json | text id)
on a2 sync > /dev/null
stop_hub -KILL; start_hub
on a sync > /dev/null; on a2 sync > /dev/null
same "one ticket" "$(admin list ticket --json | number total)" 1
has "with its words" "$(admin list ticket --json)" 'a rival offers less'
has "a call to another program" "$(admin list message --where 'channel = webhook' --json)" '"total":1'
has "one rung up" "$(admin show "$deal" --json)" '"priority":"high"'
has "and a field" "$(admin show "$deal" --json)" 'send the brochure'

# Time: after a change, before a date, by the calendar.
on a stage "$own" lost > /dev/null
kept=$(on a add customer name=Kept tags+=report --json | text id)
on a add contract customer="$kept" name=C-7 endsOn="$(date -d '+15 days' +%F)" > /dev/null
on a sync > /dev/null
has "not yet" "$(admin show "$own" --json)" '"owner":"ann"'
at +3d
has "into the pool" "$(admin show "$own" --json)" '"pool":"lost"'
on a sync > /dev/null; stop_hub
has "before the date, offline" "$(later +8d a today --json)" 'Renew C-7'
first=$(date -d "$(date -d "$(date +%Y-%m-01) +1 month" +%F) 10:00" +%s)
at $((first - $(date +%s))); start_hub
same "on the first of the month" "$(admin list task --where 'kind = report' --json | number total)" 1
has "dead rules are named" "$(admin rules stats --json)" '"isDead":false'
