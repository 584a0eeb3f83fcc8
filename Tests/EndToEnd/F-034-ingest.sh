#!/usr/bin/env bash
# F-034: mails and lists of calls are filed with the customers they belong to, by address and number; the same one twice, or on
# two laptops, is one; what belongs to nobody waits in the inbox, and is filed by hand.
. "$(dirname "$0")/stage.bash"
export TZ=Asia/Shanghai

start_hub
admin user add ann --role rep > /dev/null
enrol a ann
enrol a2 ann
acme=$(on a add customer name=Acme --json | text id)
birch=$(on a add customer name=Birch phone='021-5555 6666' --json | text id)
li=$(on a add contact customer="$acme" name=李娜 mobile='+86 138 0000 0000' email=Li@Acme.example --json | text id)
for laptop in a a2; do on $laptop sync > /dev/null; done
stop_hub

mail() { # NAME ID FROM TO DATE SUBJECT BODY
  printf 'Message-ID: <%s>\r\nFrom: %s\r\nTo: %s\r\nDate: %s\r\nSubject: %s\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n%s\r\n' \
    "${@:2}" > "$stage/$1.eml"
}
when() { date -d "$1" '+%a, %d %b %Y %T +0800'; }
mail in 1@acme 'Li <li@acme.example>' ann@example.com "$(when '-2 days')" '=?UTF-8?B?5oql5Lu3?=' 'Is there a rebate?'
mail out 2@us 'Ann <ann@example.com>' 'li@acme.example' "$(when '-1 day')" 'Re: offer' 'There is.'
mail who 3@else 'nobody@else.example' ann@example.com "$(when '-3 days')" 'Hello' 'We met at the fair.'
printf 'no mail at all' > "$stage/bad.eml"

result=$(on a ingest mail "$stage"/{in,out,who,bad}.eml --own ann@example.com --json 2> /dev/null)
has "two filed" "$result" '"matched":2'
has "one in the inbox" "$result" '"unmatched":1'
has "one unreadable" "$result" 'bad.eml'
shown=$(on a list followUp --where "externalKey = 1@acme" --json)
for part in '"channel":"mail"' '"direction":"in"' "\"contact\":\"$li\"" '报价' 'Is there a rebate?'; do has "kept" "$shown" "$part"; done
has "ours" "$(on a list followUp --where "externalKey = 2@us" --json)" '"direction":"out"'
has "again: nothing" "$(on a ingest mail "$stage"/{in,out,who}.eml "$stage/in.eml" --json)" '"duplicate":4'
has "a contact of the customer" "$(on a show "$acme" --json)" "\"lastFollowAt\":\"$(date -d '-1 day' +%F)"

# Once: the clock goes on between two lines.
called=$(date -d '-5 hours' '+%F %T')
printf '编号,号码,时间,方向,时长,结果,备注\nc1,13800000000,%s,去电,12,已接通,谈了价格\nc2,+86 21 5555 6666,%s,来电,0,未接通,\nc3,999,%s,来电,1,,\nc1,13800000000,%s,去电,12,已接通,谈了价格\n' \
  "$called" "$(date -d '-4 hours' '+%F %T')" "$(date -d '-3 hours' '+%F %T')" "$called" > "$stage/calls.csv"
iconv -t GBK "$stage/calls.csv" > "$stage/gbk.csv"
# The other laptop reads the same lists, without knowing of it.
for laptop in a a2; do
  file=calls; [ $laptop = a ] || file=gbk
  result=$(on $laptop ingest calls "$stage/$file.csv" --json)
  has "calls on $laptop" "$result" '"duplicate":1,"matched":2,"unmatched":1'
done
has "mails there" "$(on a2 ingest mail "$stage"/{in,who}.eml --own ann@example.com --json)" '"matched":1,"unmatched":1'
start_hub
for laptop in a2 a a2; do on $laptop sync > /dev/null; done
for laptop in a a2; do
  same "four facts on $laptop" "$(on $laptop list followUp --json | number total)" 4
  lacks "nothing refused on $laptop" "$(on $laptop attention --json)" '"kind":"draft"'
done
same "one inbox" "$(on a2 inbox --json | number total)" 2
exits 2 on a ingest calls "$stage/in.eml"

# Filed by hand: it is as if it had been found.
waiting=$(on a list task --where 'kind = inbox and title contains nobody' --json | text id)
exits 2 on a inbox "$waiting"
exits 0 on a inbox "$waiting" --to "$birch"
has "filed" "$(on a timeline "$birch")" 'We met at the fair.'
on a sync > /dev/null; on a2 sync > /dev/null
same "off both lists" "$(on a2 inbox --json | number total)" 1
has "and known" "$(on a2 ingest mail "$stage/who.eml" --json)" '"duplicate":1'
