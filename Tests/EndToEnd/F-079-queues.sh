#!/usr/bin/env bash
# F-079: work for another department – a task reaches people who do not see its customer, with just the words that
# the policy allows; two take it offline, one has it, the other is told; what is given back waits again.
. "$(dirname "$0")/stage.bash"

start_hub
for team in sales legal; do admin team add $team > /dev/null; done
admin user add ann --role rep --team sales > /dev/null
for user in li wu; do admin user add $user --role rep --team legal > /dev/null; done
for user in ann li wu; do enrol $user $user; done
sync() { local laptop; for laptop in "$@"; do on $laptop sync > /dev/null; done; }

# What the lawyers are told of a customer is the policy's to say.
admin policy show --json | sed -n 's/.*"policy":\({.*}\),"text".*/\1/p' \
  | sed 's/^{/{"queues":{"team:legal":{"customer":["name","industry"]}},/' > "$stage/policy.json"
admin policy apply "$stage/policy.json" > /dev/null

id=$(on ann add customer name=Acme industry=press phone=13800000000 --json | text id)
task=$(on ann add task customer="$id" title="审核合同" queue=legal dueAt=+2d --json | text id)
sync ann li wu
has "it waits in their queue" "$(on li task list)" '审核合同'
has "with what they may know" "$(on wu task list)" 'name=Acme, industry=press'
lacks "and nothing else" "$(on li show "$task"; on li list customer --json)" '13800000000'
exits 3 on li show "$id"
has "whoever asked sees it with the customer" "$(on ann show "$id" --360)" '审核合同'
lacks "it is not on her day" "$(on ann today --days 9)" '审核合同'
lacks "it is not hers to do, either" "$(on ann show "$task" --json)" '"assignee":"ann"'

# Two take it without a network.
on li task take "$task" > /dev/null
on wu task take "$task" > /dev/null
has "it is asked for" "$(on wu task list)" 'asked for'
sync li wu
has "one has it" "$(admin show "$task" --json)" '"assignee":"li"'
has "the other is told by whom" "$(on wu attention)" 'li has taken the task'
lacks "and has it no more" "$(on wu list task --json)" "$task"
exits 4 on ann task back "$task"

# Given back, it waits again; then it is done, and whoever asked sees what came of it.
on li task back "$task" --note "on leave" > /dev/null
sync li wu
has "it waits again" "$(on wu task list --queue legal --json)" "$task"
on wu task take "$task" > /dev/null; sync wu
on wu done "$task" --note "clause 7 changed" > /dev/null
sync wu ann
has "she sees what came of it" "$(on ann show "$task" --json)" 'clause 7 changed'
same "nothing waits" "$(on wu task list --json | number total)" 0

# A rule sends work to a role, and what it asks of somebody who does not see the customer reaches him, too.
cat > "$stage/rules.json" << 'JSON'
{"version": 2, "rules": [{"id": "vetting", "version": 1, "on": "customer", "trigger": {"tagged": "大客户"},
  "do": [{"task": "背景调查", "title": {"en": "vet {name}", "zh": "调查 {name}"}, "to": "user:li"},
         {"task": "资信", "title": {"en": "credit {name}", "zh": "资信 {name}"}, "queue": "team:legal"}]}]}
JSON
admin rules apply "$stage/rules.json" > /dev/null
on ann set "$id" tags+=大客户 > /dev/null
sync ann li wu
has "li is given it" "$(on li list task --json)" '调查 Acme'
has "the team's waits" "$(on wu task list)" '资信 Acme'
lacks "not for all" "$(on wu list task --json)" '调查 Acme'
