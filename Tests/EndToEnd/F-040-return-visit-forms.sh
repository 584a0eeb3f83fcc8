#!/usr/bin/env bash
# F-040: a return visit is asked for seven days after a contract was signed, once; its form is that of the customer's
# kind, its answers are checked and scored, and the visit does the task – on two laptops, without a network.
. "$(dirname "$0")/stage.bash"
demo=$(dirname "$0")/../../Protocol/Process/demo.json

start_hub
admin user add ann --role rep > /dev/null
admin process apply "$demo" > /dev/null
admin rules check "$rules/return-visit-after-signing.json" > /dev/null
admin rules apply "$rules/return-visit-after-signing.json" > /dev/null
enrol a ann
enrol a2 ann
acme=$(on a add customer name=Acme tier=A --json | text id)
birch=$(on a add customer name=Birch tier=C --json | text id)
contract=$(on a add contract customer="$acme" name=C-1 status=sent --json | text id)
for laptop in a a2; do on $laptop sync > /dev/null; done
# Signed on both, neither knows of the other.
stop_hub
for laptop in a a2; do on $laptop set "$contract" status=signed > /dev/null; done
start_hub
for laptop in a2 a a2; do on $laptop sync > /dev/null; done
at 518400; for laptop in a a2; do on $laptop sync > /dev/null; done
same "not after six days" "$(admin list task --json | number total)" 0
at 604920; stop_hub -KILL; start_hub; for laptop in a2 a a2; do on $laptop sync > /dev/null; done
same "after seven, one task" "$(admin list task --where 'kind = 回访' --json | number total)" 1
has "on the list" "$(on a today --days 4 --json)" '合同 C-1 签订后回访 Acme'
stop_hub

has "the form of the kind" "$(on a forms "$acme" --json)" '"id":"重点客户回访表"'
lacks "is not for others" "$(on a forms "$birch" --json)" '重点客户回访表'
has "with what may be answered" "$(on a forms "$birch")" '价格, 质量, 交期, 服务'
exits 2 on a visit "$acme" --channel 电话 --answer 满意度=4
has "what is missing" "$(cat "$stage/err")" '愿推荐'
exits 2 on a visit "$acme" --channel 电话 --answer 满意度=6 --answer 愿推荐=yes
has "what is allowed" "$(cat "$stage/err")" '1, 2, 3, 4, 5'
exits 2 on a visit "$acme" --channel 电话 --answer 天气=好
exits 2 on a visit "$birch" --form 重点客户回访表 --channel 电话 --answer 满意度=4
visit=$(on a visit "$acme" --channel 电话 --answer 满意度=4 --answer 愿推荐=是 --answer 下一步=扩产 --json)
same "75 and 100" "$(number score <<< "$visit")" 88
id=$(text id <<< "$visit")
has "kept with the follow-up" "$(on a show "$id" --json)" '"form":"重点客户回访表"'
has "and what was answered" "$(on a show "$id" --json)" '扩产'
lacks "the task is done" "$(on a today --days 4 --json)" '签订后回访'
same "asked about" "$(on a list followUp --where 'score < 90 and form = 重点客户回访表' --json | number total)" 1
on a visit "$birch" --channel 面访 --answer 满意度=1 --answer 最关心=交期 > /dev/null
start_hub
for laptop in a a2 a; do on $laptop sync > /dev/null; done
lacks "done there, too" "$(on a2 today --days 4 --json)" '签订后回访'
has "the silence is over" "$(admin show "$acme" --json)" '"lastFollowAt"'
same "and no second task" "$(admin list task --where 'kind = 回访' --json | number total)" 1
