#!/usr/bin/env bash
# P-47, P-48: contacts and customers as cards for a telephone, tasks, promises and plans as a calendar; offline, and
# the same records are the same bytes. What has no such form is refused with what has.
. "$(dirname "$0")/stage.bash"

start_hub
admin user add ann --role rep > /dev/null
enrol ann ann
stop_hub
acme=$(on ann add customer name='Acme; Suzhou' city=苏州市 --json | text id)
on ann add contact customer="$acme" name=王小明 mobile=13800000000 birthday=--02-29 > /dev/null
on ann add task customer="$acme" title="Call back" dueAt=+2d remind=1d,0 > /dev/null
on ann add task customer="$acme" title="No time" > /dev/null
on ann promise "$acme" "The new price list" --due +3d > /dev/null
on ann add plan customer="$acme" title="Every week" every=1w > /dev/null

cards=$(on ann export contact --format vcf)
has "the name" "$cards" 'FN:王小明'
has "the company, escaped" "$cards" 'ORG:Acme\; Suzhou'
has "a birthday without a year" "$cards" 'BDAY:--02-29'
has "a company's card" "$(on ann export customer --format vcf)" 'ADR;TYPE=WORK:;;;苏州市;;;'
todo=$(on ann export task --format ics)
has "a task" "$todo" 'SUMMARY:Acme\; Suzhou: Call back'
has "that calls a day before" "$todo" 'TRIGGER;RELATED=END:-PT86400S'
lacks "what has no time" "$todo" 'No time'
same "twice the same bytes" "$(later +1h ann export task --format ics)" "$todo"
has "a promise" "$(on ann export promise --format ics)" 'The new price list'
has "a plan, when it is due next" "$(on ann export plan --format ics)" 'BEGIN:VEVENT'
has "how many" "$(on ann export task --format ics --output "$stage/t.ics" --json)" '"records":1'
same "a whole calendar" "$(tail -n 1 "$stage/t.ics" | tr -d '\r')" 'END:VCALENDAR'
exits 2 on ann export task --format vcf
has "what has cards" "$(cat "$stage/err")" 'vcf is for contact, customer.'
exits 2 on ann export opportunity --format ics
exits 2 on ann export customer --format xml
