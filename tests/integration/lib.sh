# shellcheck shell=bash
# Shared by the integration scripts: a private daemon in a temporary directory.
# Usage: source lib.sh VAULTD VAULTCTL
set -euo pipefail
vaultd=$1
vaultctl=$2
work=$(mktemp -d)
daemon=
export VAULTCTL_SOCKET=$work/control.sock NO_COLOR=1 XDG_RUNTIME_DIR=$work/run/user1
password=$work/password
mkdir -m 0700 "$work/run" "$work/run/user1" "$work/run/user2"
(umask 077 && echo "purple kettle 9 mountain" >"$password")

clean_up() {
    if [ -n "$daemon" ]; then
        kill -9 "$daemon" 2>/dev/null || true
        wait "$daemon" 2>/dev/null || true
    fi
    rm -rf "$work"
}
trap clean_up EXIT

fail() {
    printf 'FAILED: %s\n' "$*" >&2
    [ ! -f "$work/log" ] || tail -20 "$work/log" >&2
    exit 1
}

# Patient: a sanitized daemon on a busy machine takes its time to read a candle file. user1 is the
# admin and user2 a member; ctl is user1 at the command line, ctl_of N is user N.
ctl() { "$vaultctl" --timeout 300s "$@"; }
ctl_of() { XDG_RUNTIME_DIR=$work/run/user$1 ctl "${@:2}"; }

# start_daemon STATE_DIR: and wait until it answers. Sessions outlive a restart.
start_daemon() {
    local state=$1
    "$vaultd" --state-dir "$state" --socket "$VAULTCTL_SOCKET" 2>>"$work/log" &
    daemon=$!
    local i
    for i in $(seq 400); do
        ctl health >/dev/null 2>&1 && return 0
        kill -0 "$daemon" 2>/dev/null || fail "vaultd ended at start"
        sleep 0.05
    done
    fail "vaultd does not answer after $i tries"
}

stop_daemon() {
    kill "$daemon"
    wait "$daemon" || fail "vaultd did not end well"
    daemon=
}

kill_daemon() {
    kill -9 "$daemon"
    wait "$daemon" 2>/dev/null || true
    daemon=
}

# Real candles where they are, else the synthetic market.
candles=${VAULT_SHARED:-}/data/dev/binance_ETHUSDT_1m.csv.gz
if [ -f "$candles" ]; then
    market=("$candles")
else
    echo "no shared data: the synthetic market stands in for real candles"
    market=(synthetic --seed 7)
fi

# Two users who sign in, both sleeves, one replay each; nothing runs yet.
set_the_scene() {
    local n
    ctl user create user1 --role admin --password-file "$password" -q
    ctl login user1 --password-file "$password" -q
    ctl_of 2 register user2 --password-file "$password" -q
    ctl user approve user2 -q
    ctl_of 2 login user2 --password-file "$password" -q
    for n in 1 2; do
        ctl_of "$n" account add --exchange paper -q
        ctl_of "$n" replay start "${market[0]}" --account "a$n" "${market[@]:1}" -q
        ctl_of "$n" vault create --account "a$n" --asset USDT --balance 10000 -q
        ctl_of "$n" vault pairs "v$n" --add ETH/USDT -q
        ctl_of "$n" vault set-tradeable "v$n" 8000 -q
        ctl_of "$n" vault allocate "v$n" --quiet 2000 --flash 3000 -q
    done
} >/dev/null

export_all() { for v in v1 v2; do ctl ledger export "$v"; done; }
