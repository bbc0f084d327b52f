#!/usr/bin/env bash
# The main job in one go: a private daemon in a temporary directory, an admin, two users who sign in,
# three vaults, a year of market. ./dev demo [FILE.csv.gz] replays real candles of a file, else the
# synthetic market. It leaves nothing behind.
set -euo pipefail
cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/../.."
bin=$(readlink -f "${VAULT_BIN:-$PWD/build/release/bin}")
source=${1:-synthetic}
[ "$source" = synthetic ] || source=$(readlink -f "$source")
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
umask 077
say() { printf '\n== %s\n' "$*"; }

# ctl NAME WORDS…: as that person, whose session is in a folder of its own.
ctl() {
    local name=$1
    mkdir -p "$work/run/$name"
    XDG_RUNTIME_DIR=$work/run/$name "$bin/vaultctl" "${@:2}"
}
show() {
    printf '\n%s$ vaultctl %s\n' "$1" "${*:2}"
    ctl "$@"
}
refused() { show "$@" || true; }
quietly() { ctl "$@" >/dev/null; }
cd "$work"

say "starting a private vaultd in $work"
"$bin/vaultd" --state-dir "$work" --socket "$VAULTCTL_SOCKET" 2>"$work/log" &
daemon=$!
for _ in $(seq 100); do
    quietly op health 2>/dev/null && break
    kill -0 "$daemon" 2>/dev/null || { cat "$work/log"; exit 1; }
    sleep 0.05
done

say "nobody gets in without signing in; the first admin is made by root or the daemon's own user"
for name in op alice bob; do head -c 15 /dev/urandom | base64 >"$name.password"; done
refused alice vault list
show op user create op --role admin --password-file op.password -q
show op login op --password-file op.password

say "two members register, are let in, and sign in"
for name in alice bob; do
    show "$name" register "$name" --password-file "$name.password" -q
    show op user approve "$name" -q
    show "$name" login "$name" --password-file "$name.password" -q
done
show alice whoami

say "two paper accounts, three Core Vaults"
quietly alice account add --exchange paper
quietly bob account add --exchange paper
if [ "$source" = synthetic ]; then
    start=2024-01-01 mid=2024-02-01 later=2024-06-01 end=2025-01-01
    range=(--seed 11)
else
    start=2021-04-02 mid=2021-04-12 later=2021-05-01 end=2022-04-02
    range=(--from "$start" --to "$end")
fi
quietly alice replay start "$source" --account a1 "${range[@]}"
quietly bob replay start "$source" --account a2 "${range[@]}"
quietly alice vault create --account a1 --asset USDT --balance 20000
quietly alice vault create --account a1 --asset USDC --balance 1000
quietly bob vault create --account a2 --asset USDT --balance 5000
show op vault list

say "tradeable, reserve cap, auto-raise, pairs, allocations"
quietly alice vault pairs v1 --add ETH/USDT
quietly bob vault pairs v3 --add ETH/USDT
show alice vault reserve v1 10 -q
show alice vault set-tradeable v1 15000 -q
quietly alice vault auto-raise v1 percent 50
quietly alice vault allocate v1 --quiet 8000 --flash 4000
quietly bob vault set-tradeable v3 4000
quietly bob vault allocate v3 --quiet 1000 --flash 2000
quietly bob sleeve set v3 flash preset=quiet   # wider thresholds: fewer trades, and a sweep to look at
quietly bob sleeve set v3 quiet quiet_sweep=weekly quiet_sweep_share=0.5 max_daily_loss=200
echo
echo "above the reserve cap, and another's vault:"
refused alice vault set-tradeable v1 19000
refused bob vault pause v1

say "replaying the market up to $mid"
quietly alice replay run --account a1 --until "$mid" --wait --timeout 60s
quietly bob replay run --account a2 --until "$mid" --wait --timeout 60s

say "going on until a position is open, then more and less allocation at once"
open=
day=$mid
for _ in $(seq 200); do
    if ctl alice sleeve show v1 flash --json | grep -q '"state":"holding"'; then open=1; break; fi
    day=$(date -u -d "$day + 2 hours" +%Y-%m-%dT%H:%M:%SZ)
    quietly alice replay run --account a1 --until "$day" --wait --timeout 60s
done
[ -n "$open" ] || echo "(no position opened in that stretch)"
quietly alice vault allocate v1 --flash 500
quietly alice vault unallocate v1 --flash 900
show alice vault show v1

say "pause, resume, a deposit (auto-raise books half of it as tradeable)"
quietly alice vault pause v1 --why "lunch"
show alice sleeve list
quietly alice vault resume v1 --why "back"
quietly alice account deposit a1 USDT 2000

say "replaying up to $later, then to the end"
quietly alice replay run --account a1 --until "$later" --wait --timeout 60s
quietly bob replay run --account a2 --until "$later" --wait --timeout 60s
quietly alice replay run --account a1 --wait --timeout 60s
quietly bob replay run --account a2 --wait --timeout 60s

show alice vault show v1
show bob sleeve show v3 flash
show alice trade list --vault v1 --limit 6
show bob sweep list --vault v3 --limit 4
show bob decision why v3 flash
show op report pnl --all
show alice chart tradeable v1 --height 15
show alice chart pnl v1 --height 15
show op ledger verify --all
show op audit list --outcome refused

say "that was it"
cat <<'TEXT'
The rules sold at a loss more often than not: with a 0.4 % fee per side the
script's numbers lose money on most stretches of the market. Nothing here hides
that.

Next:
  build/release/bin/vaultd --state-dir ~/vault --socket ~/vault/control.sock &
  export VAULTCTL_SOCKET=~/vault/control.sock
  build/release/bin/vaultctl user create "$USER" --role admin   # asks for a password
  build/release/bin/vaultctl login "$USER"
  build/release/bin/vaultctl help
  ./dev demo FILE.csv.gz      # the same on your own candles (ETH/USDT minutes)
TEXT
