#!/usr/bin/env bash
# P-02: a task calls a day, an hour and no time before it is due, each once, on each of two laptops; what was missed while
# the laptop was off calls once; what was put off calls when that is over.
. "$(dirname "$0")/stage.bash"

start_hub
admin user add ann --role rep > /dev/null
enrol a ann
enrol a2 ann
exits 2 on a add task title=x dueAt=+2d remind=soon
has "how it is written" "$(cat "$stage/err")" '1d,1h,0'
task=$(on a add task title='Send the offer' dueAt=+2d remind=1d,1h,0 --json | text id)
for laptop in a a2; do on $laptop sync > /dev/null; done

hook="echo \"\$ROUNDS_REMINDER_KIND \$ROUNDS_REMINDER_TITLE \$ROUNDS_REMINDER_MISSED\" >> $stage/called."
calls() { ROUNDS_CLOCK_OFFSET=$1 on "$2" sync --notify "$hook$2" > /dev/null 2>&1 || true; }
heard() { cat "$stage/called.$1" 2> /dev/null | wc -l | tr -d ' '; }
stop_hub
calls +23h a; same "not before its day" "$(heard a)" 0
calls +86460s a; same "a day before" "$(heard a)" 1
calls +86470s a; same "once" "$(heard a)" 1
calls +169260s a; same "an hour before" "$(heard a)" 2
calls +172860s a; calls +172870s a; same "and on time" "$(heard a)" 3
same "each of them heard" "$(sort -u "$stage/called.a")" 'task Send the offer 0'

# The other laptop was off all the while: one call, and how many nobody heard.
calls +180000s a2; calls +180010s a2
same "one for all" "$(cat "$stage/called.a2")" 'task Send the offer 3'

# Put off, it calls when that is over; another due time calls anew.
later +172900s a snooze "$task" --until +3d > /dev/null
calls +173000s a; same "quiet" "$(heard a)" 3
calls +432200s a; calls +432210s a; same "and then once" "$(heard a)" 4
on a set "$task" dueAt=+8d snoozedUntil= > /dev/null
calls +604860s a; same "another time, a day before" "$(heard a)" 5
start_hub
for laptop in a a2 a; do on $laptop sync > /dev/null; done
stop_hub
calls +604870s a2; same "there, too, once" "$(heard a2)" 2
calls +604880s a; same "and not again here" "$(heard a)" 5
on a done "$task" > /dev/null
calls +700000s a; same "done is done" "$(heard a)" 5
