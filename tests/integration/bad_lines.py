"""Lines that no vaultctl sends: each is refused with a code and a hint, and changes nothing.

A row is what is sent after hello (or instead of it), the error code and a piece of the message. The
daemon must answer one line, keep the connection unless the row says otherwise, and go on serving.
"""

import contextlib
import json
import socket
import time

from bad_input import changed, state_of
from private_daemon import Daemon, Wire, check, main

MIB = 1 << 20
HELLO = {"protocol": {"min": 1, "max": 1}, "client": "test 1"}


SESSION = "vault_session_of_the_caller"  # stands for the token of who is signed in


def line(method="vault.set_tradeable", params=None, meta=None, **members):
    """A sound request of somebody signed in, changed where the row wants it."""
    request = {"jsonrpc": "2.0", "id": 1, "method": method,
               "params": {"vault": "v1", "amount": "7"} if params is None else params,
               "meta": {"idem_key": "k1", "token": SESSION} if meta is None else meta, **members}
    return json.dumps({name: value for name, value in request.items() if value is not ...}).encode()


def amount(text):
    """The sound request with `text` for the amount, as it stands."""
    return line().replace(b'"7"', text)


def hello(**members):
    params = {**HELLO, **members}
    return line("hello", {name: value for name, value in params.items() if value is not ...}, ...)


