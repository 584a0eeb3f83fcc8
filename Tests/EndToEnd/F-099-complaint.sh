#!/usr/bin/env bash
# F-099: a complaint in a follow-up makes a ticket and tells the head of service; “no complaint” does not.
. "$(dirname "$0")/stage.bash"

start_hub
admin team add service > /dev/null
admin user add ann --role rep > /dev/null
admin user add director --role manager --team service > /dev/null
enrol a ann
enrol d director
admin rules apply "$rules/complaint.json" > /dev/null
id=$(on a add customer name=Acme --json | text id)
on a follow "$id" --channel visit --text "客户没有投诉" > /dev/null
on a sync > /dev/null
same "no ticket" "$(admin list ticket --json | number total)" 0
on a follow "$id" --channel visit --text "客户投诉包装破损" > /dev/null
for laptop in a d a d; do on $laptop sync > /dev/null; done
same "one ticket" "$(admin list ticket --json | number total)" 1
has "of this kind" "$(admin list ticket --json)" '"kind":"投诉"'
has "severe" "$(admin list ticket --json)" '"severity":"高"'
has "the director is told" "$(admin list reminder --where 'user = director' --json)" '包装破损'
has "in the runs" "$(admin rules runs --rule complaint --json)" '"state":"done"'

# A correction is the same complaint: one ticket, one reminder; corrected into praise there is neither.
complaint=$(on a list followUp --where 'text ~ 破损' --json | text id)
on a follow "$id" --corrects "$complaint" --text "客户投诉包装破损,三箱" > /dev/null
on a sync > /dev/null
same "still one ticket" "$(admin list ticket --json | number total)" 1
same "one reminder" "$(admin list reminder --where 'user = director and status = active' --json | number total)" 1
has "with the words that count" "$(admin list reminder --where 'user = director' --json)" '三箱'
last=$(on a list followUp --where "corrects = $complaint" --json | text id)
on a follow "$id" --corrects "$last" --text "客户很满意" > /dev/null
on a sync > /dev/null
same "no open ticket" "$(admin list ticket --where 'status = open' --json | number total)" 0
same "nobody is told" "$(admin list reminder --where 'status = active' --json | number total)" 0
