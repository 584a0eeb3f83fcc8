#!/usr/bin/env bash
# F-043: what might be done differently, with its numbers – more often for those who turn to us, another channel where
# nobody answers, a topic nobody has talked about; accepted into the plan, declined for good on every laptop.
. "$(dirname "$0")/stage.bash"

start_hub
admin user add ann --role rep > /dev/null
enrol a ann
enrol a2 ann
acme=$(on a add customer name=Acme cadence=2w --json | text id)
birch=$(on a add customer name=Birch cadence=1w --json | text id)
on a add contact customer="$acme" name=Li interests=促销活动 preferredChannel=wechat > /dev/null
plan=$(on a add plan customer="$birch" title=Birch every=1w channel=mail assignee=ann startsAt=-30d --json | text id)
for laptop in a a2; do on $laptop sync > /dev/null; done
stop_hub
same "nothing to say yet" "$(on a suggest "$birch" --json)" '{"suggestions":[]}'
for day in 2 3 4; do later -${day}d a follow "$acme" --channel call --text "they called" --in > /dev/null; done
later -1d a follow "$acme" --channel call --text "called them" > /dev/null
for day in 1 2 3; do later -${day}d a2 follow "$birch" --channel mail --text "no answer" --outcome missed > /dev/null; done
for day in 4 5 6; do later -${day}d a2 follow "$birch" --channel call --text "talked" > /dev/null; done
start_hub
for laptop in a2 a a2; do on $laptop sync > /dev/null; done
stop_hub
for laptop in a a2; do
  mine=$(on $laptop suggest "$acme" --json)
  has "more often on $laptop" "$mine" '{"count":3,"id":"cadence:1w","kind":"cadence","of":4,"reason":"turnsToUs","value":"1w"}'
  has "as they prefer" "$mine" '"id":"channel:wechat"'
  has "what interests them" "$mine" '"id":"topic:promotion"'
  other=$(on $laptop suggest "$birch" --json)
  has "less often" "$other" '"id":"cadence:2w"'
  has "by telephone" "$other" '{"count":3,"id":"channel:call","kind":"channel","of":3,"reason":"reachedMore","value":"call"}'
done
has "in words" "$(on a suggest "$acme")" 'They turned to us in 3 of 4 contacts: more often.'
has "in Chinese" "$(on a suggest "$birch" --lang zh-Hans)" '建议降低频率'

exits 0 on a suggest "$acme" --accept cadence:1w
has "it is done" "$(on a show "$acme" --json)" '"cadence":"1w"'
exits 4 on a suggest "$acme" --accept channel:wechat
has "it needs a plan" "$(cat "$stage/err")" 'rounds add plan'
exits 0 on a2 suggest "$birch" --accept channel:call
has "into the plan" "$(on a2 show "$plan" --json)" '"channel":"call"'
exits 0 on a2 suggest "$birch" --decline cadence:2w
exits 0 on a suggest "$acme" --decline topic:promotion
exits 2 on a suggest "$acme" --decline topic:promotion
start_hub
for laptop in a a2 a; do on $laptop sync > /dev/null; done
for laptop in a a2; do
  lacks "declined on $laptop" "$(on $laptop suggest "$birch" --json)$(on $laptop suggest "$acme" --json)" '"id":"cadence:2w"'
  lacks "and this, too" "$(on $laptop suggest "$acme" --json)" 'topic:promotion'
done
