#!/usr/bin/env bash
# kill -9 at random moments of a replay, restarted each time: the journal must equal the uninterrupted
# run's, byte for byte, and no order may be placed twice or forgotten.
# KILLS (default 50) and SEED may be set; the seed is printed.
# shellcheck source=tests/integration/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
kills=${KILLS:-50}
seed=${SEED:-$RANDOM}
RANDOM=$seed
echo "seed $seed, $kills kills"

start_daemon "$work/smooth"
set_the_scene
begin=$(date +%s%N)
for n in 1 2; do ctl replay run --account "a$n" --wait --timeout 120s -q >/dev/null 2>&1; done
run_ms=$((($(date +%s%N) - begin) / 1000000))
export_all >"$work/expected"
ctl order list --vault v1 --limit 10000 -o jsonl >"$work/orders.expected"
stop_daemon
entries=$(wc -l <"$work/expected")
echo "uninterrupted: $entries entries in $run_ms ms"
[ "$entries" -gt 100 ] || fail "the scene does not trade"

start_daemon "$work/state"
set_the_scene
for n in 1 2; do ctl replay run --account "a$n" -q >/dev/null; done
# Every life is short, so that the kills spread over the whole run.
for k in $(seq "$kills"); do
    sleep "0.0$((RANDOM % 4))$((RANDOM % 10))"
    kill_daemon
    start_daemon "$work/state"
    [ $((k % 10)) -ne 0 ] || echo "kill $k: $(ctl replay status --json | grep -o '"state":"[a-z]*"' | tr '\n' ' ')"
done
for n in 1 2; do ctl replay run --account "a$n" --wait --timeout 120s -q >/dev/null 2>&1; done
export_all >"$work/actual"
ctl order list --vault v1 --limit 10000 -o jsonl >"$work/orders.actual"
cmp "$work/expected" "$work/actual" || fail "the journals differ (seed $seed)"
cmp "$work/orders.expected" "$work/orders.actual" || fail "the orders differ (seed $seed)"
twice=$(grep -o '"id":"[^"]*"' "$work/orders.actual" | sort | uniq -d | wc -l)
[ "$twice" -eq 0 ] || fail "$twice orders were placed twice"
ctl ledger verify --all >/dev/null || fail "the ledger does not verify"
stop_daemon
echo "$kills kills: $entries entries equal byte for byte, no order twice, none forgotten"
