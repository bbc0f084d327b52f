#!/usr/bin/env bash
# The same seed and data, commands landing at the same virtual instants, client-made idempotency keys:
# two runs export the same bytes.
# shellcheck source=tests/integration/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
middle=$(if [ "${market[0]}" = synthetic ]; then echo 2024-01-10; else echo 2021-04-10; fi)

one_run() {
    start_daemon "$work/$1"
    set_the_scene
    ctl replay run --account a1 --until "$middle" --wait -q >/dev/null 2>&1
    ctl vault allocate v1 --flash 250 -q >/dev/null
    ctl vault unallocate v1 --quiet 300 -q >/dev/null
    ctl account deposit a1 USDT 1000.5 -q >/dev/null
    ctl vault pause v1 --why test -q >/dev/null
    ctl vault resume v1 --why test -q >/dev/null
    for n in 1 2; do ctl_of "$n" replay run --account "a$n" --wait -q >/dev/null 2>&1; done
    export_all >"$work/$1.export"
    ctl ledger verify --all >/dev/null || fail "the ledger does not verify"
    stop_daemon
}

one_run first
one_run second
cmp "$work/first.export" "$work/second.export" || fail "two runs differ"
echo "$(wc -l <"$work/first.export") entries, the same bytes twice"