# What is sent after a sound hello | error code | in the message or the hint.
AFTER_HELLO = [
    # Not JSON, or not one object
    (b"halt", "INVALID_PARAMS", "not JSON"),
    (b"{", "INVALID_PARAMS", "not JSON"),
    (b'{"jsonrpc":"2.0",', "INVALID_PARAMS", "not JSON"),
    (line() + line(), "INVALID_PARAMS", "not JSON"),
    (line() + b",", "INVALID_PARAMS", "not JSON"),
    (line().replace(b'"', b"'"), "INVALID_PARAMS", "not JSON"),
    (b"// why\t" + line(), "INVALID_PARAMS", "not JSON"),
    (b"\xef\xbb\xbf" + line(), "INVALID_PARAMS", "not JSON"),
    (line().replace(b"v1", b"v1\x00"), "INVALID_PARAMS", "not JSON"),
    (line().replace(b"v1", b"v\xff1"), "INVALID_PARAMS", "vault: is not UTF-8"),
    (line().replace(b"v1", b"\xc0\xaf"), "INVALID_PARAMS", "vault: is not UTF-8"),
    (line().replace(b"v1", b"\\ud800"), "INVALID_PARAMS", "not JSON"),
    (line().replace(b"vault.set", b"vault\xfe.set"), "INVALID_PARAMS", "method: is not UTF-8"),
    (b"[" * 33 + b"]" * 33, "INVALID_PARAMS", "32 levels"),
    (b"[" * 200000, "INVALID_PARAMS", "32 levels"),
    (b'{"a":' * 100000, "INVALID_PARAMS", "32 levels"),
    (b"GET / HTTP/1.1", "INVALID_PARAMS", "not JSON"),
    (b"null", "USAGE", "one JSON object"),
    (b"17", "USAGE", "one JSON object"),
    (b'"halt"', "USAGE", "one JSON object"),
    (b"[" + line() + b"]", "USAGE", "batches are not supported"),
    (b"{}", "USAGE", "jsonrpc"),
    # Keys that are there twice, also in disguise
    (line().replace(b'"amount"', b'"amount":"1","amount"'), "INVALID_PARAMS", "amount"),
    (line().replace(b'"amount"', b'"\\u0061mount":"1","amount"'), "INVALID_PARAMS", "amount"),
    (line().replace(b'"method"', b'"method":"status","method"'), "INVALID_PARAMS", "method"),
    (line().replace(b'"idem_key"', b'"idem_key":"k0","idem_key"'), "INVALID_PARAMS", "idem_key"),
    # Numbers and other things where a decimal string belongs
    (amount(b"7"), "INVALID_PARAMS", "decimal string"),
    (amount(b"7.5"), "INVALID_PARAMS", "decimal string"),
    (amount(b"1e3"), "INVALID_PARAMS", "decimal string"),
    (amount(b"null"), "INVALID_PARAMS", "decimal string"),
    (amount(b"true"), "INVALID_PARAMS", "decimal string"),
    (amount(b'["7"]'), "INVALID_PARAMS", "decimal string"),
    (amount(b'{"amount":"7"}'), "INVALID_PARAMS", "decimal string"),
    (amount(b"NaN"), "INVALID_PARAMS", "not JSON"),
    (amount(b"Infinity"), "INVALID_PARAMS", "not JSON"),
    (amount(b"07"), "INVALID_PARAMS", "not JSON"),
    (amount(b'"NaN"'), "INVALID_PARAMS", "amount: 'NaN'"),
    (amount(b'"1e999"'), "INVALID_PARAMS", "amount: '1e999'"),
    (amount(b'" 7"'), "INVALID_PARAMS", "amount: ' 7'"),
    (amount(b'"7\\n"'), "INVALID_PARAMS", "control character"),
    (amount(b'"7\xff"'), "INVALID_PARAMS", "amount: is not UTF-8"),
    (amount(b'"\xed\xa0\x80"'), "INVALID_PARAMS", "amount: is not UTF-8"),
    (line().replace(b"v1", b"v\xc0\x80"), "INVALID_PARAMS", "vault: is not UTF-8"),
    (line().replace(b'"amount"', b'"am\xffount"'), "INVALID_PARAMS", "is not UTF-8"),
    *((line("vault.pause", {"vault": "v1", "why": f"a{odd}b"}), "INVALID_PARAMS",
       "why: contains a character that changes the text direction")
      for odd in "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"),
    *((line("vault.pause", {"vault": "v1", "why": f"a{odd}b"}), "INVALID_PARAMS",
       "why: contains a control character") for odd in "\x7f\x80\x85\x9b\x9f"),
    (amount(b'"' + b"7" * 2000 + b'"'), "INVALID_PARAMS", "amount: is longer"),
    # The envelope
    (line(jsonrpc="1.0"), "INVALID_PARAMS", "jsonrpc"),
    (line(jsonrpc=2.0), "INVALID_PARAMS", "jsonrpc"),
    (line(jsonrpc=...), "USAGE", "jsonrpc"),
    (line(id=...), "USAGE", "'id'"),
    (line(id=1.5), "INVALID_PARAMS", "id is an integer"),
    (line(id=None), "INVALID_PARAMS", "id is an integer"),
    (line(id="x" * 129), "INVALID_PARAMS", "128"),
    (line(id=[1]), "INVALID_PARAMS", "id is an integer"),
    (line(method=...), "USAGE", "'method'"),
    (line(method=5), "INVALID_PARAMS", "method is a string"),
    (line(method=""), "NOT_FOUND", "no method ''"),
    (line(method="vault.set-tradeable"), "NOT_FOUND", "vault.set_tradeable"),
    (line(method="VAULT.SHOW"), "NOT_FOUND", "api describe"),
    (line(method="x" * 5000), "NOT_FOUND", "no method"),
    (line(params=["v1", "7"]), "INVALID_PARAMS", "params is an object"),
    (line(params="v1"), "INVALID_PARAMS", "params is an object"),
    (line(params={}), "INVALID_PARAMS", "vault: is missing"),
    (line(params={"vault": "v1"}), "INVALID_PARAMS", "amount: is missing"),
    (line(params={"vault": "v1", "amount": "7", "force": True}), "INVALID_PARAMS", "'force'"),
    (line(params={"vault": "v1", "amout": "7"}), "INVALID_PARAMS", "did you mean 'amount'"),
    (line(params={"vault": 1, "amount": "7"}), "INVALID_PARAMS", "vault: a string"),
    (line(version=1), "INVALID_PARAMS", "'version'"),
    # meta
    (line(meta={}), "INVALID_PARAMS", "idem_key"),
    (line(meta=...), "INVALID_PARAMS", "idem_key"),
    (line(meta=[]), "INVALID_PARAMS", "meta is an object"),
    (line(meta={"idem_key": ""}), "INVALID_PARAMS", "idem_key"),
    (line(meta={"idem_key": 7}), "INVALID_PARAMS", "idem_key"),
    (line(meta={"idem_key": "two words"}), "INVALID_PARAMS", "idem_key"),
    (line(meta={"idem_key": "k" * 129}), "INVALID_PARAMS", "idem_key"),
    (line(meta={"idem_key": "k1", "dry_run": "yes"}), "INVALID_PARAMS", "dry_run"),
    (line(meta={"idem_key": "k1", "dry-run": True}), "INVALID_PARAMS", "'dry-run'"),
    (line(meta={"idem_key": "k1", "deadline_ms": 0}), "INVALID_PARAMS", "deadline_ms"),
    (line(meta={"idem_key": "k1", "deadline_ms": -1}), "INVALID_PARAMS", "deadline_ms"),
    (line(meta={"idem_key": "k1", "deadline_ms": 1.5}), "INVALID_PARAMS", "deadline_ms"),
    (line(meta={"idem_key": "k1", "deadline_ms": "5"}), "INVALID_PARAMS", "deadline_ms"),
    (line(meta={"idem_key": "k1", "deadline_ms": 1 << 63}), "INVALID_PARAMS", "deadline_ms"),
    (line(meta={"idem_key": "k1", "token": "a b"}), "INVALID_PARAMS", "token"),
    (line(meta={"idem_key": "k1", "token": 7}), "INVALID_PARAMS", "token"),
    (line(meta={"idem_key": "k1", "token": ""}), "INVALID_PARAMS", "token"),
    (line(meta={"idem_key": "k1", "token": "t" * 5000}), "INVALID_PARAMS", "token"),
    (line(meta={"idem_key": "k1"}), "AUTH_REQUIRED", "vault.set_tradeable needs a session"),
    (line(meta={"idem_key": "k1", "token": SESSION + "0"}), "AUTH_REQUIRED", "has ended, or is not for"),
    (line(meta={"idem_key": "k1", "token": SESSION.upper()}), "AUTH_REQUIRED", "has ended, or is not for"),
    (line(meta={"idem_key": "k1", "token": "vault_session_" + "0" * 64}), "AUTH_REQUIRED",
     "has ended, or is not for"),
    (line("status", {}, {}), "AUTH_REQUIRED", "status needs a session"),
    (line("login", {"name": "alice", "password": "purple kettle 9 fountain"}), "PERM_DENIED",
     "the name or the password is wrong"),
    (line("login", {"name": "alice", "password": 9}), "INVALID_PARAMS", "password"),
    (line("login", {"name": "alice"}), "INVALID_PARAMS", "password: is missing"),
    (line(meta={"idem_key": "k1", "trace": ""}), "INVALID_PARAMS", "trace"),
    # Types of parameters that are not decimals
    (line("trade.list", {"limit": "5"}, {}), "INVALID_PARAMS", "limit: a JSON integer"),
    (line("trade.list", {"limit": 1 << 64}, {}), "INVALID_PARAMS", "limit: a JSON integer"),
    (line("trade.list", {"limit": 5.0}, {}), "INVALID_PARAMS", "limit: a JSON integer"),
    (line("ledger.verify", {"all": "true"}, {}), "INVALID_PARAMS", "all: true or false"),
    (line("vault.pairs", {"vault": "v1", "add": "ETH/USDT"}), "INVALID_PARAMS", "add: a list"),
    (line("vault.pairs", {"vault": "v1", "add": [1]}), "INVALID_PARAMS", "add: a pair"),
    (line("vault.pairs", {"vault": "v1", "add": ["A/B"] * 1001}), "INVALID_PARAMS", "1000 items"),
    (line("sleeve.set", {"vault": "v1", "sleeve": "quiet", "settings": {"spend": 0.5}}),
     "INVALID_PARAMS", "spend"),
    (line("sleeve.set", {"vault": "v1", "sleeve": "quiet", "settings": {}}),
     "INVALID_PARAMS", "settings"),
    (line("sleeve.set", {"vault": "v1", "sleeve": "quiet", "settings": "spend=1"}),
     "INVALID_PARAMS", "settings"),
    (line("vault.history", {"vault": "v1", "from": 1704067200}, {}), "INVALID_PARAMS", "from"),
    (line("vault.liquidate", {"vault": "v1", "confirm": False}), "confirmation_needed", "confirm"),
    (line("hello", HELLO, {}), "INVALID_PARAMS", "hello was already said"),
]

