#!/usr/bin/env bash
# F-133, F-134: three commands from joining to the first result; help that is found by what one wants, in both
# languages; every error says what to do next; and a first day's list that ticks itself off.
. "$(dirname "$0")/stage.bash"

has "before anything is joined" "$(on a guide)" '- [ ] Join with the code you were given'
exits 3 on a today
has "and the error says how" "$(cat "$stage/err")" 'rounds join'
start_hub
admin user add ann --role rep > /dev/null
enrol a ann

# Three commands.
on a add customer name=Acme > /dev/null
on a follow customer:Acme --channel call --text "first call" --next "send the offer" --next-at +1h > /dev/null
has "the first result" "$(on a today)" 'send the offer'

# The list ticks itself off, and says what is left.
guide=$(on a guide)
has "joined" "$guide" '- [x] Join with the code you were given'
has "a customer" "$guide" '- [x] Add a customer'
has "a conversation" "$guide" '- [x] Note down a conversation'
has "not sent" "$guide" '- [ ] Send what you wrote: rounds sync'
on a sync > /dev/null
has "sent" "$(on a guide)" '- [x] Send what you wrote'
has "in Chinese" "$(on a guide --lang zh-Hans)" '- [x] 添加一个客户'
for topic in stage rule pool sync; do
  has "a page about $topic" "$(on a guide $topic)" '# '
  has "in Chinese about $topic" "$(on a guide $topic --lang zh-Hans)" '`rounds '
done

# Every command that a page names is there.
for topic in start stage rule pool sync; do
  for verb in $(on a guide $topic | grep -o '`rounds [a-z]*' | cut -d ' ' -f 2 | sort -u); do
    exits 0 on a help "$verb"
  done
done

# Help by what one wants, in either language, whichever is spoken.
has "in Chinese" "$(on a help 跟进)" 'follow'
has "in English" "$(on a help promise)" 'promise'
has "by the other language's word" "$(on a help 公海 --lang en)" 'claim'
has "under its heading" "$(on a help 提醒 --lang zh-Hans)" '与“提醒”有关的命令'
has "the admin's too" "$(admin help 公海)" 'pool'
exits 2 on a help nonsense
has "a word that means nothing" "$(cat "$stage/err")" 'See all commands with: rounds help'

# Errors say what to do next, in both languages.
exits 2 on a follw customer:Acme
has "a slip of the finger" "$(cat "$stage/err")" 'Did you mean follow'
for words in "show customer:Nobody" "stage customer:Acme nowhere" "add nothing" "set customer:Acme" "guide nothing"; do
  code=0
  # shellcheck disable=SC2086
  on a $words > /dev/null 2> "$stage/err" || code=$?
  [ "$code" != 0 ] || fail "'$words' was taken"
  has "a hint for '$words'" "$(cat "$stage/err")" 'Hint: '
  # shellcheck disable=SC2086
  on a $words --lang zh-Hans > /dev/null 2> "$stage/err" || true
  has "in Chinese for '$words'" "$(cat "$stage/err")" '提示: '
done
has "completion" "$(on a completion bash)" 'complete'
