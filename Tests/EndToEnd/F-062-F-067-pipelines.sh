#!/usr/bin/env bash
# F-062: pipelines side by side, checked before they are applied, known to laptops without a network; a
# stage that deals are in goes only with a place for them. F-067: several deals of one customer.
. "$(dirname "$0")/stage.bash"

start_hub
admin user add ann --role rep > /dev/null
enrol a ann

has "the shipped pipelines" "$(admin process show)" '"id": "标准-5"'
has "both of them" "$(admin process show)" '"id": "B2B-8"'

on a add customer name=Acme > /dev/null
press=$(on a add opportunity name=Press customer=customer:Acme amount=120000 currency=CNY \
  closeAt=2030-01-31 probability=30 priority=high stage=商务谈判 --json | text id)
line=$(on a add opportunity name=Line customer=customer:Acme pipeline=B2B-8 stage=项目交付 --json | text id)
on a sync > /dev/null
same "two deals of one customer" "$(on a list opportunity --json | number total)" 2

cat > "$stage/process.json" << 'END'
{"version": 1, "pipelines": [
  {"id": "标准-5", "name": {"en": "Standard", "zh": "标准"}, "stages": [
    {"id": "初步接洽", "name": {"en": "First contact", "zh": "初步接洽"}, "kind": "open", "maxDays": 14},
    {"id": "方案报价", "name": {"en": "Proposal", "zh": "方案报价"}, "kind": "open", "probability": 50},
    {"id": "签约", "name": {"en": "Signed", "zh": "签约"}, "kind": "won", "probability": 100}]},
  {"id": "B2B-8", "name": {"en": "B2B", "zh": "B2B"}, "stages": [
    {"id": "合同签订", "name": {"en": "Signed", "zh": "合同签订"}, "kind": "won"},
    {"id": "项目交付", "name": {"en": "Delivery", "zh": "项目交付"}, "kind": "won"}]}]}
END
sed 's/"方案报价", "name"/"报个价", "name"/' "$stage/process.json" > "$stage/bad.json"
exits 2 admin process check "$stage/bad.json"
has "line and place" "$(cat "$stage/err")" '$.pipelines[0].stages[1].id (line 4,'
has "what is allowed" "$(cat "$stage/err")" '方案报价'

exits 4 admin process apply "$stage/process.json"
has "the stage in use" "$(cat "$stage/err")" '商务谈判: 1'
exits 4 admin process check "$stage/process.json"
exits 0 admin process check "$stage/process.json" --move-to 商务谈判=方案报价
has "still the old one" "$(admin process show)" '商务谈判'
has "one moved" "$(admin process apply "$stage/process.json" --move-to 商务谈判=方案报价)" "1 deals"
has "in the audit log" "$(admin audit --json)" '"process apply"'

on a sync > /dev/null
stop_hub
has "the deal went along" "$(on a show "$press" --json)" '"stage":"方案报价"'
has "the other stayed" "$(on a show "$line" --json)" '"stage":"项目交付"'
exits 2 on a stage "$press" 商务谈判
has "offline, by the new definition" "$(cat "$stage/err")" '初步接洽, 方案报价, 签约'
on a stage "$press" 签约 > /dev/null
has "over" "$(on a opp health "$press")" 'The deal is over.'
