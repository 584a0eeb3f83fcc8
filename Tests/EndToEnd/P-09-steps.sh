#!/usr/bin/env bash
# P-09: one rule, several steps in their order, with time between them: a task and a tag at once, a field two days
# later, a message on the third day – each once, through a hub that dies in the middle, and not for what came late.
. "$(dirname "$0")/stage.bash"

start_hub
admin user add ann --role rep > /dev/null
enrol a ann
enrol a2 ann
cat > "$stage/steps.json" <<'RULES'
{"version": 2, "rules": [{
  "id": "onboarding", "version": 1, "on": "customer", "trigger": {"tagged": "新客户"},
  "steps": [
    {"do": [{"task": "欢迎", "title": {"en": "Welcome {name}", "zh": "欢迎 {name}"}, "due": "1d"}, {"tag": ["培育中"]}]},
    {"after": "2d", "do": [{"raise": "priority"}]},
    {"after": "3d", "do": [{"message": "mail", "title": "欢迎", "text": "{customer}，欢迎使用。"}]}
  ]}]}
RULES
exits 0 admin rules check "$stage/steps.json"
admin rules apply "$stage/steps.json" > /dev/null
acme=$(on a add customer name=Acme priority=normal --json | text id)
on a add contact customer="$acme" name=Li email=li@acme.example > /dev/null
on a sync > /dev/null; on a2 sync > /dev/null
stop_hub
# Both laptops give the tag, neither knows of the other.
on a set "$acme" tags+=新客户 > /dev/null
on a2 set "$acme" tags+=新客户 > /dev/null
start_hub
for laptop in a2 a a2; do on $laptop sync > /dev/null; done

actions() { admin rules runs --record "$acme" --json | grep -o '"action":"[a-z]*"' | sort | uniq -c | tr -d ' \n'; }
same "the first step" "$(actions)" '1"action":"tag"1"action":"task"'
has "on both laptops" "$(on a2 show "$acme" --json)" '培育中'
lacks "nothing of the second" "$(admin show "$acme" --json)" '"priority":"high"'
at 172860
for _ in 1 2 3; do stop_hub -KILL; start_hub; done
for laptop in a a2; do on $laptop sync > /dev/null; done
same "then the second" "$(actions)" '1"action":"raise"1"action":"tag"1"action":"task"'
has "one rung up, not two" "$(on a show "$acme" --json)" '"priority":"high"'
same "no message yet" "$(admin list message --json | number total)" 0
at 259260
for _ in 1 2 3; do stop_hub -KILL; start_hub; for laptop in a2 a; do on $laptop sync > /dev/null; done; done
same "and the third" "$(admin list message --json | number total)" 1
same "four actions in all" "$(actions)" '1"action":"message"1"action":"raise"1"action":"tag"1"action":"task"'
same "one task" "$(admin list task --json | number total)" 1
