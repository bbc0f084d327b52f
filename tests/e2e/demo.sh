#!/usr/bin/env bash
# The main job in one go: a private daemon in a temporary directory, two users, three vaults, a year of
# market. ./dev demo [FILE.csv.gz] replays real candles of a file, else the synthetic market.
# It leaves nothing behind.
set -euo pipefail
cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/../.."
bin=${VAULT_BIN:-$PWD/build/release/bin}
source=${1:-synthetic}
work=$(mktemp -d)
daemon=

clean_up() {
    if [ -n "$daemon" ]; then
        kill "$daemon" 2>/dev/null || true
        wait "$daemon" 2>/dev/null || true
    fi
    rm -rf "$work"
}
trap clean_up EXIT

export VAULTCTL_SOCKET=$work/control.sock NO_COLOR=1
say() { printf '\n== %s\n' "$*"; }
ctl() { "$bin/vaultctl" "$@"; }
show() {
    printf '\n$ vaultctl %s\n' "$*"
    ctl "$@"
}
quietly() { ctl "$@" >/dev/null; }

say "starting a private vaultd in $work"
"$bin/vaultd" --state-dir "$work" --socket "$VAULTCTL_SOCKET" 2>"$work/log" &
daemon=$!
for _ in $(seq 100); do
    ctl health >/dev/null 2>&1 && break
    kill -0 "$daemon" 2>/dev/null || { cat "$work/log"; exit 1; }
    sleep 0.05
done

say "two users, two paper accounts, three Core Vaults"
quietly user create alice --role member
quietly user create bob --role member
quietly account add --exchange paper --user alice
quietly account add --exchange paper --user bob
if [ "$source" = synthetic ]; then
    start=2024-01-01 mid=2024-02-01 later=2024-06-01 end=2025-01-01
    range=(--seed 11)
else
    source=$(readlink -f "$source")
    start=2021-04-02 mid=2021-04-12 later=2021-05-01 end=2022-04-02
    range=(--from "$start" --to "$end")
fi
quietly replay start "$source" --account a1 "${range[@]}"
quietly replay start "$source" --account a2 "${range[@]}"
quietly vault create --account a1 --asset USDT --balance 20000
quietly vault create --account a1 --asset USDC --balance 1000
quietly vault create --account a2 --asset USDT --balance 5000
show vault list

say "tradeable, reserve cap, auto-raise, pairs, allocations"
quietly vault pairs v1 --add ETH/USDT
quietly vault pairs v3 --add ETH/USDT
show vault reserve v1 10 -q
show vault set-tradeable v1 15000 -q
quietly vault auto-raise v1 percent 50
quietly vault allocate v1 --quiet 8000 --flash 4000
quietly vault set-tradeable v3 4000
quietly vault allocate v3 --quiet 1000 --flash 2000
quietly sleeve set v3 flash preset=quiet   # wider thresholds: fewer trades, and a sweep to look at
quietly sleeve set v3 quiet quiet_sweep=weekly quiet_sweep_share=0.5 max_daily_loss=200
printf '\n$ vaultctl vault set-tradeable v1 19000   # above the reserve cap: refused\n'
ctl vault set-tradeable v1 19000 || true

say "replaying the market up to $mid"
quietly replay run --account a1 --until "$mid" --wait --timeout 60s
quietly replay run --account a2 --until "$mid" --wait --timeout 60s

say "going on until a position is open, then more and less allocation at once"
open=
day=$mid
for _ in $(seq 200); do
    if ctl sleeve show v1 flash --json | grep -q '"state":"holding"'; then open=1; break; fi
    day=$(date -u -d "$day + 2 hours" +%Y-%m-%dT%H:%M:%SZ)
    quietly replay run --account a1 --until "$day" --wait --timeout 60s
done
[ -n "$open" ] || echo "(no position opened in that stretch)"
quietly vault allocate v1 --flash 500
quietly vault unallocate v1 --flash 900
show vault show v1

say "pause, resume, a deposit (auto-raise books half of it as tradeable)"
quietly vault pause v1 --why "lunch"
show sleeve list
quietly vault resume v1 --why "back"
quietly account deposit a1 USDT 2000

say "replaying up to $later, then to the end"
quietly replay run --account a1 --until "$later" --wait --timeout 60s
quietly replay run --account a2 --until "$later" --wait --timeout 60s
quietly replay run --account a1 --wait --timeout 60s
quietly replay run --account a2 --wait --timeout 60s

show vault show v1
show sleeve show v3 flash
show trade list --vault v1 --limit 6
show sweep list --vault v3 --limit 4
show decision why v3 flash
show report pnl --all
show chart tradeable v1 --height 15
show chart pnl v1 --height 15
show ledger verify --all

say "that was it"
cat <<'TEXT'
The rules sold at a loss more often than not: with a 0.4 % fee per side the
script's numbers lose money on most stretches of the market. Nothing here hides
that.

Next:
  build/release/bin/vaultd --state-dir ~/vault --socket ~/vault/control.sock &
  export VAULTCTL_SOCKET=~/vault/control.sock
  build/release/bin/vaultctl help
  ./dev demo FILE.csv.gz      # the same on your own candles (ETH/USDT minutes)
TEXT
