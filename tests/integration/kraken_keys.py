"""What the adapter of Kraken says of a key, fault by fault, over real sockets against the emulator; and how its
calls wait, repeat and give up. Prints the table of what validate() says."""

import base64
import json
import pathlib
import socket
import subprocess
import sys
import tempfile
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "emulator/kraken/integration"))

from emulator_client import Emulator, check, expect  # noqa: E402

LIMIT = 5_000  # ms, of a call that is answered
SHORT = 400  # of one that is not
SECRET = base64.b64encode(b"s" * 64).decode()  # nobody's
TRADER = ["query-funds", "query-open-trades", "query-closed-trades", "modify-trades", "close-trades"]


class Probe:
    """The adapter's parts, in a process of their own."""

    def __init__(self, program, origin, ca_file=""):
        self.process = subprocess.Popen([program, origin, ca_file], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        text=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.stdin.close()
        check(self.process.wait(30) == 0, "the probe ended with", self.process.returncode)

    def ask(self, *words):
        self.process.stdin.write(" ".join(str(word) for word in words) + "\n")
        self.process.stdin.flush()
        reply = self.process.stdout.readline()
        check(reply, "the probe has ended")
        if '"result"' not in reply:  # that of GetApiKeyInfo names the key
            check(not any(len(word) > 40 and word in reply for word in words if isinstance(word, str)), reply)
        return json.loads(reply)


class Bench:
    def __init__(self, emulator, program):
        self.emulator = emulator
        self.program = program
        self.rows = []
        self.made = 0

    def probe(self, ca_file=""):
        return Probe(self.program, self.emulator.api.geturl(), ca_file)

    def key(self, permissions=None):
        """A new key: its name, key and secret."""
        self.made += 1
        name = f"key-{self.made}"
        members = {} if permissions is None else {"permissions": permissions}
        made = self.emulator.control("key", name=name, account="main", **members)
        return name, made["key"], made["secret"]

    def begin(self):
        self.emulator.control("faults", faults=[])
        self.emulator.control("time", advance="10m")

    def calls(self, method):
        """How many requests the emulator has heard."""
        return sum(line["path"].endswith(f"/{method}") for line in self.emulator.truth("request"))

    def row(self, what, reply, wanted):
        said = as_text(reply)
        expect(said, wanted, what)
        self.rows.append((what, said))

    def show(self):
        width = max(len(what) for what, _ in self.rows)
        for what, said in self.rows:
            print(f"{what.ljust(width)} | {said}")


def as_text(reply):
    """What validate() says, in a line."""
    if "error" in reply:
        field = f" ({reply['field']})" if reply["field"].startswith("api_") else ""
        return f"{reply['error']}{field}: {reply['message']}"
    if not reply["accepted"]:
        check(not (reply["query_funds"] or reply["trade"] or reply["withdraw"]), reply)
        return f"refused: {reply['message']}"
    rights = [right for right in ("query_funds", "trade", "withdraw") if reply[right]]
    return f"accepted: {', '.join(rights) or 'no right'}; ip {reply['ip']}"


GOOD = "accepted: query_funds, trade; ip no"


def rights_of_keys(bench):
    cases = [
        ("a good key", None, GOOD),
        ("one with all that trading takes", TRADER, GOOD),
        ("with withdraw-funds", TRADER + ["withdraw-funds"], "accepted: query_funds, trade, withdraw; ip no"),
        ("with add-withdraw-address", TRADER + ["add-withdraw-address"],
         "accepted: query_funds, trade, withdraw; ip no"),
        ("with update-withdraw-address", TRADER + ["update-withdraw-address"],
         "accepted: query_funds, trade, withdraw; ip no"),
        ("without modify-trades", [each for each in TRADER if each != "modify-trades"],
         "accepted: query_funds; ip no"),
        ("without query-closed-trades", [each for each in TRADER if each != "query-closed-trades"],
         "accepted: query_funds; ip no"),
        ("without query-funds", TRADER[1:], "accepted: trade; ip no"),
        ("without any right", [], "accepted: no right; ip no"),
    ]
    with bench.probe() as probe:
        for what, permissions, wanted in cases:
            bench.begin()
            _, key, secret = bench.key(permissions)
            reply = probe.ask("validate", key, secret, LIMIT)
            bench.row(what, reply, wanted)
            expect((reply["expires"], reply["identity"], reply["message"]), ("", "", ""), what)
            check(0 < reply["latency_us"] < LIMIT * 1000, reply)


def keys_that_are_refused(bench):
    with bench.probe() as probe:
        bench.begin()
        name, key, secret = bench.key()
        bench.emulator.control("revoke", name=name)
        bench.row("a revoked key", probe.ask("validate", key, secret, LIMIT), "refused: EAPI:Invalid key")
        _, key, secret = bench.key()
        _, _, other = bench.key()
        bench.row("a wrong secret", probe.ask("validate", key, other, LIMIT), "refused: EAPI:Invalid signature")
        bench.row("and its own again", probe.ask("validate", key, secret, LIMIT), GOOD)
        heard = bench.calls("GetApiKeyInfo")
        bench.row("a malformed secret", probe.ask("validate", key, secret[:-3] + "***", LIMIT),
                  "INVALID_PARAMS (api_secret): this is no secret of a Kraken API key")
        bench.row("a malformed key", probe.ask("validate", "paper-alice", secret, LIMIT),
                  "INVALID_PARAMS (api_key): this is no API key of Kraken")
        expect(bench.calls("GetApiKeyInfo"), heard, "calls with malformed keys")


def nonces(bench):
    with bench.probe() as probe:
        bench.begin()
        name, key, secret = bench.key()
        bench.emulator.control("foreign_nonce", name=name)
        heard = bench.calls("GetApiKeyInfo")
        bench.row("somebody else's nonces, an hour ahead", probe.ask("validate", key, secret, LIMIT),
                  "NOT_READY: Kraken says: EAPI:Invalid nonce (another program uses this key, or a clock was set "
                  "back)")
        expect(bench.calls("GetApiKeyInfo") - heard, 2, "calls with a nonce that is too low: one, and one fresh")
        _, key, secret = bench.key()
        refuses = {"at": "GetApiKeyInfo", "answered": "refusal", "refusal": "EAPI:Invalid nonce", "times": 1}
        bench.emulator.control("faults", faults=[refuses])
        bench.row("one nonce refused", probe.ask("validate", key, secret, LIMIT), GOOD)
        # All of them are answered, so every nonce was higher than all before.
        _, key, secret = bench.key()
        replies = probe.ask("together", 12, "Balance", key, secret, LIMIT)
        check(len(replies) == 12 and all("result" in each for each in replies.values()), replies)


def histories(bench):
    emulator = bench.emulator
    since = emulator.control("time")["now"][:19] + "Z"

    def told(key, secret, limit=LIMIT * 10, start=since):
        with bench.probe() as probe:
            return probe.ask("history", key, secret, limit, start)

    _, key, secret = bench.key(TRADER)
    bench.begin()
    expect(told(key, secret), {"open": [], "ended": [], "trades": []}, "an account on which nothing happened")
    emulator.control("transfer", account="main", asset="ZUSD", amount="1000000")
    resting = {"pair": "ETHUSD", "type": "buy", "ordertype": "limit", "price": "100.00", "volume": "1"}
    opened = emulator.result("AddOrder", **resting)["txid"]
    canceled = emulator.result("AddOrder", **resting)["txid"]
    emulator.result("CancelOrder", txid=canceled[0])
    trade_by_hand(emulator, 120)
    for what, fault, wanted in [
            ("a page of HTML for a history", {"answered": "page", "landing": "never"}, "NOT_READY"),
            ("half an answer for a history", {"answered": "cut", "landing": "never"}, "IO"),
            ("no answer for a history", {"answered": "timeout", "landing": "never"}, "EXPIRED_BEFORE_START"),
            ("a history refused", {"answered": "refusal", "refusal": "EGeneral:Permission denied"},
             "PERM_DENIED")]:
        for skip in (0, 2):
            bench.begin()
            _, key, secret = bench.key(TRADER)
            emulator.control("faults", faults=[{"at": "TradesHistory", "skip": skip, **fault}])
            reply = told(key, secret, SHORT * 5)
            expect(reply.get("error"), wanted, (what, skip, reply))
    bench.begin()
    _, key, secret = bench.key([each for each in TRADER if each != "query-open-trades"])
    expect(told(key, secret).get("error"), "PERM_DENIED", "a key that may not see orders")
    trade_by_hand(emulator, 40)
    bench.begin()
    _, key, secret = bench.key(TRADER)
    found = told(key, secret)
    expect(found["open"], opened, "open orders")
    check(canceled[0] in found["ended"] and len(found["ended"]) == 161, "ended orders", len(found["ended"]))
    expect(len(set(found["trades"])), 160, "trades: four pages")
    later = emulator.control("time", advance="1h")["now"][:19] + "Z"
    expect(told(key, secret, start=later), {"open": opened, "ended": [], "trades": []}, "an hour later")


def trade_by_hand(emulator, times):
    for n in range(times):
        emulator.control("order", account="main", pair="ETHUSD", type=("buy", "sell")[n % 2], ordertype="market",
                         volume="0.01")


UNREAD = "NOT_READY: Kraken's answer makes no sense: no object of JSON"
REFUSALS = [
    ("EService:Unavailable", "NOT_READY: Kraken says: EService:Unavailable"),
    ("EService:Busy", "NOT_READY: Kraken says: EService:Busy"),
    ("EGeneral:Internal error:7", "NOT_READY: Kraken says: EGeneral:Internal error:7"),
    ("EGeneral:Permission denied", "refused: EGeneral:Permission denied"),
    ("EAccount:Invalid permissions", "refused: EAccount:Invalid permissions"),
    ("EAPI:Invalid key", "refused: EAPI:Invalid key"),
    ("EGeneral:Unknown method", "NOT_READY: Kraken says: EGeneral:Unknown method"),
    ("EGeneral:Temporary lockout", "RATE_LIMITED: Kraken says: EGeneral:Temporary lockout"),
    ("EService: Throttled: 1", "RATE_LIMITED: Kraken says: EService: Throttled: 1"),
    ("EAPI:Rate limit exceeded", "RATE_LIMITED: Kraken says: EAPI:Rate limit exceeded"),
    ("ENew:Never heard of", "NOT_READY: Kraken says: ENew:Never heard of"),
]


def refusals(bench):
    with bench.probe() as probe:
        for words, wanted in REFUSALS:
            bench.begin()
            _, key, secret = bench.key()
            bench.emulator.control("faults", faults=[
                {"at": "GetApiKeyInfo", "answered": "refusal", "refusal": words, "times": 1}])
            heard = bench.calls("GetApiKeyInfo")
            bench.row(words, probe.ask("validate", key, secret, LIMIT), wanted)
            expect(bench.calls("GetApiKeyInfo") - heard, 1, f"calls that were answered with {words}")
    bench.begin()
    bench.emulator.control("status", status="maintenance")
    with bench.probe() as probe:
        _, key, secret = bench.key()
        bench.row("maintenance, which keys do not care about", probe.ask("validate", key, secret, LIMIT), GOOD)
    bench.emulator.control("status", status="online")


# A fault, what validate() says of it (and so do Balance and AddOrder), and how many requests of it there are.
FAULTS = [
    ("timeout", {"answered": "timeout"}, "EXPIRED", 1),
    ("reset", {"answered": "reset"}, "IO", 1),
    ("page 502", {"answered": "page", "status": 502},
     "NOT_READY: Kraken was not reached behind its front: 502", 1),
    ("page 520", {"answered": "page", "status": 520},
     "NOT_READY: Kraken was not reached behind its front: 520", 1),
    ("page 429", {"answered": "page", "status": 429},
     "RATE_LIMITED: Kraken was not reached behind its front: 429", 1),
    ("page 200", {"answered": "page", "status": 200},
     "NOT_READY: Kraken was not reached behind its front: a page instead of an answer", 1),
    ("cut", {"answered": "cut"}, "IO: ", 1),
    ("gzip", {"answered": "gzip"}, "NOT_READY: Kraken's answer is encoded, unasked", 1),
    ("doubled", {"answered": "doubled"}, GOOD, 1),
]
ORDER = ("pair=XBTUSD", "type=buy", "ordertype=limit", "price=40000", "volume=0.01")


def faults(bench):
    for name, members, wanted, struck in FAULTS:
        limit = SHORT if name == "timeout" else LIMIT
        with bench.probe() as probe:
            bench.begin()
            _, key, secret = bench.key()
            bench.emulator.control("faults", faults=[
                {"at": "GetApiKeyInfo", **members}, {"at": "Balance", **members}, {"at": "AddOrder", **members}])
            heard = bench.calls("GetApiKeyInfo")
            said = as_text(probe.ask("validate", key, secret, limit))
            check(said.startswith(wanted), name, "validate:", said)
            expect(bench.calls("GetApiKeyInfo") - heard, struck, f"{name}: calls")
            bench.rows.append((f"{name} at GetApiKeyInfo", said.replace(f":{bench.emulator.api.port}", "")))
        with bench.probe() as probe:
            _, key, secret = bench.key()
            balance = probe.ask("private", "Balance", key, secret, limit)
            _, key, secret = bench.key()
            order = probe.ask("private", "AddOrder", key, secret, limit, *ORDER)
            if name == "doubled":
                check("result" in balance and "txid" in order["result"], balance, order)
                continue
            # What fails so is said alike of all calls; whether it may have been done is not.
            for reply, outcome in ((balance, "retry_later"), (order, "unresolved")):
                check(f"{reply['error']}: {reply['message']}".startswith(wanted), name, reply)
                expect(reply["outcome"], outcome, f"{name}: {reply}")


def a_key_after_a_fault(bench):
    """One connection, kept alive: what a fault leaves on it is nobody's answer."""
    with bench.probe() as probe:
        for name, members, _, _ in FAULTS:
            for at in ("Balance", "GetApiKeyInfo"):
                bench.begin()
                _, key, secret = bench.key()
                limit = SHORT if name == "timeout" else LIMIT
                probe.ask("private", "TradeBalance", key, secret, LIMIT)
                bench.emulator.control("faults", faults=[{"at": at, "times": 1, **members}])
                probe.ask("private", at, key, secret, limit)
                if name == "doubled":
                    time.sleep(0.5)  # for the second copy to come: only what is there can be told from an answer
                if name == "page 429":
                    continue  # it has to wait
                expect(as_text(probe.ask("validate", key, secret, LIMIT)), GOOD, f"after {name} at {at}")
                balance = json.loads(probe.ask("private", "Balance", key, secret, LIMIT)["result"])
                check("ZUSD" in balance and "permissions" not in balance, f"after {name} at {at}", balance)


def dead_connections(bench):
    """A reader that met one is asked once more; an order is not."""
    with bench.probe() as probe:
        bench.begin()
        _, key, secret = bench.key()
        check("result" in probe.ask("private", "Balance", key, secret, LIMIT), "Balance")
        bench.emulator.control("faults", faults=[{"at": "GetApiKeyInfo", "answered": "reset", "times": 1}])
        heard = bench.calls("GetApiKeyInfo")
        bench.row("reset of a connection that was kept", probe.ask("validate", key, secret, LIMIT), GOOD)
        expect(bench.calls("GetApiKeyInfo") - heard, 2, "calls")
        bench.emulator.control("faults", faults=[{"at": "GetApiKeyInfo", "answered": "reset"}])
        check(as_text(probe.ask("validate", key, secret, LIMIT)).startswith("IO"), "reset, and reset again")
        expect(bench.calls("GetApiKeyInfo") - heard, 4, "calls")
        bench.emulator.control("faults", faults=[{"at": "AddOrder", "answered": "reset", "times": 1}])
        check("result" in probe.ask("private", "Balance", key, secret, LIMIT), "Balance")
        order = probe.ask("private", "AddOrder", key, secret, LIMIT, *ORDER)
        expect((order["error"], order["outcome"]), ("IO", "unresolved"), "an order whose connection was reset")
        expect(bench.calls("AddOrder") - bench.orders, 1, "requests for it")


def rates(bench):
    with bench.probe() as probe:
        # Somebody else has used up the calls of the key: Kraken says so, and is left alone for a while.
        bench.begin()
        _, key, secret = bench.key()
        with bench.probe() as other:
            for _ in range(15):
                check("result" in other.ask("private", "Balance", key, secret, LIMIT), "Balance")
            begun = time.monotonic()
            waiting = other.ask("private", "Balance", key, secret, 1_000)
            expect(waiting["error"], "RATE_LIMITED", waiting)
            expect((waiting["outcome"], waiting["words"]), ("retry_later", ""), "the sixteenth call at once")
            check(time.monotonic() - begun < 0.9, "it is known at once that the wait is too long")
            heard = bench.calls("Balance")
            check("result" in other.ask("private", "Balance", key, secret, LIMIT), "after a wait")
            expect(bench.calls("Balance") - heard, 1, "calls after a wait")
            check(time.monotonic() - begun > 2.5, "it has waited")
        for _ in range(4):  # the account's tier is pro: 20
            bench.emulator.key, bench.emulator.secret = key, secret
            bench.emulator.nonce = time.time_ns()
            bench.emulator.call("Balance")
        bench.row("calls used up by somebody else", probe.ask("validate", key, secret, LIMIT),
                  "RATE_LIMITED: Kraken says: EAPI:Rate limit exceeded")
        heard = bench.calls("GetApiKeyInfo")
        said = as_text(probe.ask("validate", key, secret, 1_000))
        check(said.startswith("RATE_LIMITED: Kraken is not asked for another"), said)
        bench.rows.append(("and soon after", said.split(" another")[0] + " …"))
        expect(bench.calls("GetApiKeyInfo"), heard, "calls during the back-off")
        bench.begin()
        begun = time.monotonic()
        bench.row("and with the patience to wait", probe.ask("validate", key, secret, 10_000), GOOD)
        check(time.monotonic() - begun > 2, "it has waited")


def cancellations(bench):
    with bench.probe() as probe:
        bench.begin()
        _, key, secret = bench.key()
        bench.emulator.control("faults", faults=[{"at": "Balance", "answered": "timeout"}])
        for after in (0, 1, 50):
            expect(probe.ask("canceled", after, "Balance", key, secret, LIMIT), {"canceled": True}, after)
            expect(as_text(probe.ask("validate", key, secret, LIMIT)), GOOD, "after a call that was canceled")


def lists(bench):
    bench.begin()
    with bench.probe() as probe:
        time_told = json.loads(probe.ask("public", "Time", LIMIT)["result"])
        check(time_told["unixtime"] > 1_700_000_000, time_told)
        ticker = json.loads(probe.ask("public", "Ticker", LIMIT, "pair=XBTUSD")["result"])
        expect(list(ticker), ["XXBTZUSD"], "Ticker of XBTUSD")
        unknown = probe.ask("public", "Ticker", LIMIT, "pair=NONE&x=1")
        expect((unknown["error"], unknown["outcome"], unknown["words"]),
               ("INVALID_PARAMS", "refused", "EQuery:Unknown asset pair"), unknown)
        expect(probe.ask("public", "NoSuchMethod", LIMIT)["error"], "INVALID_PARAMS", "an unknown method")
        before = probe.ask("names", LIMIT)
        expect(before["BTC/USD"], "XXBTZUSD XBTUSD 0.1 0.00000001 0.00005 0.5 trading", before)
        for status, ours in (("cancel_only", "cancel_only"), ("post_only", "cancel_only"),
                             ("limit_only", "trading"), ("reduce_only", "reduce_only")):
            bench.emulator.control("pair", pair="XBTUSD", status=status)
            check(probe.ask("names", LIMIT)["BTC/USD"].endswith(ours), status)
        bench.emulator.control("pair", pair="XBTUSD", status="online")


def nobody_there(program):
    """An address where nobody listens: nothing was sent."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    with Probe(program[1], f"http://127.0.0.1:{port}") as probe:
        key, secret = "k" * 56, SECRET
        check(as_text(probe.ask("validate", key, secret, LIMIT)).startswith("IO: "), "nobody there")
        order = probe.ask("private", "AddOrder", key, secret, LIMIT, *ORDER)
        expect((order["error"], order["outcome"]), ("IO", "retry_later"), order)


def nobody_worth_telling(program):
    """Somebody listens, but breaks off before TLS stands: a reader tries once more, an order does not."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        met = []

        def hang_up():
            while True:
                try:
                    link, _ = server.accept()
                except OSError:
                    return
                met.append(1)
                link.close()

        threading.Thread(target=hang_up, daemon=True).start()
        key, secret = "k" * 56, SECRET
        with Probe(program[1], f"https://127.0.0.1:{server.getsockname()[1]}") as probe:
            check(as_text(probe.ask("validate", key, secret, LIMIT)).startswith("IO: "), "a connection that breaks")
            expect(len(met), 2, "connections of a reader")
            order = probe.ask("private", "AddOrder", key, secret, LIMIT, *ORDER)
            expect((order["error"], order["outcome"]), ("IO", "retry_later"), order)
            expect(len(met), 3, "connections of an order more")
        server.shutdown(socket.SHUT_RDWR)


def certificate(folder, name, names):
    """A certificate of its own authority, with those subjectAltNames."""
    pem, key = pathlib.Path(folder, f"{name}.pem"), pathlib.Path(folder, f"{name}.key")
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                    "-keyout", key, "-out", pem, "-days", "2", "-subj", f"/CN={name}",
                    "-addext", f"subjectAltName={names}"], check=True, capture_output=True)
    return pem, key


