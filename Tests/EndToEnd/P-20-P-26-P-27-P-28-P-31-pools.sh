#!/usr/bin/env bash
# P-20, P-26, P-27, P-28, P-31: two pools – who sees which, who may take, which rule refuses; what an unclaimed
# customer shows; whose it was and why; and what goes along to another person: everything.
. "$(dirname "$0")/stage.bash"

start_hub
for team in north south; do admin team add $team > /dev/null; done
for user in ann bob; do admin user add $user --role rep --team north > /dev/null; done
admin user add sue --role rep --team south > /dev/null
admin user add mei --role manager --team north > /dev/null
admin pool add north --members team:north --admins mei > /dev/null
admin pool add cold --members team:north > /dev/null
admin pool set cold claimable=false > /dev/null
admin pool add south --members team:south > /dev/null
echo '{"version":2,"rules":[]}' > "$stage/none.json"
admin rules apply "$stage/none.json" > /dev/null
for user in ann bob sue; do enrol $user $user; done
sync() { local laptop; for laptop in "$@"; do on $laptop sync > /dev/null; done; }
why() { on "$1" attention | tr '\n' ' '; }

# P-28: what was planned is closed with the release, and off the day.
id=$(on ann add customer name=Acme phone=13800000000 --json | text id)
on ann follow "$id" --channel visit --text "wants a press" > /dev/null
on ann add task customer="$id" title="send the offer" assignee=ann > /dev/null
on ann add contact customer="$id" name=Li > /dev/null
deal=$(on ann add opportunity customer="$id" name=Press stage=proposal probability=40 --json | text id)
sync ann
on ann release "$id" --reason "no time" --pool north > /dev/null
sync ann bob sue
lacks "off her day" "$(on ann today --json)" 'send the offer'
has "closed, and says why" "$(admin list task --json)" '"note":"released"'

# P-26, P-27: members see it, others do not; its history says whose it was and why.
has "a member sees it" "$(on bob list customer --json)" '"name":"Acme"'
lacks "another team does not" "$(on sue list customer --json)" 'Acme'
has "what was talked about" "$(on bob list followUp --json)" 'wants a press'
has "whose, and why" "$(admin history "$id" --field owner --json)" '"owner"'
has "the reason" "$(admin history "$id" --json)" 'no time'

# P-20: each refusal names its rule.
exits 0 admin pool move "$id" --pool cold --reason "too early"
sync bob
on bob claim "$id" > /dev/null; sync bob
has "assigned by an admin only" "$(why bob)" 'rule claimable'
exits 0 admin pool move "$id" --pool north
sync ann
on ann claim "$id" > /dev/null; sync ann
has "whoever let it go" "$(why ann)" 'rule '
sync sue
exits 3 on sue claim "$id"

# P-31: claimed, and then handed over with all that is its.
sync bob; on bob attention --json > /dev/null
on bob claim "$id" > /dev/null; sync bob
has "his now" "$(admin show "$id" --json)" '"owner":"bob"'
# All there is about the customer, but whose it is, with its deals, and when it last changed.
picture() {
  on "$1" show "$id" --360 --json | sed 's/"owner":"[a-z]*"//g; s/"assignedAt":"[^"]*"//; s/"asOf":[0-9]*//g
    s/"updatedAt":"[^"]*"//g'
}
before=$(picture bob)
stage_before=$(admin show "$deal" --json | text stage)
since=$(admin show "$deal" --json | text stageSince)
admin assign "$id" --to sue > /dev/null
sync bob sue bob
has "a picture with all of it" "$before" 'wants a press'
same "the same picture of the customer" "$(picture sue)" "$before"
same "the deal is hers, too" "$(on sue show "$deal" --json | text owner)" sue
same "the deal's stage" "$(on sue show "$deal" --json | text stage)" "$stage_before"
same "since when" "$(on sue show "$deal" --json | text stageSince)" "$since"
has "the contact" "$(on sue list contact --json)" '"name":"Li"'
has "the follow-up" "$(on sue list followUp --json)" 'wants a press'
lacks "nothing is left behind" "$(on bob list customer --json; on bob list contact --json; on bob list followUp --json)" "$id"

# P-27: through whose hands it went, told in order, for whoever has it now.
owners=$(on sue history "$id" --owner --json)
same "six times" "$(grep -o '"from":' <<< "$owners" | wc -l)" 6
has "made by ann" "$owners" '"by":"ann","from"'
has "let go by her, and why" "$owners" '"reason":"no time"'
has "claimed" "$owners" '"owner":"bob"'
has "moved between pools" "$owners" '"pool":"cold"'
has "assigned by an admin" "$(on sue history "$id" --owner)" 'sue  assigned by boss'
has "in Chinese" "$(on sue history "$id" --owner --lang zh-Hans)" '由 bob 领取'
has "the same for an admin" "$(admin history "$id" --owner --json)" '"reason":"no time"'
exits 2 on sue history "$deal" --owner
