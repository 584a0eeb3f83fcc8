#!/usr/bin/env bash
# F-063, F-064, F-065, F-066, F-102: a stage brings its tasks and its guide without a network, twice on two
# laptops and once in all; it is not left without what it asks for, here and at the hub.
. "$(dirname "$0")/stage.bash"
demo=$(dirname "$0")/../../Protocol/Process/demo.json

start_hub
admin team add north > /dev/null
admin user add ann --role rep --team north > /dev/null
admin user add mei --role manager --team north > /dev/null
exits 0 admin process apply "$demo"
enrol a ann
enrol a2 ann
enrol m mei
stop_hub

on a add customer name=Acme > /dev/null
deal=$(on a add opportunity name=Press customer=customer:Acme stage=初步接洽 --json | text id)
has "the SOP of the stage" "$(on a opp tasks "$deal" --lang zh-Hans)" '[ ] 完成首次通话并记录核心需求（必须）'
has "none done" "$(on a opp tasks "$deal")" '0 of 2 required tasks are done.'
has "the guide" "$(on a opp guide "$deal" --lang zh-Hans)" '联系前先了解客户背景'

call=$(on a opp tasks "$deal" --json | text id)
exits 2 on a done "$call"
exits 0 on a done "$call" --evidence "needs a press"
has "one done" "$(on a opp tasks "$deal")" '1 of 2 required tasks are done.'

exits 4 on a stage "$deal" 需求确认
has "what is missing" "$(cat "$stage/err")" 'Background research (field background)'
has "and the stage is what it was" "$(on a show "$deal" --json)" '"stage":"初步接洽"'
exits 4 on a stage "$deal" 需求确认 --override --reason "my friend"
has "not for reps" "$(cat "$stage/err")" 'a manager can'
on a set "$deal" background="makes steel" > /dev/null

start_hub
for laptop in a a2 m; do on "$laptop" sync > /dev/null; done
stop_hub
# Both enter the next stage, neither knows of the other.
for laptop in a a2; do on "$laptop" stage "$deal" 需求确认 > /dev/null; done
start_hub
for laptop in a a2 a; do on "$laptop" sync > /dev/null; done
for laptop in a a2; do
  same "three tasks on $laptop" "$(on "$laptop" list task --json | number total)" 3
  lacks "nothing refused on $laptop" "$(on "$laptop" attention --json)" '"kind":"draft"'
done
stop_hub

# A manager goes on without the minutes, with a reason; nobody else does.
exits 4 on a stage "$deal" 方案呈现
start_hub
on m sync > /dev/null
exits 4 on m stage "$deal" 方案呈现
exits 2 on m stage "$deal" 方案呈现 --override
exits 0 on m stage "$deal" 方案呈现 --override --reason "known customer"
on m sync > /dev/null
on a sync > /dev/null
has "the manager's word counts" "$(on a show "$deal" --json)" '"stage":"方案呈现"'
has "with the reason" "$(on a show "$deal" --json)" '"stageReason":"known customer"'

# F-066: slides and feedback, or no negotiation.
exits 4 on a stage "$deal" 商务谈判
has "slides" "$(cat "$stage/err")" 'The slides, uploaded; The customer'
on a done "$(on a opp tasks "$deal" --json | text id)" --evidence slides.pdf > /dev/null
exits 4 on a stage "$deal" 商务谈判
on a add feedback customer=customer:Acme text="likes it" > /dev/null
exits 0 on a stage "$deal" 商务谈判
on a sync > /dev/null
has "the hub agrees" "$(admin show "$deal" --json)" '"stage":"商务谈判"'
