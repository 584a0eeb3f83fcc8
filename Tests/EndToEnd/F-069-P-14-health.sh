#!/usr/bin/env bash
# F-069 and P-14: how well deals stand and which are stuck, from what the laptop knows, as days pass.
. "$(dirname "$0")/stage.bash"

start_hub
admin user add ann --role rep > /dev/null
enrol a ann
stop_hub

id=$(on a add customer name=Acme --json | text id)
on a add contact customer="$id" name=Li role=决策人 > /dev/null
on a follow "$id" --channel call --text "first call" > /dev/null
deal=$(on a add opportunity name=Press customer="$id" stage=初步接洽 closeAt=+10d --json | text id)
on a add opportunity name=Won customer="$id" stage=签约 > /dev/null

health() { on a opp health "$deal" --json | number health; }
same "all is well" "$(health)" 100
has "said so" "$(on a opp health "$deal")" "Health 100 of 100"

export ROUNDS_CLOCK_OFFSET=+9d
same "nine days without contact" "$(health)" 90
same "not stuck yet" "$(on a opp list --rotten --json | number total)" 0
export ROUNDS_CLOCK_OFFSET=+21d
# 17 points for 21 days where 14 are usual, 20 for silence, 20 for the close date.
same "three weeks" "$(health)" 43
has "each reason" "$(on a opp health "$deal")" "21 days in this stage, too long"
has "in Chinese" "$(on a opp health "$deal" --lang zh-Hans)" "预计成交日已过"
same "stuck, and what is over is not" "$(on a opp list --rotten --json | number total)" 1
same "in danger" "$(on a opp list --health '<50' --json | number total)" 1
same "not so much" "$(on a opp list --health '<40' --json | number total)" 0

on a stage "$deal" 需求确认 > /dev/null
on a follow "$id" --channel call --text "needs" > /dev/null
same "a new stage begins anew, the close date does not" "$(health)" 80
export ROUNDS_CLOCK_OFFSET=+23d
has "the stays" "$(on a opp stages "$deal" --json)" '"days":21'
has "and the one that lasts" "$(on a opp stages "$deal" --json)" '"days":2,'
