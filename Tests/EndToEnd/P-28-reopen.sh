#!/usr/bin/env bash
# P-28: what was planned for a customer closes with its release and is off every list; whoever claims it is offered to
# take it up again, in one go or one by one, offline; nobody else can, and nothing opens by itself.
. "$(dirname "$0")/stage.bash"

start_hub
for user in ann bob; do admin user add $user --role rep > /dev/null; done
admin pool add east > /dev/null
enrol a ann
for laptop in b b2; do enrol $laptop bob; done
sync() { local laptop; for laptop in "$@"; do on $laptop sync > /dev/null 2>&1; done; }
id=$(on a add customer name=Acme --json | text id)
offer=$(on a add task customer="$id" title="send the offer" assignee=ann dueAt=+1d --json | text id)
visit=$(on a add task customer="$id" title="visit them" assignee=ann dueAt=+2d --json | text id)
on a add task customer="$id" title="never mind" assignee=ann status=cancelled note="not needed" > /dev/null
sync a b b2
has "nothing to take up" "$(on a reopen "$id")" 'No task was closed'
plan=$(on a add plan customer="$id" title="keep in touch" every=7d status=running startsAt=+1d --json | text id)
on a add promise customer="$id" title="a sample" dueAt=+1d > /dev/null
has "on her day before" "$(on a today --days 5 --json)" 'keep in touch'
on a release "$id" --reason "moving" --pool east > /dev/null
sync a b b2
lacks "off her day" "$(on a today --days 5 --json)" 'send the offer'
for laptop in a b; do
  lacks "no plan on $laptop" "$(on $laptop today --days 5 --json)" 'keep in touch'
  lacks "no promise on $laptop" "$(on $laptop today --days 5 --json)" 'a sample'
done
has "with the reason" "$(admin show "$plan" --json)" '"note":"released","startsAt"'

# Not before it is his.
stop_hub
exits 4 on b reopen "$id" --all
claimed=$(on b claim "$id")
has "offered with the claim" "$claimed" '4 tasks, plans and promises were closed when it was released'
has "in Chinese" "$(on b2 claim "$id" --lang zh-Hans)" '释放时关闭了 4 项任务、计划和承诺'
exits 4 on b reopen "$offer"
start_hub; sync b b2 b
lacks "nothing opens by itself" "$(on b today --days 5 --json)" 'send the offer'
same "four to take up" "$(on b reopen "$id" --json | grep -o '"title"' | wc -l)" 4
on b reopen "$plan" > /dev/null
promise=$(on b list promise --json | text id)
on b reopen "$promise" > /dev/null
has "kept up again" "$(on b today --days 5 --json)" 'keep in touch'
has "and to be kept" "$(on b today --days 5 --json)" 'a sample'
sync b b2

# Offline: one on this laptop, all on that one; together each is open once.
stop_hub
on b reopen "$offer" > /dev/null
has "on his day at once" "$(on b today --days 5 --json)" 'send the offer'
same "one is left here" "$(on b reopen "$id" --json | grep -o '"title"' | wc -l)" 1
on b2 reopen "$id" --all > /dev/null
start_hub; sync b2 b
stop_hub -KILL; start_hub; sync b2 b b2
for laptop in b b2; do
  same "both are his to do on $laptop" "$(on $laptop today --days 5 --json | grep -o '"kind":"dueToday"\|"kind":"overdue"' | wc -l)" 2
  has "none is left on $laptop" "$(on $laptop reopen "$id")" 'No task was closed'
done
same "three tasks in all" "$(admin list task --json | number total)" 3
same "the other stays given up" "$(admin list task --where 'status = cancelled' --json | number total)" 1
: "$visit"
