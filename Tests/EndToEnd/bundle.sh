#!/usr/bin/env bash
# A laptop that reaches no hub: colleagues and an admin carry its bundles there and the answers back.
# The hub is killed in between, one bundle is brought twice and by two people, files are damaged and
# mixed up – and at the end all have the same, once.
. "$(dirname "$0")/stage.bash"

carried() { on "$1" bundle list --json | text path; }
waiting() { on a status --json | number waiting; }
rows() { on "$1" sql 'SELECT id, name, phone, industry FROM customer ORDER BY id'; }

start_hub
for user in ann bob carol; do admin user add "$user" --role rep > /dev/null; done
enrol a ann
id=$(on a add customer name=Acme --json | text id)
on a sync > /dev/null

# The hub moves to another port: Ann's laptop looks for it where nobody is, from here to the end.
old=$url
stop_hub
url=127.0.0.1:0
start_hub
[ "$url" != "$old" ] || fail "the hub came back to the port that it left"
enrol b bob
enrol c carol
exits 5 on a sync

# A bundle for two carriers; nothing in it, and nothing at theirs, can be read.
on a set "$id" phone=KANARI > /dev/null
on a add customer name=Offline > /dev/null
on a bundle write "$stage/one" > /dev/null
same "for nobody else" "$(stat -c %a "$stage/one")" 600
exits 4 on a bundle write "$stage/one"
same "it waits all the same" "$(waiting)" 2
on b bundle read "$stage/one" > /dev/null
on c bundle read "$stage/one" > /dev/null
if grep -rqa KANARI "$stage/one" "$stage/b" "$stage/c"; then fail "a carrier can read it"; fi

# Whatever else is on the stick.
exits 3 on b bundle read "$stage/none"
exits 2 on b bundle read "$stage/init.json"
head -c 100 "$stage/one" > "$stage/cut"
exits 2 on b bundle read "$stage/cut"
{ head -c 120 "$stage/one"; printf X; tail -c +122 "$stage/one"; } > "$stage/altered"
exits 4 on b bundle read "$stage/altered"
exits 4 admin bundle take "$stage/altered" --answer "$stage/altered.answer"
exits 4 on a bundle read "$stage/one"

# No hub: it waits. A hub: it is delivered, by both, and counts once.
stop_hub -KILL
exits 5 on b sync
has "waiting" "$(on b bundle list --json)" '"state":"waiting"'
start_hub
on b sync > /dev/null
stop_hub -KILL
start_hub
on c sync > /dev/null
cp "$(carried b)" "$stage/one.b"
cp "$(carried c)" "$stage/one.c"
exits 4 on b bundle read "$stage/one.b"

# The same bundle once more, by an admin, before any answer is back; and one that is newer.
admin bundle take "$stage/one" --answer "$stage/one.admin" > /dev/null
on a add customer name=Later > /dev/null
on a bundle write "$stage/two" > /dev/null
admin bundle take "$stage/two" --answer "$stage/two.admin" > /dev/null
admin bundle take "$stage/one" --answer "$stage/one.late" > /dev/null

# Answers, in whatever order.
has "verdicts" "$(on a bundle read "$stage/one.late" --json)" '"outcome":"taken"'
same "one waits" "$(waiting)" 1
has "the other one's" "$(on a bundle read "$stage/two.admin" --json)" '"upToDate":true'
same "nothing waits" "$(waiting)" 0
has "again" "$(on a bundle read "$stage/two.admin" --json)" '"outcome":"repeated"'
has "again" "$(on a bundle read "$stage/one.b" --json)" '"outcome":"repeated"'
exits 4 on c bundle read "$stage/two.admin"

# What others did comes the same way, with the hub killed right after it answered.
on b set "$id" industry=steel > /dev/null
on b sync > /dev/null
on a bundle write "$stage/three" > /dev/null
admin bundle take "$stage/three" --answer "$stage/three.admin" > /dev/null
stop_hub -KILL
on a bundle read "$stage/three.admin" > /dev/null
same "Bob's word" "$(on a show "$id" --json | text industry)" steel
start_hub
on b sync > /dev/null
on c sync > /dev/null

same "Ann has what Bob has" "$(rows a)" "$(rows b)"
same "and Carol" "$(rows a)" "$(rows c)"
same "once each" "$(admin list customer --json | number total)" 3
same "no laptop was taken for a copy" "$(admin replicas --json | grep -o "\"parent\":[0-9]" | grep -c . || true)" 0
for laptop in a b c; do exits 0 on "$laptop" doctor --deep; done
stop_hub
exits 0 roundsd check --data "$stage/hub"