# What is sent instead of hello; the daemon answers and closes.
INSTEAD_OF_HELLO = [
    (line("status", {}, {}), "INVALID_PARAMS", "the first message of a connection is hello"),
    (b"halt", "INVALID_PARAMS", "not JSON"),
    (b"GET / HTTP/1.1\r\nHost: x\r\n\r", "INVALID_PARAMS", "HTTP"),
    (b"POST /rpc HTTP/1.1", "INVALID_PARAMS", "HTTP"),
    (hello(protocol=...), "INVALID_PARAMS", "protocol"),
    (hello(protocol=1), "INVALID_PARAMS", "protocol"),
    (hello(protocol={"min": 1}), "INVALID_PARAMS", "protocol"),
    (hello(protocol={"min": "1", "max": 1}), "INVALID_PARAMS", "protocol"),
    (hello(protocol={"min": 0, "max": 1}), "INVALID_PARAMS", "protocol"),
    (hello(protocol={"min": 2, "max": 1}), "INVALID_PARAMS", "protocol"),
    (hello(protocol={"min": 2, "max": 9}), "PROTO_RANGE", "protocol 2 to 9"),
    (hello(client=5), "INVALID_PARAMS", "client"),
    (hello(client="x" * 201), "INVALID_PARAMS", "client"),
    (hello(caps=["rpc-status"]), "INVALID_PARAMS", "caps"),
    (hello(caps={"required": ["rpc-no.such"]}), "PROTO_RANGE", "rpc-no.such"),
    (hello(colour="red"), "INVALID_PARAMS", "colour"),
    (b"x" * (MIB + 1), "FRAME_TOO_LARGE", "1048576"),
]


