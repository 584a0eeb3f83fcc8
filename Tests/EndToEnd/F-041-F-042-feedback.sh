#!/usr/bin/env bash
# F-041, F-042: what customers say is noted with kind, channel and severity, due in working time, and seen to; counted by
# any of these with how long it took and what keeps coming up, alike on a laptop and its other.
. "$(dirname "$0")/stage.bash"
export TZ=Asia/Shanghai

start_hub
admin user add ann --role rep > /dev/null
admin calendar set --zone Asia/Shanghai > /dev/null
enrol a ann
enrol a2 ann
acme=$(on a add customer name=Acme --json | text id)
li=$(on a add contact customer="$acme" name=李娜 --json | text id)
for laptop in a a2; do on $laptop sync > /dev/null; done
stop_hub

exits 2 on a feedback "$acme" "x"
exits 2 on a feedback "$acme" " " --kind 投诉
exits 2 on a feedback "$acme" "x" --kind 天气
said=$(on a feedback "$li" '包装破损，要求换货' --kind 投诉 --severity 高 --channel 微信 --product 轴承 --json)
complaint=$(text id <<< "$said")
same "due in nine working hours" "$(text dueAt <<< "$said" | cut -c 1-10)" "$(on a date add "$(date "+%F %T")" 9wh 2> /dev/null | cut -c 1-10)"
shown=$(on a show "$complaint" --json)
for part in '"kind":"complaint"' '"channel":"wechat"' '"severity":"high"' '"status":"open"' "\"contact\":\"$li\""; do
  has "kept" "$shown" "$part"
done
visit=$(on a follow "$acme" --channel visit --text "walked the shop floor" --json | text id)
on a feedback "$visit" '交货慢，包装破损' --kind 投诉 --product 轴承 > /dev/null
on a2 feedback "$acme" '很好用' --kind 表扬 --channel 电话 --product 阀门 > /dev/null
on a2 feedback "$acme" '希望缩短交货时间' --kind 建议 --channel 电话 > /dev/null
has "linked to the visit" "$(on a list feedback --json)" "\"followUp\":\"$visit\""

# Seen to: four hours later here, ten hours later there.
later +4h a done "$complaint" --note '已补发' > /dev/null
has "answered" "$(on a show "$complaint" --json)" '"answer":"已补发"'
praise=$(on a2 list feedback --where 'kind = praise' --json | text id)
later +10h a2 done "$praise" > /dev/null

start_hub
for laptop in a2 a a2; do on $laptop sync > /dev/null; done
stop_hub
report=$(on a report feedback --by kind --json)
same "the same there" "$(on a2 report feedback --by kind --json)" "$report"
for part in '"count":2,"kind":"complaint"' '"count":1,"kind":"praise"' '"count":1,"kind":"suggestion"'; do
  has "counted" "$report" "$part"
done
has "what comes up" "$report" '"word":"包装破损"'
has "two of four are open" "$report" '"open":2'
median=$(on a report feedback --by product --json | grep -o '"medianSeconds":[0-9]*,"open":1,"product":"轴承"' | grep -o '[0-9]*' | sed -n 1p)
[ "$median" -ge 14400 ] && [ "$median" -le 14460 ] || fail "four hours, not $median s"
has "month by month" "$(on a report feedback --by month,channel --json)" "\"month\":\"$(date +%Y-%m)\""
has "for people" "$(on a report feedback --lang zh-Hans)" '投诉'
exits 2 on a report feedback --by weather
same "and since" "$(on a report feedback --since +1h --json | grep -o '"count":[0-9]*' | tail -1)" '"count":0'
