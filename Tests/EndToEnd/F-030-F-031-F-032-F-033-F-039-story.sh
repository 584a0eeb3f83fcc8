#!/usr/bin/env bash
# F-030, F-031, F-032, F-033, F-039: follow-ups are facts with time, channel, words and a next step, can be asked about
# and exported, and are corrected by another; the story of a customer is the same on every laptop that has synced.
. "$(dirname "$0")/stage.bash"

start_hub
admin team add north > /dev/null
for user in ann bob; do admin user add $user --role rep --team north > /dev/null; done
admin user add mei --role manager --team north > /dev/null
enrol a ann
enrol a2 ann
enrol m mei
acme=$(on a add customer name=Acme stage=lead --json | text id)
li=$(on a add contact customer="$acme" name=李娜 interests=产品信息,promotion --json | text id)
deal=$(on a add opportunity customer="$acme" name=Press stage=lead --json | text id)
for laptop in a a2 m; do on $laptop sync > /dev/null; done
has "interests are words of a list" "$(on a show "$li" --json)" '"interests":["product","promotion"]'
exits 2 on a set "$li" interests+=weather
stop_hub

# F-030, F-031, F-033: what is said, and what must be.
said=$(on a follow "$acme" --channel 拜访 --text "要 12000 件" --at -3h --contact "$li" --opp "$deal" --topic 产品信息 \
  --minutes 40 --outcome reached --next 发报价 --next-at +2d --json)
first=$(text id <<< "$said")
has "the customer's new times" "$said" '"lastFollowAt":"'
shown=$(on a show "$first" --json)
for part in '"channel":"visit"' '"topic":"product"' '"minutes":40' '"outcome":"reached"' "\"contact\":\"$li\"" \
  "\"opportunity\":\"$deal\"" '"next":"发报价"'; do has "kept" "$shown" "$part"; done
has "when it took place" "$shown" '"occurredAt":"'
has "and when it was written down" "$shown" '"createdAt":"'
exits 2 on a follow "$acme" --channel call --text " "
exits 2 on a follow "$acme" --channel call
exits 2 on a follow "$acme" --channel call --text x --at +6m
exits 0 on a follow "$acme" --channel 微信 --text "within the five minutes" --at +4m
exits 2 on a follow "$acme" --channel pigeon --text x
exits 2 on a follow "$acme" --channel call --text x --topic weather
other=$(on a add customer name=Other --json | text id)
exits 2 on a follow "$other" --channel call --text x --contact "$li"
for word in 电话 邮件 短信 企业微信 社交媒体 线上会议 面访 活动 其他; do
  exits 0 on a follow "$other" --channel "$word" --text "$word" --in
done
same "asked about" "$(on a list followUp --where 'channel = visit and topic = product and next is not empty' --json | number total)" 1
has "exported" "$(on a export followUp | head -1)" 'occurredAt,channel,text,next,nextAt'

# A correction: both stay, and nothing else can be done to a fact.
exits 4 on a set "$first" text=x
exits 0 on a follow "$acme" --corrects "$first" --text "要 1200 件，不是 12000"
second=$(on a list followUp --where "corrects = $first" --json | text id)
shown=$(on a show "$second" --json)
has "what was not said again is as it was" "$shown" '"channel":"visit"'
same "of the same moment" "$(text occurredAt <<< "$shown")" "$(on a show "$first" --json | text occurredAt)"
has "both are told" "$(on a timeline "$acme")" "corrects $first"

# When it was is corrected, too, and nothing else said again; what it meant for the customer follows.
call=$(on a follow "$other" --channel call --text late --json | text id)
on a follow "$other" --corrects "$call" --at -3d > /dev/null
wrong=$(on a show "$call" --json | text occurredAt)
lacks "the wrong day counts no more" "$(on a show "$other" --json)" "\"lastFollowAt\":\"$wrong\""
has "its words stay" "$(on a list followUp --where "corrects = $call" --json)" '"text":"late"'
# And nobody takes a fact back.
exits 4 on a delete "$call"
has "he is told what to do" "$(cat "$stage/err")" '--corrects'

# F-032: on two laptops, without knowing of each other, then in both orders.
later -1h a2 follow "$acme" --channel mail --text "from the other laptop" > /dev/null
on a2 promise "$acme" 寄样 --due +3d > /dev/null
on a feedback "$li" '包装破损' --kind 投诉 --severity 高 > /dev/null
start_hub
on a sync > /dev/null; on m sync > /dev/null
for rung in contacted qualified; do on m stage "$deal" $rung > /dev/null; on m sync > /dev/null; done
stop_hub -KILL; start_hub
for laptop in a2 m a a2; do on $laptop sync > /dev/null; done
admin assign "$acme" --to bob > /dev/null
admin assign "$acme" --to ann > /dev/null
for laptop in a a2 m; do on $laptop sync > /dev/null; done
stop_hub
story=$(on a timeline "$acme" --json)
for laptop in a2 m; do same "the same story on $laptop" "$(on $laptop timeline "$acme" --json)" "$story"; done
for kind in customer owner opportunity stage followUp feedback task promise; do
  has "it has each $kind" "$story" "\"kind\":\"$kind\""
done
same "in order" "$(grep -o '"at":"[^"]*"' <<< "$story" | sort -c && echo sorted)" sorted
same "only contacts" "$(on a timeline "$acme" --kind followUp --json | grep -o '"kind":"[a-zA-Z]*"' | sort -u)" '"kind":"followUp"'
same "only what is new" "$(on a timeline "$acme" --since +1h --json)" '{"timeline":[]}'
exits 5 on a timeline "$acme" --full
start_hub
full=$(on a timeline "$acme" --full --json)
same "the hub knows every owner" "$(grep -o '"kind":"owner"' <<< "$full" | wc -l | tr -d ' ')" 3
has "and every stage" "$full" '"text":"contacted"'