def over_tls(program, bench):
    with tempfile.TemporaryDirectory() as folder:
        good, good_key = certificate(folder, "good", "IP:127.0.0.1")
        other, other_key = certificate(folder, "other", "DNS:kraken.example")
        with Emulator(program[0], "--tls-certificate", good, "--tls-key", good_key) as emulator:
            tls = Bench(emulator, program[1])
            check(emulator.api.scheme == "https", emulator.api)
            for what, ca_file, wanted in (("TLS, its own root", good, GOOD), ("TLS, another root", other, "IO: "),
                                          ("TLS, the system's roots", "", "IO: ")):
                with tls.probe(str(ca_file)) as probe:
                    said = as_text(probe.ask("validate", emulator.key, emulator.secret, LIMIT))
                    check(said.startswith(wanted), what, said)
                    order = probe.ask("private", "AddOrder", emulator.key, emulator.secret, LIMIT, *ORDER)
                    expect("result" in order, wanted == GOOD, f"{what}: an order")
                    check(wanted == GOOD or order["outcome"] == "retry_later", order)
                    bench.rows.append((what, said.replace(f":{emulator.api.port}", "")))
        with Emulator(program[0], "--tls-certificate", other, "--tls-key", other_key) as emulator:
            with Probe(program[1], emulator.api.geturl(), str(other)) as probe:
                said = as_text(probe.ask("validate", emulator.key, emulator.secret, LIMIT))
                check(said.startswith("IO: "), "TLS, another name", said)
                bench.rows.append(("TLS, another name", said.replace(f":{emulator.api.port}", "")))


def main():
    program = sys.argv[1:3]
    # Its time begins now, so that nonces of somebody else's are ahead of ours.
    with Emulator(program[0], start=None) as emulator:
        bench = Bench(emulator, program[1])
        for part in (rights_of_keys, keys_that_are_refused, histories, nonces, refusals, faults, a_key_after_a_fault,
                     dead_connections, rates, cancellations, lists):
            bench.orders = bench.calls("AddOrder")
            part(bench)
    nobody_there(program)
    nobody_worth_telling(program)
    over_tls(program, bench)
    bench.show()


if __name__ == "__main__":
    main()
