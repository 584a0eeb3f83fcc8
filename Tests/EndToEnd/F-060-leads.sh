#!/usr/bin/env bash
# F-060, F-091: leads from a website's form, a campaign and by hand – each with its source; sent twice it is one, and
# somebody we know becomes a task for his person; a new one is assigned by rule, or lies in the pool that was named.
. "$(dirname "$0")/stage.bash"

start_hub
admin team add jiangsu > /dev/null
for user in su nan; do admin user add $user --role rep --team jiangsu > /dev/null; done
admin user add ann --role rep > /dev/null
form=$(admin user add form --role service --json | text token)
admin pool add east > /dev/null
admin rules apply "$rules/lead-assignment.json" > /dev/null
for user in ann su; do enrol $user $user; done

# post TOKEN BODY: what a website sends, as it stands on the wire.
post() {
  local line body='' length=0
  exec {line}<> "/dev/tcp/127.0.0.1/${url##*:}"
  printf 'POST /v1/admin/leads HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\nContent-Length: %s\r\nConnection: close\r\n\r\n%s' \
    "$1" "$(printf %s "$2" | wc -c)" "$2" >&"$line"
  tr -d '\r' <&"$line" | sed -n '1s/^HTTP[^ ]* \([0-9]*\).*/\1/p; /^{/p'
  exec {line}>&-
}
encoded='name=%E8%8B%8F%E9%92%A2+Ltd&phone=%2B86+138-0000-0001&contact=Li&region=%E6%B1%9F%E8%8B%8F&source=%E5%AE%98%E7%BD%91&campaign=spring&key=f-1'
first=$(post "$form" "$encoded")
has "a form makes a customer" "$first" '"status":"new"'
id=$(text id <<< "$first")
shown=$(admin show "$id" --json)
has "with its name" "$shown" '"name":"苏钢 Ltd"'
has "its source" "$shown" '"source":"官网"'
has "its campaign" "$shown" '"spring"'
has "a lead" "$shown" '"stage":"lead"'
has "assigned by the rule, at once" "$shown" '"owner":"nan"'
has "and the rule is named" "$(admin rules runs --record "$id" --json)" '"rule":"leads-jiangsu"'
has "and in its history" "$(admin history "$id" --owner --json)" '"reason":"rule leads-jiangsu"'
has "with its person" "$(admin list contact --json)" '"mobile":"+86 138-0000-0001"'

# The same again; the same, while the hub dies in between; and the same number, written otherwise.
has "sent twice" "$(post "$form" "$encoded")" '"status":"repeated"'
stop_hub -KILL; start_hub
has "sent again after a crash" "$(post "$form" "$encoded")" '"status":"repeated"'
known=$(post "$form" '{"name":"SuGang","source":"展会","phone":"0086 13800000001","campaign":"fair","notes":"wants a price"}')
has "somebody we know" "$known" '"status":"known"'
lacks "and no word of who" "$known" "$id"
twice='name=SuGang&source=x&phone=13800000001&key=f-2'
has "the same enquiry twice is one" "$(post "$form" "$twice"; post "$form" "$twice")" '"status":"repeated"'
same "one customer" "$(admin list customer --json | number total)" 1
task=$(admin list task --where 'kind = 线索 and title ~ fair' --json)
same "two tasks" "$(admin list task --where 'kind = 线索' --json | number total)" 2
has "a task for his person" "$task" '"assignee":"nan"'
has "from where" "$task" '"title":"展会 (fair): SuGang"'
has "by mail, too" "$(admin lead add name=X source=展会 email=LI@x.example --json)" '"status":"new"'
has "whatever the case" "$(admin lead add name=Y source=展会 email=li@X.example --json)" '"status":"known"'

# Into a pool, where a rep claims it; what he knew offline of the same company is not doubled.
pooled=$(admin lead add name=Pooled source=朋友 pool=east --json | text id)
has "in the pool" "$(admin show "$pooled" --json)" '"pool":"east"'
on ann sync > /dev/null
on ann claim "$pooled" > /dev/null; on ann sync > /dev/null
has "claimed" "$(admin show "$pooled" --json)" '"owner":"ann"'

# What is no lead is refused, and who may not hand one in.
has "without a name" "$(post "$form" 'source=x')" '400'
has "an unknown field" "$(post "$form" 'name=x&source=y&admin=yes')" '400'
has "broken coding" "$(post "$form" 'name=%zz&source=y')" '400'
has "no UTF-8" "$(post "$form" 'name=%ff%fe&source=y')" '400'
has "no token" "$(post nonsense "$encoded")" '401'
exits 3 admin lead add name=x source=y pool=nowhere
lacks "the audit log has no names of customers" "$(admin audit --json)" '苏钢'
has "and tells of the lead" "$(admin audit --json)" '"action":"lead add"'
