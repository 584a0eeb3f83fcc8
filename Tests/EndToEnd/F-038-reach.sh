#!/usr/bin/env bash
# F-038: the list of the day says how a customer is best reached – as somebody there prefers, or as past contacts
# show – and whoever wants no contact is not contacted, but may turn to us.
. "$(dirname "$0")/stage.bash"
export TZ=Asia/Shanghai

start_hub
admin user add ann --role rep > /dev/null
enrol a ann
enrol a2 ann
acme=$(on a add customer name=Acme nextFollowAt=+1h --json | text id)
birch=$(on a add customer name=Birch nextFollowAt=+1h --json | text id)
li=$(on a add contact customer="$acme" name=李娜 --json | text id)
zhao=$(on a add contact customer="$acme" name=Zhao doNotContact=yes --json | text id)
on a add contact customer="$birch" name=Chen preferredChannel=微信 > /dev/null
for laptop in a a2; do on $laptop sync > /dev/null; done
stop_hub

# Three mails that nobody answered on one laptop, two calls at ten that somebody took on the other.
for day in 3 4 5; do on a follow "$li" --channel mail --text "any news?" --outcome missed --at -${day}d > /dev/null; done
for day in 3 6; do
  on a2 follow "$li" --channel 电话 --text "talked" --outcome 已接通 --at "$(date -d "-$day days" +%F) 10:20" > /dev/null
done
start_hub
for laptop in a2 a a2; do on $laptop sync > /dev/null; done
stop_hub
suggestion() { later +2h "$1" today --days 2 --json | grep -o "\"record\":\"$2\",\"suggestion\":{[^}]*}" | cut -d , -f 2- | sed -n 1p; }
on a set "$acme" nextFollowAt=+1h > /dev/null; on a2 set "$acme" nextFollowAt=+1h > /dev/null
for laptop in a a2; do
  same "learned on $laptop" "$(suggestion $laptop "$acme")" \
    '"suggestion":{"channel":"call","hour":10,"preferred":false,"reached":2,"tried":2}'
  has "asked for on $laptop" "$(suggestion $laptop "$birch")" '"channel":"wechat","hour":null,"preferred":true'
done
has "in words" "$(later +2h a today --days 2)" 'call around 10:00, reached 2 of 2 times'
has "in Chinese" "$(later +2h a today --days 2 --lang zh-Hans)" '微信（对方偏好）'

exits 4 on a follow "$zhao" --channel call --text hello
has "who" "$(cat "$stage/err")" 'Zhao wants no contact'
exits 4 on a follow "$acme" --contact "$zhao" --channel call --text hello
exits 0 on a follow "$zhao" --channel call --text "he called" --in
exits 0 on a follow "$zhao" --channel call --text "it has happened" --anyway
same "what was refused was not written" "$(on a list followUp --where "contact = $zhao" --json | number total)" 2
