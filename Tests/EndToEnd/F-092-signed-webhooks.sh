#!/usr/bin/env bash
# F-092: the key that webhooks are signed with is a file of its owner's alone; one that others can read is no key, and a
# hub that was told to sign does not start without. What is then sent, and with which code, is `CarrierTests`'.
. "$(dirname "$0")/stage.bash"

serve() { roundsd serve --data "$stage/hub" --listen 127.0.0.1:0 --webhook-key "$1"; }
printf 'not for others\n' > "$stage/key"
chmod 644 "$stage/key"
exits 2 serve "$stage/key"
has "why" "$(cat "$stage/err")" 'Others can read'
has "what to do" "$(cat "$stage/err")" "chmod 600 $stage/key"
exits 2 serve "$stage/none"
: > "$stage/empty"
chmod 600 "$stage/key" "$stage/empty"
exits 2 serve "$stage/empty"
start_hub --webhook-key "$stage/key"
stop_hub
lacks "the key is nowhere" "$(cat "$stage/hub.log")" 'not for others'
