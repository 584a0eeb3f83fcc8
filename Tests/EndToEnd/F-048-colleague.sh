#!/usr/bin/env bash
# F-048: two people do not call the same customer within a day without knowing of each other: a person at a terminal
# is asked, a script is told who and when; what was done anyway is noted.
. "$(dirname "$0")/stage.bash"

start_hub
admin user add ann --role rep > /dev/null
admin user add bob --role rep > /dev/null
enrol a ann
enrol b bob
acme=$(on a add customer name=Acme --json | text id)
on a follow "$acme" --channel call --text "told them the price" > /dev/null
on a sync > /dev/null; on b sync > /dev/null
stop_hub

exits 0 later +3h b follow "$acme" --channel call --text hello
has "who and when" "$(cat "$stage/err")" 'ann contacted this customer less than 4 h ago'
exits 0 later +3h b follow "$acme" --channel call --text hello --lang zh-Hans
has "in Chinese" "$(cat "$stage/err")" 'ann'
exits 0 later +3h b follow "$acme" --channel call --text hello --anyway
same "he knows" "$(cat "$stage/err")" ''
exits 0 later +25h b follow "$acme" --channel call --text hello
lacks "a day later nobody is asked" "$(cat "$stage/err")" 'ann contacted'
exits 0 later +3h a follow "$acme" --channel call --text "I myself again"
lacks "nor of oneself" "$(cat "$stage/err")" 'ann contacted'

# At a terminal the question comes before anything is written.
before=$(on b list followUp --json | number total)
code=0
script -qec "env ROUNDS_HOME=$stage/b ROUNDS_CLOCK_OFFSET=+3h rounds follow $acme --channel call --text x" \
  /dev/null > "$stage/terminal" < /dev/null || code=$?
same "refused there" "$code" 4
has "with the way on" "$(cat "$stage/terminal")" '--anyway'
same "nothing was written" "$(on b list followUp --json | number total)" "$before"
