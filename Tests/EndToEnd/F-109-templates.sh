#!/usr/bin/env bash
# F-109: what is said to customers is written once, its variables checked when it is saved, looked at before it goes
# out, and named by rules – which cannot name what is not there, nor lose what they name.
. "$(dirname "$0")/stage.bash"
export TZ=Asia/Shanghai

start_hub
admin calendar set --zone Asia/Shanghai > /dev/null
admin user add ann --role rep > /dev/null
mei=$(admin user add mei --role manager --json | text token)
enrol a ann
id=$(on a add customer name=Acme --json | text id)
on a add contact customer="$id" name=Li mobile=138 birthday="1990-$(date -d '+1 day' +%m-%d)" > /dev/null
on a sync > /dev/null

# Checked when it is saved, and nothing is changed by a fault.
admin template set birthday.zh --on contact --text '{name}，祝您生日快乐！' > /dev/null
exits 2 admin template set birthday.zh --text '{nome}'
has "which word" "$(cat "$stage/err")" '{nome} means nothing here'
has "and what there is" "$(cat "$stage/err")" 'customer, owner, years'
exits 2 admin template set birthday.zh --text ' '
exits 2 admin template set other --text 'x'
exits 2 admin template set 'bad name' --on contact --text 'x'
exits 2 admin template set other --on reminder --text 'x'
exits 3 admin template show nothing
has "as it was" "$(admin template show birthday.zh --json)" '"text":"{name}，祝您生日快乐！"'

# Looked at, with a real record; nothing is sent.
same "a preview" "$(admin template preview birthday.zh --record contact:Li)" 'Li，祝您生日快乐！'
exits 2 admin template preview birthday.zh --record "$id"
same "nothing is sent" "$(admin list message --json | number total)" 0
same "a manager looks, too" "$(ROUNDS_URL=$url ROUNDS_TOKEN=$mei rounds-admin template preview birthday.zh --record contact:Li)" 'Li，祝您生日快乐！'
ROUNDS_URL=$url ROUNDS_TOKEN=$mei exits 4 rounds-admin template set birthday.zh --text x

# Named by a rule.
book() {
  printf '{"version":2,"rules":[{"id":"birthday","version":1,"on":"%s","trigger":{"%s":{"field":"%s"}},\n"steps":[{"at":"09:00","do":[{"message":"sms","template":"%s"}]}]}]}' "$@" > "$stage/book.json"
}
book contact anniversary birthday nothing; exits 2 admin rules apply "$stage/book.json"
has "one that is not there" "$(cat "$stage/err")" 'names the template nothing'
book customer anniversary customerSince birthday.zh; exits 2 admin rules check "$stage/book.json"
has "one for other records" "$(cat "$stage/err")" 'is for a contact'
book contact anniversary birthday birthday.zh; admin rules apply "$stage/book.json" > /dev/null
has "who names it" "$(admin template --json)" '"rules":["birthday"]'
exits 4 admin template remove birthday.zh
exits 4 admin template set birthday.zh --on customer

# Changed before it goes out: the new words; afterwards: what is written stays.
admin template set birthday.zh --text '亲爱的{name}（{customer}），生日快乐！{owner} 敬上' > /dev/null
at $(($(date -d '+1 day 10:00' +%s) - $(date +%s))); on a sync > /dev/null
same "in its words" "$(admin list message --json | text text)" '亲爱的Li（Acme），生日快乐！ann 敬上'
admin template set birthday.zh --text 'x' > /dev/null
stop_hub -KILL; start_hub; on a sync > /dev/null
same "once, and as it was" "$(admin list message --json | text text) $(admin list message --json | number total)" \
  '亲爱的Li（Acme），生日快乐！ann 敬上 1'
echo '{"version":2,"rules":[]}' > "$stage/book.json"; admin rules apply "$stage/book.json" > /dev/null
exits 0 admin template remove birthday.zh
has "in the audit log" "$(admin audit --json)" '"action":"template remove"'
lacks "without its words" "$(admin audit --json)" '生日快乐'
