#!/usr/bin/env bash
# F-092, F-098: whoever is assigned is told at once over an open line; a mail leaves by the mail program, again
# when that says later, as the same mail when the hub dies behind it; what is stuck, or not wanted any more, shows.
. "$(dirname "$0")/stage.bash"

# A mail program that keeps each mail, tells of it, and ends as it is told.
mkdir "$stage/mails" "$stage/spool"
mkfifo "$stage/rang"
cat > "$stage/mailer" << END
#!/bin/sh
cat > "$stage/mails/\$(date +%s%N)"
echo mail > "$stage/rang"
. "$stage/mailer.end"
END
chmod +x "$stage/mailer"
echo 'exit 75' > "$stage/mailer.end"
rang() { read -r -t 10 _ <> "$stage/rang" || fail "no mail: $1"; }
# eventually WHAT COMMAND… TEXT: its output has the text before long.
eventually() {
  local what=$1 text=${!#} round
  for ((round = 0; round < 300; round++)); do
    case "$("${@:2:$#-2}")" in *"$text"*) return ;; esac
  done
  fail "$what: never '$text' in: $("${@:2:$#-2}")"
}
mail=(--mail-program "$stage/mailer" --mail-from sales@example.com)
outbox() { admin outbox list --status all --json; }

start_hub "${mail[@]}"
for user in ann bob; do admin user add $user --role rep > /dev/null; done
enrol a ann
enrol b bob
cat > "$stage/book.json" << 'END'
{"version": 2, "rules": [
  {"id": "given", "version": 1, "on": "customer", "trigger": {"assigned": {}},
   "do": [{"remind": "owner", "title": {"en": "New: {name}", "zh": "新线索：{name}"}}]},
  {"id": "sent", "version": 1, "on": "contract", "trigger": {"enters": {"status": "已寄出"}}, "repeat": "once",
   "do": [{"message": "mail", "title": "合同 {name}", "text": "合同已在途中,请注意查收"}]},
  {"id": "texted", "version": 1, "on": "customer", "trigger": {"tagged": "greet"},
   "do": [{"message": "sms", "text": "Hello {name}"}]},
  {"id": "hook", "version": 1, "on": "customer", "trigger": {"tagged": "hook"},
   "do": [{"webhook": "HUB/nowhere"}, {"webhook": "http://127.0.0.1:9/"}]}]}
END
sed -i "s|HUB|$url|" "$stage/book.json"
admin rules apply "$stage/book.json" > /dev/null
id=$(on a add customer name=Acme phone=138 --json | text id)
li=$(on a add contact customer="$id" name=Li email=li@acme.example --json | text id)
contract=$(on a add contract customer="$id" name=C-1 status=draft --json | text id)
on a sync > /dev/null

# --- Over an open line, within two seconds.
mkfifo "$stage/told"
ROUNDS_HOME=$stage/b rounds sync --watch --notify "echo \"\$ROUNDS_REMINDER_TITLE\" > $stage/told" > /dev/null 2>&1 &
watch=$!
trap 'kill "$watch" 2> /dev/null || true; leave' EXIT
disown
exec 4<> "$stage/told"
lead=$(on a add customer name=Lead --json | text id)
on a sync > /dev/null
eventually "the line is open" admin replicas --json '"user":"bob"'
start=$(date +%s%N)
admin assign "$lead" --to bob > /dev/null
read -r -t 5 -u 4 banner || fail "bob was not told"
kill "$watch" 2> /dev/null || true
has "whom" "$banner" "New: Lead"
[ $((($(date +%s%N) - start) / 1000000)) -lt 2000 ] || fail "bob was told after two seconds"

# --- A mail: later, says the program; then it takes it, and the hub dies before it can note that.
on a set "$contract" status=sent > /dev/null; on a sync > /dev/null
rang "the first try"
eventually "it waits" outbox '"fault":"the mail program ended with 75"'
has "queued" "$(outbox)" '"status":"queued"'
lacks "not again at once" "$(outbox)" '"tries":2'
stop_hub
echo 'read -r pid < "'"$stage"'/pid.line"; kill -9 "$pid"; exit 0' > "$stage/mailer.end"
mkfifo "$stage/pid.line"
ROUNDS_CLOCK_OFFSET=+2m start_hub "${mail[@]}"
rang "the second try"
echo "$hub_pid" > "$stage/pid.line"
tail -f /dev/null --pid="$hub_pid"
hub_pid=''
echo 'exit 0' > "$stage/mailer.end"
ROUNDS_CLOCK_OFFSET=+10m start_hub "${mail[@]}"
rang "the third try"
eventually "sent" outbox '"status":"sent"'
same "handed over three times" "$(ls "$stage/mails" | wc -l)" 3
same "as one mail" "$(grep -h '^Message-ID' "$stage"/mails/* | sort -u | wc -l)" 1
has "with the words" "$(sed -n '/^\r$/,$p' "$(ls -d "$stage"/mails/* | tail -n 1)" | tr -d '\r' | base64 -d)" '合同已在途中,请注意查收'
has "and audited" "$(admin audit --json)" '"action":"message sent"'
on a sync > /dev/null
has "the laptop knows" "$(on a list message --json)" '"status":"sent"'
on a set "$contract" status=signed > /dev/null; on a set "$contract" status=sent > /dev/null; on a sync > /dev/null
same "the same event is one mail for ever" "$(admin list message --json | number total)" 1

# --- What nobody carries waits; who wants none any more gets none.
second=$(on a add contract customer="$id" name=C-2 status=draft contact="$li" --json | text id)
on a sync > /dev/null
stop_hub
ROUNDS_CLOCK_OFFSET=+11m start_hub
on a set "$second" status=sent > /dev/null; on a set "$id" tags+=greet > /dev/null; on a sync > /dev/null
eventually "two wait" outbox '"queued":2'
on a set "$li" doNotContact=yes > /dev/null; on a sync > /dev/null
stop_hub
ROUNDS_CLOCK_OFFSET=+12m start_hub --outbox "$stage/spool"
eventually "cancelled" outbox '"fault":"the contact wants no messages"'
eventually "the other is in the folder" outbox '"sent":2'
has "as a document" "$(cat "$stage"/spool/*.json)" '"text":"Hello Acme"'
same "and nothing else" "$(ls "$stage/spool" | wc -l)" 1

# --- Webhooks: one address answers no and one keeps silent. Both show, and a person decides.
on a set "$id" tags+=hook > /dev/null; on a sync > /dev/null
eventually "refused at once" outbox '"fault":"status 404"'
eventually "silent" outbox '"failures":1'
has "in words" "$(admin outbox)" '127.0.0.1:9 has not answered 1 times'
has "in Chinese" "$(admin outbox --lang zh-Hans)" '127.0.0.1:9 已连续 1 次无响应'
stuck=$(admin outbox list --status failed --json | text id)
admin outbox cancel "$stuck" > /dev/null
exits 4 admin outbox cancel "$stuck"
exits 3 admin outbox retry 00000001
has "who gave it up" "$(outbox)" '"fault":"cancelled by boss"'
exits 2 roundsd serve --data "$stage/hub" --outbox "$stage/none"
