#!/bin/sh
# How little a script needs: POSIX shell and awk, see vaultd-script(7).
#
#     vaultctl script check /usr/share/doc/vaultd/examples/dip.sh
#
# It buys 3 % above the lowest price of the history or nearer, while the price is above p1, and sells
# at 2 % above what was paid, or 3 % below. It shows the protocol and is no advice: awk computes in
# floating point, which is good enough to decide, and no figure of the books comes from here.
interpreter='awk'
# mawk reads ahead unless it is told that somebody waits for each answer.
if awk -W version 2>&1 | grep -q mawk; then interpreter='awk -W interactive'; fi
# shellcheck disable=SC2016 # the dollars are awk's
exec $interpreter '
# The value of a field: a string without its quotes, a number, true, false or null.
function field(name,    at, rest) {
    at = index($0, "\"" name "\":")
    if (at == 0) return ""
    rest = substr($0, at + length(name) + 3)
    if (substr(rest, 1, 1) == "\"") {
        rest = substr(rest, 2)
        return substr(rest, 1, index(rest, "\"") - 1)
    }
    match(rest, /^[^,}]*/)
    return substr(rest, 1, RLENGTH)
}
function decide(action, reason) {
    printf "{\"type\":\"decision\",\"seq\":%s,\"action\":\"%s\",\"reason\":\"%s\"}\n", \
        field("seq"), action, reason
    fflush()
}
field("type") == "hello" {
    print "{\"type\":\"hello\",\"protocol\":1,\"name\":\"dip.sh\"}"
    fflush()
}
field("type") == "tick" {
    price = field("price") + 0
    p1 = field("p1")
    if (field("order_pending") == "true") {
        decide("hold", "order_pending")
    } else if (field("quantity") != "0") {
        paid = field("cost") / field("quantity")
        if (price >= paid * 1.02) decide("sell", "gain")
        else if (price <= paid * 0.97) decide("sell", "loss")
        else decide("hold", "no_signal")
    } else if (field("paused") == "true" || p1 == "null") {
        decide("hold", "not_now")
    } else if (price <= field("low") * 1.03 && price > p1 + 0) {
        decide("buy", "dip")
    } else {
        decide("hold", "no_signal")
    }
}'
