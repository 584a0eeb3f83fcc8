#!/usr/bin/env bash
# F-144, F-145: figures about one's own customers, offline, the same in every form: how many came month by month, where
# deals are won and for how much, how often customers were contacted.
. "$(dirname "$0")/stage.bash"
export TZ=Asia/Shanghai

start_hub
admin user add ann --role rep > /dev/null
enrol ann ann
stop_hub
acme=$(on ann add customer name=Acme industry=steel region=华东 --json | text id)
later +70d ann add customer name='Later & <Co>' > /dev/null
on ann add opportunity customer="$acme" name=Pumps amount=1200.50 currency=CNY > /dev/null
on ann set opportunity:Pumps stage=won > /dev/null
on ann add opportunity customer="$acme" name=Open amount=5 currency=CNY > /dev/null
for channel in call call visit; do on ann follow "$acme" --channel $channel --text "$channel" > /dev/null; done

months=$(later +70d ann report new-customers --by month --format csv)
same "a line for each month" "$(wc -l <<< "$months")" "$(grep -c . <<< "$months")"
has "a month without any is a zero" "$months" ',0'
won=$(on ann report won --by industry,region --json)
has "where deals are won" "$won" '"amount":"1200.5","count":1,"customers":1,"industry":"steel","region":"华东"'
has "all of them" "$won" '"total":{"amount":"1200.5","count":1,"customers":1}'
has "as text" "$(on ann report won --by industry --lang zh-Hans)" '合计'
has "contacts" "$(on ann report activity --by channel --format csv)" $'call,2,1\nvisit,1,1'
has "in Chinese" "$(on ann report activity --by channel --lang zh-Hans)" '电话'
same "none before there were any" "$(on ann report activity --to -1d --json | number count)" 0

for chart in bar line; do
  on ann report activity --by channel --format svg --chart $chart > "$stage/$chart.svg"
  has "a picture" "$(cat "$stage/$chart.svg")" '</svg>'
  same "the same bytes" "$(on ann report activity --by channel --format svg --chart $chart)" "$(cat "$stage/$chart.svg")"
done
page=$(later +70d ann report new-customers --by owner --format html)
has "a page" "$page" '<table>'
has "feedback in every form" "$(on ann report feedback --format csv)" 'kind,count,open,medianSeconds'
exits 2 on ann report weather
exits 2 on ann report won --by weather
exits 2 on ann report won --format xml
exits 2 on ann report won --chart pie
