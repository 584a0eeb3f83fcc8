#!/usr/bin/env bash
# H-10: the definition changes while reps are offline. A stage that is gone is mapped or refused by name, a
# criterion that is new holds the move; nothing is dropped in silence.
. "$(dirname "$0")/stage.bash"

stage_json() {
  printf '{"id": "%s", "name": {"en": "%s", "zh": "%s"}, "kind": "open"%s}' "$1" "$1" "$1" "${2:-}"
}
# definition MOVES STAGE…
definition() {
  local moves=$1 list='' one
  shift
  for one in "$@"; do list="$list${list:+, }$one"; done
  printf '{"version": 1, "moves": {%s}, "pipelines": [{"id": "p", "name": {"en": "P", "zh": "P"},
    "stages": [%s]}]}' "$moves" "$list" > "$stage/process.json"
}
asks=', "leave": [{"where": "background is not empty", "says": {"en": "Background", "zh": "背景调研"}}]'

start_hub
admin user add ann --role rep > /dev/null
definition '' "$(stage_json 初步接洽)" "$(stage_json 方案报价)" "$(stage_json 商务谈判)"
exits 0 admin process apply "$stage/process.json"
enrol a ann
on a add customer name=Acme > /dev/null
add() { on a add opportunity name="$1" customer=customer:Acme stage=初步接洽 --json | text id; }
mapped=$(add Mapped)
gone=$(add Gone)
held=$(add Held)
on a sync > /dev/null
stop_hub

# Offline, under the old definition.
on a stage "$mapped" 商务谈判 > /dev/null
start_hub
definition '"商务谈判": "方案报价"' "$(stage_json 初步接洽)" "$(stage_json 方案报价)"
exits 0 admin process apply "$stage/process.json"
on a sync > /dev/null
has "mapped" "$(on a show "$mapped" --json)" '"stage":"方案报价"'
lacks "nothing to sort out" "$(on a attention --json)" '商务谈判'
has "the history has what was written" "$(on a history "$mapped" --json)" '商务谈判'
stop_hub

on a stage "$gone" 方案报价 > /dev/null
start_hub
definition '' "$(stage_json 初步接洽)" "$(stage_json 签约)"
exits 4 admin process apply "$stage/process.json"
exits 0 admin process apply "$stage/process.json" --move-to 方案报价=初步接洽
# The move leads on; who says that a stage leads nowhere any more has it refused.
on a sync > /dev/null
has "led back" "$(on a show "$gone" --json)" '"stage":"初步接洽"'
stop_hub

on a stage "$held" 签约 > /dev/null
on a set "$held" nextStep="send papers" > /dev/null
start_hub
definition '' "$(stage_json 初步接洽 "$asks")" "$(stage_json 签约)"
exits 0 admin process apply "$stage/process.json"
on a sync > /dev/null
has "the stage went back" "$(on a show "$held" --json)" '"stage":"初步接洽"'
has "the rest did not" "$(on a show "$held" --json)" '"nextStep":"send papers"'
has "with the reason" "$(on a attention --json)" 'Missing: 背景调研 / Background'
on a set "$held" background=steel > /dev/null
on a stage "$held" 签约 > /dev/null
on a sync > /dev/null
has "and goes now" "$(admin show "$held" --json)" '"stage":"签约"'
stop_hub

# A stage that came and went, and that nobody has named a place for.
start_hub
definition '' "$(stage_json 初步接洽)" "$(stage_json 拜访)" "$(stage_json 签约)"
exits 0 admin process apply "$stage/process.json"
last=$(add Last)
on a sync > /dev/null
stop_hub
on a stage "$last" 拜访 > /dev/null
start_hub
definition '' "$(stage_json 初步接洽)" "$(stage_json 签约)"
exits 0 admin process apply "$stage/process.json"
on a sync > /dev/null
has "back" "$(on a show "$last" --json)" '"stage":"初步接洽"'
has "refused by name" "$(on a attention --json)" 'has no stage 拜访 any more. It has: 初步接洽, 签约'
