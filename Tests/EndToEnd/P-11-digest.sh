#!/usr/bin/env bash
# P-11: the list of the day as a page to mail – whose day it is, every heading, nothing that others wrote can break it – and
# none on a day that is not worked.
. "$(dirname "$0")/stage.bash"
export TZ=Asia/Shanghai

start_hub
admin user add ann --role rep > /dev/null
admin calendar set --zone Asia/Shanghai > /dev/null
monday=$(date -d 'next monday + 7 days' +%F)
printf '{"year":%s,"days":[{"name":"休","date":"%s","isOffDay":true},{"name":"班","date":"%s","isOffDay":false}]}' \
  "${monday%%-*}" "$monday" "$(date -d "$monday -2 days" +%F)" > "$stage/days.json"
admin calendar import "$stage/days.json" > /dev/null
admin rules apply "$rules/cadence.json" > /dev/null
enrol a ann
acme=$(on a add customer name='# Acme *1*' nextFollowAt="$monday 17:00" --json | text id)
on a add task customer="$acme" title=$'Late\n# not a heading' dueAt="$monday 08:00" > /dev/null
on a add task customer="$acme" title='[link](x)' dueAt="$monday 20:00" > /dev/null
on a promise "$acme" 寄样 --due "$monday 18:00" > /dev/null
on a sync > /dev/null
stop_hub

page() { later $(( $(date -d "$1" +%s) - $(date +%s) )) a today --md "${@:2}"; }
text=$(page "$monday 12:00")
same "whose day" "$(head -1 <<< "$text")" "# $monday, ann"
same "its headings" "$(grep '^## ' <<< "$text" | tr '\n' '|')" '## overdue (1)|## due (1)|## plan (1)|## promise (1)|'
has "what is late stands out" "$text" '**Late \# not a heading**'
has "names are only names" "$text" '\# Acme \*1\*'
has "nor is this a link" "$text" '\[link\](x)'
has "in Chinese" "$(page "$monday 12:00" --lang zh-Hans)" '## 承诺 (1)'
same "one line each" "$(grep -c '^- ' <<< "$text")" 4
same "not on a holiday" "$(page "$monday 12:00" --working-days)" ''
has "on a Saturday that is worked" "$(page "$(date -d "$monday -2 days" +%F) 08:00" --working-days)" '# '
same "not on a Sunday" "$(page "$(date -d "$monday -1 day" +%F) 08:00" --working-days)" ''
has "the day after" "$(page "$(date -d "$monday +1 day" +%F) 08:00" --working-days)" '## overdue (2)'
