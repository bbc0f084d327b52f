#!/usr/bin/env bash
# kill -9 at random moments of a replay, restarted each time: the journal must equal the uninterrupted
# run's, byte for byte, and so must the orders: none twice, none forgotten. Only a kill while prices
# still run counts; a run that ends before there were enough is compared, and another begun.
# KILLS (default 50) and SEED may be set; the seed is printed.
# shellcheck source=tests/integration/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
kills=${KILLS:-50}
seed=${SEED:-$RANDOM}
RANDOM=$seed
echo "seed $seed, $kills kills"

finish_run() {
    for n in 1 2; do ctl_of "$n" replay run --account "a$n" --wait -q >/dev/null 2>&1; done
}

# orders_of NAME: every order of both vaults.
orders_of() { for v in v1 v2; do ctl order list --vault "$v" --limit 10000 -o jsonl; done >"$work/$1"; }

start_daemon "$work/smooth"
set_the_scene
begin=$(date +%s%N)
finish_run
run_ms=$((($(date +%s%N) - begin) / 1000000))
export_all >"$work/expected"
orders_of orders.expected
stop_daemon
entries=$(wc -l <"$work/expected")
echo "uninterrupted: $entries entries in $run_ms ms"
[ "$entries" -gt 100 ] || fail "the scene does not trade"

# Lives so short that all kills fit into one run.
longest_ms=$((run_ms / kills > 20 ? run_ms / kills : 20))
killed=0
for run in $(seq 20); do
    [ "$killed" -lt "$kills" ] || break
    start_daemon "$work/run$run"
    set_the_scene
    for n in 1 2; do ctl_of "$n" replay run --account "a$n" -q >/dev/null; done
    while [ "$killed" -lt "$kills" ]; do
        sleep "$(printf '0.%03d' $((RANDOM % longest_ms)))"
        case $(ctl replay status --json) in *'"state":"running"'*) ;; *) break ;; esac
        kill_daemon
        killed=$((killed + 1))
        start_daemon "$work/run$run"
    done
    finish_run
    export_all >"$work/actual"
    orders_of orders.actual
    cmp "$work/expected" "$work/actual" || fail "the journals differ (seed $seed)"
    cmp "$work/orders.expected" "$work/orders.actual" || fail "the orders differ (seed $seed)"
    ctl ledger verify --all >/dev/null || fail "the ledger does not verify"
    stop_daemon
    echo "run $run: $killed kills so far, $entries entries equal byte for byte"
done
[ "$killed" -ge "$kills" ] || fail "only $killed kills hit a running replay"
echo "$kills kills while it ran: no order twice, none forgotten"
