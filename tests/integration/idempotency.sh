#!/usr/bin/env bash
# A mutating call sent twice with one key has one effect and one reply, also across a kill -9; with
# another body it is refused with exit code 5.
# shellcheck source=tests/integration/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
start_daemon "$work/state"
set_the_scene
first=$(ctl vault set-tradeable v1 8500 --idem-key key-1 --json)
again=$(ctl vault set-tradeable v1 8500 --idem-key key-1 --json)
[ "$first" = "$again" ] || fail "the second reply differs: $again"
entries=$(ctl ledger export v1 | wc -l)
kill_daemon
start_daemon "$work/state"
after=$(ctl vault set-tradeable v1 8500 --idem-key key-1 --json)
[ "$first" = "$after" ] || fail "the reply after kill -9 differs: $after"
[ "$(ctl ledger export v1 | wc -l)" -eq "$entries" ] || fail "it had a second effect"
code=0
ctl vault set-tradeable v1 8600 --idem-key key-1 >/dev/null 2>&1 || code=$?
[ "$code" -eq 5 ] || fail "another body: exit $code, not 5"
ctl vault show v1 --json | grep -q '"tradeable":"8500"' || fail "the refused call changed something"
ctl ledger verify --all >/dev/null || fail "the ledger does not verify"
stop_daemon
echo "one effect, one reply, also across kill -9"