def expect(what, reply, code, fragment):
    shown = what[:200]
    check(reply is not None, f"no answer to {shown}")
    check("error" in reply, f"{shown} was accepted: {reply}")
    error = reply["error"]
    details = error["data"]
    said = f"{error['message']} ({details['hint']})"
    check(details["code"] == code, f"{shown}: {details['code']}, not {code}: {said}")
    check(details["effect"] == "none", f"{shown}: effect {details['effect']}")
    check(details["hint"], f"{shown}: no hint")
    check(fragment in said, f"{shown}: '{fragment}' is not in: {said}")


def refuses_after_hello(daemon):
    for sent, code, fragment in AFTER_HELLO:
        with daemon.wire() as wire:
            wire.send(sent.replace(SESSION.encode(), wire.token.encode()) + b"\n")
            expect(sent, wire.line(), code, fragment)
            wire.next_id = 100  # the connection goes on
            wire.call("status")


def refuses_without_hello(daemon):
    for sent, code, fragment in INSTEAD_OF_HELLO:
        with daemon.wire(greet=False) as wire:
            wire.send(sent + b"\n")
            expect(sent, wire.line(), code, fragment)
            check(wire.line() is None, f"{sent[:80]}: the connection stays open")


def refuses_long_lines(daemon):
    """1 MiB is a line, one byte more is not; the rest of an endless line is never kept."""
    with daemon.wire() as wire:
        wire.send(b" " * (MIB - len(line("health", {}, {}))) + line("health", {}, {}) + b"\n")
        check("result" in wire.line(), "a line of 1 MiB was refused")
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            for _ in range(64):
                wire.send(b"x" * MIB)
        expect(b"64 MiB without an end", wire.line(), "FRAME_TOO_LARGE", "1048576")
        check(wire.line() is None, "the connection stays open after a line of 64 MiB")


def refuses_half_lines(daemon):
    """A line without its end was not run, however complete it looks."""
    with daemon.wire() as wire:
        wire.send(line())
        wire.socket.shutdown(socket.SHUT_WR)
        expect(line(), wire.line(), "INVALID_PARAMS", "ended inside a line")


def closes_the_silent(daemon):
    begin = time.monotonic()
    with daemon.wire(greet=False) as wire:
        reply = wire.line()
        waited = time.monotonic() - begin
        check(reply is None or "error" in reply, "silence was greeted:", reply)
        check(wire.line() is None, "a peer without hello stays connected")
        check(0.2 < waited < 5, f"a peer without hello was closed after {waited:.1f} s, not 0.3 s")


def never_starts_expired_work(daemon, stays):
    """A deadline that passes in the queue: the call answers 75 and nothing was done."""
    expired = 0
    for attempt in range(200):
        with daemon.wire() as wire:
            heavy = [line("api.describe", {}, {}, id=n) for n in range(8)]
            late = line(params={"vault": "v1", "amount": "1"}, id="late",
                        meta={"idem_key": f"late{attempt}", "deadline_ms": 1, "dry_run": True,
                              "token": wire.token})
            wire.send(b"\n".join([*heavy, late, b""]))
            replies = {str(reply["id"]): reply for reply in (wire.line() for _ in range(9))}
            if "error" in replies["late"]:
                expect(late, replies["late"], "EXPIRED_BEFORE_START", "deadline")
                expired += 1
        if expired == 3:
            break
    check(expired, "no deadline of 1 ms passed in 200 queues")
    stays("a deadline that passed")


def every_line(vaultd, vaultctl):
    with Daemon(vaultd, vaultctl, control="  hello_timeout: 300ms\n") as daemon:
        daemon.ctl("account", "add", "--exchange", "paper")
        daemon.ctl("vault", "create", "--account", "a1", "--asset", "USDT", "--balance", "1000")
        with daemon.wire() as wire:
            before = state_of(daemon, wire)

            def stays(what):
                after = state_of(daemon, wire)
                check(after == before, what, "changed", ", ".join(changed(before, after)))

            for part in (refuses_after_hello, refuses_without_hello, refuses_long_lines,
                         refuses_half_lines, closes_the_silent):
                part(daemon)
                stays(part.__name__)
            never_starts_expired_work(daemon, stays)
        daemon.stop()
        print(f"{len(AFTER_HELLO) + len(INSTEAD_OF_HELLO)} lines refused, nothing changed")


if __name__ == "__main__":
    main(every_line)
