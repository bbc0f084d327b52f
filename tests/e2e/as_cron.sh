#!/bin/sh
# vaultctl as cron runs it: POSIX shell, an empty environment, no terminal, closed standard input; a
# full disk behind standard output, readers that go away, Ctrl-C during a wait. A person signs in and
# makes the token that cron shows.
# Usage: as_cron.sh VAULTD VAULTCTL
set -eu
vaultd=$1
vaultctl=$2
work=$(mktemp -d)
daemon=
token=
clean_up() {
    [ -z "$daemon" ] || kill -9 "$daemon" 2>/dev/null || true
    rm -rf "$work"
}
trap clean_up EXIT
trap 'exit 1' INT TERM

fail() {
    printf 'FAILED: %s\n' "$*" >&2
    cat "$work/out" "$work/err" "$work/log" >&2 2>/dev/null || true
    exit 1
}

# The command line of a crontab; the caller redirects what else it likes.
ctl() {
    setsid -w env -i PATH=/usr/bin:/bin HOME=/nonexistent VAULTCTL_SOCKET="$work/control.sock" \
        ${token:+VAULTCTL_TOKEN_FILE="$token"} "$vaultctl" "$@" <&-
}

# The person, who has a session.
person() {
    env VAULTCTL_SOCKET="$work/control.sock" XDG_RUNTIME_DIR="$work/run" "$vaultctl" "$@"
}

# ends CODE WORDS…: runs them and expects the exit code; output is in $work/out and err.
ends() {
    expected=$1
    shift
    code=0
    ctl "$@" >"$work/out" 2>"$work/err" || code=$?
    [ "$code" -eq "$expected" ] || fail "$*: exit $code, not $expected"
    # A failure says one line on stderr and nothing on stdout, so that cron mails just that.
    case $expected in
        0 | 3 | 6) ;;
        *)
            [ ! -s "$work/out" ] || fail "$*: output besides the failure"
            [ "$(wc -l <"$work/err")" -eq 1 ] || fail "$*: not one line on stderr"
            ;;
    esac
}

ends 69 status
ends 69 vault pause v1
ends 64 vault shwo v1
"$vaultd" --state-dir "$work/state" --socket "$work/control.sock" 2>>"$work/log" &
daemon=$!
tries=0
until ctl health >/dev/null 2>&1; do
    tries=$((tries + 1))
    [ "$tries" -lt 400 ] || fail "vaultd does not answer"
    sleep 0.05
done

# Who has neither session nor token is nobody, also as the daemon's own user.
ends 77 status

# What a person does once: sign in, choose what is at risk, and make a token for the rest.
mkdir -m 0700 "$work/run"
(umask 077 && echo 'purple kettle 9 mountain' >"$work/password")
{
    person user create alice --role admin --password-file "$work/password"
    person login alice --password-file "$work/password"
    person account add --exchange paper
    person vault create --account a1 --asset USDT --balance 5000
    person vault set-tradeable v1 4000
    person vault allocate v1 --quiet 1000 --flash 1000
    person token create cron --rate 600 --methods 'vault.*' --methods 'replay.*' --methods 'ledger.*' \
        --methods 'job.*' --methods 'account.*' --methods 'sub.*' --methods events --methods status \
        --out "$work/cron.token"
} >"$work/out"
! grep -q vault_robot "$work/out" || fail "the token is shown besides"
ends 0 --token-file "$work/cron.token" status
token=$work/cron.token
ends 0 status

# A morning's work as a file, sent twice under one key: one effect.
cat >"$work/morning.txt" <<'END'
# as a crontab would have it
replay start synthetic --account a1 --seed 3 --days 200
vault pairs v1 --add ETH/USDT
account deposit a1 USDT 100
vault reserve v1 5
replay run --account a1 --until 2024-01-10 --wait
END
ends 0 batch -f "$work/morning.txt" --idem-key morning
ctl ledger export v1 >"$work/first"
ends 0 batch -f "$work/morning.txt" --idem-key morning
ctl ledger export v1 | cmp -s - "$work/first" || fail "the second run of the file had an effect"

# Values for a script's variables.
[ "$(ctl vault show v1 -q)" = running ] || fail "vault show -q"
[ "$(ctl vault list -q)" = v1 ] || fail "vault list -q"
[ "$(ctl events --limit 1 -o jsonl | wc -l)" -eq 1 ] || fail "events --limit 1"

# Every kind of end that a script branches on.
ends 0 health
ends 0 ledger verify --all
ends 1 vault unallocate v1 --quiet 999999
ends 3 wait v1 --for halted --timeout 50ms
ends 4 vault show v99
ends 5 vault create --account a1 --asset USDT
ends 64 vault liquidate v1
ends 65 vault set-tradeable v1 much
ends 64 top
# What raises risk, and what the token was not made for.
ends 77 vault allocate v1 --quiet 1
ends 77 vault resume v1
ends 77 user list
ends 77 token list
printf 'vault show v1\nvault show v99\n' >"$work/half.txt"
ends 6 batch -f "$work/half.txt"
[ "$(ctl vault show v1 -q)" = running ] || fail "a refused command changed something"

# Standard output on a full disk, and closed: 74, and a change that was made is said to be made.
code=0
ctl vault show v1 >/dev/full 2>"$work/err" || code=$?
[ "$code" -eq 74 ] || fail "a full disk: exit $code, not 74"
code=0
ctl vault show v1 2>"$work/err" >&- || code=$?
[ "$code" -eq 74 ] || fail "closed output: exit $code, not 74"
code=0
ctl vault pause v1 --why 'full disk' >/dev/full 2>"$work/err" || code=$?
[ "$code" -eq 74 ] || fail "a mutation on a full disk: exit $code, not 74"
grep -q 'the change was made' "$work/err" || fail "it is not said that the change was made"
case $(ctl vault show v1 -q) in paus*) ;; *) fail "the pause was not made" ;; esac
person vault resume v1 >/dev/null || fail "the person cannot resume"

# A reader that has enough ends the writer quietly, by SIGPIPE.
{
    code=0
    ctl ledger export v1 2>"$work/err" || code=$?
    echo "$code" >"$work/code"
} | head -n 1 >/dev/null
case $(cat "$work/code") in 0 | 141) ;; *) fail "a reader that goes: exit $(cat "$work/code")" ;; esac
[ ! -s "$work/err" ] || fail "SIGPIPE is not quiet"

# Ctrl-C during a wait is 130; what it waited for goes on.
interrupted() {
    code=0
    timeout --preserve-status -s INT 1 env VAULTCTL_SOCKET="$work/control.sock" \
        VAULTCTL_TOKEN_FILE="$token" "$vaultctl" "$@" \
        >"$work/out" 2>"$work/err" <&- || code=$?
    [ "$code" -eq 130 ] || fail "$*: exit $code, not 130"
}
interrupted wait v1 --for halted
interrupted events --follow
ctl replay stop --account a1 >/dev/null
ctl replay start synthetic --account a1 --seed 4 --from 2024-08-01 --days 200 --speed 86400 >/dev/null
interrupted replay run --account a1 --until 2024-08-05 --wait
job=$(ctl job list -q | tail -n 1)
ends 0 job wait "$job" --timeout 120s
ends 0 wait a1 --for ready
ends 0 ledger verify --all

# A token that others can read is not shown, one that was revoked is refused.
chmod 0644 "$token"
ends 77 status
chmod 0600 "$token"
person token revoke t1 >/dev/null || fail "the token cannot be revoked"
ends 77 status

kill "$daemon"
wait "$daemon" || fail "vaultd did not end well"
daemon=
ends 69 status
echo "cron gets what it was promised"
